"""Rows of notify: the named queries, and the phones with their questions and jobs. Letters and calls: sending/settlement.py."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from notify.accounts.account import Account
from notify.answers.matching import CODE_MEMORY
from notify.phone import AskedBack, JobOnPhone, Phone
from notify.question import AskedOffer, Question, QuestionStatus
from notify.sending.throttle import Part
from shared.events.assignments import OfferKind
from shared.events.contract import ChannelKind, Sealed
from shared.events.messages import Answer
from shared.postgres.queries import load_queries
from shared.postgres.transaction import app_now

QUERIES: Final = load_queries(Path(__file__).parent / "sql")
SOURCE: Final = "/notify"


@dataclass(slots=True, kw_only=True)
class Line:
    """A locked phone as stored: what it is asked, and how to write to it. `reply_version` counts what it said."""

    phone: Phone
    key_id: UUID
    address: str | None
    language: str
    reply_version: int
    accounts: dict[ChannelKind, Account] = field(default_factory=dict)
    stopped_at: datetime | None = None  # since when its owner wants no texts of ours
    before: dict[UUID, Question] = field(default_factory=dict)
    stored_counters: tuple[int, int] = (0, 0)

    @property
    def id(self) -> UUID:
        return self.phone.id

    @property
    def sealed_address(self) -> Sealed | None:
        return None if self.address is None else Sealed(key_id=self.key_id, box=self.address)


Lines = Mapping[UUID, Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What stands on some phones at `now`, under their lock. `busy` phones have a text that leaves before any other; `sent` is
    when they were written to, and in which part, `wrapped` the keys that were asked for."""

    now: datetime
    lines: dict[UUID, Line]
    busy: frozenset[UUID] = frozenset()
    sent: Mapping[Part, Sequence[datetime]] = field(default_factory=dict)
    wrapped: Sequence[tuple[UUID, bytes]] = ()


async def lock_lines(connection: asyncpg.Connection, ids: Iterable[UUID]) -> Ground:
    """Locks the phones (sorted) and loads what is open on them. A phone that nobody knows is not in the answer."""
    wanted = sorted(set(ids))
    if not wanted:
        return Ground(now=await app_now(connection), lines={})
    await connection.execute(QUERIES["lock_phones"], wanted)
    return await read_ground(connection, wanted)


async def read_asked(connection: asyncpg.Connection, phones: Sequence[UUID]) -> Ground:
    """As `read_ground`, without jobs and accounts."""
    (row,) = await connection.fetch(QUERIES["read_asked"], phones, CODE_MEMORY)
    return Ground(now=row["now"], lines=_lines(row))


async def read_ground(
    connection: asyncpg.Connection, phones: Sequence[UUID], *, sent_within: timedelta | None = None, keys: Sequence[UUID] = ()
) -> Ground:
    """The caller holds the locks. `sent_within` None: it does not matter what these phones were sent."""
    (row,) = await connection.fetch(QUERIES["read_phones"], phones, CODE_MEMORY, sent_within, keys)
    lines = _lines(row)
    for job in row["jobs"]:
        lines[job["contact_point_id"]].phone.jobs[job["job_id"]] = job_of(job)
    for account in row["accounts"]:
        channel, sealed = ChannelKind(account["channel"]), Sealed(key_id=account["key_id"], box=account["address"])
        lines[account["contact_point_id"]].accounts[channel] = Account(channel, sealed)
    sent: dict[Part, list[datetime]] = defaultdict(list)
    for phone, as_resident, as_answer, at in row["sends"]:
        sent[phone, as_resident, as_answer].append(at)
    return Ground(
        now=row["now"], lines=lines, busy=frozenset(row["busy"]), sent=sent, wrapped=[tuple(key) for key in row["keys"]]
    )


@dataclass(frozen=True, slots=True)
class NewTexts:
    """Rows of messages, and the attempts of those that leave at once (columns: sending/claims.py, attempt_columns, answering)."""

    rows: Sequence[Mapping[str, Any]] = ()
    attempts: Sequence[Sequence[Any]] = ((),) * 9
    at: datetime | None = None


async def save_lines(connection: asyncpg.Connection, lines: Lines) -> bool:
    """Writes what changed, and lets texts leave or wait as their questions opened or stepped back. True: some may leave now."""
    released, _ = await save_lines_and_texts(connection, lines, NewTexts())
    return released


