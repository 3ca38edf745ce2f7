"""Of whom somebody speaks who may need the help: "mẹ tôi", "my mother". Whether it is for them they are asked. Pure."""

import re
from dataclasses import replace
from typing import Final

from intake.conversations.conversation import Draft
from intake.conversations.intents import words_of
from shared.categories import FRAUD
from shared.folding import folded

_OURS: Final = "(?:toi|em|chau|minh|nha (?:toi|em|minh))"
_WHO: Final = r"bo me|cha me|ba me|ong ba|me|bo|cha|ba|ong|vo(?! chong)|(?<!vo )chong"  # "vợ chồng tôi" are we
_NEAR: Final = rf"(?P<who>{_WHO})(?: (?:noi|ngoai|gia|vo|chong))? (?:cua )?{_OURS}"
_NEAR_EN: Final = r"my (?:mother|father|mum|mom|dad|grand(?:mother|father|ma|pa)|parents|wife|husband|neighbou?r)"
_SOMEBODY: Final = re.compile(rf"\b(?:{_NEAR}|{_NEAR_EN}|(?:ba |ong |bac )?hang xom)\b")
# With their marks: "bỏ em", "bó tôi" and "vở em" are nobody.
_SPELT: Final = frozenset({"mẹ", "bố", "cha", "bà", "ba", "ông", "vợ", "chồng", "bố mẹ", "cha mẹ", "ba mẹ", "ông bà"})
LONGEST: Final = 40
_NOBODYS_VISIT: Final = frozenset({"death", "birth", FRAUD})  # of whom they speak then is not who is visited
_NOT: Final = re.compile(r"(?:khong|ko|k|no)\b")
_NO_NUMBER: Final = re.compile(
    r"\b(?:(?:khong|ko|k|chua) (?:co|dung|xai)(?: (?:so|so nao|dien thoai|dt|sdt|may))*(?: (?:a|dau|rieng))*$"
    r"|no (?:phone|number)|(?<!\bi )(?:doesn.?t|does not|don.?t) have (?:\w+ ){0,2}(?:phone|number))"
)
_THEM: Final = re.compile(
    r"\b(?:nguoi khac|(?:cho|giup|la|phai|cua) (?:me|bo|cha|ba|ong|vo|chong|cu|hang xom)"
    r"|some(?:body|one) else|for (?:her|him|them))\b"
)
_ME: Final = re.compile(
    r"(?:(?:da|vang|khong|ko|k|no|la|cho|giup|chinh|it.?s|for),? )*"
    r"(?:toi|minh|em|chau|tui|myself|(?<=for )me)(?: (?:a|thoi|day|can|ma))*"
)


def behalf_in(text: str) -> str | None:
    """In their own words, the first they name."""
    for found in _SOMEBODY.finditer(folded(text)):
        said = text[found.start() : found.end()]
        who = None if found["who"] is None else text[found.start("who") : found.end("who")].lower()
        named = who is not None and said.endswith("Minh")  # "bà Minh" is a name
        if not named and (who is None or who.isascii() or who in _SPELT):
            return said[:LONGEST]
    return None


def is_for_other(text: str) -> bool | None:
    """An answer in words: somebody is named, or has no number; or it is for whoever writes. None: it says neither."""
    plain = words_of(text)
    if _NO_NUMBER.search(plain):
        return True
    if not _NOT.match(plain) and (_THEM.search(plain) or behalf_in(text) is not None):
        return True
    return False if _ME.fullmatch(plain) else None


def may_be_for_other(draft: Draft) -> bool:
    """Somebody was named, and nobody has asked yet."""
    return draft.behalf is not None and draft.for_other is None and draft.category not in _NOBODYS_VISIT


def for_whom_anew(draft: Draft) -> Draft:
    """As before anybody asked."""
    return replace(draft, for_other=None, visited_phone=None)


def visitable(draft: Draft) -> Draft:
    """Of whom they speak is not visited, now that it turns out what it is about."""
    return for_whom_anew(draft) if draft.for_other and draft.category in _NOBODYS_VISIT else draft
