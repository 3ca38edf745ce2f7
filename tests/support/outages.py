"""The broker, or the database, goes away under load and comes back; what has to hold then. How long is the caller's choice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from shared.postgres.embedded import start_embedded
from tests.support.brokers import own_broker
from tests.support.crowd import Crowd
from tests.support.eventually import eventually
from tests.support.journal import all_of_it_in_order, read_topics
from tests.support.town import Town

SETTLED_SECONDS = 150.0


async def broker_away(home: Path, seconds: float, *, per_second: float) -> tuple[int, int]:
    """No error at the door meanwhile, and everything is delivered in order afterwards. How many requests, and events."""
    with own_broker() as broker:
        town = Town(home, TECHRESCUE_KAFKA_BOOTSTRAP=broker.bootstrap)
        async with crowd_in(town) as crowd:
            await crowd.file(10)
            await eventually(lambda: town.http.get("/dev/messages").json(), 60, what="a first SMS")
            broker.kill()
            await crowd.file(int(seconds * per_second), per_second=per_second)
            assert not crowd.surprises, crowd.surprises[:3]
            assert crowd.put_off == 0, "intake does not need the broker"
            assert town.http.get("/readyz").is_success, "nor is it unready without it"
            await asyncio.to_thread(broker.start)
            await town.holds(drained=True, within=SETTLED_SECONDS)
            await crowd.nothing_is_lost()
            await crowd.repeat()
        entries = await read_topics(broker.bootstrap, "")
        events = await all_of_it_in_order(start_embedded(home).dsn, entries)
        start_embedded(home).stop()
        return len(crowd.accepted), events


async def database_away(home: Path, seconds: float, *, per_second: float) -> tuple[int, int]:
    """Put off while it is away, accepted once when it is back, by the same process. How many requests, and put-offs."""
    town = Town(home)
    async with crowd_in(town) as crowd:
        await crowd.file(10)
        await asyncio.to_thread(start_embedded(home).stop)
        filing = asyncio.create_task(crowd.file(int(seconds * per_second), per_second=per_second))
        until = asyncio.get_running_loop().time() + seconds
        await eventually(lambda: asyncio.get_running_loop().time() > until, seconds + 30, what="time goes by")
        assert crowd.put_off
        await asyncio.to_thread(start_embedded, home)
        await filing
        await town.holds(drained=True, within=SETTLED_SECONDS)
        await crowd.nothing_is_lost()
        await crowd.repeat()
        return len(crowd.accepted), crowd.put_off


@asynccontextmanager
async def crowd_in(town: Town, form: Callable[[int], dict[str, Any]] | None = None) -> AsyncIterator[Crowd]:
    """A town full of people who call and answer; nobody dies here."""
    await asyncio.to_thread(town.start)
    crowd = Crowd(town, revive=_nobody_may_die, form=form)
    living = asyncio.create_task(crowd.live())
    try:
        yield crowd
        await crowd.leave()
        await living
    finally:
        living.cancel()
        await asyncio.wait({living})
        await crowd.close()
        await asyncio.to_thread(town.close)


def _nobody_may_die() -> None:
    raise AssertionError("a connection broke: the process is not to go away")
