"""What an incident makes of texts: whoever was held is asked, the city desk is rung. Handlers of consumer.py."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from notify.batch import Batch
from notify.phone import close_offer
from notify.purpose import Purpose
from notify.question import QuestionStatus
from notify.telling.about import About, asked_offer
from notify.telling.sessions import fields
from notify.telling.telling import tell
from notify.telling.writing import put, write
from notify.templates import when_text
from shared.categories import CATEGORIES
from shared.events.assignments import OfferKind
from shared.events.contract import Recipient
from shared.events.incidents import IncidentRung
from shared.events.registry import EventType

ASKS: Final[Mapping[OfferKind, Purpose]] = {OfferKind.INCIDENT: Purpose.INCIDENT_ASK, OfferKind.SESSION: Purpose.SESSION_ASK}
_RUNG: Final[Mapping[str, Purpose]] = {"proposed": Purpose.INCIDENT_LEAD, "still_open": Purpose.INCIDENT_OPEN_LEAD}


async def questioned(batch: Batch, about: About) -> None:
    """A question of its own on this phone; whoever has to be called is asked by the desk, which notes what they say."""
    change = about.change
    if change is None or change.offer is None:
        return
    batch.need_no_call(about.request_id, [Purpose.HELD_RESIDENT])
    for recipient in about.recipients:
        _ask(batch, about, recipient)


def _ask(batch: Batch, about: About, recipient: Recipient) -> None:
    change = about.change
    if change is None or change.offer is None:
        return
    asked = asked_offer(about, change.offer)
    found = {
        **fields(batch, change, recipient.language),
        "until": when_text(asked.not_after, batch.now, recipient.language),
    }
    put(batch, about, recipient, ASKS[change.offer.kind], found, asked=asked, kind=change.offer.kind)


def end_questions(batch: Batch, about: About) -> None:
    """What this resident was asked about the request is overtaken; a late answer is still read for a day."""
    batch.need_no_call(about.request_id, ASKS.values())
    line = batch.lines.get(about.resident.contact_point_id)
    questions = list(line.phone.questions.values()) if line else []
    for question in questions:
        for offer in question.open_offers if question.kind in ASKS else ():
            if line is not None and offer.request_id == about.request_id:
                batch.ended_offers.append((offer.offer_id, about.request_id))
                close_offer(line.phone, offer.offer_id, QuestionStatus.WITHDRAWN, batch.now)


async def resumed(batch: Batch, about: About) -> None:
    end_questions(batch, about)
    await tell(batch, about)


async def rung(batch: Batch, about: About) -> None:
    news = about.person
    if not isinstance(news, IncidentRung) or news.reason not in _RUNG:
        return
    for recipient in news.recipients:
        found = {
            "people": str(news.people),
            "category": label(news.category, recipient.language),
            "since": when_text(news.since, batch.now, recipient.language),
        }
        write(batch, about, recipient, _RUNG[news.reason], found)


def label(category: str, language: str) -> str:
    known = CATEGORIES.get(category)
    return category if known is None else (known.label_en if language == "en" else known.label_vi)


ABOUT_INCIDENTS: Final[Mapping[EventType, Callable[[Batch, About], Awaitable[None]]]] = {
    EventType.JOB_QUESTIONED: questioned,
    EventType.CLOCK_RESUMED: resumed,
    EventType.INCIDENT_RUNG: rung,
}
