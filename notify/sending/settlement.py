"""What follows when messages move: rows, questions, call tasks and events, all in the caller's transaction.

Sender, receipts and sweeper come through here. The caller holds the locks: first the phones of questions, then the messages.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.calls.call import CallTask, due_at
from notify.letter import STATE, Letter, letter_of, state_of
from notify.matters import CALL_WHEN_UNREACHED
from notify.message import Message, MessageStatus, Moved, News
from notify.news import Told, of_call, of_messages
from notify.phone import close_offer
from notify.question import AskedOffer, Question, QuestionStatus, only_asked, submitted
from notify.sending.ladder import next_rung, patience
from notify.store import QUERIES, SOURCE, Line, Lines, offer_of, read_asked, save_lines
from shared.events.envelope import Event
from shared.events.messages import FailureReason
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.postgres.transaction import app_now
from shared.telemetry.metrics import NOTIFY_CALLS, NOTIFY_CLIMBS, NOTIFY_MESSAGES
from shared.transport.outbox import append
from shared.transport.outbox import columns as outbox_columns

ASKED: Final = ("id", "asked_at", "expires_at")
WORD: Final = ("id", "status", "carrier_ref", "reason")
_RANK: Final = {"sending": 0, "unknown": 1, "submitted": 2, "not_sent": 3, "delivered": 3, "undelivered": 3}
_NO_CALL: Final = frozenset({FailureReason.TOO_LATE, FailureReason.ERASED})  # worth nothing any more, or nobody to call


@dataclass(frozen=True, slots=True)
class AttemptWord:
    """What is now known of an attempt; `status` is one of message_attempts."""

    id: UUID
    status: str
    carrier_ref: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    letter: Letter  # as it was
    moved: Moved
    attempt: AttemptWord | None = None
    offers: Sequence[AskedOffer] = ()  # that this text tells of, where its phone is not at hand


@dataclass(frozen=True, slots=True)
class Locked:
    """Messages, the phones of those that ask something, and the time from which they are judged. `told`: of messages that ask
    something, and whose phone was left alone, the offers they tell of."""

    letters: dict[UUID, Letter]
    lines: dict[UUID, Line]
    now: datetime
    told: Mapping[UUID, Sequence[AskedOffer]] = field(default_factory=dict)


async def lock_letters(connection: asyncpg.Connection, ids: Iterable[UUID], *, arrived: Collection[UUID] = ()) -> Locked:
    """The messages and, before them, the phones of those that ask something. Of `arrived` nothing is known but that: the phone is
    left alone where that changes nothing of what it is asked."""
    rows = await connection.fetch(QUERIES["lock_letters"], sorted(set(ids).difference(arrived)), sorted(arrived))
    letters = {row["id"]: letter_of(row) for row in rows}
    asking = [row for row in rows if row["question_id"] is not None]
    phones = {row["contact_point_id"] for row in asking if row["by_phone"]}
    alone = {row["id"]: row["question_id"] for row in asking if not row["by_phone"]}
    told: dict[UUID, list[AskedOffer]] = {id_: [] for id_ in alone}
    if alone:
        (row,) = await connection.fetch(QUERIES["offers_told"], list(alone.values()), list(alone))
        now = row["now"]
        for offer in row["offers"]:
            told[offer["message_id"]].append(offer_of(offer))
    if phones:
        ground = await read_asked(connection, sorted(phones))
        return Locked(letters, ground.lines, ground.now, told)
    return Locked(letters, {}, now if alone else await app_now(connection), told)


async def settle(connection: asyncpg.Connection, changes: Sequence[Change], lines: Lines, now: datetime) -> bool:
    """Several changes of one message stand in their order; each starts where the one before ended.

    True: something may leave now.
    """
    settled: dict[UUID, Letter] = {}
    told: list[Told] = []
    counted: Counter[tuple[News, str]] = Counter()
    calls: list[CallTask] = []
    for change in changes:
        before = settled.get(change.letter.id, change.letter)
        line = lines.get(before.contact_point_id)
        message = _watched(before, change.moved, now)
        if change.moved.climbed:
            NOTIFY_CLIMBS.labels(change.letter.message.channel, change.moved.climbed).inc()
        if message == before.message and not change.moved.news:
            continue
        offers = _offers_of_events(before, change.offers or offers_told(before, line))
        after = settled[before.id] = before.moved(message, told=len(change.moved.news) * len(offers))
        if change.moved.news:
            _turn_question(change.moved, after, line, now)
            told += _told(change.moved, before.version, after, offers)
            counted.update((news, after.purpose) for news in change.moved.news)
            calls += _calls(after, now)
    for letter in [letter for letter in settled.values() if letter.message.status is MessageStatus.QUEUED]:
        settled[letter.id] = _in_turn(letter, lines.get(letter.contact_point_id))  # known when all have moved
    for labels, count in counted.items():
        NOTIFY_MESSAGES.labels(*labels).inc(count)
    words = [change.attempt for change in changes if change.attempt]
    written = _Written(settled.values(), words, of_messages(told, now), _asked(lines))
    released = await save_lines(connection, lines)
    waiting = await _save(connection, written, now)
    await insert_calls(connection, calls, now)
    return released or waiting or any(letter.message.status is MessageStatus.QUEUED for letter in settled.values())


def _in_turn(letter: Letter, line: Line | None) -> Letter:
    """An offer came first while it was on its way: what comes back to the queue waits, or it would leave before that offer."""
    question = line.phone.questions.get(letter.question_id) if line and letter.question_id else None
    if question is None or question.status is not QuestionStatus.WAITING:
        return letter
    return letter._replace(message=letter.message._replace(status=MessageStatus.HELD))


def _watched(letter: Letter, moved: Moved, now: datetime) -> Message:
    """What was handed in at a channel with another one after it may not lie there for ever."""
    message = moved.message
    if News.SUBMITTED not in moved.news or message.status is not MessageStatus.SUBMITTED:
        return message
    wait = patience(letter.purpose, letter.priority, asks=message.is_question)
    is_last = next_rung(message.channels, message.rung, message.channels) is None
    return message if is_last or wait is None else message._replace(climb_at=now + wait)


@dataclass(frozen=True, slots=True)
class _Written:
    """What one statement writes of a settlement."""

    letters: Collection[Letter]
    words: Sequence[AttemptWord]
    events: Sequence[Event]
    asked: Sequence[Question]


async def _save(connection: asyncpg.Connection, written: _Written, now: datetime) -> bool:
    """True: one of these phones has another text that waits to leave."""
    letters, events = written.letters, written.events
    if not (letters or events or written.words or written.asked):
        return False
    phones = sorted({letter.contact_point_id for letter in letters if letter.message.status is not MessageStatus.SENDING})
    states = _columns([state_of(letter) for letter in letters], STATE)
    strongest = _strongest(written.words)
    said = [[getattr(word, name) for word in strongest] for name in WORD]
    asked = [[getattr(question, name) for question in written.asked] for name in ASKED]
    waiting: bool = await connection.fetchval(
        QUERIES["save_letters"], now, phones, *states, *said, SOURCE, *outbox_columns(events), *asked
    )
    return waiting


def _asked(lines: Lines) -> list[Question]:
    """Questions of which nothing changed but that they were asked: written with the letters, and no more with their phone."""
    asked = []
    for line in lines.values():
        for id_ in tuple(line.phone.changed_questions):
            before, after = line.before.get(id_), line.phone.questions[id_]
            if before is not None and only_asked(before, after):
                line.phone.changed_questions.remove(id_)
                asked.append(after)
    return asked


def _columns(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> list[list[Any]]:
    return [[row[name] for row in rows] for name in names]


async def insert_calls(connection: asyncpg.Connection, calls: Collection[CallTask], now: datetime) -> list[CallTask]:
    """Call tasks, and the word that somebody has to telephone, of those that are new."""
    if not calls:
        return []
    inserted = {row["id"] for row in await connection.fetch(QUERIES["insert_calls"], [call_row(task) for task in calls])}
    new = [task for task in calls if task.id in inserted]
    await append(connection, [of_call(EventType.CALL_REQUESTED, task, now) for task in new], source=SOURCE)
    NOTIFY_CALLS.labels("requested").inc(len(new))
    return new


def call_row(task: CallTask) -> dict[str, Any]:
    return {name: getattr(task, name) for name in CallTask.__slots__}


def offers_told(letter: Letter, line: Line | None) -> tuple[AskedOffer, ...]:
    """The offers this text tells of, whether or not they are still to be answered."""
    question = line.phone.questions.get(letter.question_id) if line and letter.question_id else None
    return tuple(offer for offer in question.offers if offer.message_id == letter.id) if question else ()


def _offers_of_events(letter: Letter, told: Sequence[AskedOffer]) -> Sequence[AskedOffer | None]:
    """A move is told with each offer of the text, or once with none; answers to answers are not told."""
    return (told or (None,)) if letter.told else ()


def _told(moved: Moved, version: int, letter: Letter, offers: Sequence[AskedOffer | None]) -> list[Told]:
    """`version`: of the letter before it moved."""
    pairs = [(news, offer) for news in moved.news for offer in offers]
    return [Told(news, letter, version + place, offer, moved.retry_at) for place, (news, offer) in enumerate(pairs, start=1)]


def _turn_question(moved: Moved, letter: Letter, line: Line | None, now: datetime) -> None:
    if line is None or letter.question_id is None:
        return
    question = line.phone.questions.get(letter.question_id)
    if question is not None and News.SUBMITTED in moved.news:
        line.phone.put(submitted(question, letter.id, letter.message.submitted_at or now))
    if News.FAILED in moved.news:
        for offer in offers_told(letter, line):
            close_offer(line.phone, offer.offer_id, QuestionStatus.WITHDRAWN, now)


def _calls(letter: Letter, now: datetime) -> list[CallTask]:
    """No machine reached this person, and not knowing would do harm."""
    reason = letter.message.reason
    if letter.purpose not in CALL_WHEN_UNREACHED or reason is None or reason in _NO_CALL or letter.body is None:
        return []
    return [
        CallTask(
            id=uuid7(),
            cause_event_id=letter.cause_event_id,
            contact_point_id=letter.contact_point_id,
            key_id=letter.key_id,
            address=letter.address,
            body=letter.body,
            city=letter.city,
            request_id=letter.request_id,
            job_id=letter.job_id,
            offer_id=None,
            role=letter.role,
            purpose=letter.purpose,
            priority=letter.priority,
            due_at=due_at(letter.priority, now),
            created_at=now,
            commune_code=letter.commune_code,
        )
    ]


def _strongest(words: Sequence[AttemptWord]) -> list[AttemptWord]:
    """Of several words about one attempt in the same breath the strongest is written; the statement knows no order."""
    strongest: dict[UUID, AttemptWord] = {}
    for word in words:
        known = strongest.get(word.id)
        if known is None or _RANK[word.status] > _RANK[known.status]:
            strongest[word.id] = word
    return list(strongest.values())
