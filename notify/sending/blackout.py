"""No route of a channel takes anything: it is told once, and whoever matters and waits for a text is reached by people instead.

One row an outage, so that processes agree: it begins when every route has been shut here for long and nobody else got anything
through, and ends with the first text that is taken. What was given to people has ended: it is never sent as well.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID, uuid5

import asyncpg

from notify.calls.call import CallTask, due_at
from notify.letter import Letter
from notify.matters import MATTERS
from notify.message import MessageStatus, Moved, failed
from notify.news import of_called_offer, of_outage
from notify.phone import close_offer
from notify.purpose import Purpose
from notify.question import AskedOffer, QuestionStatus
from notify.sending.ladder import next_rung
from notify.sending.settlement import Change, Locked, insert_calls, lock_letters, offers_told, settle
from notify.settings import NotifySettings
from notify.store import QUERIES, SOURCE
from shared.events.contract import ChannelKind
from shared.events.messages import FailureReason, OutageChanged
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction
from shared.rounds import Rounds
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_OUTAGE
from shared.transport.outbox import append

log = logger()

EVERY_SECONDS: Final = 2.0
SITE: Final = "notify.timer"
BATCH: Final = 50
PURPOSES: Final = sorted(MATTERS)  # anything else waits for a route, and dies in time
URGENT: Final = 3  # P1 and P2 are never kept off the list of calls
ANY: Final = 7
ASKED_AGAIN: Final = timedelta(minutes=2)  # dispatch does not offer anything there meanwhile: else the same few at every look


class Routes(Protocol):
    """What a sender knows: of each channel, for how long no route of it has taken anything (`asks`: a question); 0: one does."""

    def shut_seconds(self, *, asks: bool = False) -> Mapping[ChannelKind, float]: ...


class Blackout(Rounds):
    """`wake`: there are events."""

    def __init__(self, pool: asyncpg.Pool, routes: Routes, settings: NotifySettings, *, wake: Callable[[], None]) -> None:
        super().__init__(every_seconds=EVERY_SECONDS)
        self._pool = pool
        self._routes = routes
        self._settings = settings
        self._wake = wake
        self._was_shut: set[ChannelKind] = set()
        for channel in routes.shut_seconds():
            NOTIFY_OUTAGE.labels(channel).set(0)

    async def look(self) -> None:
        shut = {channel: seconds for channel, seconds in self._routes.shut_seconds().items() if seconds > 0}
        async with reading(self._pool) as connection:
            known = {ChannelKind(row["channel"]): row["heard"] for row in await connection.fetch(QUERIES["open_outages"])}
        over = {one for one, heard in known.items() if heard or (one in self._was_shut and one not in shut)}
        for channel in sorted(over):
            await self._over(channel)
        long_shut = {channel for channel, seconds in shut.items() if seconds >= self._settings.outage_seconds}
        for channel in sorted(long_shut - known.keys()):
            await self._begin(channel)
        self._was_shut = set(shut)
        for channel in self._routes.shut_seconds():
            NOTIFY_OUTAGE.labels(channel).set(channel in known.keys() - over)
        out = long_shut & (known.keys() - over)
        mute = self._mute(shut)
        if out or mute:
            await self.tell_by_people(out, mute)

    def _mute(self, shut: Collection[ChannelKind]) -> set[ChannelKind]:
        """Texts leave there and questions do not: what can be answered is away, or was never there."""
        asking = self._routes.shut_seconds(asks=True)
        return {channel for channel, seconds in asking.items() if seconds >= self._settings.outage_seconds} - set(shut)

    async def tell_by_people(self, out: Collection[ChannelKind], mute: Collection[ChannelKind] = ()) -> int:
        """A batch, the most urgent first. Ordinary calls only as long as the list has room for them. `mute`: channels that take
        no question."""
        async with transaction(self._pool, SITE) as connection:
            now = await app_now(connection)
            calls = await connection.fetchval(QUERIES["count_calls_to_make"])
            most = ANY if calls < self._settings.outage_calls else URGENT
            rows = await connection.fetch(QUERIES["waiting_in_outage"], now, sorted(out), sorted(mute), PURPOSES, most, BATCH)
            found = {row["id"]: row["attempt_id"] for row in rows}
            locked = await lock_letters(connection, found)
            waiting = [
                letter
                for letter in locked.letters.values()
                if (letter.message.status, letter.message.attempt_id) == (MessageStatus.QUEUED, found[letter.id])
            ]
            await self._give_to_people(connection, waiting, locked, out, mute)
        if waiting:
            self._wake()
        return len(waiting)

    async def _give_to_people(
        self,
        connection: asyncpg.Connection,
        waiting: Sequence[Letter],
        locked: Locked,
        out: Collection[ChannelKind],
        mute: Collection[ChannelKind],
    ) -> None:
        changes, calls = [], []
        texts = self._settings.sending.served - set(out)
        questions = texts - set(mute)
        for letter in waiting:
            asked = _escalations(letter, locked)
            served = questions if letter.message.is_question else texts
            rung = next_rung(letter.message.channels, letter.message.rung, served)
            if rung is not None:
                moved = Moved(letter.message._replace(rung=rung, attempts=0, not_before=locked.now))
            elif asked:
                moved = replace(failed(letter.message, FailureReason.OUTAGE, locked.now), news=())
                calls += [_call_about(letter, offer, locked) for offer in asked]
            else:
                moved = failed(letter.message, FailureReason.OUTAGE, locked.now, retry_at=locked.now + ASKED_AGAIN)
            changes.append(Change(letter, moved))
        await settle(connection, changes, locked.lines, locked.now)
        new = await insert_calls(connection, calls, locked.now)
        await append(connection, [of_called_offer(task, locked.now) for task in new], source=SOURCE)

    async def _begin(self, channel: ChannelKind) -> None:
        async with transaction(self._pool, SITE) as connection:
            now = await app_now(connection)
            since = now - timedelta(seconds=self._settings.outage_seconds)
            id_ = await connection.fetchval(QUERIES["begin_outage"], uuid7(), channel, now, since)
            if id_ is None:
                return
            await self._tell(connection, EventType.OUTAGE_BEGAN, id_, channel, began_at=now, now=now)
        log.warning("notify.outage.began", channel=channel)
        self._wake()

    async def _over(self, channel: ChannelKind) -> None:
        async with transaction(self._pool, SITE) as connection:
            now = await app_now(connection)
            row = await connection.fetchrow(QUERIES["end_outage"], channel, now)
            if row is None:
                return
            await self._tell(connection, EventType.OUTAGE_ENDED, row["id"], channel, began_at=row["began_at"], now=now)
        log.warning("notify.outage.ended", channel=channel)
        self._wake()

    async def _tell(
        self,
        connection: asyncpg.Connection,
        kind: EventType,
        id_: UUID,
        channel: ChannelKind,
        *,
        began_at: datetime,
        now: datetime,
    ) -> None:
        ended_at = now if kind is EventType.OUTAGE_ENDED else None
        body = OutageChanged(outage_id=id_, city=self._settings.city, channel=channel, began_at=began_at, ended_at=ended_at)
        await append(connection, [of_outage(kind, body, now)], source=SOURCE)


def _escalations(letter: Letter, locked: Locked) -> list[AskedOffer]:
    """What a lead is asked, and can be asked on the telephone; a helper is not: the next who is asked is somebody's lead."""
    if letter.purpose != Purpose.ESCALATION:
        return []
    return [offer for offer in offers_told(letter, locked.lines.get(letter.contact_point_id)) if offer.closed_at is None]


def _call_about(letter: Letter, offer: AskedOffer, locked: Locked) -> CallTask:
    """From now on the desk asks it; a word typed to the question that never left speaks of nothing."""
    close_offer(locked.lines[letter.contact_point_id].phone, offer.offer_id, QuestionStatus.WITHDRAWN, locked.now)
    return CallTask(
        id=uuid7(),
        cause_event_id=uuid5(letter.cause_event_id, str(offer.offer_id)),  # one text can ask about several
        contact_point_id=letter.contact_point_id,
        key_id=letter.key_id,
        address=letter.address,
        body=letter.body,
        city=offer.city,
        request_id=offer.request_id,
        job_id=offer.job_id,
        offer_id=offer.offer_id,
        role=letter.role,
        purpose=letter.purpose,
        priority=letter.priority,
        due_at=min(due_at(letter.priority, locked.now), offer.not_after),
        created_at=locked.now,
        commune_code=offer.commune_code,
    )
