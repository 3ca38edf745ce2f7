"""Which messages leave now: claimed under a lease, within the limits of each person, opened for the carrier. Sends nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from notify.channels.port import Outgoing
from notify.letter import Letter, letter_of
from notify.message import Message, Moved, begin, failed
from notify.purpose import VITAL
from notify.settings import NotifySettings
from notify.settlement import Change, settle
from notify.store import QUERIES, lock_lines
from notify.throttle import LONGEST_WINDOW, NotYet, may_send
from shared.events.contract import ChannelKind
from shared.events.messages import FailureReason
from shared.ids import uuid7
from shared.postgres.transaction import app_now, transaction
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.metrics import NOTIFY_DENIED


@dataclass(frozen=True, slots=True)
class Claimed:
    letter: Letter  # as it is now: sending, under `outgoing.id`
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class Found:
    claimed: list[Claimed]
    looked_at: int  # as many as the limit: there may be more


async def claim(
    pool: asyncpg.Pool, vault: Vault, carriers: Mapping[ChannelKind, str], settings: NotifySettings, *, limit: int
) -> Found:
    """One transaction. Messages that may not be sent now are delayed, or fail with a reason if they cannot wait."""
    async with transaction(pool, "notify.claim") as connection:
        now = await app_now(connection)
        rows = await connection.fetch(QUERIES["claim_messages"], now, list(carriers), limit)
        if not rows:
            return Found([], 0)
        letters = await _with_free_phone(connection, [letter_of(row) for row in rows])
        keys = await vault.keys(connection, {letter.key_id for letter in letters})
        sent = await _sent(connection, letters, now)
        claimed: list[Claimed] = []
        changes: list[Change] = []
        delayed: list[tuple[UUID, datetime]] = []
        for letter in letters:
            outgoing_or_not = _decide(letter, keys.get(letter.key_id), sent[letter.contact_point_id], now, settings)
            if isinstance(outgoing_or_not, NotYet):
                delayed.append((letter.id, outgoing_or_not.retry_at))
            elif isinstance(outgoing_or_not, Moved):
                changes.append(Change(letter, outgoing_or_not))
            else:
                claimed.append(outgoing_or_not)
                changes.append(Change(letter, Moved(outgoing_or_not.letter.message)))
                sent[letter.contact_point_id].append(now)
        await _write(connection, claimed, changes, delayed, carriers=carriers, now=now)
    return Found(claimed, len(rows))


def _decide(
    letter: Letter, key: DataKey | None, sent: Sequence[datetime], now: datetime, settings: NotifySettings
) -> Claimed | NotYet | Moved:
    """Leaves, waits, or fails for good."""
    message = letter.message
    if key is None or letter.sealed_address is None or letter.sealed_body is None:
        return failed(message, FailureReason.ERASED, now)
    not_yet = may_send(sent, now, letter.priority, settings.limits, own_act=letter.own_act, vital=letter.purpose in VITAL)
    if not_yet is not None and (message.is_question or not_yet.retry_at >= message.not_after):
        NOTIFY_DENIED.labels(not_yet.reason, "failed").inc()
        return failed(message, not_yet.reason, now, retry_at=not_yet.retry_at)
    if not_yet is not None:
        NOTIFY_DENIED.labels(not_yet.reason, "delayed").inc()
        return not_yet
    sending = begin(message, uuid7(), now, settings.sending)
    text = key.open(letter.sealed_body, purpose="text").decode()
    number = key.open(letter.sealed_address, purpose="phone").decode()
    return Claimed(letter.moved(sending), _outgoing(letter, sending, number, text))


def _outgoing(letter: Letter, sending: Message, number: str, text: str) -> Outgoing:
    if sending.attempt_id is None:
        raise TypeError("a message in sending has an attempt")
    return Outgoing(
        id=sending.attempt_id,
        to=number,
        text=text,
        not_after=sending.not_after,
        request_id=letter.request_id,
        kind=letter.purpose,
    )


async def _with_free_phone(connection: asyncpg.Connection, letters: Sequence[Letter]) -> list[Letter]:
    """Limits are counted under the phone's lock. Never waited for: messages are locked already, and phones come first (law 2)."""
    wanted = sorted({letter.contact_point_id for letter in letters})
    free = {row["id"] for row in await connection.fetch(QUERIES["lock_phones_free"], wanted)}
    return [letter for letter in letters if letter.contact_point_id in free]


async def _sent(connection: asyncpg.Connection, letters: Sequence[Letter], now: datetime) -> dict[UUID, list[datetime]]:
    phones = {letter.contact_point_id for letter in letters}
    sent: dict[UUID, list[datetime]] = {phone: [] for phone in phones}
    for row in await connection.fetch(QUERIES["recent_sends"], sorted(phones), now - LONGEST_WINDOW):
        sent[row["contact_point_id"]].append(row["started_at"])
    return sent


async def _write(
    connection: asyncpg.Connection,
    claimed: Sequence[Claimed],
    changes: Sequence[Change],
    delayed: Sequence[tuple[UUID, datetime]],
    *,
    carriers: Mapping[ChannelKind, str],
    now: datetime,
) -> None:
    if delayed:
        await connection.execute(QUERIES["delay_messages"], [id_ for id_, _ in delayed], [at for _, at in delayed])
    asking = {change.letter.contact_point_id for change in changes if change.moved.news and change.letter.question_id}
    lines = await lock_lines(connection, asking, now)  # locked above already
    await settle(connection, changes, lines, now)
    if claimed:
        columns = zip(*(_attempt(one, carriers) for one in claimed), strict=True)
        await connection.execute(QUERIES["insert_attempts"], *map(list, columns), now)


def _attempt(one: Claimed, carriers: Mapping[ChannelKind, str]) -> tuple[UUID, UUID, UUID, int, str, str]:
    message = one.letter.message
    number = message.attempts + message.resends
    return one.outgoing.id, message.id, one.letter.contact_point_id, number, message.channel, carriers[message.channel]
