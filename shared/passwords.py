"""A password that somebody says plainly: "mk của em là hoa1987". Pure; masking.py hides it. One without a word for it stays."""

import re
from collections.abc import Iterator
from typing import Final

from shared.no_codes import PRODUCT

_WORD: Final = r"(?:mat ?khau|m\.?khau|mat ma|m[./]?k|pass(?:word|wd|code)?|pwd?)"
_VALUE: Final = r"""[^\s,;"'“”()\[\]]{3,64}?(?=[.,;:?"'”)]*(?:\s|$))"""
_IS: Final = r"(?:\s?[:=]|\s(?:la|is)\b)[\s:=]*(?:(?:chu|so|cai|nay|day|ne|vneid|app|wifi) ){0,2}"
_ELSE: Final = "loi|bao|sai|quen|ma|hoi|yeu|dia|request"  # with these another sentence begins, or another matter
_ELSE_BESIDE: Final = f"{_ELSE}|bi|khong|ko|chua|nha|may|tang|phong|duong|o|so|ho|mau|luc|tu|tr|trang|e?mail"
_WHOSE: Final = "cua|em|toi|minh|chau|con|bac|ong|ba|me|bo|anh|chi|day|nay|ne|nhe|a|cu|moi|wifi|vneid|app"
_SIGNS: Final = "!@#$%^&*_+~"
# With two figures or a sign within, and a letter: of what no word says that it is one.
_MIXED: Final = rf"(?=[^\sa-z]{{0,60}}[a-z])(?=[^\s\d]{{0,60}}\d[^\s\d]{{0,60}}\d|[^\s{_SIGNS}]{{1,60}}[{_SIGNS}]\w)"
# Looked for in folded text. What stands between the word and "là" says whose it is; an error or a question is another sentence.
_SAID: Final = re.compile(
    rf"\b{_WORD}\b(?: (?!(?:{_ELSE})\b)[a-z0-9]{{1,12}}){{0,6}}?{_IS}[\"'“(]?(?P<said>{_VALUE}(?: \d{{4,8}}\b)?)"
    rf"|\b{_WORD}\b(?: (?!(?:{_ELSE_BESIDE})\b)[a-z]{{1,12}}){{0,2}}?(?: (?:{_WHOSE})\b){{0,4}}?"
    rf"(?: ?[-–—>→(\"'“]{{1,3}} ?| ){_MIXED}(?P<beside>{_VALUE})"
    rf"|(?<!\S)(?P<before>{_VALUE}) (?:la|is) (?:cai )?{_WORD}\b"
)
_UNSAID: Final = re.compile(rf"\b{_WORD}\b(?: [a-z0-9]{{1,12}}){{0,6}}?(?:\s?[:=]|\s(?:la|is|ne|day)\b)\W{{0,9}}$")
_ENGLISH: Final = re.compile(r"\bis\b(?!\s?[:=])")  # "password is incorrect": its words are as long as passwords are
_SIGN: Final = re.compile(rf"[{_SIGNS}]\w")  # at the end it says how loud somebody is
_SYLLABLE: Final = 6  # letters; of Vietnamese syllables only "nghiêng" is longer, and a sentence that goes on is made of them
_SHORTEST: Final = 4  # with figures: "12A" is a house
_SHORTEST_BESIDE: Final = 5  # "CT07" is a form
# Our code, a page, a mail address, what people have trouble with, the time of day, a sum, a house: what the talk is about.
_NONE: Final = re.compile(
    r"(?i:tr[-–—._][0-9a-z]{4}[-–—._]?[0-9a-z]{4})|TR[0-9A-Z]{8}|[0-9A-Z]{4}-[0-9A-Z]{4}"
    r"|(?i:https?:.*|(?:[a-z0-9-]{1,40}\.){1,5}(?:vn|com|net|org)(?:[/?:].*)?"
    r"|[\w.+-]{1,40}@(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,8}"
    rf"|{PRODUCT}(?:\d{{0,2}}|20\d\d)"
    r"|\d{1,2}(?:h|g)\d{0,2}p?|\d[\d.,]*(?:k|đ|d|vnd|gb|mb|m2)|[a-z]?\.?\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,4})"
)
_SIGNS_OF_ONE: Final = ("mk", "m/k", "m.k", "pass", "khẩu", "khau", "pw", "mật m", "mat m")
_LONGEST_WORD: Final = 30
_LEADS: Final = re.compile(rf"{_WORD}|otp|ma|pin|cvv|cvc|code")


def may_name_password(text: str) -> bool:
    """Every text comes by here, and most name none."""
    low = text.lower()
    return any(sign in low for sign in _SIGNS_OF_ONE)


def passwords_in(text: str, plain: str) -> Iterator[tuple[int, int]]:
    """From, to. `plain`: the text folded, letter for letter."""
    for match in _SAID.finditer(plain):
        start, end = match.span(match.lastgroup or 0)
        value, how = text[start:end], match.lastgroup
        alone = how == "said" and _ENGLISH.search(plain, match.start(), start) is None
        if looks_like_password(value, alone=alone) and (how != "beside" or len(value) >= _SHORTEST_BESIDE):
            yield start, end


def whole_word(text: str, start: int, end: int) -> tuple[int, int]:
    """A number with the letters that touch it: of "1987hoa" far behind its word nothing is left."""
    begin, first, last = start, max(start - _LONGEST_WORD, 0), min(end + _LONGEST_WORD, len(text))
    while begin > first and _joins(text[begin - 1]):
        begin -= 1
    while end < last and _joins(text[end]):
        end += 1
    return (start if _LEADS.fullmatch(text[begin:start].lower()) else begin), end


def _joins(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def asks_for_password(plain: str) -> bool:
    """ "Mk của em là", and then nothing."""
    return _UNSAID.search(plain) is not None


def looks_like_password(value: str, *, alone: bool = False) -> bool:
    """Figures alone are for masking.py. `alone`: so may letters be, if they are no word."""
    if _NONE.fullmatch(value):
        return False
    letters, figures = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    if letters and (figures or _SIGN.search(value)):
        return len(value) >= _SHORTEST and (figures or value.isascii())
    return alone and value.isascii() and value.isalpha() and len(value) > _SYLLABLE
