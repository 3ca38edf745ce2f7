"""A password that somebody says plainly: "mk của em là hoa1987". Pure; masking.py hides it. One without a word for it stays."""

import re
from collections.abc import Iterator
from typing import Final

_WORD: Final = r"(?:mat ?khau|mat ma|mk|pass(?:word|wd|code)?|pwd?)"
_VALUE: Final = r"""[^\s,;"'“”()\[\]]{3,64}?(?=[.,;:?"'”)]*(?:\s|$))"""
_IS: Final = r"(?:\s?[:=]|\s(?:la|is)\b)[\s:=]*(?:(?:chu|so|cai|nay|day|ne) ){0,2}"
# Looked for in folded text. What stands between the word and "là" says whose it is; an error or a question is another sentence.
_SAID: Final = re.compile(
    rf"\b{_WORD}\b(?: (?!(?:loi|bao|sai|quen|ma|hoi)\b)[a-z0-9]{{1,12}}){{0,6}}?{_IS}[\"'“(]?(?P<said>{_VALUE}(?: \d{{4,8}}\b)?)"
    rf"|\b{_WORD}\b(?: [a-z]{{1,12}}){{0,2}}? (?P<beside>[a-z]{{2,}}[^\s\w]?\d{{3,8}}[^\s\w]?)(?=[.,;:?]*(?:\s|$))"
    rf"|(?<!\S)(?P<before>{_VALUE}) (?:la|is) (?:cai )?{_WORD}\b"
)
_ENGLISH: Final = re.compile(r"\bis\b")  # "password is incorrect": its words are as long as passwords are
_SIGN: Final = re.compile(r"[!@#$%^&*_+~]")
_HUMP: Final = re.compile(r"[a-z][A-Z]")
_SYLLABLE: Final = 6  # letters; of Vietnamese syllables only "nghiêng" is longer, and a sentence that goes on is made of them


def may_name_password(text: str) -> bool:
    """Every text comes by here, and most name none."""
    low = text.lower()
    return "mk" in low or "pass" in low or "khẩu" in low or "khau" in low or "pw" in low or "mật m" in low or "mat m" in low


def passwords_in(text: str, plain: str) -> Iterator[tuple[int, int]]:
    """From, to. `plain`: the text folded, letter for letter."""
    for match in _SAID.finditer(plain):
        start, end = match.span(match.lastgroup or 0)
        alone = match.lastgroup == "said" and _ENGLISH.search(plain, match.start(), start) is None
        if match.lastgroup == "beside" or _is_one(text[start:end], alone=alone):
            yield start, end


def _is_one(value: str, *, alone: bool) -> bool:
    """Looks like a password; figures alone are for masking.py. `alone`: so may letters be, if they are no word."""
    letters, figures = any(map(str.isalpha, value)), sum(map(str.isdigit, value))
    if letters and (figures or _SIGN.search(value) or _HUMP.search(value)):
        return figures > 0 or value.isascii()
    return alone and value.isascii() and value.isalpha() and len(value) > _SYLLABLE
