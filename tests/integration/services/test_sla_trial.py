"""Figures of service levels, to the last request: after kills, the topic from its beginning again, and doubles."""

import asyncpg

from tests.support.sla_trial import KILLED_AT, killed, publish, take_the_topic, verdict


async def test_exported_is_reported_is_recomputed_is_a_naive_count_after_kills_replays_and_doubles(dsn: str) -> None:
    events = await publish(dsn, requests=24, seed=5)
    for seed, point in enumerate(KILLED_AT):
        assert await killed(dsn, point, seed), f"it lived through {point}"
    await take_the_topic(dsn, seed=99)
    assert await verdict(dsn, events) == []


async def test_a_request_that_is_counted_once_more_is_found_out(dsn: str) -> None:
    events = await publish(dsn, requests=10, seed=6)
    await take_the_topic(dsn, seed=1)
    login = await asyncpg.connect(dsn)
    await login.execute("update notify.sla_counts set value = value + 1 where series = 'accepted' and label <> 'sum'")
    await login.close()
    assert any("accepted" in word for word in await verdict(dsn, events) if word.startswith("exported"))
