"""Who of a broadcast is told now: claimed, written and paced in one transaction, of one replica at a time. Sends nothing.

The row of the lane holds the pace of all broadcasts on all replicas: whoever has it knows how many have left, and nobody waits
for it. Phones that somebody works on are left for the next round.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.broadcasts.broadcast import (
    BULK_URGENCY,
    GIVES_WAY,
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Pace,
    allowance,
    paced,
)
from notify.letter import Letter, letter_of, row_of
from notify.message import Message, MessageStatus, Moved
from notify.sending.claims import Claimed, attempt_columns, decide, doubts_of
from notify.sending.ladder import BY_NUMBER, next_rung
from notify.sending.reaching import Known
from notify.sending.routes import Carriers, Choice
from notify.sending.settlement import Change, settle
from notify.settings import NotifySettings
from notify.store import QUERIES
from notify.telling.about import NOBODYS
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.messages import FailureReason
from shared.ids import uuid7
from shared.postgres.transaction import transaction
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.metrics import NOTIFY_BROADCAST_PEOPLE

AT_ONCE: Final = 1000  # people whose time is over, in one round
MEMORY: Final = timedelta(hours=24)  # the longest window of the allowance


@dataclass(slots=True)
class Round:
    """One look, and what it came to. `left`: so many may still leave in it; `soon`: another look is worth it at once."""

    connection: asyncpg.Connection
    vault: Vault
    carriers: Carriers
    settings: NotifySettings
    now: datetime
    left: int
    soon: bool = False
    claimed: list[Claimed] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def channels(self) -> list[ChannelKind]:
        return list(self.carriers)

    async def of(self, broadcast: Broadcast) -> None:
        if broadcast.not_after <= self.now:
            over = await self.connection.fetch(QUERIES["skip_the_rest"], broadcast.id, AT_ONCE)
            self.counted[FailureReason.TOO_LATE] += len(over)
            self.soon |= bool(over)
            await self._end_if_over(broadcast)
            return
        pace = broadcast.per_second or self.settings.broadcast_per_second
        many = min(self.left, allowance(broadcast.paced_at, self.now, pace))
        if many <= 0:
            self.soon = True
            return
        before = len(self.claimed)
        await self._repeat(broadcast, many)
        looked_at = await self._tell(broadcast, many - (len(self.claimed) - before))
        told = len(self.claimed) - before
        if told or looked_at:
            self.left -= told
            at = paced(broadcast.paced_at, self.now, pace, told)
            await self.connection.execute(QUERIES["pace_broadcast"], broadcast.id, at, self.now)
        else:
            await self._end_if_over(broadcast)

    async def _end_if_over(self, broadcast: Broadcast) -> None:
        gathered = broadcast.gathered_at is not None or broadcast.not_after <= self.now
        if gathered and not await self.connection.fetchval(QUERIES["broadcast_goes_on"], broadcast.id):
            await self.connection.execute(QUERIES["end_broadcast"], broadcast.id, self.now)

    async def _repeat(self, broadcast: Broadcast, many: int) -> None:
        """Texts that were written and did not leave. They have had their allowance; the night they keep."""
        rows = await self.connection.fetch(QUERIES["texts_to_repeat"], broadcast.id, self.now, self.channels, many)
        if not rows:
            return
        letters = [letter_of(row) for row in rows]
        keys = await self.vault.keys_in_passing(self.connection, {letter.key_id for letter in letters})
        doubts, claimed, changes, delayed = await doubts_of(self.connection, letters), [], [], []
        choice = Choice(self.carriers, self.settings.answer_to)
        phones = [letter.contact_point_id for letter in letters]
        stopped = {row["id"] for row in await self.connection.fetch(QUERIES["stopped_phones"], phones)}
        for letter in letters:
            known = Known(None, keys, (), self.now, stopped=letter.contact_point_id in stopped)  # by their number only
            found = decide(letter, known, settings=self.settings, choice=choice, doubts=doubts)
            if isinstance(found, Claimed):
                claimed.append(found)
                changes.append(Change(letter, Moved(found.letter.message)))
            elif isinstance(found, Moved):
                changes.append(Change(letter, found))
            else:
                delayed.append((letter.id, found.retry_at if found else self.now + timedelta(seconds=1)))
        if delayed:
            await self.connection.execute(QUERIES["delay_messages"], *_columns(delayed))
        await settle(self.connection, changes, {}, self.now)
        if claimed:
            await self.connection.execute(QUERIES["begin_repeats"], *attempt_columns(claimed), self.now)
        self.claimed += claimed

    async def _tell(self, broadcast: Broadcast, many: int) -> bool:
        """True: something became of somebody, and be it that their turn is later."""
        rows = await self.connection.fetch(QUERIES["people_to_tell"], broadcast.id, self.now, self.channels, many) if many else ()
        if not rows:
            return False
        self.soon = True
        people, stopped = await self._free(rows)
        keys = await self.vault.keys_in_passing(self.connection, {row["key_id"] for row in people})
        heard = await self._heard([row["contact_point_id"] for row in people])
        choice = Choice(self.carriers, self.settings.answer_to)
        rules = replace(self.settings, limits=self.settings.broadcast_limits)
        claimed: list[Claimed] = []
        skipped: list[tuple[UUID, str]] = []
        delayed: list[tuple[UUID, datetime]] = []
        for row in people:
            letter = _letter(broadcast, row, keys.get(row["key_id"]), self.now, self.settings)
            phone = letter.contact_point_id
            known = Known(None, keys, heard[phone], self.now, stopped=phone in stopped)
            found = decide(letter, known, settings=rules, choice=choice, doubts={})
            if isinstance(found, Claimed):
                claimed.append(found)
            elif isinstance(found, Moved):
                skipped.append((letter.contact_point_id, found.message.reason or FailureReason.UNKNOWN))
            elif found is not None:
                delayed.append((letter.contact_point_id, found.retry_at))
        await self._save(broadcast, claimed, skipped, delayed)
        return bool(claimed or skipped or delayed)

    async def _save(
        self,
        broadcast: Broadcast,
        claimed: Sequence[Claimed],
        skipped: Sequence[tuple[UUID, str]],
        delayed: Sequence[tuple[UUID, datetime]],
    ) -> None:
        """In the order of the locks. Who has it already, from another process's hand, is not told again."""
        if delayed:
            await self.connection.execute(QUERIES["delay_people"], broadcast.id, *_columns(delayed))
        if skipped:
            await self.connection.execute(QUERIES["skip_people"], broadcast.id, *_columns(skipped))
        for _, reason in skipped:
            self.counted[reason] += 1
        if claimed:
            rows = [row_of(one.letter) for one in claimed]
            begun = await self.connection.fetch(QUERIES["write_broadcast_texts"], rows, *attempt_columns(claimed), self.now)
            written = {row["id"] for row in begun}
            self.claimed += [one for one in claimed if one.outgoing.id in written]
            self.counted["written"] += len(written)

    async def _free(self, rows: Sequence[Any]) -> tuple[list[Any], set[UUID]]:
        """Those whose phone nobody works on, and which phones want no texts."""
        met = [(row["contact_point_id"], row["key_id"], row["address"], row["language"]) for row in rows]
        await self.connection.execute(QUERIES["meet_phones"], *_columns(sorted(met)))
        ids = sorted(row["contact_point_id"] for row in rows)
        free = {row["id"]: row["stopped_at"] for row in await self.connection.fetch(QUERIES["lock_phones_free"], ids)}
        return [row for row in rows if row["contact_point_id"] in free], {phone for phone, at in free.items() if at}

    async def _heard(self, phones: Sequence[UUID]) -> Mapping[UUID, list[datetime]]:
        found: dict[UUID, list[datetime]] = defaultdict(list)
        for row in await self.connection.fetch(QUERIES["broadcasts_heard"], phones, self.now - MEMORY):
            found[row["contact_point_id"]].append(row["started_at"])
        return found


