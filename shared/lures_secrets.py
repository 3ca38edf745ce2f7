"""What texts ask for that defraud: a code, a password, a card, money, a picture to scan, a program to install. Pure.

It is found without its marks, spaced, dotted, in figures that stand for letters ("M4t kh4u") and as it is spoken ("ô tê pê").
What only warns of it is honest (lures_warnings.py).
"""

import re
from collections.abc import Iterator
from typing import Final

from shared.folding import folded

Span = tuple[int, int]
_GAP: Final = r"[\W_]*"
_GAPPED_FROM: Final = 6  # letters: shorter ones would be found across the words of others
_LETTERS_OF: Final = str.maketrans("013457$!|", "oieastsii")
_DISGUISED: Final = re.compile(r"[^\W_]+(?:[$!|][^\W_]+)*")

_CODES: Final = (
    "otp", "ma otp", "ma o t p", "o te pe", "o ti pi", "au ti pi", "mat khau", "mk", "pass word", "pass wd", "pass code",
    "ma pin", "so pin", "ma so pin", "pin code", "your pin", "ma bi mat", "verification code", "security code", "one time code",
    "one time password", "the code we sent", "code from the text", "log in details", "login details",
    *(f"ma {so}{word}" for so in ("", "so ") for word in (
        "xac thuc", "xac nhan", "xac minh", "kich hoat", "bao mat", "giao dich", "dang nhap")),
    *(f"{ask} pass" for ask in ("cho", "doc", "gui", "nhap", "xin", "doi", "lay", "the")), "pass cua", "pass dang nhap",
    *(f"{ask} ma {of}" for ask in ("doc", "gui", "nhap", "cung cap", "cho xin", "cho biet") for of in (
        "cho", "ve", "vao", "trong", "tren", "nhan", "duoc", "so")),
)  # fmt: skip
_CARDS: Final = (
    "cvv", "cvv 2", "cvc", "cvc 2", "ma mat sau", "so sau the", "so mat sau", "mat sau the", "ngay het han the",
    "het han cua the",
    "the tin dung", "the ngan hang", "the ghi no", "the atm", "the cao", "card number", "card details", "credit card",
    "debit card", "gift card", "expiry date",
    *(f"{ask} so the" for ask in ("cho", "cho biet", "doc", "gui", "nhap", "cung cap", "xin")),
    *(f"so the {of}" for of in ("ngan hang", "tin dung", "atm", "cua")),
    "anh can cuoc", "anh cccd", "anh cmnd", "so can cuoc", "so cccd", "so cmnd",
    "hai mat the", "hai mat can cuoc",
)  # fmt: skip
_MONEY: Final = (
    "chuyen khoan", "ck", "chuyen tien", "gui tien", "dua tien", "nop tien", "nop phi", "nop truoc", "dong tien", "dong phi",
    "tra tien", "tra phi", "tra truoc", "thu tien", "thu phi", "hoan tien", "vay tien", "ung tien", "thanh toan", "dat coc",
    "tien coc", "so tai khoan", "stk", "so tk", "tk ngan hang", "tknh", "tai khoan ngan hang",
    "internet banking", "mobile banking", "i banking", "so du", "vi dien tu", "vi momo", "momo", "zalo pay", "vnpay",
    "viettel money", "paypal", "trung thuong", "chien khoan", "chuyen khoang", "phi giu cho", "banking giup",
    *(f"nap {what}" for what in ("tien", "the", "vao", "ngay", "truoc", "du", "them", "phi", "card", "dien thoai", "data", "vi")),
    "transfer money", "send money", "wire money", "bank transfer", "bank account", "account number", "bank details", "bank card",
    "top up", "pay", "payment", "deposit",
)  # fmt: skip
_DOORS: Final = (
    "qr", "quet ma", "ma qr", "qr code", "viet qr", "apk", "file apk", "tai file", "cai file", "tai tep", "tep dinh kem",
    "team viewer", "any desk", "ultra viewer", "dieu khien tu xa", "chia se man hinh", "share your screen", "remote control",
    "attachment", "duong dan nay", "duong link", "link nay", "vao link", "tai ung dung o", "tai app o",
)  # fmt: skip


