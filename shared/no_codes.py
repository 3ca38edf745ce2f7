"""Figures that are no code though a text speaks of one: where somebody lives, what it cost, when it was. Pure; for masking.py.

"Không nhận được mã OTP, em ở 205 Láng": without the house nobody finds them. Only where a word or a unit says what they are.
"""

import re
from collections.abc import Iterator
from typing import Final

PRODUCT: Final = "(?:vneid|vssid|ekyc|etax|iphone|ipad|icloud|android|windows|samsung|facebook|messenger|gmail|google|youtube)"
_OUR_CODE: Final = r"tr[-–—][0-9a-z]{4}[-–—]?[0-9a-z]{4}\b"

_HOUSE: Final = r"\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,4}\b(?![.,/-]?\d| \d)"
_ON_A_ROAD: Final = rf"{_HOUSE},? [^\W\d_]{{2}}"  # its name follows
_NO_LEAD: Final = r"(?<!khau )(?<!pass )(?<!mk )(?<!pin )"  # "mật khẩu nhà 1234"
_LANE: Final = rf"(?:ngo|ngach|hem|phong|so nha|nha so|can ho|chung cu) (?:so )?{_HOUSE}"
_ROOM: Final = r"p\.? ?\d{3,4}\b(?! ?\d)"
_ROAD: Final = rf"so {_HOUSE} (?:duong|pho|ngo|ngach|hem)\b|(?:o|tai) (?:so )?{_ON_A_ROAD}"
_HOME: Final = rf"{_NO_LEAD}nha (?:em|toi|bac|minh|chau|ba|ong|me) (?:o )?(?:so )?{_ON_A_ROAD}"

_UNIT: Final = r"(?:d| ?(?:dong(?! y)|vnd|nghin|ngan(?! hang)))\b"
_PAID: Final = r"(?:tru|mat|nap|rut|nop) [1-9]\d{1,4}000\b"
_SUM: Final = rf"\d{{1,3}}(?:[.,]?\d{{3}}){{0,3}}{_UNIT}|\d{{1,5}}k\b|\d{{1,4}} ?(?:tr|trieu|ty)\b"
_ROUND_SUM: Final = r"[1-9]\d{0,2}(?:[.,]\d{3}){0,2}[.,]000\b(?![.,]?\d)"

_DATE: Final = r"\d{1,2}[./-](?:\d{1,2}(?:[./-](?:20)?\d\d)?|20\d\d)\b(?![./-]?\d)"
_DAY: Final = (
    rf"(?:ngay|hom|tu|den|truoc|thang|since|until) {_DATE}|20\d\d-\d\d-\d\d\b|(?:tu|hoi|tao|lap|lam|mua) nam 20[0-3]\d\b"
)
_TIME: Final = r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d\b(?!:)"

_DEVICE: Final = rf"{PRODUCT}(?:\d\d?|20\d\d)\b|may (?:in )?[a-z]{{2,3}}\d{{2,4}}\b"
_PRINTER: Final = r"may in (?:hp|canon|brother|epson|samsung|xerox|ricoh|oki)[ -]?[a-z]{0,3}\d{3,4}[a-z]{0,3}\b"
_BATTERY: Final = r"\d{3,5} ?mah\b|\d{1,3} ?%"
_NETWORK: Final = r"(?:192\.168|10\.\d{1,3})\.\d{1,3}\.\d{1,3}\b"
_MAIL: Final = r"[a-z0-9][\w.+-]{0,40}@(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,8}\b"
_LENGTH: Final = r"\d{1,2} ?(?:-|–|den) ?\d{1,2}(?= (?:ky tu|chu so|so|characters|digits)\b)"

_PARTS: Final = (
    *(_OUR_CODE, _LANE, _ROOM, _ROAD, _HOME, _SUM, _PAID, _DAY, _TIME),
    *(_DEVICE, _PRINTER, _BATTERY, _MAIL, _LENGTH),
)
_FOLDED: Final = re.compile(rf"\b(?:{'|'.join(_PARTS)})")
_BY_LOOKS: Final = re.compile(rf"\b(?:{_ROUND_SUM}|{_NETWORK})")
# "mã OTP là 1.000": right behind such a word what only looks like a sum is a code.
_TOLD: Final = re.compile(r"\b(?:otp|ma|so|nhan|thuc|khau|pin|mk|pass|code|la|is)\W{0,3}$")
_TOLD_CHARACTERS: Final = 8  # the longest of them, and what stands between
# With its marks and capitals: "nha" is a polite word, too, and "can" is "cần"; after a comma "125 Láng" is where they live.
_AT_HOME: Final = rf"(?i:(?<!khẩu )(?<!pass )(?<!mk )(?<!pin )nhà {_ON_A_ROAD}|(?:căn|tòa|toà|ở) {_HOUSE})"
_LISTED: Final = r"(?<=[,.;] )\d{1,4}[A-Za-z]?(?:/\d{1,4}[A-Za-z]?){0,4} [A-ZĐÂĂÔƠƯÁÀẢÃẠÍÌÓÒÚÙÝÊÉÈ][^\W\d_A-Z]"
_WRITTEN: Final = re.compile(rf"\b{_AT_HOME}|{_LISTED}")


def no_codes_in(text: str, plain: str) -> Iterator[tuple[int, int]]:
    """From, to. `plain`: the text folded, letter for letter."""
    for match in _FOLDED.finditer(plain):
        yield match.span()
    for match in _BY_LOOKS.finditer(plain):
        if not _TOLD.search(plain, max(0, match.start() - _TOLD_CHARACTERS), match.start()):
            yield match.span()
    for match in _WRITTEN.finditer(text):
        yield match.span()
