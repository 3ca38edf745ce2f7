"""What events of a visit under watch make of texts and calls: asked, silent, alarm. Handlers of consumer.py."""

from typing import Final

from notify.batch import Batch
from notify.purpose import Purpose
from notify.telling.about import About
from notify.telling.routing import CALLS
from notify.telling.telling import tell
from shared.events.contract import Role

SOS: Final = "sos"
# Calls that a visit which is over, or an hour that was agreed, makes pointless.
OF_ONE_VISIT: Final = (
    Purpose.ASK_GOING,
    Purpose.ASK_WELL,
    Purpose.ASK_CALLED,
    Purpose.VISIT_CONSENT,
    Purpose.INTERPRETER,
    Purpose.REMOTE_CALL,
    Purpose.WELL_CALL,
    Purpose.ABSENT_CALL,
    Purpose.ADDRESS_CALL,
    Purpose.SLOT_CALL,
)


def have_called(batch: Batch, about: About) -> None:
    """Where a text is not enough, somebody telephones as well."""
    role, purpose = CALLS.get((about.event.type, about.change.reason if about.change else None), (None, None))
    if purpose is None:
        return
    for recipient in about.recipients if role is not Role.RESIDENT else (about.resident,):
        line = batch.lines.get(recipient.contact_point_id)
        reads_ours = line is None or line.stopped_at is None  # and has read that it is fraud
        if recipient.role is role and not (purpose is Purpose.FRAUD_CALL and reads_ours):
            batch.tell(about, recipient, purpose)


async def called_about(batch: Batch, about: About) -> None:
    have_called(batch, about)


async def asked(batch: Batch, about: About) -> None:
    """By the number of the job: that is the code of this question, and nothing else on the phone has it."""
    change = about.change
    if change is None or about.job_id is None:
        return
    for recipient in about.recipients:
        number = batch.ask_about(recipient.contact_point_id, about, change.reason)
        if number is not None:
            await tell(batch, about, number=number)


async def silent(batch: Batch, about: About) -> None:
    batch.need_no_call(about.request_id, [Purpose.ASK_WELL])  # no machine had reached them: one call asks both
    have_called(batch, about)


async def well(batch: Batch, about: About) -> None:
    batch.need_no_call(about.request_id, [Purpose.WELL_CALL, Purpose.ASK_WELL])


async def alarmed(batch: Batch, about: About) -> None:
    """Who called for help reads that it was read, and is called; who answers for the ward reads where and who."""
    await tell(batch, about)
    if about.change is not None and about.change.reason == SOS:
        for recipient in about.recipients:
            if recipient.role is not Role.LEAD:
                batch.tell(about, recipient, Purpose.SOS_CALL)
