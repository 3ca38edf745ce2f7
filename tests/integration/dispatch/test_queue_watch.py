"""What a dashboard shows of the queue is what stands in the rows, with a zero wherever there is nothing."""

from prometheus_client import Gauge

from dispatch.matching.queue_watch import OPEN, QueueWatch
from shared.events.contract import Priority
from shared.events.messages import Answer
from shared.telemetry.metrics import (
    DISPATCH_ENDED_OFFERS,
    DISPATCH_JOBS,
    DISPATCH_MOST_VISITS,
    DISPATCH_ON_SHIFT,
    DISPATCH_VISITS,
    DISPATCH_WAITS,
    DISPATCH_WORKING,
)
from tests.integration.dispatch.conftest import Town, entry


def shown(metric: Gauge, *labels: str) -> float:
    value: float = metric.labels(*labels)._value.get()
    return value


async def test_an_empty_city_is_shown_as_zeros(town: Town) -> None:
    await QueueWatch(town.pool, "hanoi").look()
    assert {shown(DISPATCH_JOBS, status, priority) for status in OPEN for priority in Priority} == {0}
    assert {shown(DISPATCH_ENDED_OFFERS, result) for result in ("accepted", "declined", "expired")} == {0}


async def test_jobs_offers_and_people_at_work_are_counted(town: Town) -> None:
    an, binh, *_ = await town.enrol(entry(1), entry(2), entry(3), entry(4, confirmed=False))
    _, taken = await town.filed(priority=Priority.P2)
    first, second = await town.offered(taken, [an, binh])
    await town.replies(first, Answer.DECLINE)
    await town.replies(second, Answer.ACCEPT)
    await town.filed(priority=Priority.P1)
    await town.later(90)
    await QueueWatch(town.pool, "hanoi").look()
    assert shown(DISPATCH_JOBS, "accepted", "P2") == 1
    assert shown(DISPATCH_JOBS, "pending", "P1") == 1
    assert 90 <= shown(DISPATCH_WAITS, "P1") < 150
    assert shown(DISPATCH_WAITS, "P2") == 0
    assert (shown(DISPATCH_ENDED_OFFERS, "accepted"), shown(DISPATCH_ENDED_OFFERS, "declined")) == (1, 1)
    assert (shown(DISPATCH_VISITS, "volunteer"), shown(DISPATCH_WORKING, "volunteer")) == (1, 1)
    assert shown(DISPATCH_MOST_VISITS, "volunteer") == 1
    assert shown(DISPATCH_ON_SHIFT, "volunteer") == 3, "nobody who may not be asked yet"
    await town.later(3700)
    await QueueWatch(town.pool, "hanoi").look()
    assert shown(DISPATCH_ENDED_OFFERS, "accepted") == 0, "only the last hour is shown"
