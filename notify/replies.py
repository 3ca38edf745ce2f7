"""What people write: read in order, matched to what we asked, passed on as replies or, sealed, as messages.

The text is stored before anything is made of it (arrivals.py); this loop reads what is stored, so that a kill loses nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.answers import parse
from notify.letter import Letter, row_of
from notify.matching import AskBack, Doubled, NoQuestion, ToJob, ToQuestion, UnknownNumber, Verdict, match
from notify.message import Message, MessageStatus
from notify.news import of_reply, of_text
from notify.phone import promote
from notify.purpose import Purpose
from notify.question import Question, answered
from notify.routing import WORTH_SECONDS
from notify.settings import NotifySettings
from notify.store import QUERIES, SOURCE, Line, read_ground, save_lines
from notify.templates import render
from shared.errors import DependencyDown, Transient
from shared.events.contract import ChannelKind, Priority, Role, Sealed
from shared.events.envelope import Event
from shared.events.messages import Answer
from shared.ids import uuid7
from shared.pacing import Backoff, Bell
from shared.postgres.transaction import reading as looking
from shared.postgres.transaction import transaction
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_TEXTS
from shared.transport.outbox import append

log = logger()

BATCH: Final = 200
NOBODYS: Final = UUID(int=0)  # the request of an answer that belongs to none


@dataclass(slots=True)
class _Reading:
    """What one batch of texts makes."""

    lines: dict[UUID, Line]
    keys: dict[UUID, DataKey]
    now: datetime
    city: str
    events: list[Event] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    outcomes: list[tuple[int, str]] = field(default_factory=list)


class Replies:
    """A loop, any number of processes; `wake` is called when something was read: there may be texts to send, and events."""

    def __init__(
        self, pool: asyncpg.Pool, vault: Vault, settings: NotifySettings, bell: Bell, wake: Sequence[Callable[[], None]] = ()
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._settings = settings
        self._bell = bell
        self._wake = wake
        self._stopping = False

    def wake(self) -> None:
        self._bell.ring()

    def stop(self) -> None:
        self._stopping = True
        self._bell.ring()

    async def run(self) -> None:
        backoff, look = Backoff(0.1, 2.0), True
        while not self._stopping:
            try:
                if not (look and await self.read_some()):
                    look = await self._rung()
                backoff.reset()
            except (DependencyDown, Transient) as error:
                log.warning("notify.replies.failed", error=type(error).__name__)
                await self._bell.wait(backoff.delay())
                look = True

    async def _rung(self) -> bool:
        """Is there something to read? Somebody rang; or, asked cheaply, another process has stored something."""
        if await self._bell.wait(self._settings.poll_seconds):
            return True
        async with looking(self._pool) as connection:
            return bool(await connection.fetchval(QUERIES["texts_wait"]))

    async def read_some(self) -> int:
        """Reads the texts of some phones; says how many."""
        async with transaction(self._pool, "notify.inbound") as connection:
            phones = [row["id"] for row in await connection.fetch(QUERIES["lock_phones_with_texts"], BATCH)]
            if not phones:
                return 0
            ground = await read_ground(connection, phones)
            rows = await connection.fetch(QUERIES["unread_texts"], phones)
            keys = await self._vault.keys(connection, _key_ids(rows, ground.lines))
            reading = _Reading(ground.lines, keys, ground.now, self._settings.city)
            for row in rows:
                _read(reading, row)
            await _save(connection, reading)
        for wake in self._wake:
            wake()
        return len(rows)


def _read(reading: _Reading, row: Any) -> None:
    line = reading.lines[row["contact_point_id"]]
    key = reading.keys.get(row["key_id"])
    if key is None or row["body"] is None:
        _note(reading, row, "erased")
        return
    sealed = Sealed(key_id=row["key_id"], box=row["body"])
    verdict = match(parse(key.open(sealed, purpose="text").decode()), line.phone, row["received_at"])
    _note(reading, row, _act(reading, line, verdict, sealed=sealed, received_at=row["received_at"]))


def _act(reading: _Reading, line: Line, verdict: Verdict, *, sealed: Sealed, received_at: datetime) -> str:
    """The outcome word of the text."""
    match verdict:
        case ToQuestion():
            _answer(reading, line, verdict, received_at)
            return "reply"
        case ToJob(job=job, answer=answer):
            _reply(reading, line, (job.request_id, job.job_id, job.offer_id, job.city), answer, received_at=received_at)
            return "reply"
        case AskBack(numbers=numbers, jobs=jobs):
            purpose = Purpose.ASK_WHICH_JOB if jobs else Purpose.ASK_BACK
            _write(reading, line, purpose, {"choices": ", ".join(map(str, numbers))}, _request_of(line))
            return "asked_back"
        case Doubled(question=question):
            _thank(reading, line, question)
            return "double"
        case UnknownNumber():
            _write(reading, line, Purpose.NOT_UNDERSTOOD, {}, _request_of(line))
            _pass_on(reading, line, sealed, received_at)
            return "unknown_code"
        case NoQuestion():
            _pass_on(reading, line, sealed, received_at)
            return "passed_on"


def _answer(reading: _Reading, line: Line, verdict: ToQuestion, received_at: datetime) -> None:
    """One reply for each offer of the question that still waits; if none does, dispatch says what a late one is worth."""
    question, answer = verdict.question, verdict.answer
    member = _sealed_name(reading, line, verdict.member)
    for offer in question.open_offers or question.offers:
        about = (offer.request_id, offer.job_id, offer.offer_id, offer.city)
        _reply(reading, line, about, answer, received_at=received_at, member=member)
    if answer is not Answer.ASSIGN:  # a name may lead to nobody: dispatch says whether the question is over
        line.phone.put(answered(question, answer, reading.now))
        promote(line.phone, reading.now)


def _reply(
    reading: _Reading,
    line: Line,
    about: tuple[UUID, UUID, UUID, str],
    answer: Answer,
    *,
    received_at: datetime,
    member: Sealed | None = None,
) -> None:
    request_id, job_id, offer_id, city = about
    line.reply_version += 1
    event = of_reply(
        contact_point_id=line.id,
        version=line.reply_version,
        city=city,
        request_id=request_id,
        job_id=job_id,
        offer_id=offer_id,
        answer=answer,
        member=member,
        received_at=received_at,
        now=reading.now,
    )
    reading.events.append(event)


def _pass_on(reading: _Reading, line: Line, sealed: Sealed, received_at: datetime) -> None:
    line.reply_version += 1
    event = of_text(
        contact_point_id=line.id,
        version=line.reply_version,
        city=reading.city,
        text=sealed,
        received_at=received_at,
        now=reading.now,
    )
    reading.events.append(event)


def _thank(reading: _Reading, line: Line, question: Question) -> None:
    """Once a question: a machine that answers machines must not talk for ever."""
    if question.thanked:
        return
    line.phone.put(replace(question, thanked=True))
    _write(reading, line, Purpose.ALREADY_ANSWERED, {}, next((offer.request_id for offer in question.offers), NOBODYS))


def _write(reading: _Reading, line: Line, purpose: Purpose, fields: dict[str, str], request_id: UUID) -> None:
    """An answer to an answer: between this person and us, so no event tells of it."""
    key = reading.keys.get(line.key_id)
    if key is None or line.address is None:
        return
    message = Message(
        id=uuid7(),
        status=MessageStatus.QUEUED,
        channels=(ChannelKind.SMS,),
        is_question=False,
        not_before=reading.now,
        not_after=reading.now + timedelta(seconds=WORTH_SECONDS[purpose]),
    )
    letter = Letter(
        message=message,
        cause_event_id=message.id,
        contact_point_id=line.id,
        key_id=key.id,
        address=line.address,
        body=key.box(render(purpose, line.language, fields).encode(), purpose="text"),
        city=reading.city,
        request_id=request_id,
        job_id=None,
        question_id=None,
        role=Role.RESPONDER,
        purpose=purpose,
        priority=Priority.P2,  # somebody holds the phone and waits
        own_act=True,
        told=False,
        version=0,
        traceparent=None,
        created_at=reading.now,
    )
    reading.letters.append(letter)


def _request_of(line: Line) -> UUID:
    offers = [offer.request_id for question in line.phone.questions.values() for offer in question.offers]
    jobs = [job.request_id for job in line.phone.live_jobs]
    return next(iter([*reversed(offers), *jobs]), NOBODYS)


def _sealed_name(reading: _Reading, line: Line, member: str | None) -> Sealed | None:
    key = reading.keys.get(line.key_id)
    return key.seal(member.encode(), purpose="name") if member and key else None


def _note(reading: _Reading, row: Any, outcome: str) -> None:
    reading.outcomes.append((row["id"], outcome))
    NOTIFY_TEXTS.labels(outcome).inc()


def _key_ids(rows: Sequence[Any], lines: dict[UUID, Line]) -> set[UUID]:
    return {row["key_id"] for row in rows} | {line.key_id for line in lines.values()}


async def _save(connection: asyncpg.Connection, reading: _Reading) -> None:
    await save_lines(connection, reading.lines)
    if reading.letters:
        await connection.execute(QUERIES["insert_messages"], [row_of(letter) for letter in reading.letters])
    ids, outcomes = [id_ for id_, _ in reading.outcomes], [outcome for _, outcome in reading.outcomes]
    await connection.execute(QUERIES["mark_texts"], ids, outcomes, reading.now)
    await append(connection, reading.events, source=SOURCE)
