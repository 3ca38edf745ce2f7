"""The figures of service levels under trial: processes that are killed while they take and count the topic from its beginning.

As a program (`DSN SEED`) it is such a process: it reads everything that was published, much of it twice, and has forgotten
what it had seen before. `verdict` holds three things against each other: what Prometheus and a report are told, what the same
code makes of the log again, and a naive count of the published events.
"""

import asyncio
import os
import random
import signal
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from notify.reports.clocks import judged
from notify.reports.rows import facts_of
from notify.sla.metrics import SlaSeries
from notify.sla.rows import count, read_counts, write_log
from notify.store import QUERIES
from notify.taking import Wanted, take_in
from services.audit.sla import recompute
from services.audit.sla_log import TOPICS, compare
from shared.events.assignments import Outcome
from shared.events.contract import Priority
from shared.events.envelope import Event, decode, encode
from shared.events.registry import EventType
from shared.postgres.pool import open_connection, open_pool
from shared.postgres.transaction import app_now, reading, transaction
from shared.transport.history import of_postgres
from shared.transport.postgres_log import PostgresLog
from tests.support.databases import set_app_clock
from tests.support.naive_report import naive
from tests.support.sla_events import RESIDENT, Story

BEGAN: Final = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
KILLED_AT: Final = ("notify.consume.after:3", "notify.count.before:4", "notify.count.after:5")
STAGE: Final = {"first_offer": "offered", "accepted": "accepted", "on_scene": "on_scene", "done": "done"}
Figures = dict[tuple[str, str], tuple[int, int, float]]  # (tier, clock) → reached, missed, seconds in all


async def publish(dsn: str, requests: int, seed: int) -> list[Event]:
    """Requests whose helpers come in time, late or not at all, onto the topic; it is Friday afternoon."""
    luck = random.Random(seed)  # noqa: S311 - the same requests each time
    events = [event for _ in range(requests) for event in _life(luck)]
    await set_app_clock(dsn, (BEGAN - datetime.now(UTC)).total_seconds())
    async with open_pool(dsn, schema="notify", max_size=2) as pool:
        await PostgresLog(pool).publisher().publish([encode(event, source="/test") for event in events])
    return events


def _life(luck: random.Random) -> list[Event]:
    story = Story(BEGAN + timedelta(minutes=luck.randrange(5)), priority=luck.choice([Priority.P1, Priority.P2]))
    steps = (EventType.OFFER_MADE, EventType.ASSIGNMENT_ACCEPTED, EventType.ASSIGNMENT_ON_SCENE, EventType.ASSIGNMENT_DONE)
    events, at = [story.filed(), story.told(EventType.JOB_OPENED, story.filed_at)], story.filed_at
    for step in steps[: luck.randrange(len(steps) + 1)]:
        at += timedelta(minutes=luck.choice([0, 1, 5, 20, 200]))
        outcome = Outcome.SOLVED if step is EventType.ASSIGNMENT_DONE else None
        events.append(story.told(step, at, outcome=outcome, to=RESIDENT if luck.random() < 0.5 else None))
    return events


async def killed(dsn: str, point: str, seed: int) -> bool:
    """A process takes and counts the topic until it dies there, as `kill -9` does."""
    env = {**os.environ, "TECHRESCUE_CRASH_AT": point}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.sla_trial", dsn, str(seed)), env=env, cwd=Path(__file__).parents[2]
    )
    return await child.wait() == -signal.SIGKILL


async def take_the_topic(dsn: str, seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311 - the same order each time
    async with open_connection(dsn, schema="auditor") as connection:
        events = [decode(record) async for records in of_postgres(connection, TOPICS) for record in records]
    arriving = _arriving(events, luck)
    async with open_pool(dsn, schema="notify", max_size=2) as pool:
        while arriving:
            cut, arriving = arriving[:25], arriving[25:]
            async with transaction(pool, "notify.consume") as connection:
                await connection.execute("delete from inbox; delete from subjects")
                await take_in(connection, cut, Wanted(phones=(), jobs=(), recipients=()))
            await write_log(pool, limit=luck.randrange(1, 50))
            await count(pool)
        while await write_log(pool) or await count(pool):
            pass


def _arriving(events: Sequence[Event], luck: random.Random) -> list[Event]:
    """Each request's events in their order, as a lane has them, those of all requests mixed, and half of them again at any time
    later. (Who hears of an end before the "yes" counts the "yes" as missed, and does not take it back: decision 0008.)"""
    lanes: dict[Any, list[Event]] = defaultdict(list)
    for event in events:
        lanes[event.key].append(event)
    turns = [key for key, lane in lanes.items() for _ in lane]
    luck.shuffle(turns)
    arriving: list[Event] = []
    for key in turns:
        arriving.append(lanes[key].pop(0))
        if luck.random() < 0.5:
            arriving.append(luck.choice(arriving))
    return arriving


async def verdict(dsn: str, events: Sequence[Event]) -> list[str]:
    """What does not agree, two weeks later, when every clock has run out; nothing if all is well."""
    await set_app_clock(dsn, (BEGAN + timedelta(days=14) - datetime.now(UTC)).total_seconds())
    async with open_pool(dsn, schema="notify", max_size=2) as pool:
        while await count(pool):
            pass
        async with reading(pool) as connection:
            as_of = await app_now(connection)
            rows = await connection.fetch(QUERIES["read_facts"], "hanoi", BEGAN, as_of, as_of)
        exported = _exported(await read_counts(pool))
    reported: dict[tuple[str, str], list[tuple[bool, float | None]]] = defaultdict(list)
    for facts in map(facts_of, rows):
        for clock, one in judged(facts, as_of):
            reported[facts.round.priority.value, str(clock)].append((one.kept, one.seconds))
    told = _figures(naive(events, as_of))
    again, log = await recompute(dsn, None), await compare(dsn, None, "")
    wrong = [f"again: {one}" for one in (*again.differences, *log.differences)]
    wrong += [f"exported: {key}" for key in told if exported.get(key) != told[key]]
    wrong += [f"reported: {key}" for key in told if _figures(reported).get(key) != told[key]]
    return wrong if told and not again.waiting else [*wrong, "nothing was looked at"]


def _figures(found: dict[tuple[str, str], list[tuple[bool, float | None]]]) -> Figures:
    return {
        key: (
            sum(seconds is not None for _, seconds in values),
            sum(not kept for kept, _ in values),
            round(sum(seconds or 0.0 for _, seconds in values), 3),
        )
        for key, values in found.items()
        if key[1] in STAGE
    }


def _exported(counts: Any) -> Figures:
    """As a scrape of a process that has just started reads them."""
    registry, series = CollectorRegistry(), SlaSeries()
    series.show(counts)
    registry.register(series)
    read: dict[tuple[str, str, str], float] = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            if "stage" in sample.labels and "le" not in sample.labels:
                read[sample.name.rpartition("_")[2], sample.labels["priority"], sample.labels["stage"]] = sample.value
    return {
        (tier.value, clock): (
            int(read["count", tier.value, stage]),
            int(read["total", tier.value, stage]),
            round(read["sum", tier.value, stage], 3),
        )
        for tier in Priority
        for clock, stage in STAGE.items()
    }


if __name__ == "__main__":
    asyncio.run(take_the_topic(sys.argv[1], int(sys.argv[2])))
