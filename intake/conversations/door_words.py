"""Words of somebody at whose door a visitor stands. Pure."""

import re
from typing import Final

from shared.folding import folded

GONE: Final = ""  # what was "said" by whoever shall not come in
SAID: Final = "[ám hiệu]"  # stands for it in what is kept: nobody shall read it there later
_PHRASE: Final = re.compile(
    r"\b(?:am hieu|pass ?phrase)\b(?: (?:la|is|ho noi|nguoi do noi)\b)?\s*[:\-–]?\s*(?P<words>[^\W\d_]+(?: [^\W\d_]+)+)"
)
# Whoever asks for the phrase checks nobody. Words of the phrases themselves ("sao dưới") must not look like that.
_ASKS: Final = re.compile(r"(?:gi|nao|cua (?:toi|minh|em|nha) [a-z]+|o dau|the nao|what|my)\b|.*\bla (?:gi|nao)\b|.*\?")
_GONE: Final = re.compile(
    r"nguoi la (?:o|ngoai|truoc|den|dang|go)\b.{0,24}\b(?:cua|nha|cong)\b|^(?:co )?nguoi la(?: a| oi)?$"
    r"|\b(?:ke|nguoi) gia danh (?:o|ngoai|truoc|den)\b|khong phai nguoi (?:cua |ben )?(?:techrescue|1022|to ho tro)\b"
    r"|stranger at (?:my|the) door|not (?:from |your )(?:techrescue|helper)"
)


def at_the_door(text: str) -> tuple[str | None, str]:
    """What the visitor said, or GONE; None: it is about something else. And the text as it may be kept."""
    plain = folded(text)
    met = _PHRASE.search(plain)
    if met is not None and not _ASKS.match(plain, met.start("words")):
        start, end = met.span("words")
        return text[start:end], f"{text[:start]}{SAID}{text[end:]}"
    return (GONE if _GONE.search(plain.strip(" .!")) else None), text
