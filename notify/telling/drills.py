"""What people hear of a drill: one short question, and when they were silent, how to get back in. The words are in templates/."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from notify.batch import Batch
from notify.purpose import Purpose
from notify.question import QuestionStatus
from notify.telling.about import NOBODYS, About
from notify.telling.own_work import own_question
from notify.telling.writing import put, write
from notify.templates import when_text
from shared.events.assignments import OfferKind
from shared.events.drills import DrillAsked, DrillOutcome, DrillSettled
from shared.events.registry import EventType

_CATEGORY: Final = "drill"
_TOLD: Final = {DrillOutcome.SILENT: Purpose.DRILL_SILENT, DrillOutcome.BACK: Purpose.DRILL_BACK}


async def drill_asked(batch: Batch, about: About) -> None:
    """Nobody telephones for it: a number that a machine cannot write to is tried by whoever rings it next."""
    news = about.person
    if not isinstance(news, DrillAsked):
        return
    asked = own_question(news, news.ask_id, _CATEGORY, batch.now)
    for recipient in news.recipients:
        if not batch.is_called(about, recipient):
            found = {"month": str(news.month), "until": when_text(news.answer_by, batch.now, recipient.language)}
            put(batch, about, recipient, Purpose.DRILL, found, asked=asked, kind=OfferKind.DRILL)


async def drill_settled(batch: Batch, about: About) -> None:
    news = about.person
    if not isinstance(news, DrillSettled):
        return
    if news.outcome is DrillOutcome.SILENT:
        batch.close(news.contact_point_id, news.ask_id, NOBODYS, QuestionStatus.EXPIRED)
    for recipient in news.recipients:
        if not batch.is_called(about, recipient):
            write(batch, about, recipient, _TOLD[news.outcome], {})


ABOUT_DRILLS: Final[Mapping[EventType, Callable[[Batch, About], Awaitable[None]]]] = {
    EventType.DRILL_ASKED: drill_asked,
    EventType.DRILL_SETTLED: drill_settled,
}
