"""What registered numbers are asked, and the marks they give: the rows, and what events say of them. Under the request's lock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from intake.queries import QUERIES
from intake.stored import StoredRequest, event_of
from shared.events.contract import Sealed
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.events.requests import Inquired, Inquiry
from shared.ids import uuid7
from shared.telemetry.metrics_intake import INQUIRIES
from shared.transport.outbox import append

SOURCE = "/intake"
SILENCE = "silence"  # the answer of whoever has given none; also the reason of request.inquiry_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """`why_box`: sealed under `key_id`, purpose "text". `door`: phone, web or paper."""

    score: int
    why_box: str | None
    key_id: UUID
    door: str
    said_at: datetime


async def inquire(
    connection: asyncpg.Connection,
    request: StoredRequest,
    about: Inquired,
    now: datetime,
    until: datetime,
    *,
    actor: str,
    move: Sealed | None = None,
) -> UUID:
    """No new version: nothing has changed, and a clock may believe in the present one."""
    ask_id = uuid7()
    box = (None, None) if move is None else (move.key_id, move.box)
    await connection.execute(QUERIES["put_inquiry"], ask_id, request.id, about, request.reopened, now, until, actor, *box)
    inquiry = Inquiry(ask_id=ask_id, contact_point_id=request.contact_point_id, open_until=until, about=about, move=move)
    event = event_of(EventType.REQUEST_INQUIRED, request, now, tell_resident=True, inquiry=inquiry)
    await append(connection, [event], source=SOURCE)
    return ask_id


async def open_inquiry(connection: asyncpg.Connection, request: StoredRequest, about: Inquired) -> Any:
    return await connection.fetchrow(QUERIES["open_inquiry"], request.id, about, request.reopened)


async def inquiry_by(connection: asyncpg.Connection, ask_id: UUID) -> Any:
    return await connection.fetchrow(QUERIES["inquiry_by"], ask_id)


async def note_answer(
    connection: asyncpg.Connection, request: StoredRequest, about: Inquired, answer: Answer, at: datetime
) -> None:
    """Whoever has said it, by whichever way: the question is answered."""
    if await connection.fetchval(QUERIES["note_answer"], request.id, about, request.reopened, answer, at):
        INQUIRIES.labels(about, answer).inc()


async def end_unanswered(connection: asyncpg.Connection, now: datetime, most: int) -> int:
    """What nobody has answered in its time is over, and counted. Says how many were."""
    ended = await connection.fetch(QUERIES["end_inquiries"], now, most)
    for row in ended:
        INQUIRIES.labels(row["about"], SILENCE).inc()
    return len(ended)


async def inquiry_of(connection: asyncpg.Connection, request: StoredRequest, about: Inquired) -> Inquiry | None:
    """The last of its kind in this round, so that notify can end it."""
    row = await connection.fetchrow(QUERIES["last_inquiry"], request.id, about, request.reopened)
    return None if row is None else inquiry_in(row, request)


def inquiry_in(row: Any, request: StoredRequest) -> Inquiry:
    return Inquiry(
        ask_id=row["ask_id"],
        contact_point_id=request.contact_point_id,
        open_until=row["open_until"],
        about=Inquired(row["about"]),
    )


def move_in(row: Any) -> Sealed | None:
    """What is to change, while it waits for its yes."""
    return None if row["move_box"] is None else Sealed(key_id=row["key_id"], box=row["move_box"])


async def put_mark(connection: asyncpg.Connection, request: StoredRequest, mark: Mark) -> bool:
    """False: a later one is there already, or the very same."""
    row = (request.id, request.contact_point_id, request.reopened, mark.score, mark.why_box, mark.key_id, mark.door, mark.said_at)
    return bool(await connection.fetchval(QUERIES["put_mark"], *row))
