"""What 100,000 responders cost the dispatch process: resident memory, and how long the event loop is ever held.

Everything dispatch runs with is imported; the roster is loaded from a real database, jobs are matched while one more reading of
everything goes on, and a task that only wants to run every millisecond says how late it came.
"""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import asyncpg
import psutil  # type: ignore[import-untyped]

import services.dispatch  # noqa: F401 - the whole process is what counts, not the roster alone
from bench.city import CITY, put_people, requests
from bench.dispatch import OURS, on_database
from bench.parts import real_postgres
from bench.rows import Row, limited, told
from dispatch.consumer import EventHandler
from dispatch.matching.index import Freshness
from dispatch.matching.matcher import Matcher
from dispatch.matching.policy import Policy
from shared.postgres.pool import open_pool

RESPONDERS = 100_000
JOBS, BATCH = 12_000, 500
WARM_UP_SECONDS = 3.0


async def rows() -> list[Row]:
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    async with real_postgres() as server:
        dsn = await server.new_database(migrated=True)
        await on_database(dsn, lambda connection: put_people(connection, RESPONDERS))
        gc.collect()
        async with open_pool(dsn, schema="dispatch") as pool, _held() as held:
            await _match(pool)
            memory = psutil.Process().memory_info().rss / 2**20
    late = [wall for wall, _ in held]
    return [
        limited("dispatch process with 100,000 responders, resident memory (MiB)", memory, "<= 400"),
        limited("dispatch process with 100,000 responders, longest hold of the event loop (ms)", max(late), "<= 100"),
        told("dispatch process with 100,000 responders, 99.9 % of holds (ms)", sorted(late)[int(len(late) * 0.999)]),
        told("dispatch process with 100,000 responders, most it computed in one hold (ms)", max(own for _, own in held)),
    ]


async def _match(pool: asyncpg.Pool) -> None:
    """Load, then batches of requests through the event handler and the matcher, with a second reading of everything."""
    matcher = Matcher(pool, CITY, policy=Policy(wave_size=1), freshness=Freshness(everything=WARM_UP_SECONDS))
    running = asyncio.create_task(matcher.run())
    handler = EventHandler(pool, matcher.wake, lambda: matcher.planner)
    for number in range(JOBS // BATCH):
        await handler(await asyncio.to_thread(partial(requests, BATCH, seed=number)))
    while await pool.fetchval(OURS) < JOBS:  # noqa: ASYNC110 - a benchmark may look at its watch
        await asyncio.sleep(0.1)
    await asyncio.sleep(WARM_UP_SECONDS + 2)
    matcher.stop()
    await running


@asynccontextmanager
async def _held() -> AsyncIterator[list[tuple[float, float]]]:
    """By how many milliseconds a task that sleeps one came late, and how many this process computed meanwhile, in all threads.

    The first by the clock on the wall: a thread of ours that keeps the interpreter's lock counts, and so does a machine that
    others keep busy. The second tells the two apart.
    """
    found: list[tuple[float, float]] = []

    async def tick() -> None:
        while True:
            started, computed = time.perf_counter(), time.process_time()
            await asyncio.sleep(0.001)
            found.append(((time.perf_counter() - started - 0.001) * 1000, (time.process_time() - computed) * 1000))

    running = asyncio.create_task(tick())
    try:
        yield found
    finally:
        running.cancel()
        await asyncio.wait({running})
