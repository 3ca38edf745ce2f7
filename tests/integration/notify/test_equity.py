"""Who needs more is compared with all others, and commune with commune: as the rows have it, late once and for all."""

from datetime import UTC, datetime, timedelta

import pytest

from notify.equity import EquityWatch
from shared.events.contract import Priority
from shared.events.registry import EventType
from shared.postgres.pool import open_pool
from shared.telemetry.metrics import NOTIFY_COMMUNES, NOTIFY_EQUITY
from tests.integration.notify.test_sla_rows import all_counted, take
from tests.support.sla_events import Story


def promises(group: str, stage: str) -> tuple[float, float]:
    return NOTIFY_EQUITY.labels(group, stage, "kept")._value.get(), NOTIFY_EQUITY.labels(group, stage, "missed")._value.get()


@pytest.mark.parametrize(("days_ago", "shown"), [(1, 1.0), (8, 0.0)])
async def test_the_vulnerable_are_compared_with_all_others_over_a_week(dsn: str, days_ago: int, shown: float) -> None:
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
    assert promises("vulnerable", "offered") == (shown, 0)
    assert promises("vulnerable", "accepted") == (0, shown), "after 20 minutes, promised in 5"
    assert promises("others", "accepted") == (shown, 0)
    if not shown:
        return  # a commune is shown by the watch that has seen it
    communes = [NOTIFY_COMMUNES.labels("00004", outcome)._value.get() for outcome in ("kept", "missed")]
    assert communes == [shown, shown]
