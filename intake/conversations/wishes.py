"""Words by which people ask to be called, with and without marks, and on which number; what they tell of a call is none. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from shared.errors import Invalid
from shared.folding import folded
from shared.phones import WRITTEN, parse_phone

_ME: Final = r"(?:toi|chau|em|minh|bac|co|chu|(?:anh|chi|ong|ba)(?! (?:ay|ta|toi|em|gai|trai|kia|do)))"
_SELF: Final = r"(?:toi|chau|em|minh|bac)"
_YOU: Final = r"(?:em|chau|con|ban|anh|chi|ai|co ai|nguoi|nhan vien|can bo|tong dai|ben minh)"
_WISHES: Final = r"(?:nho|xin|hay|muon|can|lam on|vui long|co the|giup|de nghi|mong|phien) "
_PLEASE: Final = rf"(?:^|{_WISHES})"
_NUMBER: Final = r"(?>\+?[0-9](?:[ .\-]?[0-9]){7,})"  # read in one way only: rows of digits would be split in all ways
_FORMS: Final = (
    # Not "có người gọi cho tôi bảo chuyển tiền": that is what happened, and no wish.
    rf"goi (?:dien |thoai )*lai (?:cho |giup |voi )(?:so )?{_ME}|goi (?:dien |thoai )*lai (?:toi|minh)|goi lai nhe",
    rf"{_PLEASE}(?:{_YOU} )*goi (?:dien |thoai )*cho {_ME}|{_WISHES}(?:{_YOU} )+goi (?:dien |thoai )*(?:lai|cho)",
    rf"goi (?:dien |thoai )*(?:lai )?(?:cho |vao |theo )*so (?:dien thoai |may )?(?:nay|{_NUMBER})",
    rf"goi {_ME} (?:voi|nhe|nha|di|theo so|qua so|so)",
    rf"(?:xin|cho|muon|can|dang ky|dat|hen) (?:{_ME} )?(?:mot |1 )?(?:cuoc goi lai|duoc goi|lich goi lai)",
    rf"(?:lien he|lien lac) (?:lai )?(?:voi )?{_ME} (?:qua|bang) (?:dien thoai|so)",
    r"(?:call|phone|ring) me back|(?:give me|like|want|need|request) a (?:call|ring|phone call|call ?back)|call ?back please",
    r"(?:please|(?:can|could|will|would|want|need) (?:you|someone|somebody|a person)(?: to)?) (?:please )?(?:call|phone) me",
    r"(?:^|[,.;!?] ?|and |just |so )(?:call|phone) me(?=$|[.,;!?]| (?:please|at|on|now|later|today|tomorrow|when|\+?[0-9]))",
)
_WISH: Final = re.compile(rf"\b(?:{'|'.join(_FORMS)})\b")
_LEFT_OF_IT: Final = re.compile(rf"{_WISH.pattern}|\bgoi (?:dien )?(?:lai|vao|theo)\b(?: theo)?(?: so\b)?")  # its number is gone

_CALLED: Final = re.compile(r"\b(?:goi|lien|call|phone|ring)")
_BREAK: Final = re.compile(r"[,;!?\n]|\.(?![0-9])")
_BY_NAME: Final = r"(?: (?:em|chau|con|ban|anh|chi|ai|co|nguoi|nhan vien|can bo|tong dai|ben minh|toi|minh|bac|chu|ong|ba)\b)*"
# Whoever is asked for it so asks us, whoever else stands in the sentence.
_ASKED: Final = re.compile(rf"\b(?:nho|xin|lam on|vui long|de nghi|mong|phien|giup|please){_BY_NAME} $")
_ASKS: Final = re.compile(r" (?:duoc|dc) (?:khong|ko|k)\b")
# Somebody else calls: "công an giả số … gọi", "nó bảo sẽ gọi", "they call".
_BETWEEN: Final = (
    r"(?: (?:se|da|vua|moi|lai|cu|hay|co|cung|dang|dinh|bao|noi|hen|hua|la|rang|gia(?: danh)?|mao danh|xung|doi|muon|can|thi|bat"
    rf"|so|khac|lien tuc|hom (?:qua|nay)|{_SELF}|{_NUMBER})\b)*"
)
_OTHERS: Final = (
    rf"\b(?:no|ho(?! so)|chung|nguoi (?:ta|la|do|kia)|ai do|(?:anh|chi|ong|ba|co|chu) (?:ay|ta|kia)"
    r"|so (?:may |dien thoai )?(?:la|kia)|(?:thang|ke|dua) \w+"
    rf"|(?<!khong )(?<!muon )(?<!can )(?<!mong )co (?:nguoi|ai)){_BETWEEN} "
)
_OFFICES: Final = (
    r"\b(?:cong an|canh sat|ngan hang|benh vien|toa an|vien kiem sat|dien luc|buu dien|buu ta|shipper|nha mang|lua dao|ke gian"
    r"|police|bank|hospital|court|scammers?|stranger|(?<!can )(?<!could )(?:they|he|she)"
    r"|(?:a|the|some|that) (?:man|woman|guy|caller))(?: (?!(?:bi|loi|khong|ko|hong|quen|mat|duoc)\b)[^ ]+){0,6} "
)
_TELLER: Final = re.compile(rf"(?:{_OTHERS}|{_OFFICES})$")
_TOLD: Final = re.compile(rf"(?:{_OTHERS}|{_OFFICES})(?:goi|calls?|called)\b")
_I: Final = re.compile(rf"\b(?:toi|(?<!ben )minh){_BETWEEN} $")
_GOES_ON: Final = re.compile(
    rf"[\s,]*(?:(?:so )?{_NUMBER}[\s,]*)?(?:thi (?:khong|ko|bao|no|may)|(?:khong|ko|k) (?:ai|thay|duoc|nghe|lien lac|goi|bat)"
    rf"|(?:bao|noi|doi|yeu cau) (?:{_ME} )?(?:la|phai|tien|no|tra|dua|chuyen (?:tien|khoan)|nap|trung|cung cap|doc ma)"
    r"|and (?:ask(?:s|ed)? (?:for|me)|says|demands?|wants?)|asking|saying)\b"
)
# "đừng gọi lại"; without its mark it is written as "đúng" and "dùng" are.
_NO_CALL: Final = re.compile(
    r"\b(?:khoi|(?:khong|ko|k|chang) (?:can|phai|muon)|do not|don't|dont|never|no need to) (?:\w+ ){0,2}(?:goi|call|phone)\b"
)
_NEVER_MARKED: Final = re.compile(r"\bđừng (?:\w+ ){0,2}gọi\b")
_NEVER_BARE: Final = re.compile(
    r"(?<!khong )(?<!ko )(?<!su )(?<!dang )\bdung (?!(?:roi|duoc|vay|the|khong|nho|xin|may)\b)(?:\w+ )?goi\b"
)
# Between the wish and its number.
_LEADS: Final = re.compile(
    rf"(?:[\s,.:]|\b(?:{_SELF}|nhe|nha|a|voi|giup|ngay|som|luon|vao|theo|qua|bang|so|sdt|dt|dien thoai|may|cua"
    r"|please|back|at|on|my|phone|number|is)\b)*"
)
_MINE: Final = re.compile(
    rf"\b(?:(?:so|sdt|dien thoai|dt)(?: dien thoai| may)?(?: cua)? {_SELF}(?: la)?|my (?:phone )?number(?: is)?)[\s:]*$"
)
_ACTS: Final = re.compile(r" (?:cu |da |vua |hay )?(?:goi|nhan|doi|lua|bao|noi|xung|no|call|text)")
_BACK: Final = re.compile(r"\bgoi (?:dien |thoai )*lai\b|\bback\b")


def wishes_a_call(plain: str, text: str) -> bool:
    """`plain`: the text without marks."""
    return not _is_forbidden(plain, text) and next(_wishes(plain), None) is not None


def wishes_it_back(text: str) -> bool:
    """ "Gọi lại", and no mere "gọi cho tôi số …", which is how a number is told."""
    return _BACK.search(folded(text)) is not None


def number_to_call(text: str) -> str | None:
    """E.164: the one directly behind the wish, or said to be theirs. Any other number in it may be whose call they tell of."""
    plain = folded(text)
    wishes = [(met.start(), met.end()) for met in _wishes(plain)]
    for met in WRITTEN.finditer(text):
        begins = met.start()
        behind = any(
            start < begins < end or (end <= begins and _LEADS.fullmatch(plain, end, begins) is not None) for start, end in wishes
        )
        if (behind and _ACTS.match(plain, met.end()) is None) or _MINE.search(plain, 0, begins) is not None:
            try:
                phone = parse_phone(met[0])
            except Invalid:
                continue
            if phone.kind != "foreign":
                return phone.e164
    return None


def tells_of_a_call(text: str) -> bool:
    return _TOLD.search(folded(text)) is not None


def without_the_wish(text: str) -> str:
    """What stands beside "gọi lại cho tôi" in the same message. `folded` leaves every letter in its place."""
    left, end = [], 0
    for met in _LEFT_OF_IT.finditer(folded(text)):
        left.append(text[end : met.start()])
        end = met.end()
    return " ".join((*left, text[end:]))


def _wishes(plain: str) -> Iterator[re.Match[str]]:
    return (met for met in _WISH.finditer(plain) if not _is_told(plain, met))


def _is_told(plain: str, met: re.Match[str]) -> bool:
    """Who calls stands before it, or what they said stands behind it."""
    called = _CALLED.search(met[0])
    at = met.start() + (called.start() if called is not None else 0)
    before = plain[max((one.end() for one in _BREAK.finditer(plain, 0, at)), default=0) : at]
    asked = _ASKED.search(before)
    passes_on = (
        asked is not None and " so " in met[0] and _TELLER.search(before[: asked.start()])
    )  # "công an nhờ tôi gọi lại số …"
    if (asked is not None and not passes_on) or _ASKS.match(plain, met.end()) is not None:
        return False
    others = _TELLER.search(before) or (" so " in met[0] and _I.search(before))
    return bool(others or _GOES_ON.match(plain, met.end()))


def _is_forbidden(plain: str, text: str) -> bool:
    never = _NEVER_BARE.search(plain) if text.isascii() else _NEVER_MARKED.search(text.lower())
    return never is not None or _NO_CALL.search(plain) is not None
