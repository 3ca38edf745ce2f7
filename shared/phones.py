"""Telephone numbers as people write them, turned into E.164. Vietnamese numbers are known by kind, others only by shape."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from shared.errors import Invalid

ADVICE: Final = "send a Vietnamese number with all its digits, e.g. 0912 345 678 or 024 3825 1234"

_SHOWN: Final = 4, 3  # the first and the last figures
_SEPARATORS: Final = re.compile(r"[ \t\u00a0\u202f().\-\u2010-\u2015/]+")
_DIGITS: Final = re.compile(r"\+?[0-9]{7,17}")
_MOBILE: Final = re.compile(r"(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}")
_LANDLINE: Final = re.compile(
    r"2(?:[48][2-9][0-9]{7}|(?:0[3-9]|1[0-689]|2[0-25-9]|3[2-9]|5[124-9]|6[0-39]|7[0-7]|9[0-4679])[2-9][0-9]{6})"
)
WRITTEN: Final = re.compile(r"(?<!\d)(?:\+?84|0)[\d .\-]{7,14}\d(?!\d)")  # within a text
_FOREIGN: Final = re.compile(r"[1-9][0-9]{7,14}")

# In 2018 eleven-digit mobile numbers became ten-digit ones; many people still know the old ones by heart.
_OLD_MOBILE: Final = {
    **{f"16{last}": f"3{last}" for last in "23456789"},
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    "186": "56",
    "188": "58",
    "199": "59",
}
_OLD_LENGTH: Final = 10  # without the 0 in front

Kind = Literal["mobile", "landline", "foreign"]


@dataclass(frozen=True, slots=True)
class Phone:
    """`e164` is `+84912345678`. A landline cannot be texted; whether a foreign number is served, the context decides."""

    e164: str
    kind: Kind

    def __repr__(self) -> str:
        return f"Phone({self.kind})"  # never the number: reprs end up in logs


def may_be_texted(e164: str) -> bool:
    """A Vietnamese mobile number. Texts to other numbers cost many times as much, and are how strangers make money with forms."""
    return e164.startswith("+84") and _MOBILE.fullmatch(e164.removeprefix("+84")) is not None


def parse_phone(text: str, field: str = "phone") -> Phone:
    """Accepts 0…, 84…, +84…, 0084…, a number that lost its 0, and separators. Raises Invalid with the field."""
    written = _SEPARATORS.sub("", text)
    if not _DIGITS.fullmatch(written):
        raise Invalid(field, ADVICE)
    international = written.startswith(("+", "00"))
    digits = written.removeprefix("+").removeprefix("00") if international else written
    for national in _national_forms(digits, international=international):
        if _MOBILE.fullmatch(national):
            return Phone(f"+84{national}", "mobile")
        if _LANDLINE.fullmatch(national):
            return Phone(f"+84{national}", "landline")
    if international and not digits.startswith("84") and _FOREIGN.fullmatch(digits):
        return Phone(f"+{digits}", "foreign")
    raise Invalid(field, ADVICE)


def dimmed(e164: str) -> str:
    """As far as it tells one person from another, for whoever only looks: "0912***001"."""
    dialled = f"0{e164[3:]}" if e164.startswith("+84") else e164
    first, last = _SHOWN
    return f"{dialled[:first]}***{dialled[-last:]}" if len(dialled) > first + last else "***"


def dimmed_in(text: str) -> str:
    """What somebody wrote, with every number in it dimmed."""
    return WRITTEN.sub(_dimmed_if_one, text)


def _dimmed_if_one(found: re.Match[str]) -> str:
    try:
        return dimmed(parse_phone(found[0]).e164)
    except Invalid:
        return found[0]


def _national_forms(digits: str, *, international: bool) -> list[str]:
    """What the digits may mean without country code and leading 0; the length of the patterns decides which it is."""
    if international:
        forms = [digits[2:].removeprefix("0")] if digits.startswith("84") else []
    elif digits.startswith("0"):
        forms = [digits[1:]]
    else:
        forms = [digits, digits[2:].removeprefix("0")] if digits.startswith("84") else [digits]
    return [_renumbered(form) for form in forms]


def _renumbered(national: str) -> str:
    new = _OLD_MOBILE.get(national[:3]) if len(national) == _OLD_LENGTH else None
    return new + national[3:] if new else national