async def hand_out(
    pool: asyncpg.Pool, vault: Vault, carriers: Carriers, settings: NotifySettings, *, room: int
) -> tuple[Sequence[Claimed], bool]:
    """What leaves now; and whether to look again soon, because of another replica, something urgent or the pace nothing did."""
    async with transaction(pool, "notify.broadcast") as connection:
        lane = await connection.fetchrow(QUERIES["lock_lane"])
        if lane is None:
            return (), True
        now = lane["now"]
        if await connection.fetchval(QUERIES["urgent_waits"], now - GIVES_WAY, list(range(BULK_URGENCY)), list(carriers)):
            return (), True
        pace, per_second = pace_of(lane), settings.broadcast_per_second
        left = min(room, pace.allowance(now, per_second))
        this = Round(connection, vault, carriers, settings, now, left)
        for row in await connection.fetch(QUERIES["running_broadcasts"]):
            await this.of(broadcast_of(row))
        if this.claimed:
            await note_pace(connection, pace.after(now, per_second, len(this.claimed)))
    for outcome, people in this.counted.items():
        NOTIFY_BROADCAST_PEOPLE.labels(outcome).inc(people)
    return this.claimed, this.soon


def pace_of(lane: Any) -> Pace:
    return Pace(lane["paced_at"], tuple(zip(lane["left_at"], lane["left_many"], strict=True)))


async def note_pace(connection: asyncpg.Connection, pace: Pace) -> None:
    await connection.execute(QUERIES["pace_lane"], pace.paced_at, *_columns(pace.left))


def broadcast_of(row: Any) -> Broadcast:
    found = {name: row[name] for name in Broadcast.__slots__}
    return Broadcast(**{**found, "kind": BroadcastKind(found["kind"]), "status": BroadcastStatus(found["status"])})


def _letter(broadcast: Broadcast, row: Any, key: DataKey | None, now: datetime, settings: NotifySettings) -> Letter:
    """As any other text, caused by the broadcast; told to nobody else, because it is about nobody's request."""
    channels = tuple(ChannelKind(channel) for channel in row["channels"])
    message = Message(
        id=uuid7(),
        status=MessageStatus.QUEUED,
        channels=channels,
        rung=next_rung(channels, -1, settings.sending.served & BY_NUMBER) or 0,
        is_question=False,
        not_before=now,
        not_after=broadcast.not_after,
    )
    return Letter(
        message=message,
        cause_event_id=broadcast.id,
        contact_point_id=row["contact_point_id"],
        key_id=row["key_id"],
        address=row["address"],
        body=key.box(broadcast.text(row["language"]).encode(), purpose="text") if key else None,
        city=broadcast.city,
        request_id=NOBODYS,
        job_id=None,
        question_id=None,
        role=Role(row["role"]),
        purpose=broadcast.kind.purpose,
        priority=Priority.P4,
        own_act=False,
        told=False,
        version=0,
        traceparent=None,
        created_at=now,
    )


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
