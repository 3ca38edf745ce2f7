"""What must not be kept is masked before a text is stored; the answer in front of it stays one. Pure."""

import re
import unicodedata
from typing import Final

from notify.short_numbers import MOST_DIGITS
from shared.masking import mask, mask_message

# "2 27 không nhận được mã OTP", "127 …": beside that word it would be a code of three figures. "1 27 482913 …" is an answer and a
# code, and "4 82 913 …" a code in groups: there nothing is an answer.
_ANSWER: Final = re.compile(r"\s*[1-5][\s.,:;-]{0,3}[1-9]\d(?!\d)(?!\s*[.-]?\s*\d{1,3}(?!\d))")
_ALONE: Final = re.compile(r"\s*[1-5][\s.,:;-]{1,3}[1-9]\d{1,4}\W*")  # "2 30012"


def hidden(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    answer = _ANSWER.match(text)
    front = answer.end() if answer is not None else 0
    if not front and _ALONE.fullmatch(text) is None and sum(letter.isdigit() for letter in text) > MOST_DIGITS:
        return mask_message(text)  # also a number alone, where it is too long to be an answer
    return text[:front] + mask(text[front:])
