"""Rows of notify: the named queries, and the phones with their questions and jobs. Letters and calls: settlement.py."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.matching import CODE_MEMORY
from notify.phone import JobOnPhone, Phone
from notify.question import AskedOffer, Question, QuestionStatus
from shared.events.assignments import OfferKind
from shared.events.contract import Sealed
from shared.events.messages import Answer
from shared.postgres.queries import load_queries

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
    before: dict[UUID, QuestionStatus] = field(default_factory=dict)
    stored_counters: tuple[int, int] = (0, 0)

    @property
    def id(self) -> UUID:
        return self.phone.id

    @property
    def sealed_address(self) -> Sealed | None:
        return None if self.address is None else Sealed(key_id=self.key_id, box=self.address)


Lines = Mapping[UUID, Line]


async def lock_lines(connection: asyncpg.Connection, ids: Iterable[UUID], now: datetime) -> dict[UUID, Line]:
    """Locks the phones (sorted) and loads what is open on them. A phone that nobody knows is not in the answer."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = await connection.fetch(QUERIES["lock_phones"], wanted)
    lines = {row["id"]: _line(row) for row in rows}
    await _load_questions(connection, lines, now - CODE_MEMORY)
    for row in await connection.fetch(QUERIES["read_jobs"], list(lines)):
        lines[row["contact_point_id"]].phone.jobs[row["job_id"]] = _job(row)
    return lines


async def save_lines(connection: asyncpg.Connection, lines: Lines) -> None:
    """Writes what changed, and lets texts leave or wait as their questions opened or stepped back."""
    changed = [(line, line.phone.questions[id_]) for line in lines.values() for id_ in sorted(line.phone.changed_questions)]
    if changed:
        await connection.execute(QUERIES["save_questions"], [_question_row(line.id, question) for line, question in changed])
        offers = [_offer_row(question, offer) for _, question in changed for offer in question.offers]
        await connection.execute(QUERIES["save_question_offers"], offers)
        await _turn_texts(connection, changed)
    jobs = [_job_row(line.id, line.phone.jobs[id_]) for line in lines.values() for id_ in sorted(line.phone.changed_jobs)]
    if jobs:
        await connection.execute(QUERIES["save_jobs"], jobs)
    await _save_counters(connection, [line for line in lines.values() if _counters(line) != line.stored_counters])


async def _turn_texts(connection: asyncpg.Connection, changed: Collection[tuple[Line, Question]]) -> None:
    held = [q.id for line, q in changed if q.status is QuestionStatus.WAITING and line.before.get(q.id) is QuestionStatus.OPEN]
    if held:
        await connection.execute(QUERIES["hold_texts"], sorted(held))
    opened = [q.id for line, q in changed if q.status is QuestionStatus.OPEN and line.before.get(q.id) is not QuestionStatus.OPEN]
    if opened:
        await connection.execute(QUERIES["release_texts"], sorted(opened))


async def _save_counters(connection: asyncpg.Connection, lines: Collection[Line]) -> None:
    if lines:
        ids = [line.id for line in lines]
        codes, versions = [line.phone.last_code for line in lines], [line.reply_version for line in lines]
        await connection.execute(QUERIES["save_counters"], ids, codes, versions)


async def _load_questions(connection: asyncpg.Connection, lines: Lines, since: datetime) -> None:
    rows = await connection.fetch(QUERIES["read_questions"], list(lines), since)
    if not rows:
        return
    offers: dict[UUID, list[AskedOffer]] = {}
    for row in await connection.fetch(QUERIES["read_question_offers"], [row["id"] for row in rows]):
        offers.setdefault(row["question_id"], []).append(_offer(row))
    for row in rows:
        line, question = lines[row["contact_point_id"]], _question(row, tuple(offers.get(row["id"], ())))
        line.phone.questions[question.id] = question
        line.before[question.id] = question.status


def _line(row: asyncpg.Record) -> Line:
    line = Line(
        phone=Phone(id=row["id"], last_code=row["last_code"]),
        key_id=row["key_id"],
        address=row["address"],
        language=row["language"],
        reply_version=row["reply_version"],
    )
    return replace(line, stored_counters=_counters(line))


def _counters(line: Line) -> tuple[int, int]:
    return line.phone.last_code, line.reply_version


def _question(row: asyncpg.Record, offers: tuple[AskedOffer, ...]) -> Question:
    fields = {name: row[name] for name in Question.__slots__ if name != "offers"}
    fields["kind"], fields["status"] = OfferKind(row["kind"]), QuestionStatus(row["status"])
    fields["answer"] = Answer(row["answer"]) if row["answer"] else None
    return Question(**fields, offers=offers)


def _offer(row: asyncpg.Record) -> AskedOffer:
    return AskedOffer(**{name: row[name] for name in AskedOffer.__slots__})


def _job(row: asyncpg.Record) -> JobOnPhone:
    return JobOnPhone(**{name: row[name] for name in JobOnPhone.__slots__})


def _question_row(contact_point_id: UUID, question: Question) -> dict[str, Any]:
    row = {name: getattr(question, name) for name in Question.__slots__ if name != "offers"}
    return {"contact_point_id": contact_point_id, **row}


def _offer_row(question: Question, offer: AskedOffer) -> dict[str, Any]:
    return {"question_id": question.id, **{name: getattr(offer, name) for name in AskedOffer.__slots__}}


def _job_row(contact_point_id: UUID, job: JobOnPhone) -> dict[str, Any]:
    return {"contact_point_id": contact_point_id, **{name: getattr(job, name) for name in JobOnPhone.__slots__}}
