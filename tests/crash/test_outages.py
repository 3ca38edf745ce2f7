"""Broker or database away for a minute while people go on calling. The short ones are in tests/story."""

from collections.abc import Callable
from pathlib import Path

from tests.support.outages import broker_away, database_away

Record = Callable[[str, object], None]

AWAY_SECONDS = 60.0
PER_SECOND = 4.0


async def test_a_minute_without_the_broker(home: Path, record_property: Record) -> None:
    requests, events = await broker_away(home, AWAY_SECONDS, per_second=PER_SECOND)
    record_property("requests", requests)
    record_property("events_in_order", events)


async def test_a_minute_without_the_database(home: Path, record_property: Record) -> None:
    requests, put_off = await database_away(home, AWAY_SECONDS, per_second=PER_SECOND)
    record_property("requests", requests)
    record_property("put_off", put_off)
