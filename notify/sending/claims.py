"""Which messages leave now: claimed under a lease, within the limits of each person, opened for the carrier. Sends nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.buttons import buttons
from notify.channels.port import Abilities, Outgoing
from notify.letter import Letter, letter_of
from notify.matters import is_answer, is_vital, is_withheld
from notify.message import Message, MessageStatus, Moved, begin, failed, unaffordable
from notify.sending.budget import Purse, is_further_try
from notify.sending.overtaken import NAMES, hold_back_names, leave_out
from notify.sending.reaching import Known, address
from notify.sending.routes import BY_MISSED_CALL, Carriers, Choice, Route, cost_vnd, naming_a_call, naming_the_number
from notify.sending.settlement import Change, settle
from notify.sending.throttle import LONGEST_WINDOW, SILENT, NotYet, Part, may_send, part
from notify.settings import NotifySettings
from notify.store import QUERIES, Ground, read_ground
from notify.telling.routing import QUESTION_KINDS
from shared.events.contract import ChannelKind, Role
from shared.events.messages import FailureReason
from shared.ids import uuid7
from shared.postgres.transaction import app_now, transaction
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.metrics import NOTIFY_CLIMBS, NOTIFY_DENIED

MOST_RUNGS: Final = 16  # of a ladder: more than there are channels
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
    pool: asyncpg.Pool,
    vault: Vault,
    carriers: Carriers,
    settings: NotifySettings,
    *,
    limit: int,
    purse: Purse | None = None,
    probing: bool = False,
) -> Found:
    """From the queue, in one transaction. What may not be sent now is delayed, or fails with a reason if it cannot wait.
    `probing`: only what stands on these channels now; else what waits for one that is away may go by its next."""
    async with transaction(pool, "notify.claim") as connection:
        now = await app_now(connection)
        rows = await connection.fetch(QUERIES["claim_messages"], now, list(carriers), limit, 1 if probing else MOST_RUNGS)
        if not rows:
            return Found([], 0)
        letters, ground = await _with_free_phone(connection, [letter_of(row) for row in rows])
        letters, changes = await leave_out(connection, letters, ground.now)
        letters, held = await hold_back_names(connection, letters, ground.now, settings.limits)
        keys = vault.learned(ground.wrapped) | await vault.keys(connection, {letter.key_id for letter in letters})
        doubts, choice = await doubts_of(connection, letters), Choice(carriers, settings.answer_to)
        sent = defaultdict(list, {where: list(times) for where, times in ground.sent.items()})
        sorted_out = SortedOut(ground.now, changes, delayed=held)
        for letter in letters:
            counted = sent[part_of(letter)]
            known = Known(ground.lines.get(letter.contact_point_id), keys, counted, ground.now)
            found = decide(letter, known, settings=settings, choice=choice, doubts=doubts, purse=purse, only_rung=probing)
            sorted_out.take(letter, found)
            if isinstance(found, Claimed) and found.letter.message.channel is ChannelKind.SMS:
                counted.append(ground.now)
        claimed, delayed = sorted_out.claimed, sorted_out.delayed
        if delayed:
            await connection.execute(QUERIES["delay_messages"], [id_ for id_, _ in delayed], [at for _, at in delayed])
        await settle(connection, sorted_out.changes, ground.lines, ground.now)
        if claimed:
            await connection.execute(QUERIES["insert_attempts"], *attempt_columns(claimed), answering(claimed), ground.now)
    return Found(claimed, len(rows))


@dataclass(slots=True)
class SortedOut:
    """What becomes of the letters of one claim."""

    now: datetime
    changes: list[Change]
    claimed: list[Claimed] = field(default_factory=list)
    delayed: list[tuple[UUID, datetime]] = field(default_factory=list)

    def take(self, letter: Letter, found: Claimed | NotYet | Moved | None) -> None:
        if found is None:
            self.delayed.append((letter.id, self.now + NO_ROUTE))
        elif isinstance(found, NotYet):
            NOTIFY_DENIED.labels(found.reason, "delayed").inc()
            self.delayed.append((letter.id, found.retry_at))
        elif isinstance(found, Moved):
            if found.retry_at is not None:
                NOTIFY_DENIED.labels(found.message.reason, "failed").inc()
            self.changes.append(Change(letter, found))
        else:
            self.claimed.append(found)
            self.changes.append(Change(letter, Moved(found.letter.message)))


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
        if letter.purpose in NAMES:  # how many were told is counted there
            continue
        if carriers.keys().isdisjoint(message.channels[message.rung :]) or message.not_after <= now or len(claimed) >= limit:
            continue
        known = Known(ground.lines.get(phone), keys, ground.sent.get(part_of(letter), ()), now)
        found = decide(letter, known, settings=settings, choice=choice, doubts={})
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
        [one.letter.role is Role.RESIDENT for one in claimed],
        [one.cost_vnd for one in claimed],
    )


def answering(claimed: Sequence[Claimed]) -> list[bool]:
    """as_answer, beside `attempt_columns`."""
    return [is_answer(one.letter.purpose, one.letter.role) for one in claimed]


def decide(
    letter: Letter,
    known: Known,
    *,
    settings: NotifySettings,
    choice: Choice,
    doubts: Mapping[UUID, Collection[str]],
    purse: Purse | None = None,
    only_rung: bool = False,
) -> Claimed | NotYet | Moved | None:
    """Leaves over the first rung that may be used now, waits, or fails for good. None: no route takes it now."""
    message, now = letter.message, known.now
    if letter.key_id not in known.keys or letter.sealed_body is None:
        return failed(message, FailureReason.ERASED, now)
    if known.wants_none and is_withheld(letter.purpose, letter.role):
        NOTIFY_DENIED.labels(FailureReason.UNWANTED, "failed").inc()
        return failed(message, FailureReason.UNWANTED, now)
    asks, tried = message.is_question, doubts.get(message.id, ())
    barred: list[NotYet] = []
    away, why = False, "no_account"
    for rung in range(message.rung, message.rung + 1 if only_rung else len(message.channels)):
        channel = message.channels[rung]
        to = address(letter, known, channel)
        if to is None:
            continue
        if (not_yet := _held_back(letter, known, channel, settings)) is not None:
            barred.append(not_yet)
            why = "limit"
        elif (via := choice.route(channel, asks=asks, offers=asks and letter.purpose in QUESTION_KINDS, tried=tried)) is None:
            away, why = True, "away"
        else:
            elsewhere = choice.elsewhere(via, asks=asks, tried=tried)
            return _by(rung, why, letter, Way(to, via, elsewhere), known, settings=settings, purse=purse)
    if barred:
        return _barred(message, min(barred, key=lambda one: one.retry_at), now)
    may_wait = away or (only_rung and message.rung + 1 < len(message.channels))
    return None if may_wait else failed(message, FailureReason.UNDELIVERABLE, now)


@dataclass(frozen=True, slots=True)
class Way:
    to: str
    via: Route
    elsewhere: bool


def _by(
    rung: int, why: str, letter: Letter, way: Way, known: Known, *, settings: NotifySettings, purse: Purse | None
) -> Claimed | Moved:
    """Over this rung; `why` those before it were passed over."""
    message, key, via = letter.message, known.keys[letter.key_id], way.via
    text = key.open(letter.sealed_body, purpose="text").decode() if letter.sealed_body is not None else ""
    text = worded(text, via.abilities, settings, letter)
    owed = cost_vnd(text, via.abilities)
    # A rung that was passed over reached nobody: the one after it is no further try because of that.
    if owed and purse and is_further_try(message, settings.sending) and not _is_paid(letter, purse):
        NOTIFY_DENIED.labels("budget", "failed").inc()
        return unaffordable(message._replace(rung=rung), known.now, settings.sending)
    if rung != message.rung:
        NOTIFY_CLIMBS.labels(message.channel, why).inc()
        message = message._replace(rung=rung, attempts=0)
    sending = begin(message, uuid7(), known.now, settings.sending)
    outgoing = _outgoing(letter, sending, way.to, text)
    if via.abilities.buttons and known.line is not None:
        outgoing = replace(outgoing, buttons=buttons(letter, text, known.line.phone))
    return Claimed(letter.moved(sending), outgoing, via, owed, way.elsewhere)


def _is_paid(letter: Letter, purse: Purse) -> bool:
    """What keeps people safe is sent beyond the budget, too; the figures of the day show it as spent."""
    return is_vital(letter.purpose, letter.priority) or purse.allows(letter.commune_code)


def _held_back(letter: Letter, known: Known, channel: ChannelKind, settings: NotifySettings) -> NotYet | None:
    """By the limits of this person: how often is asked of SMS only, when of everything that makes a sound."""
    sent, vital = known.sent if channel is ChannelKind.SMS else (), is_vital(letter.purpose, letter.priority)
    own_act, role, answers = letter.own_act or channel in SILENT, letter.role, is_answer(letter.purpose, letter.role)
    return may_send(sent, known.now, letter.priority, settings.limits, role=role, own_act=own_act, answers=answers, vital=vital)


def part_of(letter: Letter) -> Part:
    return part(letter.contact_point_id, letter.role, answers=is_answer(letter.purpose, letter.role))


def _barred(message: Message, not_yet: NotYet, now: datetime) -> NotYet | Moved:
    """What cannot wait for so long fails."""
    if message.is_question or not_yet.retry_at >= message.not_after:
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


def worded(text: str, abilities: Abilities, settings: NotifySettings, letter: Letter) -> str:
    """As it goes over this route."""
    if letter.message.is_question and not abilities.two_way and settings.answer_to:
        text = naming_the_number(text, settings.answer_to)
    by_sms = abilities.channel is ChannelKind.SMS
    if by_sms and letter.purpose in BY_MISSED_CALL and settings.missed_call_number:
        text = naming_a_call(text, settings.missed_call_number)
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