async def save_lines_and_texts(connection: asyncpg.Connection, lines: Lines, texts: NewTexts) -> tuple[bool, set[UUID]]:
    """As `save_lines`, with new texts in the same round trip. The attempts written: a text that was there is not sent again."""
    changed = [(line, line.phone.questions[id_]) for line in lines.values() for id_ in sorted(line.phone.changed_questions)]
    jobs = [_job_row(line.id, line.phone.jobs[id_]) for line in lines.values() for id_ in sorted(line.phone.changed_jobs)]
    counted = [line for line in lines.values() if _counters(line) != line.stored_counters]
    begun: Sequence[Any] = ()
    if changed or jobs or counted or texts.rows:
        begun = await connection.fetch(
            QUERIES["save_lines"],
            _json([_question_row(line.id, question) for line, question in changed]),
            _json([_offer_row(question, offer) for line, question in changed for offer in _changed_offers(line, question)]),
            _json(jobs),
            [line.id for line in counted],
            [line.phone.last_code for line in counted],
            [line.reply_version for line in counted],
            _json(texts.rows),
            *texts.attempts,
            texts.at,
        )
    return await _turn_texts(connection, changed), {row["id"] for row in begun}


def _changed_offers(line: Line, question: Question) -> Collection[AskedOffer]:
    before = line.before.get(question.id)
    known = before.offers if before is not None else ()
    return [offer for offer in question.offers if offer not in known]


async def _turn_texts(connection: asyncpg.Connection, changed: Collection[tuple[Line, Question]]) -> bool:
    """Only of questions that were there before: a new one has no text yet."""
    turned = [
        (line.before[q.id].status, q) for line, q in changed if q.id in line.before and line.before[q.id].status is not q.status
    ]
    held = [q.id for was, q in turned if q.status is QuestionStatus.WAITING and was is QuestionStatus.OPEN]
    if held:
        await connection.execute(QUERIES["hold_texts"], sorted(held))
    opened = [q.id for _, q in turned if q.status is QuestionStatus.OPEN]
    if opened:
        await connection.execute(QUERIES["release_texts"], sorted(opened))
    return bool(opened)


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Not JSONB: what is read once, and in order, need not be made into a tree before."""
    return orjson.dumps(rows, default=str).decode()


def _lines(row: Any) -> dict[UUID, Line]:
    """The phones, with their questions."""
    lines = {phone["id"]: _line(phone) for phone in row["phones"]}
    offers: dict[UUID, list[AskedOffer]] = defaultdict(list)
    for offer in row["offers"]:
        offers[offer["question_id"]].append(offer_of(offer))
    for stored in row["questions"]:
        line, question = lines[stored["contact_point_id"]], _question(stored, tuple(offers[stored["id"]]))
        line.phone.questions[question.id] = line.before[question.id] = question
    return lines


def _line(row: Any) -> Line:
    return Line(
        phone=Phone(
            id=row["id"],
            last_code=row["last_code"],
            talk_asked_at=row["talk_asked_at"],
            talk_asked_before=row["talk_asked_before"],
            talk_asked_over=row["talk_asked_over"],
            talk_text_id=row["talk_text_id"],
            talk_text_before=row["talk_text_before"],
        ),
        key_id=row["key_id"],
        address=row["address"],
        language=row["language"],
        reply_version=row["reply_version"],
        stopped_at=row["stopped_at"],
        stored_counters=(row["last_code"], row["reply_version"]),
    )


def _counters(line: Line) -> tuple[int, int]:
    return line.phone.last_code, line.reply_version


def _question(row: Any, offers: tuple[AskedOffer, ...]) -> Question:
    fields = {name: row[name] for name in Question._fields if name != "offers"}
    fields["kind"], fields["status"] = OfferKind(row["kind"]), QuestionStatus(row["status"])
    fields["answer"] = Answer(row["answer"]) if row["answer"] else None
    return Question(**fields, offers=offers)


def offer_of(row: Any) -> AskedOffer:
    return AskedOffer._make([row[name] for name in AskedOffer._fields])


def job_of(row: Any) -> JobOnPhone:
    fields = {name: row[name] for name in JobOnPhone.__slots__}
    return JobOnPhone(**{**fields, "asked_back": tuple(map(AskedBack, row["asked_back"]))})


def _question_row(contact_point_id: UUID, question: Question) -> dict[str, Any]:
    row = {name: getattr(question, name) for name in Question._fields if name != "offers"}
    return {"contact_point_id": contact_point_id, **row}


def _offer_row(question: Question, offer: AskedOffer) -> dict[str, Any]:
    return {"question_id": question.id, **{name: getattr(offer, name) for name in AskedOffer._fields}}


def _job_row(contact_point_id: UUID, job: JobOnPhone) -> dict[str, Any]:
    return {"contact_point_id": contact_point_id, **{name: getattr(job, name) for name in JobOnPhone.__slots__}}