def _as_it_may_stand(words: str) -> str:
    """With signs between its words; of a long one also between its letters."""
    letters = folded(words).replace(" ", "")
    return r"[\W_]{0,3}".join(letters) if len(letters) >= _GAPPED_FROM else _GAP.join(folded(words).split())


_PHRASES: Final = {_as_it_may_stand(words) for words in (*_CODES, *_CARDS, *_MONEY, *_DOORS)}
_SPELT: Final = (  # with the same sign between its letters: "Ở TP" is no code
    r"[o0](?P<otp>[\W_]+)t(?P=otp)p", r"c(?P<cvv>[\W_]+)v(?P=cvv)[vc]", r"p(?P<pin>[\W_]+)i(?P=pin)n", r"q[\W_]+r", r"m[._-]k",
    r"a(?P<apk>[\W_]+)p(?P=apk)k", "c/k",
)  # fmt: skip
_SECRET: Final = re.compile(rf"(?<![^\W_])(?:{'|'.join((*sorted(_PHRASES, key=len, reverse=True), *_SPELT))})(?![^\W_])")
# Spelt as one of these it is what it says; without its marks it would be English ("so the house …") or a name.
_WRITTEN: Final = re.compile(r"(?<![^\W_])(?:s[ốôồổỗộ][\W_]*th[ẻeéèẽẹ]|(?:ứng dụng|app|phần mềm)[\W_]+lạ)(?![^\W_])")
_FIGURE: Final = r"(?:\d+|mot|hai|ba|bon|nam|sau|bay|tam)"
_CODE_OF_FIGURES: Final = re.compile(
    rf"\b(?:ma|day)\W+(?:(?:so|gom|co|la|bi mat)\W+){{0,2}}{_FIGURE}\W*(?:chu\W*)?so\b|\b{_FIGURE}\W*-?\W*digit code\b"
    r"|\b(?:ma|so|code|tin)\W+(?:\w+\W+)?(?:vua|moi)\W+(?:duoc\W+)?(?:gui|nhan|ve|den)\b"
    rf"|\b{_FIGURE}\W*(?:chu\W*)?so\W+(?:cuoi|sau|in|o|tren)\W+(?:\w+\W+)?(?:the|tai khoan|sau)\b"
)
_UNIT: Final = r"(?:k|d|dong|vnd|tr|trieu|nghin|ngan|ty|cu|lit|usd|dollars?)\b"
_NUMERALS: Final = r"(?:(?:mot|hai|ba|bon|nam|lam|sau|bay|tam|chin|muoi|nua|vai|may)\W+){1,3}(?:(?:tram|muoi)\W+)?"
_AMOUNT: Final = re.compile(
    r"\b(?:nap\W+(?:\w+\W+){0,2}?\d"
    rf"|(?:nap|chuyen|gui|dong|gop|nop|tra|dua|coc|ung|ban|bank|banking|send|transfer|wire)\W+(?:[^\W\d_]+\W+){{0,2}}?"
    rf"(?:\d[\d.,]*\W*{_UNIT}|{_NUMERALS}(?:tram\W+)?(?:nghin|ngan|trieu|ty|cu|lit)\b|\d{{2,3}}(?:[.,]\d{{3}})+(?!\W*\w)))"
)


def secrets_in(shown: str) -> Iterator[Span]:
    """Where such words stand, in their order, apart from one another."""
    plain = folded(shown)
    undisguised = _DISGUISED.sub(lambda met: _undisguised(met[0]), plain)
    found = {
        met.span()
        for pattern, where in (
            (_SECRET, plain), (_SECRET, undisguised), (_WRITTEN, shown.lower()), (_CODE_OF_FIGURES, plain), (_AMOUNT, plain),
        )
        for met in pattern.finditer(where)
    }  # fmt: skip
    reached = 0
    for start, end in sorted(found):
        if end > reached:
            yield max(start, reached), end
            reached = end


def _undisguised(word: str) -> str:
    """Figures that stand among letters read as letters."""
    return word.translate(_LETTERS_OF) if any(letter.isalpha() for letter in word) else word
