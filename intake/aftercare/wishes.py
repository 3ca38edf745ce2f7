"""What somebody wants who has the code, but not the registered number: that number is asked, or written to. They see nothing.

To call a request off from elsewhere waits for a yes from the number; a no, or silence, leaves all as it is. The phrase goes
to the number once more; of a landline an operator calls there and reads it aloud.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import asyncpg

from intake import store
from intake.aftercare.rows import SOURCE, inquire, open_inquiry
from intake.changes import PersonErased
from intake.limits import Limits
from intake.queries import QUERIES
from intake.request import Command, moved
from intake.store import AuditNote
from intake.stored import StoredRequest, event_of
from intake.visit_check import visit_of
from shared.errors import Invalid, NotFound, Refused
from shared.events.registry import EventType
from shared.events.requests import Inquired, RequestStatus
from shared.postgres.transaction import app_now, transaction
from shared.security.codes import normalise_code
from shared.security.tokens import Caller
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

WISH_OVER: Final = "wish_over"  # timer kind; its subject is the request
WAITS: Final = timedelta(hours=24)  # longer than a night: the question waits for the morning
_COMES: Final = frozenset({RequestStatus.ASSIGNED, RequestStatus.ON_THE_WAY, RequestStatus.IN_PROGRESS})
ASKED: Final = {
    "advice": "Đã hỏi số điện thoại đã đăng ký của yêu cầu này. Người có số đó trả lời đồng ý thì yêu cầu mới được hủy.",
    "advice_en": "The registered number of this request is asked. It is called off when whoever has that number says yes.",
}
SENT: Final = {
    "advice": "Ám hiệu được gửi tới số đã đăng ký; số cố định thì tổng đài gọi lại và đọc. Không đọc cho ai gọi từ số khác.",
    "advice_en": "The phrase goes to the registered number; a landline is called back. Never read it to anybody else.",
}


class PhraseNotYet(Refused):
    def __init__(self) -> None:
        super().__init__(
            "phrase_not_yet", "a new phrase comes with the text that somebody is on the way; nobody needs one before"
        )


class Wishes:
    """One per process; `handlers` goes to the TimerLoop, `wake` tells the relay that there is something to publish."""

    def __init__(self, pool: asyncpg.Pool, limits: Limits, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._limits = limits
        self._wake = wake
        self.handlers = {WISH_OVER: self.over}

    async def cancel(self, code: str, who: Caller, address: str | None) -> dict[str, Any]:
        """Asked once: whoever wishes it again meanwhile asks nobody anew. Raises NotFound, TooMany, Refused."""
        try:
            code = normalise_code(code)
            async with transaction(self._pool, "intake.change") as connection:
                request = await _locked(connection, code)
                if address is not None:
                    await self._limits.take_of_request("wish", connection, request.id)
                moved(request.status, Command.CANCEL)
                if await open_inquiry(connection, request, Inquired.CANCEL) is None:
                    await self._ask(connection, request, who.name)
        except (NotFound, Invalid):
            if address is not None:
                await self._limits.take_wrong_code(address)
            raise NotFound("request") from None
        self._wake()
        return {"code": code, **ASKED}

    async def _ask(self, connection: asyncpg.Connection, request: StoredRequest, actor: str) -> None:
        now = await app_now(connection)
        until = now + WAITS
        await inquire(connection, request, Inquired.CANCEL, now, until, actor=actor)
        await set_timers(connection, [Timer(kind=WISH_OVER, subject=request.id, due_at=until)])
        await store.note(connection, [AuditNote(at=now, actor=actor, action="cancel_wished", subject=request.id)])

    async def over(self, connection: asyncpg.Connection, timer: Timer) -> None:
        """Silence is no yes."""
        request = (await store.lock_many(connection, [timer.subject])).get(timer.subject)
        if request is None:
            return
        now = await app_now(connection)
        ended = await connection.fetch(QUERIES["end_wishes"], request.id, now)
        notes = [AuditNote(at=now, actor="timer", action="cancel_wish_unanswered", subject=request.id) for _ in ended]
        await store.note(connection, notes)

    async def phrase(self, code: str, who: Caller) -> dict[str, Any]:
        """Raises NotFound, TooMany, Refused."""
        async with transaction(self._pool, "intake.change") as connection:
            request = await _locked(connection, normalise_code(code))
            await self._limits.take_of_request("phrase_again", connection, request.id)
            visit, now = await _visit_now(connection, request), await app_now(connection)
            event = event_of(EventType.REQUEST_PHRASE_WANTED, request, now, tell_resident=True, visit=visit)
            await append(connection, [event], source=SOURCE)
            note = AuditNote(at=now, actor=who.name, action="phrase_sent", subject=request.id, detail={"visit": visit})
            await store.note(connection, [note])
        self._wake()
        return {"code": request.code, "by": "call" if request.by_call else "message", **SENT}


async def _locked(connection: asyncpg.Connection, code: str) -> StoredRequest:
    request = await store.lock(connection, code)
    if not request.phone_box:
        raise PersonErased
    return request


async def _visit_now(connection: asyncpg.Connection, request: StoredRequest) -> int:
    """Of which visit the phrase is valid, as far as we know it for sure: an old one must never be told as the right one."""
    row = await connection.fetchrow(QUERIES["read_visit"], request.id)
    visit = visit_of(row)
    if visit is not None and visit.job_id == request.job_id and request.status in _COMES:
        return visit.visit
    if visit is None and not request.reopened and not request.past_job_ids and request.status not in _COMES:
        moved(request.status, Command.AMEND)  # of what is over nobody needs one
        return 0
    raise PhraseNotYet
