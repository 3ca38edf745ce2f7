"""What somebody wants who has the code, but not the registered number: that number is asked, or written to. They see nothing.

To call a request off, move it or close it from elsewhere waits for a yes from the number; a no, or silence, leaves all as it is.
The phrase goes to the number once more; of a landline an operator calls there and reads it aloud.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import asyncpg

from intake import store
from intake.aftercare.forms import MoveForm
from intake.aftercare.moving import may_move, opened, sealed, wanted
from intake.aftercare.rows import SILENCE, SOURCE, inquire, inquiry_in, inquiry_of, move_in, open_inquiry
from intake.changes import PersonErased
from intake.limits import Limits
from intake.places.placing import Placing
from intake.queries import QUERIES
from intake.request import LIVE, Command, moved
from intake.store import AuditNote
from intake.stored import StoredRequest, event_of
from intake.tries import Tries
from intake.visit_check import visit_of
from shared.errors import Refused
from shared.events.contract import Sealed
from shared.events.registry import EventType
from shared.events.requests import Inquired, RequestStatus
from shared.postgres.transaction import app_now, transaction
from shared.security.sealing import DataKey
from shared.security.tokens import Caller
from shared.security.vault import Vault
from shared.telemetry.metrics_intake import INQUIRIES
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

WISH_OVER: Final = "wish_over"  # timer kind; its subject is the request, its guard the second: each wish has its own
WAITS: Final = timedelta(hours=24)  # longer than a night: the question waits for the morning
_COMES: Final = frozenset({RequestStatus.ASSIGNED, RequestStatus.ON_THE_WAY, RequestStatus.IN_PROGRESS})
ASKED: Final[Mapping[Inquired, Mapping[str, str]]] = {
    Inquired.CANCEL: {
        "advice": "Đã hỏi số điện thoại đã đăng ký của yêu cầu này. Người có số đó trả lời đồng ý thì yêu cầu mới được hủy.",
        "advice_en": "The registered number of this request is asked. It is called off when whoever has that number says yes.",
    },
    Inquired.MOVE: {
        "advice": "Đã hỏi số điện thoại đã đăng ký của yêu cầu này. Người có số đó trả lời đồng ý thì mới đổi nơi hoặc giờ hẹn.",
        "advice_en": "The registered number of this request is asked. Place or time change when that number says yes.",
    },
    Inquired.FIXED: {
        "advice": "Đã hỏi số điện thoại đã đăng ký của yêu cầu này. Người có số đó báo đã sửa xong thì yêu cầu mới được đóng.",
        "advice_en": "The registered number of this request is asked. It is closed when that number says that it is fixed.",
    },
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


class WishWaits(Refused):
    """Whoever wants something else meanwhile must not change what the number is saying yes to."""

    def __init__(self) -> None:
        super().__init__("wish_waits", "another change of this request waits for the answer of its number; come back after that")


class Wishes:
    """One per process; `handlers` goes to the TimerLoop, `wake` tells the relay that there is something to publish."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, placing: Placing, limits: Limits, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._vault = vault
        self._placing = placing
        self._tries = Tries(pool, limits)
        self._wake = wake
        self.handlers = {WISH_OVER: self.over}

    async def cancel(self, code: str, who: str, address: str | None) -> dict[str, Any]:
        """Asked once: whoever wishes it again meanwhile asks nobody anew. Raises NotFound, TooMany, Refused."""
        async with self._tries.of("wish", code, who, address) as known, transaction(self._pool, "intake.change") as connection:
            request = await _locked(connection, known)
            moved(request.status, Command.CANCEL)
            if await open_inquiry(connection, request, Inquired.CANCEL) is None:
                await self._ask(connection, request, Inquired.CANCEL, who)
        return self._asked(known, Inquired.CANCEL)

    async def move(self, code: str, form: MoveForm, who: str, address: str | None) -> dict[str, Any]:
        """As `cancel`. Raises Invalid, PlaceUnclear, too."""
        async with self._tries.of("wish", code, who, address) as known, transaction(self._pool, "intake.change") as connection:
            request, now = await _locked(connection, known), await app_now(connection)
            may_move(request)
            key = await self._key(connection, request)
            wish, row = wanted(form, self._placing, now), await open_inquiry(connection, request, Inquired.MOVE)
            if (
                row is None or (waiting := move_in(row)) is None or waiting.key_id != key.id
            ):  # of another number, before a correction
                await self._ask(connection, request, Inquired.MOVE, who, move=sealed(wish, key))
            elif opened(waiting, key) != wish:
                raise WishWaits
        return self._asked(known, Inquired.MOVE)

    async def fixed(self, code: str, who: str) -> dict[str, Any]:
        """Asked what it is asked after a day anyway: once in a round, by whoever wants to know first. Silence closes it as ever.
        Raises NotFound, TooMany, Refused."""
        async with self._tries.of("wish", code, who, None) as known, transaction(self._pool, "intake.change") as connection:
            request, now = await _locked(connection, known), await app_now(connection)
            moved(request.status, Command.CONFIRM)
            if await inquiry_of(connection, request, Inquired.FIXED) is None:
                await inquire(connection, request, Inquired.FIXED, now, now + WAITS, actor=who)
                await store.note(connection, [AuditNote(at=now, actor=who, action="fixed_wished", subject=request.id)])
        return self._asked(known, Inquired.FIXED)

    def _asked(self, code: str, about: Inquired) -> dict[str, Any]:
        self._wake()
        return {"code": code, "waits_for": "registered_number", **ASKED[about]}

    async def _ask(
        self, connection: asyncpg.Connection, request: StoredRequest, about: Inquired, who: str, *, move: Sealed | None = None
    ) -> None:
        now = await app_now(connection)
        until = now + WAITS
        await inquire(connection, request, about, now, until, actor=who, move=move)
        await set_timers(connection, [Timer(kind=WISH_OVER, subject=request.id, due_at=until, guard=int(until.timestamp()))])
        await store.note(connection, [AuditNote(at=now, actor=who, action=f"{about}_wished", subject=request.id)])
        await connection.execute(QUERIES["tell_listeners"], [request.id])

    async def _key(self, connection: asyncpg.Connection, request: StoredRequest) -> DataKey:
        key = (await self._vault.keys(connection, [request.key_id])).get(request.key_id)
        if key is None:
            raise PersonErased
        return key

    async def over(self, connection: asyncpg.Connection, timer: Timer) -> None:
        """Silence is no yes, and the number hears that nothing was changed."""
        request = (await store.lock_many(connection, [timer.subject])).get(timer.subject)
        if request is None:
            return
        now = await app_now(connection)
        ended = await connection.fetch(QUERIES["end_wishes"], request.id, now)
        notes = [AuditNote(at=now, actor="timer", action=f"{row['about']}_wish_unanswered", subject=request.id) for row in ended]
        await store.note(connection, notes)
        for row in ended:
            INQUIRIES.labels(row["about"], SILENCE).inc()
        told = request.phone_box != "" and request.status in LIVE
        kind, each = EventType.REQUEST_INQUIRY_OVER, {row["about"]: row for row in ended}  # one that was asked again is one
        events = [
            event_of(kind, request, now, tell_resident=True, inquiry=inquiry_in(row, request), reason=SILENCE)
            for row in each.values()
        ]
        await append(connection, events if told else [], source=SOURCE)
        await connection.execute(QUERIES["tell_listeners"], [request.id])

    async def phrase(self, code: str, who: Caller) -> dict[str, Any]:
        """Raises NotFound, TooMany, Refused."""
        async with (
            self._tries.of("phrase_again", code, who.name, None, count=True) as known,
            transaction(self._pool, "intake.change") as connection,
        ):
            request = await _locked(connection, known)
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
