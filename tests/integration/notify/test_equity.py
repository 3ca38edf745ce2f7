"""Who needs more is compared with all others, and commune with commune: as the rows have it, late once and for all."""

from datetime import UTC, datetime, timedelta

import pytest

from notify.sla.equity import EquityWatch, shown
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.postgres.pool import open_pool
from shared.telemetry.metrics import NOTIFY_COMMUNES, NOTIFY_EQUITY
from tests.integration.notify.test_sla_rows import all_counted, take
from tests.support.sla_events import Story


def promises(group: str, stage: str) -> tuple[float | None, float | None]:
    """Kept, missed; None: not shown."""
    [metric] = NOTIFY_EQUITY.collect()
    found = {
        one.labels["outcome"]: one.value for one in metric.samples if (one.labels["group"], one.labels["stage"]) == (group, stage)
    }
    return found.get("kept"), found.get("missed")


def promised_to(filed_at: datetime, *, vulnerable: int, others: int) -> list[Event]:
    """So many, each offered at once; the vulnerable accepted too late, the others in time."""
    events = []
    for number in range(vulnerable + others):
        story, late = Story(filed_at, priority=Priority.P1), number < vulnerable
        events += [
            story.filed(vulnerable=("alone",)) if late else story.filed(),
            story.told(EventType.OFFER_MADE, filed_at + timedelta(seconds=10)),
            story.told(EventType.ASSIGNMENT_ACCEPTED, filed_at + timedelta(minutes=20 if late else 2)),
        ]
    return events


@pytest.mark.parametrize(("days_ago", "promised"), [(1, 5.0), (8, 0.0)])
async def test_the_vulnerable_are_compared_with_all_others_over_a_week(dsn: str, days_ago: int, promised: float) -> None:
    events = promised_to(datetime.now(UTC) - timedelta(days=days_ago), vulnerable=5, others=5)
    async with open_pool(dsn, schema="notify", max_size=4) as pool:
        await take(pool, events)
        await all_counted(pool)
        await EquityWatch(pool, "hanoi").look()
    assert promises("vulnerable", "offered") == (promised, 0)
    assert promises("vulnerable", "accepted") == (0, promised), "after 20 minutes, promised in 5"
    assert promises("others", "accepted") == (promised, 0)


@pytest.mark.parametrize("others", [9, 3])
async def test_a_stage_of_which_fewer_than_five_stand_in_a_cell_is_not_shown(dsn: str, others: int) -> None:
    async with open_pool(dsn, schema="notify", max_size=4) as pool:
        await take(pool, promised_to(datetime.now(UTC) - timedelta(days=1), vulnerable=4, others=others))
        await all_counted(pool)
        await EquityWatch(pool, "hanoi").look()
    assert promises("vulnerable", "accepted") == (None, None)
    assert promises("others", "accepted") == (None, None), "four would follow from the city's total"


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
