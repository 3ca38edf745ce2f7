"""A resident who has heard nothing for a while hears how it stands, at the rhythm of the tier, until somebody is with them."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from dispatch.jobs.escalation import Level
from shared.events.contract import Priority
from shared.events.messages import Answer
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.test_pauses import paused

MINUTE = 60.0
HOUR = 60 * MINUTE


async def heard(town: Town) -> list[tuple[str, int | None]]:
    return [(event["reason"], event["asked"]) for event in await town.events("job.news")]


async def minute_by_minute(town: Town, minutes: int, *, step: int = 1) -> list[datetime]:
    """When news was told, while time goes by."""
    found: list[datetime] = []
    for _ in range(0, minutes, step):
        before = len(await town.events("job.news"))
        await town.later(step * MINUTE)
        found += [await town.now()] * (len(await town.events("job.news")) - before)
    return found


async def test_an_urgent_one_is_told_every_quarter_of_an_hour(town: Town) -> None:
    await town.filed(priority=Priority.P1)
    begun = await town.now()
    told = await minute_by_minute(town, 50, step=1)
    assert [round((at - begun).total_seconds() / MINUTE) for at in told] == [15, 30, 45]
    assert await heard(town) == [("with_lead", 0)] * 3  # without any seat the desk has it
    (first, *_) = await town.events("job.news")
    assert [one["role"] for one in first["recipients"]] == ["resident"]
    assert datetime.fromisoformat(first["until"]) > begun + timedelta(minutes=29)


@pytest.mark.parametrize(
    ("priority", "hours"),
    [(Priority.P2, 1.0), (Priority.P3, 24.0)],  # a working day: ten o'clock tomorrow
)
async def test_the_rhythm_is_the_tiers(town: Town, priority: Priority, hours: float) -> None:
    await town.filed(priority=priority)
    await town.later(hours * HOUR - 2 * MINUTE)
    await town.fire()
    assert await heard(town) == []
    await town.later(3 * MINUTE)
    assert len(await heard(town)) == 1


async def test_booked_advice_hears_of_changes_only(town: Town) -> None:
    await town.filed(priority=Priority.P4)
    await town.later(10 * 24 * HOUR)
    assert await heard(town) == []
    assert await town.pool.fetchval("select count(*) from timers where kind = 'news'") == 0


async def test_what_is_told_is_what_is_so(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed(priority=Priority.P1)
    await town.later(4.1 * MINUTE)
    await town.later(10 * MINUTE)
    (offer, _) = await town.offered(job_id, [an, binh])
    await town.later(MINUTE)
    assert await heard(town) == [("asking", 2)]
    await town.replies(offer, Answer.ACCEPT)
    await town.later(14 * MINUTE)
    assert len(await heard(town)) == 1, "they have just heard who comes"
    await town.later(1.1 * MINUTE)
    assert (await heard(town))[1:] == [("taken", 0)]
    await town.replies(offer, Answer.EN_ROUTE)
    await town.later(15.1 * MINUTE)
    assert (await heard(town))[2:] == [("on_the_way", 0)]
    await town.replies(offer, Answer.ON_SCENE)
    await town.later(2 * HOUR)
    assert len(await heard(town)) == 3, "somebody is with them"


async def test_after_a_visit_that_came_to_nothing_it_begins_again(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed(priority=Priority.P1)
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.replies(offer, Answer.ON_SCENE)
    await town.later(20 * MINUTE)
    await town.later(20 * MINUTE)
    await town.replies(offer, Answer.RELEASE)
    await town.later(15.1 * MINUTE)
    assert [reason for reason, _ in await heard(town)] == ["with_lead"]


async def test_whoever_asked_for_another_time_is_left_in_peace(town: Town) -> None:
    _, job_id = await town.filed(priority=Priority.P1)
    await town.later(4.1 * MINUTE)
    await paused(town, job_id, "resident_later", hours=5)
    await town.later(4.9 * HOUR)
    assert await heard(town) == []


async def test_an_office_that_is_waited_for_is_told_at_the_rhythm(town: Town) -> None:
    _, job_id = await town.filed(priority=Priority.P2)
    await town.later(12.1 * MINUTE)
    await paused(town, job_id, "waiting_office")
    await town.later(61 * MINUTE)
    assert await heard(town) == [("paused", 0)]


async def test_a_word_that_is_due_twice_is_said_once(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    _, job_id = await town.filed(priority=Priority.P1)
    await town.later(4.1 * MINUTE)
    await doubled(town, job_id)
    await town.later(11 * MINUTE)
    assert len(await heard(town)) == 1
    assert await town.pool.fetchval("select count(*) from timers where kind = 'news'") == 1


async def doubled(town: Town, job_id: UUID) -> None:
    timer = "insert into timers (id, kind, subject, due_at, guard) values (gen_random_uuid(), 'news', $1, $2, 7)"
    await town.pool.execute(timer, job_id, await town.now() + timedelta(minutes=11))
