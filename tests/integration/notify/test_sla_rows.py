"""SLA figures on a real PostgreSQL: a replay, a restart and two counters change nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from notify.sla.metrics import SlaSeries
from notify.sla.rows import SlaCounter, count, differences, forget_old, read_counts, write_log
from notify.taking import Wanted, take_in
from shared.events.assignments import OfferKind, Outcome
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.postgres.pool import open_pool
from shared.postgres.transaction import transaction
from tests.support.databases import set_app_clock
from tests.support.eventually import eventually
from tests.support.sla_events import Story


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="notify", max_size=4) as pool:
        yield pool


def life(story: Story) -> list[Event]:
    def at(minutes: float) -> datetime:
        return story.filed_at + timedelta(minutes=minutes)

    return [
        story.filed(),
        story.told(EventType.JOB_OPENED, at(0)),
        story.told(EventType.OFFER_MADE, at(0.4)),
        story.told(EventType.ASSIGNMENT_ACCEPTED, at(20)),
        story.told(EventType.ASSIGNMENT_ON_SCENE, at(60)),
        story.told(EventType.ASSIGNMENT_DONE, at(90), outcome=Outcome.SOLVED),
    ]


async def take(pool: asyncpg.Pool, events: list[Event]) -> None:
    """As the consumer does. The inbox forgets first: what is replayed later than it remembers must count once, too."""
    async with transaction(pool, "notify.consume") as connection:
        await connection.execute("delete from inbox; delete from subjects")
        await take_in(connection, events, Wanted(phones=(), jobs=(), recipients=()))


async def all_counted(pool: asyncpg.Pool) -> dict[tuple[str, str, str], float]:
    while await write_log(pool) or await count(pool):
        pass
    return dict(await read_counts(pool))


def hours_ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


async def test_a_life_is_counted_by_stage_and_priority(pool: asyncpg.Pool) -> None:
    await take(pool, life(Story(hours_ago(3))))
    found = await all_counted(pool)
    assert found["offered", "P2", "30"] == 1
    assert found["accepted", "P2", "1800"] == 1
    assert found["accepted", "P2", "sum"] == pytest.approx(1200)
    assert found["breaches", "P2", "accepted"] == 1  # 20 minutes, promised in 15
    assert ("breaches", "P2", "done") not in found
    assert found["outcomes", "P2", "solved"] == 1


async def test_a_replay_in_any_cut_and_order_changes_nothing(pool: asyncpg.Pool) -> None:
    events = [event for n in range(5) for event in life(Story(hours_ago(3 + n), priority=list(Priority)[n % 2]))]
    await take(pool, events)
    once = await all_counted(pool)
    await take(pool, events)
    for event in reversed(events):
        await take(pool, [event])
    assert await all_counted(pool) == once


async def test_events_one_by_one_backwards_count_like_a_batch(pool: asyncpg.Pool) -> None:
    for event in reversed(life(Story(hours_ago(3)))):
        await take(pool, [event])
    found = await all_counted(pool)
    assert found["accepted", "P2", "1800"] == 1
    assert found["outcomes", "P2", "solved"] == 1


async def test_a_deadline_that_passes_is_counted_by_the_clock_alone(pool: asyncpg.Pool, dsn: str) -> None:
    await take(pool, [Story(datetime.now(UTC)).filed()])
    assert ("breaches", "P2", "offered") not in await all_counted(pool)
    await set_app_clock(dsn, 200)
    found = await all_counted(pool)
    assert found["breaches", "P2", "offered"] == 1
    assert ("breaches", "P2", "accepted") not in found
    await set_app_clock(dsn, 3600)
    assert (await all_counted(pool))["breaches", "P2", "accepted"] == 1


async def test_every_time_can_be_read_from_the_log_again(pool: asyncpg.Pool) -> None:
    story = Story(hours_ago(9), priority=Priority.P1)
    now = datetime.now(UTC)
    escalation = story.told(EventType.OFFER_MADE, story.filed_at, offer_kind=OfferKind.ESCALATION)
    await take(pool, [*life(Story(hours_ago(3))), *life(story), escalation, story.told(EventType.ASSIGNMENT_RELEASED, now)])
    second = Story(hours_ago(2), round_number=1)
    await take(pool, [second.told(EventType.JOB_OPENED, now, opened_at=now), second.told(EventType.JOB_CANCELLED, now)])
    assert await differences(pool) == []
    await all_counted(pool)
    assert await differences(pool) == []
    await pool.execute("update notify.sla_rounds set accepted_at = accepted_at - interval '1 minute' where round = 0")
    assert len(await differences(pool)) == 2


async def test_two_counters_at_once_count_each_round_once(pool: asyncpg.Pool) -> None:
    await take(pool, [Story(hours_ago(1)).filed() for _ in range(200)])
    await asyncio.gather(*(write_log(pool, limit=30) for _ in range(8)))
    await asyncio.gather(*(count(pool, limit=30) for _ in range(8)))
    assert (await all_counted(pool))["rounds", "P2", ""] == 200


async def test_doubled_notes_do_not_hide_the_news_behind_them(pool: asyncpg.Pool) -> None:
    first, second = Story(hours_ago(1)).filed(), Story(hours_ago(1)).filed()
    for event in (first, first, second):
        await take(pool, [event])
    rounds = []
    while await write_log(pool, limit=1):
        rounds.append(await pool.fetchval("select count(*) from notify.sla_rounds"))
    assert rounds == [1, 1, 2]


async def test_doubled_notes_in_one_write_count_once(pool: asyncpg.Pool) -> None:
    story = Story(hours_ago(3))
    release = story.told(EventType.ASSIGNMENT_RELEASED, hours_ago(2))
    for _ in range(3):
        await take(pool, [release])
    assert (await all_counted(pool))["releases", "P2", ""] == 1


async def test_a_batch_that_fails_leaves_no_trace(pool: asyncpg.Pool) -> None:
    class Stumbled(Exception):
        pass

    with pytest.raises(Stumbled):
        async with transaction(pool, "notify.consume") as connection:
            await take_in(connection, life(Story(hours_ago(1))), Wanted(phones=(), jobs=(), recipients=()))
            raise Stumbled
    assert await all_counted(pool) == {}


async def test_prometheus_reads_the_rows_and_a_restart_reads_the_same(pool: asyncpg.Pool) -> None:
    await take(pool, life(Story(hours_ago(3))))
    exported = [await exported_by_a_new_process(pool) for _ in range(2)]
    assert exported[0] == exported[1]
    seconds = {s.labels["le"]: s.value for s in samples(exported[0], "techrescue_notify_sla_stage_seconds_bucket", "accepted")}
    assert seconds["900.0"] == 0
    assert seconds["1800.0"] == seconds["+Inf"] == 1
    (breaches,) = samples(exported[0], "techrescue_notify_sla_breaches_total", "accepted")
    assert breaches.value == 1


async def exported_by_a_new_process(pool: asyncpg.Pool) -> str:
    registry, series = CollectorRegistry(), SlaSeries()
    registry.register(series)
    assert "techrescue_notify_sla" not in generate_latest(registry).decode()  # no zeros that look like a reset
    counter = SlaCounter(pool, series.show, poll_seconds=0.01)
    loop = asyncio.create_task(counter.run())
    try:
        await eventually(lambda: 'breaches_total{priority="P2",stage="accepted"} 1.0' in generate_latest(registry).decode())
    finally:
        counter.stop()
        await loop
    return generate_latest(registry).decode()


def samples(text: str, name: str, stage: str) -> list:  # type: ignore[type-arg]
    return [
        sample
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and sample.labels.get("stage") == stage and sample.labels["priority"] == "P2"
    ]


async def test_the_log_knows_no_person_and_is_kept_five_years(pool: asyncpg.Pool, dsn: str) -> None:
    await take(pool, life(Story(hours_ago(3))))
    await all_counted(pool)
    columns = {
        row["column_name"]
        for row in await pool.fetch(
            "select column_name from information_schema.columns where table_schema = 'notify' and table_name = 'sla_log'"
        )
    }
    assert not columns & {"contact_point_id", "address", "name", "phone", "code", "lat", "lon", "details"}
    await set_app_clock(dsn, 4.9 * 365 * 86400)
    await forget_old(pool)
    assert await pool.fetchval("select count(*) from notify.sla_log") == 6
    await set_app_clock(dsn, 5.1 * 365 * 86400)
    await forget_old(pool)
    assert await pool.fetchval("select count(*) from notify.sla_log") == 0
    assert await pool.fetchval("select count(*) from notify.sla_rounds") == 0
