"""A drill step by step: a timer asks a few phones, and counts out who was silent when their time is over. Rules: drill.py.

Everything is in rows: whoever fires the next step goes on where the last one ended.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.jobs.timer import TimerKind
from dispatch.queries import QUERIES, SOURCE
from dispatch.roster.drill import (
    STEP,
    Asked,
    AskStatus,
    DrillStatus,
    Rules,
    Ward,
    answer_by,
    at_once,
    is_doubted,
    judged,
    next_step,
    start_of_day,
)
from dispatch.roster.responder import recipient
from dispatch.rows import contact_of, turned
from shared.events.contract import Role
from shared.events.drills import DrillAnswered, DrillAsked, DrillOutcome, DrillSettled
from shared.events.envelope import Event
from shared.events.messages import FailureReason, MessageChanged
from shared.events.registry import EventType
from shared.postgres.transaction import app_now
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

PURPOSE: Final = "drill"  # of the texts that ask
_ASKED: Final = 1  # versions of one question
_SILENT: Final = 2
_BACK: Final = 3


async def drill_due(connection: asyncpg.Connection, timer: Timer) -> None:
    """The next step. One commune whose time is over comes first; the others follow at once."""
    drill, now = await connection.fetchrow(QUERIES["lock_drill"], timer.subject), await app_now(connection)
    if drill is None or drill["status"] != DrillStatus.RUNNING:
        return
    commune = await connection.fetchval(QUERIES["next_due_commune"], drill["id"], now)
    if commune is not None:
        await _close(connection, drill, commune, now)
        await set_step(connection, drill, now)
        return
    if next_step(now) == now:
        await _ask_some(connection, drill, now)
    due_at = await _next(connection, drill, now)
    if due_at is None:
        await connection.execute(QUERIES["end_drill"], drill["id"], DrillStatus.OVER, now)
    else:
        await set_step(connection, drill, due_at)


async def set_step(connection: asyncpg.Connection, drill: Any, due_at: datetime) -> None:
    """Another guard than that of the timer that is being fired, which is deleted after us."""
    step = drill["step"] + 1
    await connection.execute(QUERIES["step_drill"], drill["id"], step)
    await set_timers(connection, [Timer(kind=TimerKind.DRILL, subject=drill["id"], due_at=due_at, guard=step)])


async def take_drill_answer(connection: asyncpg.Connection, event: Event) -> None:
    """Also long after: they get jobs again, and hear so. An answer to what this phone was never asked changes nothing."""
    assert isinstance(event.body, DrillAnswered)  # noqa: S101 - the registry says so
    said = event.body
    row = await connection.fetchrow(QUERIES["answer_drill"], said.ask_id, said.contact_point_id, said.received_at, said.over)
    if row is not None:
        await _welcome(connection, [row], await app_now(connection))
        await connection.execute(QUERIES["hear_from"], [said.contact_point_id])


async def note_drilled(connection: asyncpg.Connection, reports: Sequence[MessageChanged]) -> None:
    """Questions that did not arrive: whether it was because of us decides what their silence means."""
    failed = [(body.offer_id, body.reason) for body in reports if body.purpose == PURPOSE and body.offer_id and body.reason]
    if failed:
        await connection.execute(QUERIES["note_drill_failed"], *turned(failed))


def drilled(events: Sequence[Event]) -> list[list[Any]] | None:
    """Of message.submitted the parameters of `note_drill_submitted`; None: no drill is spoken of, as nearly always."""
    bodies = [event.body for event in events if isinstance(event.body, MessageChanged) and event.body.purpose == PURPOSE]
    return turned([(body.offer_id, body.at) for body in bodies]) if bodies else None


async def hear(connection: asyncpg.Connection, phones: Sequence[UUID]) -> None:
    """Whoever writes anything is there: whatever was counted against these phones is forgotten."""
    if phones:
        now = await app_now(connection)
        await _welcome(connection, await connection.fetch(QUERIES["hear_drilled"], phones, now), now)
        await connection.execute(QUERIES["hear_from"], phones)


async def _welcome(connection: asyncpg.Connection, answered: Sequence[Any], now: datetime) -> None:
    """Whom a drill had taken out hears that they are asked again."""
    silent = {row["contact_point_id"]: row["id"] for row in answered if row["status"] == AskStatus.SILENT}
    if silent:
        rows = await connection.fetch(QUERIES["phones_out"], list(silent))
        news = [_settled(silent[row["contact_point_id"]], row, DrillOutcome.BACK, now) for row in rows]
        await append(connection, news, source=SOURCE)


async def _ask_some(connection: asyncpg.Connection, drill: Any, now: datetime) -> None:
    today = await connection.fetchval(QUERIES["asked_since"], drill["id"], start_of_day(now))
    many = min(at_once(drill["a_day"]), drill["a_day"] - today)
    rows = await connection.fetch(QUERIES["next_asks"], drill["id"], max(many, 0))
    if not rows:
        return
    until = answer_by(now)
    there = [row for row in rows if row["address"] is not None and row["confirmed_at"] is not None]
    gone = {row["id"] for row in rows} - {row["id"] for row in there}
    marks = [(row["id"], AskStatus.OVER if row["id"] in gone else AskStatus.ASKED, row["answered"]) for row in rows]
    ids, statuses, answered = turned(marks)
    await connection.execute(QUERIES["put_asked"], ids, now, until, statuses, answered)
    await append(connection, [_asked(row, drill["month"].month, until, now) for row in there], source=SOURCE)


async def _close(connection: asyncpg.Connection, drill: Any, commune: str, now: datetime) -> None:
    rules = Rules(most_out=drill["most_out"], least_answered=drill["least_answered"])
    rows = await connection.fetch(QUERIES["due_asks"], drill["id"], now, commune)
    ward: Any = await connection.fetchrow(QUERIES["ward_of_drill"], drill["city"], commune)
    share: Any = await connection.fetchrow(QUERIES["share_of_drill"], drill["id"], now)
    doubted = is_doubted(share["asked"], share["answered"], rules)
    found = judged([_asked_of(row) for row in rows], Ward(ward["phones"], ward["out"]), rules, doubted=doubted)
    await connection.execute(QUERIES["put_judged"], list(found), list(found.values()))
    silent = [row for row in rows if found[row["id"]] is AskStatus.SILENT]
    if silent:
        await connection.execute(QUERIES["fail_drills"], [row["contact_point_id"] for row in silent], now)
        await append(connection, [_settled(row["id"], row, DrillOutcome.SILENT, now) for row in silent], source=SOURCE)


async def _next(connection: asyncpg.Connection, drill: Any, now: datetime) -> datetime | None:
    """None: everybody has been asked, and everybody's time is over."""
    ends: datetime | None = await connection.fetchval(QUERIES["next_answer_by"], drill["id"])
    if await connection.fetchval(QUERIES["planned_left"], drill["id"]):
        step = next_step(now + STEP)
        return step if ends is None else min(step, ends)
    return ends


