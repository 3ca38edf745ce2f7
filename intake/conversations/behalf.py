"""Of whom somebody speaks who may need the help: "mẹ tôi", "my mother". Whether it is for them they are asked. Pure."""

import re
from typing import Final

from intake.conversations.conversation import Draft
from shared.categories import FRAUD
from shared.folding import folded

_OURS: Final = "(?:toi|em|chau|minh|nha (?:toi|em|minh))"
_NEAR: Final = rf"(?P<who>me|bo|cha|ba|ong|vo|chong)(?: (?:noi|ngoai|gia|vo|chong))? (?:cua )?{_OURS}"
_NEAR_EN: Final = r"my (?:mother|father|mum|mom|dad|grand(?:mother|father|ma|pa)|parents|wife|husband|neighbou?r)"
_SOMEBODY: Final = re.compile(rf"\b(?:{_NEAR}|{_NEAR_EN}|(?:ba |ong |bac )?hang xom)\b")
# With their marks: "bỏ em", "bó tôi" and "vở em" are nobody.
_SPELT: Final = frozenset({"mẹ", "bố", "cha", "bà", "ba", "ông", "vợ", "chồng"})
LONGEST: Final = 40
_NOBODYS_VISIT: Final = frozenset({"death", "birth", FRAUD})  # of whom they speak then is not who is visited


def behalf_in(text: str) -> str | None:
    """In their own words, the first they name."""
    for found in _SOMEBODY.finditer(folded(text)):
        who = None if found["who"] is None else text[found.start("who") : found.end("who")].lower()
        if who is None or who.isascii() or who in _SPELT:
            return text[found.start() : found.end()][:LONGEST]
    return None


def may_be_for_other(draft: Draft) -> bool:
    """Somebody was named, and nobody has asked yet."""
    return draft.behalf is not None and draft.for_other is None and draft.category not in _NOBODYS_VISIT
