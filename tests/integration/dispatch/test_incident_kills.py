"""The watch over incidents is killed in the middle, again and again: what is left is done by the next, and nothing twice."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from dispatch.faults.incident import IncidentRules
from dispatch.faults.incident_watch import AT_ONCE, IncidentWatch
from tests.integration.dispatch.conftest import Town
from tests.support.eventually import eventually

MANY = 4 * AT_ONCE + 7


async def events(town: Town, kind: str) -> int:
    found: int = await town.pool.fetchval("select count(*) from outbox where type = $1", kind)
    return found


async def killed_in_the_middle(town: Town, done: Callable[[], Awaitable[int]]) -> None:
    """After its first step a look has more to do; whatever it is at then is rolled back."""
    before = await done()
    look = asyncio.create_task(IncidentWatch(town.pool, "hanoi", IncidentRules()).look())

    async def has_begun() -> bool:
        return look.done() or await done() > before

    await eventually(has_begun, 20, what="a step of the watch")
    look.cancel()
    with suppress(asyncio.CancelledError):
        await look


async def looked_until_done(town: Town, kind: str) -> None:
    """What was killed keeps its lock until PostgreSQL has seen that nobody is there; a look meanwhile finds nothing to do."""

    async def done() -> bool:
        await town.incidents.look()
        return await events(town, kind) >= MANY

    await eventually(done, 20, what=f"{MANY} {kind}")


async def test_killed_anywhere_each_is_held_once_and_asked_once(town: Town) -> None:
    for _ in range(MANY):
        await town.filed()
    opened = await town.send("POST", "/v1/incidents", {"category": "vneid_login"})
    for _ in range(3):
        await killed_in_the_middle(town, lambda: events(town, "clock.paused"))
    await looked_until_done(town, "clock.paused")
    paused = await town.pool.fetch("select subject, count(*) from outbox where type = 'clock.paused' group by subject")
    assert (len(paused), {row["count"] for row in paused}) == (MANY, {1})
    await town.send("POST", f"/v1/incidents/{opened.json()['id']}/end")
    for _ in range(3):
        await killed_in_the_middle(town, lambda: events(town, "job.questioned"))
    await looked_until_done(town, "job.questioned")
    asked = await town.pool.fetch("select subject, count(*) from outbox where type = 'job.questioned' group by subject")
    assert (len(asked), {row["count"] for row in asked}) == (MANY, {1})
    timers = await town.pool.fetchval(
        "select count(distinct subject) from timers where kind = 'open' and due_at > transport.app_clock()"
    )
    assert timers == MANY  # nobody is held without a moment at which it ends
