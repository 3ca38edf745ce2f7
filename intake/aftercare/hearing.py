"""What a registered number answers: it is fixed, it is not, how good the help was; of wishes from elsewhere: wished.py.

The same acts serve an operator who has heard it on the telephone. What an answer makes of a request: inquiry.py.
"""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg

from intake import store
from intake.aftercare.acting import Act
from intake.aftercare.inquiry import NOT_FIXED, confirmed, may_rate, not_fixed
from intake.aftercare.rows import SOURCE, Mark, inquire, inquiry_by, inquiry_of, note_answer, put_mark
from intake.aftercare.wished import Wished
from intake.places.placing import Placing
from intake.queries import QUERIES
from intake.request import Command
from intake.settings import IntakeSettings
from intake.stored import StoredRequest, event_of
from intake.triage import Promises
from shared.errors import Refused
from shared.events.contract import Sealed
from shared.events.envelope import Event
from shared.events.messages import OF_INQUIRIES, OF_WISHES, Answer, ReplyReceived
from shared.events.registry import EventType
from shared.events.requests import Inquired
from shared.masking import mask_message
from shared.postgres.transaction import app_now
from shared.security.vault import Vault
from shared.transport.outbox import append

RESIDENT: Final = "resident"


def is_inquiry_answer(event: Event) -> bool:
    return isinstance(event.body, ReplyReceived) and event.body.answer in OF_INQUIRIES


class Aftercare:
    """One per process and use."""

    def __init__(self, settings: IntakeSettings, vault: Vault, placing: Placing) -> None:
        self._settings = settings
        self._vault = vault
        self._promises = Promises()
        self.wished = Wished(vault, placing)

    async def take(self, connection: asyncpg.Connection, events: Sequence[Event]) -> None:
        """In the order in which they were said."""
        replies = sorted((one.body for one in events if isinstance(one.body, ReplyReceived)), key=lambda one: one.received_at)
        if not replies:
            return
        requests = await store.lock_many(connection, [reply.request_id for reply in replies])
        act = Act(connection=connection, actor=RESIDENT, now=await app_now(connection))
        for reply in replies:
            request, row = requests.get(reply.request_id), await inquiry_by(connection, reply.offer_id)
            if request is None or row is None or row["request_id"] != request.id or not request.details_box:
                continue  # of nothing that we asked, or somebody who is erased
            if reply.contact_point_id != request.contact_point_id:
                continue  # it was their number when we asked
            try:
                requests[request.id] = await self._answer(act, request, row, reply)
            except Refused as refusal:
                await act.note(request, "answer_changes_nothing", answer=reply.answer, reason=refusal.reason)

    async def _answer(self, act: Act, request: StoredRequest, row: Any, reply: ReplyReceived) -> StoredRequest:
        if row["round"] != request.reopened:
            raise Refused("earlier_round", "it was opened anew since")
        if reply.answer is Answer.FIXED:
            return await self.confirm(act, request)
        if reply.answer is Answer.NOT_FIXED:
            return await self.reopen(act, request)
        if reply.answer is Answer.RATED and reply.score is not None:
            why = await self._why(act, reply.why)
            key_id = request.key_id if reply.why is None else reply.why.key_id
            mark = Mark(score=reply.score, why_box=why, key_id=key_id, door="phone", said_at=reply.received_at)
            return await self.rate(act, request, mark)
        if reply.answer in OF_WISHES:
            return await self.wished.answer(act, request, row, reply.answer)
        return request

    async def _why(self, act: Act, told: Sealed | None) -> str | None:
        """Masked as at every door, whatever notify has read it from. None: nothing was said, or they are erased."""
        key = None if told is None else (await self._vault.keys(act.connection, [told.key_id])).get(told.key_id)
        if told is None or key is None:
            return None
        said = key.open(told, purpose="text").decode()
        kept = mask_message(said)
        return told.box if kept == said else key.box(kept.encode(), purpose="text")

    async def confirm(self, act: Act, request: StoredRequest) -> StoredRequest:
        """Fixed: closed, and asked how it was. Raises Refused."""
        done = await act.publish(
            request, confirmed(request), EventType.REQUEST_CONFIRMED, Command.CONFIRM, Inquired.FIXED, reason="fixed"
        )
        await note_answer(act.connection, done, Inquired.FIXED, Answer.FIXED, act.now)
        if not done.by_call:  # whoever was called is asked in the same call
            until = act.now + self._settings.survey_open
            await inquire(act.connection, done, Inquired.SURVEY, act.now, until, actor=act.actor)
        return done

    async def reopen(self, act: Act, request: StoredRequest) -> StoredRequest:
        """Not fixed: the same helper is asked first, and there is less time. Raises Refused."""
        after = not_fixed(request, self._promises, act.now)
        await note_answer(act.connection, request, Inquired.FIXED, Answer.NOT_FIXED, act.now)
        kind, about = EventType.REQUEST_REOPENED, Inquired.FIXED
        return await act.publish(request, after, kind, Command.REOPEN, about, tell_resident=True, reason=NOT_FIXED)

    async def rate(self, act: Act, request: StoredRequest, mark: Mark) -> StoredRequest:
        """One a request, the last of 7 days counts. Raises Refused."""
        ended_at = await act.connection.fetchval(QUERIES["ended_at"], request.id)
        may_rate(request, ended_at or request.filed_at, act.now)
        if not await put_mark(act.connection, request, mark):
            return request
        await note_answer(act.connection, request, Inquired.SURVEY, Answer.RATED, act.now)
        inquiry = await inquiry_of(act.connection, request, Inquired.SURVEY)
        event = event_of(EventType.REQUEST_RATED, request, act.now, inquiry=inquiry, score=mark.score)
        await append(act.connection, [event], source=SOURCE)
        await act.note(request, Command.RATE, score=mark.score, door=mark.door)
        return request
