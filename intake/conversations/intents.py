"""Words by which people say what they want of the conversation itself, with and without marks. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from intake.conversations.heard import Intent
from intake.conversations.wishes import wishes_a_call
from shared.folding import folded

# Only as the whole text: in a story it is a device that lost them. Who asks for it has to be known to a person first.
_MY: Final = r"(?:(?:cua|ve) )?(?:toi|em|minh|chau|bac|con|co|chu|anh|chi|ong|ba)"
_DATA: Final = r"(?:du lieu|thong tin|data)"
_HERE: Final = r"(?:(?:khoi|tren|trong|o) (?:he thong|day|may chu)(?: nay)?|ma (?:cac )?(?:ban|em|anh|chi) (?:da |dang )?luu)"
_ASKING: Final = r"(?:(?:toi|em|minh|chau|bac|con|hay|xin|muon|can|yeu cau|de nghi|nho|vui long|lam on|cho|giup|ban|cac) )*"
_ASKING_EN: Final = r"(?:(?:please|i want|i would like|i'd like|you|to|can|could) )*"
_ALL: Final = r"(?:(?:het|bo|di|toan bo|tat ca|moi|cac) )*"
_OF_ME: Final = rf"(?: {_MY})?(?: ca nhan(?: {_MY})?| {_HERE}| {_MY})(?: {_HERE})?(?: (?:di|a|nhe|nha|voi))*"
_FORGET_ME: Final = (
    rf"{_ASKING}xoa {_ALL}{_DATA}{_OF_ME}",
    rf"(?:dung|khong (?:duoc|muon|cho)(?: (?:cac )?ban)?) luu (?:giu )?{_DATA}(?: ca nhan)? {_MY}",
    rf"{_ASKING_EN}(?:delete|erase|remove) (?:all )?(?:of )?my (?:personal )?(?:data|information|details)(?: please)?|forget me",
)
# Anywhere in the text.
_ANYWHERE: Final[Mapping[Intent, tuple[str, ...]]] = {
    Intent.CRY: (
        r"sos|cuu (?:toi|em|voi|chau|me|bo|anh|chi|bac|co|chu|ong|ba|con|minh)|cap cuu|keu cuu",
        r"dang bi (?:danh|de doa|nhot)|call the police",
        r"(?:me|bo|ong|ba|cu|vo|chong|toi|bac) (?:\w+ )?(?:vua )?(?:bi )?(?:nga (?:roi|gay|khong day)|ngat|bat tinh|kho tho)",
    ),
    Intent.PERSON: (
        r"gap (?:nguoi(?: that)?|nhan vien|can bo|tong dai|dieu phoi)",
        r"(?:noi chuyen|noi|chat|trao doi) voi (?:nguoi|nhan vien|can bo|tong dai)",
        r"nguoi that|tong dai vien|khong (?:muon )?(?:noi|chat) voi (?:may|robot|bot)",
        r"(?:real|human) (?:person|being)|(?:talk|speak) (?:to|with) (?:a |an |some)?(?:human|person|operator|agent|staff)",
        r"(?:want|need|get me|give me) (?:a |an )?(?:real )?(?:human|person|operator|agent)",
    ),
    Intent.CANCEL: (
        r"(?:khong|ko|k) can (?:giup )?nua|huy (?:bo )?(?:yeu cau|viec|phieu)|thoi (?:khong|ko|khoi)|xu ly duoc roi",
        r"(?:huy|cancel) tr[ .\-]?[0-9a-z]{4}",
        r"thoi (?:cu )?de (?:toi|bac|em|chau|con|minh|ba|ong|co|chu)(?: \w+){0,3} (?:tu )?(?:lam|sua|xem|nho)",
        r"(?:con|chau|hang xom|tho)(?: (?:trai|gai|dau|re|toi|bac)){0,2} (?:sua|lam) (?:giup |ho )?duoc roi(?! (?:ma|nhung|lai))",
        r"never ?mind|cancel (?:it|my request|the request)|(?:do not|don't|dont) need (?:it|help) any ?more",
    ),
    Intent.STATUS: (
        r"tinh trang (?:yeu cau|ho so yeu cau|viec|phieu)|(?:den|toi|di) dau roi|bao gio (?:co nguoi|nguoi|den|toi|xong)",
        r"khi nao (?:co nguoi|nguoi|den|toi|xong)|(?:co|da co) ai (?:den|nhan|toi) chua",
        r"yeu cau (?:cua .{1,12} )?(?:the nao|sao) roi|(?:chua|khong) (?:thay )?(?:co )?(?:ai|nguoi)(?: nao)? (?:den|toi$)",
        r"status of|how is my request|where is (?:my|the) (?:helper|request)|when (?:will|does) (?:somebody|someone|anybody)",
    ),
    Intent.CORRECT: (
        r"sai roi|sai (?:so|ten|dia chi|cho) roi|nham roi|chua dung|khong dung|ghi sai|viet sai|sua lai",
        r"(?:dung|phai|vang|ok)(?: roi)? nhung",
        r"not right|not correct|that is wrong|that's wrong",
    ),
}
# The whole text, but for words of politeness.
_WHOLE: Final[Mapping[Intent, tuple[str, ...]]] = {
    Intent.PERSON: (r"nhan vien|nguoi|tong dai|can bo|human|person|operator|agent|somebody", *_FORGET_ME),
    Intent.CALLBACK: (r"(?:xin |nho |hay )?goi (?:dien )?lai|goi (?:dien|dien thoai)|(?:call|phone|ring) me|call ?back|call",),
    Intent.CANCEL: (
        r"thoi|thoi nhe|thoi vay|(?:(?:da|vang|u|uh|um|ok|oke) )*huy(?: bo)?",
        r"bo qua|dung lai|khoi|(?:toi )?muon (?:huy|dung lai|thoi)|cancel|quit|exit|forget it",
    ),
    Intent.STATUS: (r"tinh trang|trang thai|kiem tra|tra cuu|status|sao roi|the nao roi|xong chua|den chua",),
    Intent.HELP: (r"\?+|help|tro giup|giup|menu|hd|huong dan|cach dung|/?start|/help",),
    Intent.CORRECT: (r"sai|nham|sua|sua di|wrong|incorrect|change|correct it",),
    Intent.YES: (
        (
            r"dung|dung roi|dung vay|vang|vang dung|da|da dung|da vang|u|uh|um|ok|oke|okay|okie|phai|phai roi|chinh xac|chuan"
            r"|(?:(?:da|vang|u|uh|ok|oke) )*(?:dung|phai|chuan|dong y)(?: (?:vay|the|het))?(?: roi)?(?: cam on(?: nhieu)?)?"
            r"|duoc|dong y|co|yes|yeah|yep|y|right|correct|sure|that is right|that's right"
        ),
    ),
    Intent.NO: (r"khong|ko|khong phai|khong dung dau|no|nope|not",),
    Intent.THANKS: (r"(?:ok |vang )?(?:cam on|cam on nhieu|cam on em|thanks|thank you|thank you very much|tks|thank)",),
    Intent.GREETING: (
        r"(?:xin )?chao|chao em|chao ban|alo|a lo|em oi|ban oi|ad oi|hello|hi|hey|good (?:morning|afternoon|evening)",
    ),
}
_FIRST: Final = re.compile(
    r"(?:xin )?chao(?: (?:em|ban|anh|chi|co|chu|bac|moi nguoi|ad|shop))?|alo+|hello|hi|hey|good (?:morning|afternoon|evening)"
)
_WRONG_FIRST: Final = re.compile(
    r"\s*(?:(?:sai|nham)(?: (?:so|ten|dia chi|cho))? roi\b"
    r"|(?:sai|nham|chua dung|khong dung|not right|not correct|that is wrong|that's wrong|wrong)(?=\s*(?:[,.;!]|$)))[\s,.;!]*"
    r"(?:(?:(?:so|ten|dia chi)(?: (?:toi|em|nha))? )?(?:dung |phai )?la(?:\s|$))?"  # what led to what is right
)
_POLITE: Final = re.compile(
    r"\b(?:a|nhe|nha|nhi|di|voi|giup (?:toi|em|minh)|cac|em|anh|chi|co|chu|bac|chau|con|ong|ba|please|oi|luon|that)\b"
)
_SIGNS: Final = re.compile(r"\W+")
# Names that are words, too, where marks are left out or are others; and how those words are spelt.
_NAMES_TOO: Final = {
    "dung": ("đúng", "dùng"), "huy": ("hủy", "huỷ"), "khoi": ("khỏi",), "vang": ("vâng",), "chuan": (), "phai": ("phải",),
}  # fmt: skip

# The whole text: "thôi không hủy nữa" says the opposite of what its words say one by one.
_CANCELS_NOT: Final = re.compile(
    r"(?:(?:thoi|a|vang|da|khong|ko|no|please|toi|minh) )*(?:khong|ko|k|dung|khoi)(?: (?:muon|can|phai|co))? huy"
    r"(?: (?:bo|yeu cau|viec|phieu|nua|dau|nay|do))*"
    r"|(?:(?:no|please) )*(?:do not|don t|dont) cancel(?: (?:it|my|the|request|please))*"
)
_COMPILED_ANYWHERE: Final = {kind: re.compile(rf"\b(?:{'|'.join(forms)})\b") for kind, forms in _ANYWHERE.items()}
_COMPILED_WHOLE: Final = {kind: re.compile("|".join(forms)) for kind, forms in _WHOLE.items()}
_ORDER: Final = (Intent.CRY, Intent.PERSON, Intent.CALLBACK, Intent.CANCEL, Intent.STATUS, Intent.CORRECT)


def intent_of(text: str) -> Intent | None:
    """None: it is about the matter itself, or nothing we know."""
    plain, bare = words_of(text), bare_of(text)
    if _CANCELS_NOT.fullmatch(" ".join(_SIGNS.sub(" ", bare).split())) and "đúng" not in text.lower():
        return Intent.NO
    for kind, form in _COMPILED_WHOLE.items():
        if form.fullmatch(plain) or (bare and form.fullmatch(bare)):
            return kind
    return next((kind for kind in _ORDER if _stands_in(kind, plain, text)), None)


def bare_of(text: str) -> str:
    """Folded, without words of politeness."""
    return " ".join(_POLITE.sub(" ", words_of(text)).split())


def may_be_a_name(text: str) -> bool:
    """ "Huy", "anh Dũng": no word about the conversation, if a name was asked for."""
    words = text.lower().split()
    plain = bare_of(text)
    return plain in _NAMES_TOO and not any(word.strip(" .,!") in _NAMES_TOO[plain] for word in words)


def without_greeting(text: str) -> str:
    """What follows "Chào em," in the same message."""
    plain = folded(text)
    met = _FIRST.match(plain)
    return text[met.end() :].lstrip(" ,.!-\n") if met is not None and _ends_word(plain, met.end()) else text


def without_correction(text: str) -> str:
    """What follows "sai rồi" in the same message; "không đúng mật khẩu" is a trouble of its own."""
    met = _WRONG_FIRST.match(folded(text))
    return text[met.end() :] if met is not None else text


def _stands_in(kind: Intent, plain: str, text: str) -> bool:
    if kind is Intent.CALLBACK:
        return wishes_a_call(plain, text)
    return _COMPILED_ANYWHERE[kind].search(plain) is not None


def _ends_word(plain: str, end: int) -> bool:
    return end == len(plain) or not plain[end].isalnum()


def words_of(text: str) -> str:
    """Folded, without signs at its ends."""
    return " ".join(folded(text).strip(" .,!;:…~").split()) or text.strip()