def _asked_of(row: Any) -> Asked:
    return Asked(
        id=row["id"],
        contact_point_id=row["contact_point_id"],
        answer_by=row["answer_by"],
        submitted_at=row["submitted_at"],
        reason=FailureReason(row["reason"]) if row["reason"] else None,
        heard=row["heard"],
        heard_at=row["heard_at"],
        out=row["out"],
    )


def _asked(row: Any, month: int, until: datetime, now: datetime) -> Event:
    key = row["contact_point_id"]
    body = DrillAsked(
        city=row["city"],
        contact_point_id=key,
        recipients=recipient(contact_of(row, "contact_point_id"), Role.RESPONDER),
        ask_id=row["id"],
        month=month,
        commune_code=row["commune_code"],
        answer_by=until,
    )
    return Event(type=EventType.DRILL_ASKED, subject=row["id"], version=_ASKED, key=key, body=body, time=now)


def _settled(ask_id: Any, row: Any, outcome: DrillOutcome, now: datetime) -> Event:
    """`row`: the phone."""
    key = row["contact_point_id"]
    contact = contact_of(row, "contact_point_id")
    body = DrillSettled(
        city=row["city"],
        contact_point_id=key,
        recipients=recipient(contact if contact.confirmed_at else None, Role.RESPONDER),
        ask_id=ask_id,
        outcome=outcome,
    )
    version = _SILENT if outcome is DrillOutcome.SILENT else _BACK
    return Event(type=EventType.DRILL_SETTLED, subject=ask_id, version=version, key=key, body=body, time=now)
