"""Durable filing against a bare endpoint that stores nothing, and against the textbook: `wrk`, 64 connections, unique keys.

Every part of filing is on. Rows count 2xx only, and the database is asked afterwards whether it has them all. The sides take
turns, each of them first, second and so on: a machine that changes its pace, a broker that warms up, and what one leaves behind
are the same for all. All kinds of trouble come, as in a city: with ten thousand open requests of one kind each would look like
others near by, and pay for reading them. One side names neither place nor category: they have to be read out of what somebody
types.
"""

import json
import time
from datetime import timedelta
from functools import partial
from statistics import fmean
from uuid import uuid4

import asyncpg

from bench import parts
from bench.filing_costs import costs
from bench.rows import Row, compared, told
from shared.events.registry import Topic
from shared.security.tokens import Role, issue
from shared.transport.kafka import make_topics

SECONDS = 5
WARM_UP_SECONDS = 2
TEXTBOOK_PREFIX = "textbook."
# Of forms that name neither place nor category those count that were understood.
READ = "intake.requests where commune_code is not null and 'suggested' = any (priority_reasons)"


async def rows() -> list[Row]:
    async with parts.real_kafka() as bootstrap, parts.real_postgres() as postgres:
        await make_topics(bootstrap, prefix=TEXTBOOK_PREFIX)
        await make_topics(bootstrap)
        ours = partial(_ours, postgres, bootstrap)
        sides = [_bare, partial(_textbook, postgres, bootstrap), ours, partial(ours, "untold", READ)]
        rates: list[list[float]] = [[] for _ in sides]
        for turn in range(len(sides)):
            for place in range(len(sides)):
                side = (turn + place) % len(sides)
                rates[side].append(await sides[side]())
    bare, textbook, told_all, untold = map(fmean, rates)
    return [
        compared("intake: filings per second, against a bare endpoint that stores nothing", told_all, bare, ">= 0.45"),
        compared("intake: filings per second, against the textbook", told_all, textbook, ">= 1.8"),
        compared(
            "intake: filings per second with free text to be located and classified, against a bare endpoint",
            untold,
            bare,
            ">= 0.15",
        ),
        *[told(f"intake: {part}, microseconds of CPU per filing", figure) for part, figure in costs().items()],
    ]


async def _bare() -> float:
    port = parts.free_port()
    async with parts.process("bench.peers.bare_endpoint", str(port), port=port):
        return await _rate(port, "-")


async def _textbook(postgres: parts.Server, bootstrap: str) -> float:
    dsn, port = await postgres.new_database(migrated=False), parts.free_port()
    arguments = (str(port), dsn, bootstrap, TEXTBOOK_PREFIX + Topic.REQUESTS)
    async with parts.process("bench.peers.textbook_intake", *arguments, port=port):
        return await _rate(port, "-", counted=(dsn, "textbook_requests"))


async def _ours(postgres: parts.Server, bootstrap: str, form: str = "told", table: str = "intake.requests") -> float:
    """Relay and consumers of the process run beside the filing, as they do in production."""
    dsn, port = await postgres.new_database(migrated=True), parts.free_port()
    connection = await asyncpg.connect(dsn)
    try:
        token = await issue(connection, "bench", Role.OPERATOR, timedelta(hours=1))
    finally:
        await connection.close()
    async with parts.process("services.intake", port=port, env=parts.settings(dsn, bootstrap, port)):
        return await _rate(port, token, counted=(dsn, table), form=form)


async def _rate(port: int, token: str, counted: tuple[str, str] | None = None, form: str = "told") -> float:
    """2xx a second. Raises when any request failed, or when the table does not hold what was promised."""
    await parts.wrk(port, seconds=WARM_UP_SECONDS, arguments=[token, uuid4().hex, form])
    before = await _count(counted)
    started = time.perf_counter()
    result = json.loads(await parts.wrk(port, seconds=SECONDS, arguments=[token, uuid4().hex, form]))
    elapsed = time.perf_counter() - started
    if result["failed"]:
        raise RuntimeError(f"{result['failed']} of {result['requests']} filings failed after {elapsed:.0f} s")
    if counted and await _count(counted) - before < result["requests"]:
        raise RuntimeError("an accepted request is not in the table")
    return float(result["requests"] / result["seconds"])


async def _count(counted: tuple[str, str] | None) -> int:
    if counted is None:
        return 0
    dsn, table = counted
    connection = await asyncpg.connect(dsn)
    try:
        found: int = await connection.fetchval(f"select count(*) from {table}")
    finally:
        await connection.close()
    return found
