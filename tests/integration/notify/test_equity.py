"""Who needs more is compared with all others, and commune with commune: as the rows have it, late once and for all."""

from datetime import UTC, datetime, timedelta

import pytest

from notify.equity import EquityWatch, shown
from shared.events.contract import Priority
from shared.events.registry import EventType
from shared.postgres.pool import open_pool
from shared.telemetry.metrics import NOTIFY_COMMUNES, NOTIFY_EQUITY
from tests.integration.notify.test_sla_rows import all_counted, take
from tests.support.sla_events import Story


def promises(group: str, stage: str) -> tuple[float, float]:
    return NOTIFY_EQUITY.labels(group, stage, "kept")._value.get(), NOTIFY_EQUITY.labels(group, stage, "missed")._value.get()


@pytest.mark.parametrize(("days_ago", "promised"), [(1, 1.0), (8, 0.0)])
async def test_the_vulnerable_are_compared_with_all_others_over_a_week(dsn: str, days_ago: int, promised: float) -> None:
    filed_at = datetime.now(UTC) - timedelta(days=days_ago)
    alone, other = Story(filed_at, priority=Priority.P1), Story(filed_at, priority=Priority.P1)
    events = [alone.filed(vulnerable=("alone",)), other.filed()]
    for story, minutes in ((alone, 20), (other, 2)):
        events += [
            story.told(EventType.OFFER_MADE, filed_at + timedelta(seconds=10)),
            story.told(EventType.ASSIGNMENT_ACCEPTED, filed_at + timedelta(minutes=minutes)),
        ]
    async with open_pool(dsn, schema="notify", max_size=4) as pool:
        await take(pool, events)
        await all_counted(pool)
        await EquityWatch(pool, "hanoi").look()
    assert promises("vulnerable", "offered") == (promised, 0)
    assert promises("vulnerable", "accepted") == (0, promised), "after 20 minutes, promised in 5"
    assert promises("others", "accepted") == (promised, 0)


def cells() -> dict[tuple[str, str], float]:
    [metric] = NOTIFY_COMMUNES.collect()
    return {(one.labels["commune"], one.labels["outcome"]): one.value for one in metric.samples}


async def test_a_commune_is_shown_from_five_on_and_not_before(dsn: str) -> None:
    filed_at = datetime.now(UTC) - timedelta(days=1)
    async with open_pool(dsn, schema="notify", max_size=4) as pool:
        for several in (4, 1):
            for _ in range(several):
                story = Story(filed_at, priority=Priority.P1)
                await take(pool, [story.filed(), story.told(EventType.ASSIGNMENT_ACCEPTED, filed_at + timedelta(minutes=2))])
            await all_counted(pool)
            await EquityWatch(pool, "hanoi").look()
            assert cells().get(("00004", "kept")) == (None if several == 4 else 5)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 0, "b": 5, "c": 9}, {"a": 0, "b": 5, "c": 9}),
        ({"a": 3, "b": 7, "c": 9}, {"c": 9}),  # 3 would follow from the city's total
        ({"a": 1, "b": 2, "c": 9, "d": 20}, {"d": 20}),  # three people together
        ({"a": 4, "b": 4, "c": 9}, {"c": 9}),
        ({"a": 4}, {}),
    ],
)
def test_no_small_cell_is_shown_or_follows(counts: dict[str, int], told: dict[str, int]) -> None:
    assert shown(counts) == told
