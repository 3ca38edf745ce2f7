"""Receipts through the door for callbacks of one notify process: signature checked, stored, message moved, told as an event.

Each is of another message, to another person; `wrk` stands for the provider, 256 connections. An answer comes after the commit.
Then the same receipts once more, as providers do: nothing may change.
"""

import json
import tempfile
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import asyncpg

from bench import notifying, parts
from bench.dispatch import on_database
from bench.rows import Row, limited, told
from notify.callbacks.twilio import signature
from notify.channels.twilio import STATUS_PATH
from notify.consumer import Notifier
from notify.settings import NotifySettings
from shared.postgres.pool import open_pool
from shared.transport.kafka import make_topics

MESSAGES, WARM_UP, BATCH = 24_000, 2_000, 500
WARM_UP_SECONDS, SECONDS, DOUBLES_SECONDS = 1, 5, 3
CONNECTIONS = 256
HANDED_OVER = """
with handed as (
    update notify.messages
    set status = 'submitted', attempt_id = gen_random_uuid(), attempts = 1, submitted_at = now(), version = 1
    where status = 'queued'
    returning id, contact_point_id, attempt_id
)
insert into notify.message_attempts
    (id, message_id, contact_point_id, number, channel, carrier, status, started_at, submitted_at)
select attempt_id, id, contact_point_id, 1, 'sms', 'twilio', 'submitted', now(), now() from handed
returning id
"""
DELIVERED = "select count(*) from notify.messages where status = 'delivered'"
TOLD = "select count(*) from notify.outbox where type = 'message.delivered'"


async def rows() -> list[Row]:
    prefix = f"{uuid4().hex[:8]}."
    async with parts.real_kafka() as bootstrap, parts.real_postgres() as postgres:
        await make_topics(bootstrap, prefix=prefix)
        dsn = await postgres.new_database(migrated=True)
        attempts = await handed_over(dsn, MESSAGES)
        async with notifying.notify(dsn, bootstrap, prefix, parts.free_port()) as (port, pid):
            taken, doubled, microseconds = await _measured(dsn, port, pid, attempts)
    return [
        limited("receipts: taken in per second by one process", taken, ">= 2000"),
        limited("receipts: doubles of them per second", doubled, ">= 2000"),
        told("receipts: microseconds of CPU of the process per receipt", microseconds),
    ]


async def handed_over(dsn: str, count: int) -> list[UUID]:
    """Attempts of offers, as if a provider had taken them all: through notify's own handler, without a sender."""
    events = notifying.offers(await notifying.people(dsn, count))
    async with open_pool(dsn, schema="notify") as pool:
        notifier = Notifier(pool, notifying.VAULT, NotifySettings())
        for start in range(0, len(events), BATCH):
            await notifier.handle(events[start : start + BATCH])
    return await on_database(dsn, _hand_over)


async def _hand_over(connection: asyncpg.Connection) -> list[UUID]:
    rows = await connection.fetch(HANDED_OVER)
    await connection.execute("vacuum analyze")
    return [row["id"] for row in rows]


async def _measured(dsn: str, port: int, pid: int, attempts: list[UUID]) -> tuple[float, float, float]:
    """New ones a second, doubles a second, and what a new one takes of the process's CPU."""
    lines = [" ".join(signed(port, attempt)) for attempt in attempts]
    await _post(port, lines[:WARM_UP], WARM_UP_SECONDS)
    before, used = await _asked(dsn, DELIVERED), notifying.cpu_seconds(pid)
    first = await _post(port, lines[WARM_UP:], SECONDS)
    used, fresh = notifying.cpu_seconds(pid) - used, await _asked(dsn, DELIVERED) - before
    again = await _post(port, lines[WARM_UP : WARM_UP + fresh - CONNECTIONS], DOUBLES_SECONDS)
    if await _asked(dsn, TOLD) != await _asked(dsn, DELIVERED):
        raise AssertionError("not each delivery was told, and told once")
    return fresh / first["seconds"], again["requests"] / again["seconds"], used / fresh * 1e6


def signed(port: int, attempt: UUID) -> tuple[str, str, str]:
    """Path, signature, body: so they stand in a line of receipts.lua."""
    path, said = f"{STATUS_PATH}?attempt={attempt}", {"MessageSid": f"SM{attempt.hex}", "MessageStatus": "delivered"}
    return path, signature(notifying.SIGNED_WITH, f"http://127.0.0.1:{port}{path}", list(said.items())), urlencode(said)


async def _post(port: int, lines: Sequence[str], seconds: int) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".receipts") as script:
        script.write("\n".join(lines))
        script.flush()
        said = await parts.wrk(port, seconds=seconds, arguments=[script.name], connections=CONNECTIONS, script="receipts.lua")
    result: dict[str, Any] = json.loads(said)
    if result["failed"]:
        raise AssertionError(f"{result['failed']} of {result['requests']} receipts were refused")
    return result


async def _asked(dsn: str, query: str) -> int:
    found: int = await on_database(dsn, lambda connection: connection.fetchval(query))
    return found
