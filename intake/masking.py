"""Numbers that must never be stored or published: one-time codes, cards, citizen IDs, bank accounts. Pure.

Phone numbers stay readable: the text is sealed, and a helper has to be able to call. When in doubt a number is masked; a
dossier number lost costs a question, a card number kept costs somebody's savings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.folding import folded


class Mask(StrEnum):
    """What stands in the place of a number. None of these words is itself a hint, so that masking twice changes nothing."""

    CODE = "[đã che mã]"
    CARD = "[đã che thẻ]"
    CITIZEN_ID = "[đã che giấy tờ]"
    ACCOUNT = "[đã che số]"


# Groups of digits with up to three separators between them: "123456", "123 456", "001.203.004-567", "1 2 3 4".
_RUN: Final = re.compile(r"\d(?:[\s.,\-–—_/·•]{0,3}\d)*")
_GROUP: Final = re.compile(r"\d+")
_FEW_DIGITS: Final = re.compile(r"\d\D*\d\D*\d")  # fewer than three digits hide nothing

# Hints are looked for in folded text (lower case, no diacritics), once.
_HINT: Final = re.compile(
    r"\b(?:"
    r"(?P<code>otp|o\.t\.p|ma (?:so )?(?:xac (?:thuc|nhan|minh)|kich hoat|bao mat|pin|giao dich|dang nhap)|mat khau|mat ma"
    r"|pass(?:word|code)?|pin|cvv|cvc|(?:verification|security) code)"
    r"|(?P<citizen_id>cccd|cmnd|cmt(?:nd)?|can cuoc|chung minh|dinh danh|ho chieu|so cc|citizen id)"
    r"|(?P<bank>stk|so (?:tk|tai khoan|the))"  # strong enough to doubt a phone number
    r"|(?P<account>tk|tai khoan|ngan hang|chuyen khoan|ck|account|iban|bank)"
    r"|(?P<phone>sdt|dt|dien thoai|so may|goi|zalo|phone|lien he|hotline|tel)"
    r")\b"
)

_NEAR: Final = 40  # characters in front in which a hint counts
_BEHIND: Final = 24  # "123456 là mã OTP"
_PHONE: Final = re.compile(
    r"0[35789]\d{8}|02\d{9}|0(?:12\d|16[2-9]|18[68]|199)\d{7}|84[35789]\d{8}|842\d{9}|840[35789]\d{8}|1[89]00(?:\d{4}|\d{6})"
)
_SHORT_PHONE: Final = re.compile(r"[35789]\d{8}")  # lost its leading 0, as spreadsheets do
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_DATE: Final = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d(?!\d)")
_NINE: Final = 9
_LONGEST_NUMBER: Final = 19
_CARD: Final = range(13, 20)  # ISO/IEC 7812
_CITIZEN_ID: Final = 12
_OLD_CITIZEN_ID: Final = 9
_MISTYPED_ID: Final = range(8, 20)  # after "cccd": one digit too many or too few is still somebody's number
_ACCOUNT: Final = range(6, 20)
_LONG: Final = 10  # digits in one piece that are no phone
_CODE: Final = range(3, 9)
_FAR_CODE: Final = range(5, 9)  # the hint stands elsewhere in the text
_DOSSIER: Final = re.compile(r"\bh\d\d(?:\.\d+)*-\d{6}-\d{3,5}\b|(?<=\.)h\d\d-\d{6}-\d{3,5}\b")  # "000.00.01.H26-240512-0001"


@dataclass(frozen=True, slots=True)
class _Hints:
    """What the words around one run speak of. The nearest word in front says what a number is; a code is one anyway."""

    code: bool
    citizen_id: bool
    account: bool
    bank: bool
    code_anywhere: bool


def mask(text: str) -> str:
    """The text with every number masked that must not be kept. Expects NFC, as the forms give it."""
    if not _FEW_DIGITS.search(text):
        return text
    plain = folded(text)
    words = [(match.lastgroup or "", match.start(), match.end()) for match in _HINT.finditer(plain)]
    dossiers = [match.span() for match in _DOSSIER.finditer(plain)]
    pieces: list[str] = []
    done = 0
    for run in _RUN.finditer(text):
        if any(start <= run.start() and run.end() <= end for start, end in dossiers):
            continue
        hints = _hints(words, run.start(), run.end())
        for start, end, kind in _findings(text, run.start(), run.end(), hints):
            pieces += (text[done:start], kind)
            done = end
    return "".join((*pieces, text[done:])) if pieces else text


def _hints(words: list[tuple[str, int, int]], start: int, end: int) -> _Hints:
    last = {kind: begins for kind, begins, ends in words if start - _NEAR <= begins and ends <= start}
    phone = last.get("phone", -1)
    bank = last.get("bank", -1) > phone
    return _Hints(
        code="code" in last or any(kind == "code" and end <= begins <= end + _BEHIND for kind, begins, _ in words),
        citizen_id=last.get("citizen_id", -1) > phone,
        account=bank or last.get("account", -1) > phone,
        bank=bank,
        code_anywhere=any(kind == "code" for kind, _, _ in words),
    )


def _findings(text: str, start: int, end: int, hints: _Hints) -> Iterator[tuple[int, int, str]]:
    """(from, to, mask) for what to hide in one run, in order, never overlapping."""
    groups = [match.span() for match in _GROUP.finditer(text, start, end)]
    digits = [_plain_digits(text[a:b]) for a, b in groups]
    at = 0
    while at < len(groups):
        if not hints.code and _DATE.match(text, groups[at][0]):
            at += 3
            continue
        taken, kind = _longest(digits, at, hints)
        if kind is not None:
            yield groups[at][0], groups[at + taken - 1][1], kind
        at += taken


def _longest(digits: list[str], at: int, hints: _Hints) -> tuple[int, Mask | None]:
    """How many groups from `at` on belong together, and what they are; (1, None) for a number that may stay."""
    number = ""
    found: tuple[int, Mask | None] = 1, None
    for count, group in enumerate(digits[at:], start=1):
        number += group
        if len(number) > _LONGEST_NUMBER and count > 1:
            break
        if _is_phone(number, hints):
            return count, None  # nothing that begins with a phone number is read as something longer
        kind = _kind(number, hints, groups=count)
        if kind is not None:
            found = count, kind
    return found


def _is_phone(number: str, hints: _Hints) -> bool:
    if hints.citizen_id or hints.bank:
        return False  # "stk 0912345678": an account may look like a phone
    if hints.code and len(number) in _CODE:
        return False  # "mã OTP là 18001234": a code may look like a service number
    return _PHONE.fullmatch(number) is not None or _SHORT_PHONE.fullmatch(number) is not None


def _kind(number: str, hints: _Hints, *, groups: int) -> Mask | None:
    length = len(number)
    if length in _CARD and _luhn(number):
        return Mask.CARD
    if length == _CITIZEN_ID or (length == _OLD_CITIZEN_ID and hints.citizen_id):
        return Mask.CITIZEN_ID
    if _is_code(number, hints):
        return Mask.CODE
    if hints.citizen_id and length in _MISTYPED_ID:
        return Mask.CITIZEN_ID
    if (hints.account and length in _ACCOUNT) or (groups == 1 and length >= _LONG):
        return Mask.ACCOUNT
    return None


def _is_code(number: str, hints: _Hints) -> bool:
    if hints.code:
        return len(number) in _CODE
    return hints.code_anywhere and len(number) in _FAR_CODE and not _YEAR.fullmatch(number[:4])


def _luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - _NINE if value > _NINE else value
    return total % 10 == 0


def _plain_digits(digits: str) -> str:
    """Digits of any script as 0 to 9: a full-width card number is a card number."""
    return digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)
