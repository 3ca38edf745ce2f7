"""How somebody is called, as they write it: after "tôi là", or as the bare answer to the question. Pure."""

import re
from typing import Final

from shared.folding import folded

LONGEST_NAME: Final = 60
_MOST_WORDS: Final = 5
_SMALL: Final = 2
_LEADS: Final = re.compile(
    r"\b(?:(?:toi|em|minh|chau|con)(?: ten)?(?: la)"
    r"|(?:toi|em|minh|chau) ten|ten (?:toi|em|minh|chau|con|la)(?: la)?|ho (?:va )?ten(?: la|:)?|ten:"
    r"|my name is|name is|this is|i am|i'm)\s+"
)
_POLITE_END: Final = re.compile(r"\s+(?:ạ|a|nhé|nha)$")
_WORD: Final = re.compile(r"[^\W\d_]+", re.UNICODE)
# What follows "tôi là" and is no name, and where a name ends.
_NO_NAMES: Final = frozenset({
    "nguoi", "dan", "can", "bo", "bi", "o", "tai", "nha", "dang", "muon", "khong", "ko", "duoc", "nho", "xin", "de",
    "lam", "chu", "hoi", "va", "hay", "so", "sdt", "dien", "dia", "khach", "ai", "the", "cac", "moi", "la", "toi",
    "em", "may", "khi", "vi", "hien", "vua", "di", "den", "mat", "giup", "sinh", "cong", "mot", "trying",
    "unable", "having", "from", "at", "in", "not", "a", "an", "here", "looking", "calling",
})  # fmt: skip
# How they are spelt: "Lâm", "Tài" and "Đặng" are names.
_SPELT: Final = frozenset({
    "người", "dân", "căn", "bị", "ở", "tại", "nhà", "đang", "muốn", "không", "được", "nhờ", "để", "làm", "chứ", "hỏi", "và", "số",
    "điện", "địa", "khách", "các", "mới", "là", "tôi", "máy", "vì", "hiện", "vừa", "đi", "đến", "mất", "giúp", "một", "gì", "cần",
    "đúng", "vâng", "rồi", "ơn", "trách", "nhiệm", "phường", "xã", "quận", "huyện", "ngõ", "ngách", "phố", "đường", "thôn",
})  # fmt: skip
# Without marks, too: nobody is called like that.
_NEVER: Final = frozenset({"khong", "ko", "gi", "nguoi", "duoc", "muon", "toi", "giup", "sdt", "bi", "so", "la"})
_TITLES: Final = frozenset({
    "ba", "ong", "co", "chu", "bac", "anh", "chi", "cu", "me", "bo", "di", "mr", "mrs", "ms",
})  # fmt: skip


def name_in(text: str) -> tuple[str | None, str]:
    """The name after words that lead to one, and the text without both."""
    plain = folded(text)
    for lead in _LEADS.finditer(plain):
        end = _name_ends(text, plain, lead.end())
        if end is not None:
            name = text[lead.end() : end].strip()
            return name[:LONGEST_NAME], f"{text[: lead.start()].rstrip()} {text[end:].lstrip(' ,.;')}".strip()
    return None, text


def name_of(text: str) -> str | None:
    """The whole answer to "what are you called?", or None: it is no name."""
    answer = _POLITE_END.sub("", text.strip(" .,!;:()"))
    words = answer.split()
    fits = 0 < len(words) <= _MOST_WORDS and all(_WORD.fullmatch(word) for word in words)
    if not fits or any(word.lower() in _SPELT or folded(word) in _NEVER for word in words):
        return None
    small = [word for word in words if word.isascii() and word.islower() and word in _NO_NAMES]
    if len(small) > 1:  # "de lam gi", in small letters and without marks
        return None
    return answer[:LONGEST_NAME]


def _name_ends(text: str, plain: str, start: int) -> int | None:
    end, taken, large, titled = start, 0, False, True  # so far only titles, which may be small: "bà Nguyễn Thị Sáu"
    for word in _WORD.finditer(text, start):
        between = text[end : word.start()]
        if (taken and between.strip()) or (word.start() - end > 1 and taken):
            break
        told = plain[word.start() : word.end()]
        if _is_none(word[0], told) or taken == _MOST_WORDS:
            break
        capital = text[word.start()].isupper()
        if large and not capital:
            break  # "Lan máy tính hỏng": of a name that is written large the rest is, too
        large, titled = large or (capital and titled), titled and told in _TITLES
        end, taken = word.end(), taken + 1
        if taken == _SMALL and not large and told not in _TITLES:
            break  # written small, a name has no end of its own: title or middle name and name
    return end if taken else None


def _is_none(word: str, plain: str) -> bool:
    """Whether it ends what may be a name. Without marks a capital says that it is one."""
    if word.isascii():
        return plain in _NEVER or (plain in _NO_NAMES and word.islower())
    return word.lower() in _SPELT
