"""Fills a World from a live database, through the role `auditor`. One snapshot a schema, never a join across two."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg

from services.audit.world import (
    GRACE,
    Attempt,
    Broadcast,
    Callback,
    CallTask,
    Delivery,
    Inquiry,
    Job,
    Letter,
    Message,
    Offer,
    PrivacyRight,
    Question,
    QueueTicket,
    Request,
    Responder,
    Talk,
    Timer,
    Unfreed,
    Unpublished,
    Unreturned,
    World,
)
from shared.postgres.pool import open_connection
from shared.postgres.queries import load_queries

QUERIES: Final = load_queries(Path(__file__).with_name("sql"))
CONTEXTS: Final = ("intake", "dispatch", "notify")

Row = TypeVar("Row")


async def read_world(dsn: str, *, grace: timedelta = GRACE) -> World:
    async with open_connection(dsn, schema="auditor") as connection:
        parts: dict[str, Any] = {}
        async with snapshot(connection, "intake"):
            parts["requests"] = await rows_of(connection, "intake_requests", Request)
            parts["callbacks"] = await rows_of(connection, "intake_callbacks", Callback)
            parts["talks"] = await rows_of(connection, "intake_talks", Talk)
            parts["unreturned"] = await rows_of(connection, "intake_unreturned", Unreturned)
            parts["unfreed"] = await rows_of(connection, "intake_unfreed", Unfreed)
            parts["rights"] = await rows_of(connection, "intake_rights", PrivacyRight)
            parts["inquiries"] = await rows_of(connection, "intake_inquiries", Inquiry)
            parts["tickets"] = await rows_of(connection, "intake_tickets", QueueTicket)
        async with snapshot(connection, "dispatch"):
            parts["jobs"] = await rows_of(connection, "dispatch_jobs", Job)
            parts["offers"] = await rows_of(connection, "dispatch_offers", Offer)
            parts["responders"] = await rows_of(connection, "dispatch_responders", Responder)
        # The carrier before notify: what it delivers while we read has its attempt on record by then.
        async with snapshot(connection, "carrier"):
            parts["deliveries"] = await rows_of(connection, "carrier_deliveries", Delivery)
        async with snapshot(connection, "notify"):
            parts["messages"] = await rows_of(connection, "notify_messages", Message)
            parts["questions"] = await rows_of(connection, "notify_questions", Question)
            parts["call_tasks"] = await rows_of(connection, "notify_call_tasks", CallTask)
            parts["attempts"] = await rows_of(connection, "notify_attempts", Attempt)
            parts["broadcasts"] = await rows_of(connection, "broadcasts_unfinished", Broadcast, grace)
            parts["asked_offers"] = await _ids(connection, "notify_asked_offers")
        parts |= await _plumbing(connection)
        app_now, wall_now = (await connection.fetch(QUERIES["clocks"]))[0]
        return World(app_now=app_now, wall_now=wall_now, grace=grace, **parts)


@asynccontextmanager
async def snapshot(connection: asyncpg.Connection, schema: str) -> AsyncIterator[None]:
    """What is read inside belongs to one moment of one schema."""
    await connection.execute(QUERIES["look_into"], f"{schema},transport")
    moment = connection.transaction(isolation="repeatable_read", readonly=True)
    await moment.start()
    try:
        yield
    finally:
        await moment.rollback()


async def _plumbing(connection: asyncpg.Connection) -> dict[str, Any]:
    timers: list[Timer] = []
    unpublished: list[Unpublished] = []
    letters: list[Letter] = []
    for context in CONTEXTS:
        async with snapshot(connection, context):
            timers += [Timer(context, **row) for row in await connection.fetch(QUERIES["timers"])]
            unpublished += [Unpublished(context, **row) for row in await connection.fetch(QUERIES["unpublished"])]
            letters += [Letter(context, **row) for row in await connection.fetch(QUERIES["open_letters"])]
    return {"timers": tuple(timers), "unpublished": tuple(unpublished), "letters": tuple(letters)}


async def rows_of(connection: asyncpg.Connection, query: str, row: type[Row], *values: object) -> tuple[Row, ...]:
    names = [field.name for field in fields(row)]  # type: ignore[arg-type]
    found: Iterable[asyncpg.Record] = await connection.fetch(QUERIES[query], *values)
    return tuple(row(*(item[name] for name in names)) for item in found)


async def _ids(connection: asyncpg.Connection, query: str) -> frozenset[Any]:
    return frozenset(row[0] for row in await connection.fetch(QUERIES[query]))
