"""Promises in danger and promises broken: what is done about them, once, and that it stands in the story of the job."""

from datetime import timedelta
from uuid import UUID

import pytest

from dispatch.docket import QUERIES
from dispatch.jobs.escalation import Level
from dispatch.matching.matcher import Matcher
from dispatch.matching.policy import Policy
from shared.events.contract import Priority
from shared.events.messages import Answer
from shared.postgres.transaction import transaction
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.matching_rig import matching
from tests.integration.dispatch.test_deadlines import submit
from tests.support.eventually import eventually

MINUTE = 60.0


async def noted(town: Town, job_id: UUID) -> list[str]:
    rows = await town.pool.fetch(
        "select action from audit where subject = $1 and action ~ '^job.(wid|pre|gave)' order by id", job_id
    )
    return [row["action"] for row in rows]


async def nobody_found(town: Town, job_id: UUID) -> None:
    """What the matcher writes when nobody can take it."""
    async with transaction(town.pool, "dispatch.match") as connection:
        version = await connection.fetchval("select version from jobs where id = $1", job_id)
        await connection.execute(QUERIES["record_nobody"], [job_id], [version], [b"[]"], [b"{}"], [b"{}"])


async def test_a_promise_in_danger_ends_the_wave_and_asks_more_people(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    await town.later(10 * MINUTE)
    (offer,) = await town.offered(job_id, [an])
    await submit(town, offer)
    await town.later(2 * MINUTE + 1)
    assert ((await town.offer(offer))["status"], (await town.offer(offer))["reason"]) == ("expired", "widened")
    job = await town.job(job_id)
    assert (job["status"], job["widened"]) == ("pending", True)
    assert await noted(town, job_id) == ["job.widened"]
    await town.replies(offer, Answer.ACCEPT)  # the question is over, the answer still counts
    assert (await town.job(job_id))["responder_id"] == an


async def test_a_wave_that_has_just_been_asked_keeps_its_time(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    await town.later(11.5 * MINUTE)
    (offer,) = await town.offered(job_id, [an])
    await submit(town, offer)
    await town.later(MINUTE)
    assert (await town.offer(offer))["status"] == "pending"
    assert (await town.job(job_id))["widened"]


async def test_who_has_somebody_is_not_widened(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.later(13 * MINUTE)
    assert not (await town.job(job_id))["widened"]


async def test_a_broken_promise_hands_up_whatever_the_clock_of_the_visit_says(town: Town) -> None:
    """Given back a minute before: the clock of the escalation began anew, that of the resident did not."""
    await town.seat(Level.WARD_LEAD)
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.later(14 * MINUTE)
    await town.replies(offer, Answer.RELEASE)
    (pending,) = await town.offered(job_id, [binh])
    await town.later(MINUTE + 1)
    assert (await town.job(job_id))["escalated_to"] == "ward_lead"
    assert (await town.offer(pending))["status"] == "pending"
    await town.later(1)
    assert len(await town.events("job.escalated")) == 1


@pytest.mark.parametrize("en_route", [False, True])
async def test_nobody_there_in_time_the_helper_is_asked_and_the_lead_is_told_once(town: Town, en_route: bool) -> None:
    await town.seat(Level.WARD_LEAD)
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    if en_route:
        await town.replies(offer, Answer.EN_ROUTE)
    await town.later(121 * MINUTE)
    await town.later(MINUTE)
    told = [event for event in await town.events("sla.breached") if event["recipients"]]
    assert [(event["reason"], [one["role"] for one in event["recipients"]]) for event in told] == [
        ("arrival", ["responder", "lead"])
    ]
    assert told[0]["offer"]["offer_id"] == str(offer)


async def test_who_is_there_is_left_in_peace_and_the_lead_hears_of_what_is_not_solved(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.replies(offer, Answer.ON_SCENE)
    await town.later(8 * 60 * MINUTE + 1)
    told = [event for event in await town.events("sla.breached") if event["recipients"]]
    assert [(event["reason"], [one["role"] for one in event["recipients"]]) for event in told] == [("resolve", ["lead"])]


async def test_the_less_urgent_gives_way_when_nobody_else_is_free(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, ordinary = await town.filed(priority=Priority.P3)
    _, urgent = await town.filed(priority=Priority.P1)
    await town.later(3 * MINUTE)
    (offer,) = await town.offered(ordinary, [an])
    await nobody_found(town, urgent)
    await town.later(MINUTE + 1)
    assert ((await town.offer(offer))["status"], (await town.offer(offer))["reason"]) == ("withdrawn", "preempted")
    assert ((await town.job(ordinary))["status"], (await town.job(urgent))["status"]) == ("pending", "pending")
    assert await noted(town, urgent) == ["job.widened", "job.preempted"]
    assert await noted(town, ordinary) == ["job.gave_way"]
    async with matching(town.pool, policy=Policy(retry_seconds=0.05)):
        await eventually(lambda: town.pool.fetchval("select count(*) from offers where job_id = $1", urgent))
    assert await town.pool.fetchval("select job_id from offers where status = 'pending'") == urgent


@pytest.mark.parametrize(("mine", "theirs"), [(Priority.P3, Priority.P1), (Priority.P2, Priority.P2)])
async def test_nobody_is_taken_from_the_more_urgent_or_from_their_like(town: Town, mine: Priority, theirs: Priority) -> None:
    (an,) = await town.enrol(entry(1))
    _, first = await town.filed(priority=theirs)
    _, waiting = await town.filed(priority=mine)
    await town.later(47.5 * MINUTE if mine is Priority.P3 else 11.5 * MINUTE)
    await town.pool.execute("update jobs set status = 'pending', escalated_to = null, escalated_at = null where id = $1", first)
    (offer,) = await town.offered(first, [an])
    await nobody_found(town, waiting)
    await town.later(MINUTE)
    assert (await town.job(waiting))["widened"]
    assert (await town.offer(offer))["status"] == "pending"


async def test_while_somebody_may_be_free_nobody_gives_way(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, ordinary = await town.filed(priority=Priority.P3)
    _, urgent = await town.filed(priority=Priority.P1)
    await town.later(3 * MINUTE)
    (offer,) = await town.offered(ordinary, [an])
    await town.later(MINUTE + 1)  # the matcher has not said that nobody is left
    assert (await town.job(urgent))["widened"]
    assert (await town.offer(offer))["status"] == "pending"


async def test_a_widened_job_asks_twice_as_many(town: Town) -> None:
    await town.enrol(*(entry(number) for number in range(8)))
    _, job_id = await town.filed()
    await town.pool.execute("update jobs set widened = true where id = $1", job_id)
    async with matching(town.pool) as matcher:
        assert isinstance(matcher, Matcher)
        await eventually(lambda: town.pool.fetchval("select count(*) from offers where job_id = $1", job_id))
    assert await town.pool.fetchval("select count(*) from offers where job_id = $1", job_id) == 6


async def test_a_warning_that_comes_twice_changes_nothing_more(town: Town) -> None:
    _, job_id = await town.filed()
    await town.later(12 * MINUTE + 1)
    before = (await town.job(job_id))["version"]
    timer = "insert into timers (id, kind, subject, due_at, guard) values (gen_random_uuid(), 'sla', $1, $2, 1)"
    await town.pool.execute(timer, job_id, await town.now() - timedelta(seconds=1))
    await town.fire()
    assert await noted(town, job_id) == ["job.widened"]
    assert (await town.job(job_id))["version"] == before
