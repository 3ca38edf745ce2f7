"""What a broadcast may say: words of ours with filled fields, or free words that keep the same rules. Pure.

Thousands read it who have asked for nothing, and the commonest fraud in the city is a text that looks like this one. So it has no
link, no telephone number but the hotline's, no word of codes or money except that we never ask for them (`shared/lures.py`), and
it says who speaks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from notify.broadcasts.broadcast import BroadcastKind
from notify.sms_text import BUDGET_PARTS, MAX_PARTS, clean, count_parts, fitted
from notify.templates import en, vi
from notify.templates.render import placeholders
from shared.errors import Invalid, TechRescueError
from shared.lures import lure_in

SENDER: Final = "TechRescue"
LONGEST: Final = 400  # letters of free words
LONGEST_FIELD: Final = 60  # of a template
_LEFT_OPEN: Final = " ,;:-–—"
_CLOSING: Final = "\"')]”’»"


class Template(StrEnum):
    """Words that are ready; the comment names the fields."""

    OUTAGE_KNOWN = "outage_known"  # service
    OUTAGE_OVER = "outage_over"  # service
    SESSION_OPEN = "session_open"  # when, venue
    CAMPAIGN_HELP = "campaign_help"  # venue, until


TEMPLATES: Final[Mapping[Template, tuple[BroadcastKind, str, str]]] = {
    Template.OUTAGE_KNOWN: (
        BroadcastKind.OUTAGE,
        "{service} đang gặp sự cố trên toàn thành phố. Ông/bà không phải làm gì, khi dùng lại được chúng tôi sẽ báo.",
        "{service} does not work in the whole city just now. There is nothing you have to do; we tell you when it works again.",
    ),
    Template.OUTAGE_OVER: (
        BroadcastKind.OUTAGE,
        "{service} đã dùng lại được. Nếu vẫn chưa được, xin gọi 1022.",
        "{service} works again. If it does not for you, please call 1022.",
    ),
    Template.SESSION_OPEN: (
        BroadcastKind.SESSION,
        "Buổi hướng dẫn dịch vụ công trực tuyến: {when}, tại {venue}. Miễn phí, không phải đăng ký trước.",
        "Help with online public services: {when}, at {venue}. It is free, you need not register.",
    ),
    Template.CAMPAIGN_HELP: (
        BroadcastKind.CAMPAIGN,
        "Tổ công nghệ số giúp làm dịch vụ công trực tuyến tại {venue}, đến hết {until}. Miễn phí.",
        "The community digital team helps with online public services at {venue}, until {until}. It is free.",
    ),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The whole texts, as they leave: with who speaks and what we never ask for."""

    vi: str
    en: str

    def parts(self, language: str) -> int:
        return count_parts(self.en if language == "en" else self.vi)


def from_template(template: Template, fields: Mapping[str, str], kind: BroadcastKind) -> Words:
    """Raises Invalid."""
    of, vietnamese, english = TEMPLATES[template]
    if of is not kind:
        raise Invalid("template", f"belongs to a broadcast of the kind {of}")
    wanted = placeholders(vietnamese)
    if wanted != fields.keys():
        raise Invalid("fields", f"must be {', '.join(sorted(wanted))}")
    filled = {name: clean(value) for name, value in fields.items()}
    if any(not 0 < len(value) <= LONGEST_FIELD for value in filled.values()):
        raise Invalid("fields", f"must be texts of 1 to {LONGEST_FIELD} letters")
    return Words(_whole("fields", vietnamese.format_map(filled), "vi"), _whole("fields", english.format_map(filled), "en"))


def free(vietnamese: str, english: str) -> Words:
    """Raises Invalid."""
    return Words(_whole("text.vi", vietnamese, "vi"), _whole("text.en", english, "en"))


def _whole(field: str, said: str, language: str) -> str:
    text = clean(said)
    if not 0 < len(text) <= LONGEST:
        raise Invalid(field, f"must have 1 to {LONGEST} letters")
    if (lure := lure_in(text)) is not None:
        raise Invalid(field, str(lure))
    named = _ended(text if text.startswith(SENDER) else f"{SENDER}: {text}")
    try:
        whole = fitted(f"{named} {(en if language == 'en' else vi).TAILS[0]}")
    except TechRescueError as error:
        raise Invalid(field, f"must fit {BUDGET_PARTS} parts of a text, not {MAX_PARTS} and more") from error
    if count_parts(whole) > BUDGET_PARTS:
        raise Invalid(field, f"must fit {BUDGET_PARTS} parts of a text; without marks it takes {count_parts(whole)}")
    return whole


def _ended(text: str) -> str:
    """A sentence: what we never ask for begins the next one."""
    said = text.rstrip(_LEFT_OPEN)
    return said if said.rstrip(_CLOSING).endswith((".", "!", "?")) else f"{said}."
