"""What people hear while time goes by: pauses, promises that were broken, and that a lead's time goes on."""

from datetime import timedelta
from typing import Final

from notify.batch import Batch
from notify.purpose import Purpose
from notify.telling.about import About
from notify.telling.telling import tell
from notify.telling.visit_watch import OF_ONE_VISIT, have_called
from shared.pauses import Pause

AGREED: Final = frozenset({"slot", Pause.RESIDENT_LATER.value})
JUST_FILED: Final = timedelta(minutes=10)


async def paused(batch: Batch, about: About) -> None:
    """Who has just filed was told the hour in the same breath (`opens` of the first text); later it is news."""
    off_hours = about.change is not None and about.change.reason == Pause.OFF_HOURS
    if about.change is not None and (not off_hours or batch.now - about.change.job.filed_at > JUST_FILED):
        if about.change.reason in AGREED:  # somebody has talked to them
            batch.need_no_call(about.request_id, OF_ONE_VISIT)
        await tell(batch, about)
        have_called(batch, about)


async def overdue(batch: Batch, about: About) -> None:
    """Nobody is there in time: whoever has the job answers by its number on their phone."""
    responder = about.change.job.responder if about.change else None
    offer = about.change.offer if about.change else None
    number = None
    if responder is not None and offer is not None:
        number = batch.take_job(responder.contact_point_id, about, offer.offer_id)
    await tell(batch, about, number=number)


async def name_refused(batch: Batch, about: About) -> None:
    """A lead has named somebody who cannot be asked: told why, by the code of the question that is still theirs."""
    offer = about.change.offer if about.change else None
    line = batch.lines.get(offer.contact_point_id) if offer else None
    question = line.phone.question_of(offer.offer_id) if line and offer else None
    await tell(batch, about, number=question.code if question else None)


async def news(batch: Batch, about: About) -> None:
    """How it stands now. Whoever has to be told by telephone is called about the newest only."""
    batch.need_no_call(about.request_id, [Purpose.NEWS_RESIDENT, Purpose.HELD_NEWS_RESIDENT])
    await tell(batch, about)
