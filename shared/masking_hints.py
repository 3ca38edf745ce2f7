"""Words that say what a number beside them is: a code, a card, somebody's papers, an account, a phone. Pure; for masking.py."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Looked for in folded text (lower case, no diacritics), once.
_HINT: Final = re.compile(
    r"\b(?:"
    r"(?P<code>(?:ma|smart)?[o0]tp|o\.t\.p|o[ -]t[ -]p|[o0][ -]?(?:te|ti)[ -]?(?:pe|pi)"
    r"|ma (?:so )?(?:xac (?:thuc|nhan|minh)|kic[hk] hoat|bao (?:mat|ve)|bi mat|mo khoa|pin|giao dich|dang (?:nhap|ky)|truy cap"
    r"|nhan duoc|cvv|cvc)|mat ?khau|mat ma|so (?:bi|bao) mat|mk(?= ?(?:vneid|dvc|app|cua \w+|em|moi|cu)?(?: ?la)?[ :=]{0,3}\d)"
    r"|(?:day|6|sau|4|bon) (?:chu )?so(?! (?:nha|dien|dt|phong|may|ngo|tk|tai|\d\b))|tin nhan (?:ghi|la|bao so)"
    r"|(?:ba|3) (?:chu )?so (?:o )?(?:(?:mat|dang|phia|lung) )?sau(?: lung)?(?: the)?"
    r"|pass(?:word|code|wd)?|cvv2?|cvc2?|2fa|authenticator"
    r"|(?<!het )(?<!thay )(?<!sac )(?<!cuc )(?<!vien )pin(?! (?:chai|laptop|yeu|het|sac|tut))"  # a "pin" is a battery, too
    r"|(?:verification|security|login|one[ -]time|sms) code|code is|your code|to verify your"
    r"|(?<!error )(?<!loi )code(?=[ :=]{1,3}\d))"
    r"|(?P<citizen_id>cccd|cmnd|cmt(?:nd)?|can cuoc|chung minh|dinh danh|ho chieu|passport|tuy than"
    r"|so cc|citizen id|id card|id number|identity card)"
    r"|(?P<card>so (?:tren )?the|the (?:tin dung|ghi no|ngan hang|debit|credit)|visa|master ?card|napas|jcb|atm"
    r"|(?:credit|debit|bank) card|card number)"
    r"|(?P<bank>stk|so (?:tk|tai khoan))"  # strong enough to doubt a phone number, as a card is
    r"|(?P<account>tk|tai khoan|ngan hang|chuyen khoan|ck|account|iban|bank)"
    r"|(?P<phone>sdt|dt|dien thoai|so may|goi|zalo|phone|lien he|hotline|tel|call)"
    r")(?![a-z])"  # "otp482913"
)
HIDDEN: Final = frozenset({"code", "citizen_id", "card", "bank", "account"})

# "Mã" by itself hides something, unless what follows says that it does not. Typed as "ma" it may be "mà": then only with these.
_MA: Final = re.compile(r"\bma\b")
_OPEN: Final = re.compile(
    r" *(?:ho so|so (?:thue|ho so|bhxh|bao hiem|doanh nghiep)|thue|qr|vach|buu|loi|hoc sinh|don|phieu|van don|khach|may|vung|tinh"
    r"|xa|phuong|thu tuc|hang|san pham|lop|truong|can ho|giam gia|nhan vien|bien (?:nhan|lai)|tra cuu|yeu cau|so [a-z]|h\d|g\d)"
)
_CLOSED: Final = re.compile(r" *(?::|\d{4,8}\b(?![/.-]\d)|(?:la|gui|no gui|vua|moi|6 so|sau so|4 so|bon so|co \d so)\b)")


@dataclass(frozen=True, slots=True)
class Hint:
    kind: str  # code, citizen_id, card, bank, account or phone
    start: int
    end: int


def hints_in(text: str, plain: str) -> list[Hint]:
    """In order. `plain`: the text folded, letter for letter."""
    found = [Hint(match.lastgroup or "", match.start(), match.end()) for match in _HINT.finditer(plain)]
    return sorted((*found, *_codes(text, plain)), key=lambda hint: hint.start)


def _codes(text: str, plain: str) -> Iterator[Hint]:
    for match in _MA.finditer(plain):
        written = text[match.start() : match.end()].lower()
        if (written == "mã" and not _OPEN.match(plain, match.end())) or (written == "ma" and _CLOSED.match(plain, match.end())):
            yield Hint("code", match.start(), match.end())
