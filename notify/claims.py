"""Which messages leave now: claimed under a lease, within the limits of each person, opened for the carrier. Sends nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.budget import Purse, is_further_try
from notify.channels.port import Abilities, Outgoing
from notify.letter import Letter, letter_of
from notify.message import Message, MessageStatus, Moved, begin, failed, unaffordable
from notify.overtaken import leave_out
from notify.purpose import VITAL
from notify.routes import Carriers, Choice, Route, cost_vnd, naming_the_number
from notify.routing import QUESTION_KINDS
from notify.settings import NotifySettings
from notify.settlement import Change, settle
from notify.store import QUERIES, Ground, read_ground
from notify.throttle import LONGEST_WINDOW, SILENT, NotYet, may_send, part
from shared.events.contract import ChannelKind
from shared.events.messages import FailureReason
from shared.ids import uuid7
from shared.phones import may_be_texted
from shared.postgres.transaction import app_now, transaction
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_DENIED

log = logger()

NO_ROUTE: Final = timedelta(seconds=1)  # a question waits so long for a route over which it can be answered


@dataclass(frozen=True, slots=True)
class Claimed:
    letter: Letter  # as it is now: sending, under `outgoing.id`
    outgoing: Outgoing
    via: Route
    cost_vnd: int  # owed once it may have left
    elsewhere: bool = False  # another route of this channel has not refused it


@dataclass(frozen=True, slots=True)
class Found:
    claimed: list[Claimed]
    looked_at: int  # as many as the limit: there may be more


async def claim(
    pool: asyncpg.Pool, vault: Vault, carriers: Carriers, settings: NotifySettings, *, limit: int, purse: Purse | None = None
) -> Found:
    """From the queue, in one transaction. What may not be sent now is delayed, or fails with a reason if it cannot wait."""
    async with transaction(pool, "notify.claim") as connection:
        now = await app_now(connection)
        rows = await connection.fetch(QUERIES["claim_messages"], now, list(carriers), limit)
        if not rows:
            return Found([], 0)
        letters, ground = await _with_free_phone(connection, [letter_of(row) for row in rows])
        letters, changes = await leave_out(connection, letters, ground.now)
        keys = await vault.keys(connection, {letter.key_id for letter in letters})
        doubts, choice = await doubts_of(connection, letters), Choice(carriers, settings.answer_to)
        sent = defaultdict(list, {where: list(times) for where, times in ground.sent.items()})
        claimed: list[Claimed] = []
        delayed: list[tuple[UUID, datetime]] = []
        for letter in letters:
            counted = sent[part(letter.contact_point_id, letter.role)]
            outgoing_or_not = decide(
                letter, keys.get(letter.key_id), counted, ground.now, settings=settings, choice=choice, doubts=doubts, purse=purse
            )
            if outgoing_or_not is None:
                delayed.append((letter.id, ground.now + NO_ROUTE))
            elif isinstance(outgoing_or_not, NotYet):
                NOTIFY_DENIED.labels(outgoing_or_not.reason, "delayed").inc()
                delayed.append((letter.id, outgoing_or_not.retry_at))
            elif isinstance(outgoing_or_not, Moved):
                if outgoing_or_not.retry_at is not None:
                    NOTIFY_DENIED.labels(outgoing_or_not.message.reason, "failed").inc()
                changes.append(Change(letter, outgoing_or_not))
            else:
                claimed.append(outgoing_or_not)
                changes.append(Change(letter, Moved(outgoing_or_not.letter.message)))
                counted.append(ground.now)
        if delayed:
            await connection.execute(QUERIES["delay_messages"], [id_ for id_, _ in delayed], [at for _, at in delayed])
        await settle(connection, changes, ground.lines, ground.now)
        if claimed:
            await connection.execute(QUERIES["insert_attempts"], *attempt_columns(claimed), ground.now)
    return Found(claimed, len(rows))


def claim_new(
    letters: Iterable[Letter],
    ground: Ground,
    keys: Mapping[UUID, DataKey],
    carriers: Carriers,
    settings: NotifySettings,
    *,
    limit: int,
) -> list[Claimed]:
    """Of texts that are about to be written, those that leave at once: offers first. Whatever speaks against it, and be it that
    their phone has another text before them, is left to the queue, which knows what to do."""
    claimed: list[Claimed] = []
    busy, choice = set(ground.busy), Choice(carriers, settings.answer_to)
    for letter in sorted(letters, key=lambda letter: letter.question_id is None):
        now, message, phone = ground.now, letter.message, letter.contact_point_id
        if message.status is not MessageStatus.QUEUED or message.not_before > now or phone in busy:
            continue
        busy.add(phone)
        if message.channel not in carriers or message.not_after <= now or len(claimed) >= limit:
            continue
        sent = ground.sent.get(part(phone, letter.role), ())
        found = decide(letter, keys.get(letter.key_id), sent, now, settings=settings, choice=choice, doubts={})
        if isinstance(found, Claimed):
            claimed.append(found)
    return claimed


def attempt_columns(claimed: Sequence[Claimed]) -> tuple[list[Any], ...]:
    """id, message_id, contact_point_id, number, channel, carrier, as_resident, cost_vnd."""
    messages = [one.letter.message for one in claimed]
    return (
        [one.outgoing.id for one in claimed],
        [message.id for message in messages],
        [one.letter.contact_point_id for one in claimed],
        [message.attempts + message.resends for message in messages],
        [message.channel for message in messages],
        [one.via.name for one in claimed],
        [part(one.letter.contact_point_id, one.letter.role)[1] for one in claimed],
        [one.cost_vnd for one in claimed],
    )


def decide(
    letter: Letter,
    key: DataKey | None,
    sent: Sequence[datetime],
    now: datetime,
    *,
    settings: NotifySettings,
    choice: Choice,
    doubts: Mapping[UUID, Collection[str]],
    purse: Purse | None = None,
) -> Claimed | NotYet | Moved | None:
    """Leaves, waits, or fails for good. None: no route takes it now."""
    message = letter.message
    if key is None or letter.sealed_address is None or letter.sealed_body is None:
        return failed(message, FailureReason.ERASED, now)
    held_back = _held_back(letter, sent, now, settings)
    if held_back is not None:
        return held_back
    number = key.open(letter.sealed_address, purpose="phone").decode()
    if message.channel is ChannelKind.SMS and not may_be_texted(number):
        NOTIFY_DENIED.labels("destination", "failed").inc()
        log.warning("notify.destination.refused", purpose=letter.purpose)
        return failed(message, FailureReason.UNDELIVERABLE, now)
    asks, tried = message.is_question, doubts.get(message.id, ())
    via = choice.route(message.channel, asks=asks, offers=asks and letter.purpose in QUESTION_KINDS, tried=tried)
    if via is None:
        return None
    sending = begin(message, uuid7(), now, settings.sending)
    text = key.open(letter.sealed_body, purpose="text").decode()
    text = worded(text, via.abilities, settings, asks=asks)
    owed = cost_vnd(text, via.abilities)
    if owed and purse and is_further_try(message, settings.sending) and not purse.allows(letter.commune_code):
        NOTIFY_DENIED.labels("budget", "failed").inc()
        return unaffordable(message, now, settings.sending)
    elsewhere = choice.elsewhere(via, asks=asks, tried=tried)
    return Claimed(letter.moved(sending), _outgoing(letter, sending, number, text), via, owed, elsewhere)


def _held_back(letter: Letter, sent: Sequence[datetime], now: datetime, settings: NotifySettings) -> NotYet | Moved | None:
    """By the limits of this person. What cannot wait for so long fails."""
    message, role, vital = letter.message, letter.role, letter.purpose in VITAL
    own_act = letter.own_act or message.channel in SILENT
    not_yet = may_send(sent, now, letter.priority, settings.limits, role=role, own_act=own_act, vital=vital)
    if not_yet is not None and (message.is_question or not_yet.retry_at >= message.not_after):
        return failed(message, not_yet.reason, now, retry_at=not_yet.retry_at)
    return not_yet


async def doubts_of(connection: asyncpg.Connection, letters: Sequence[Letter]) -> dict[UUID, set[str]]:
    """Message → the routes over which it went before and of which nothing good is known. Most texts leave for the first time."""
    before = [letter.id for letter in letters if letter.message.attempt_id is not None]
    rows = await connection.fetch(QUERIES["carriers_of_messages"], before) if before else ()
    tried: dict[UUID, set[str]] = defaultdict(set)
    for row in rows:
        tried[row["message_id"]].add(row["carrier"])
    return tried


def worded(text: str, abilities: Abilities, settings: NotifySettings, *, asks: bool) -> str:
    """As it goes over this route."""
    if asks and not abilities.two_way and settings.answer_to:
        return naming_the_number(text, settings.answer_to)
    return text


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


async def _with_free_phone(connection: asyncpg.Connection, letters: Sequence[Letter]) -> tuple[list[Letter], Ground]:
    """Limits are counted under the phone's lock. Never waited for: messages are locked already, and phones come first (law 2)."""
    wanted = sorted({letter.contact_point_id for letter in letters})
    free = {row["id"] for row in await connection.fetch(QUERIES["lock_phones_free"], wanted)}
    ground = await read_ground(connection, sorted(free), sent_within=LONGEST_WINDOW)
    return [letter for letter in letters if letter.contact_point_id in free], ground
