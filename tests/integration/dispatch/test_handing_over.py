"""A lead answers with a name: that person is asked, the lead owns it meanwhile; a name that leads to nobody ends nothing."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from dispatch.jobs.escalation import Level
from dispatch.jobs.timer import TimerKind
from dispatch.rows import offer_of
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.events.requests import RequestStatus
from shared.postgres.transaction import transaction
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.test_deadlines import nobody
from tests.support.dispatching import reply, said


async def escalated(town: Town) -> tuple[UUID, UUID]:
    """A job that the ward lead is asked about; and the offer."""
    await town.seat(Level.WARD_LEAD, Level.DEPUTY)
    _, job_id = await town.filed()
    await nobody(town, job_id, TimerKind.NOBODY_ON_SHIFT)
    offer: UUID = await town.pool.fetchval("select id from offers where job_id = $1 and kind = 'escalation'", job_id)
    return job_id, offer


async def names(town: Town, offer_id: UUID, typed: str) -> None:
    """The lead writes a name; notify seals it under the key of the lead's phone."""
    async with transaction(town.pool, "dispatch.roster") as connection:
        (lead,) = await town.vault.contact_points(connection, ["+84913000000"])
    event = reply(offer_of(await town.offer(offer_id)), Answer.ASSIGN, received_at=await town.now())
    body = event.body.model_copy(update={"member": lead.key.seal(typed.encode(), purpose="name")})
    await town.handle([replace(event, id=uuid4(), body=body)])


async def refused(town: Town) -> list[str]:
    return [event["reason"] for event in await town.events("job.assign_refused")]


@pytest.mark.parametrize("typed", ["V-1", "tinh nguyen 1", "Tình nguyện 1"])
async def test_whoever_is_named_is_asked_and_the_lead_owns_it(town: Town, typed: str) -> None:
    an, _ = await town.enrol(entry(1), entry(2))
    job_id, offer = await escalated(town)
    await names(town, offer, typed)
    asked = await town.pool.fetchrow("select * from offers where job_id = $1 and kind = 'visit'", job_id)
    assert (asked["responder_id"], asked["status"]) == (an, "pending")
    assert (await town.offer(offer))["status"] == "accepted"
    assert [event["reason"] for event in await town.events("job.escalated")] == ["nobody_on_shift", "assigned"]
    await town.replies(asked["id"], Answer.ACCEPT)
    job = await town.job(job_id)
    assert (job["responder_id"], job["escalated_to"]) == (an, None)
    assert await town.statuses(job_id) == {"accepted": 1, "completed": 1}


async def test_who_was_named_and_says_no_leaves_it_with_the_lead_and_the_clock_goes_on(town: Town) -> None:
    await town.enrol(entry(1))
    job_id, offer = await escalated(town)
    await names(town, offer, "V-1")
    asked = await town.pool.fetchval("select id from offers where job_id = $1 and kind = 'visit'", job_id)
    await town.replies(asked, Answer.DECLINE)
    assert (await town.job(job_id))["escalated_to"] == "ward_lead"
    await town.later(15 * 60 + 1)
    assert (await town.job(job_id))["escalated_to"] == "deputy"


@pytest.mark.parametrize(
    ("typed", "why"), [("Bà Tám", "unknown_name"), ("Tình nguyện", "ambiguous_name"), ("V-9", "unknown_name")]
)
async def test_a_name_that_leads_to_nobody_is_told_and_the_lease_runs_on(town: Town, typed: str, why: str) -> None:
    await town.enrol(entry(1), entry(2), entry(9, commune_code="00008"))
    job_id, offer = await escalated(town)
    await names(town, offer, typed)
    assert await refused(town) == [why]
    (told,) = await town.events("job.assign_refused")
    assert [one["role"] for one in told["recipients"]] == ["lead"]
    assert (await town.offer(offer))["status"] == "pending"
    assert await town.pool.fetchval("select count(*) from offers where job_id = $1 and kind = 'visit'", job_id) == 0
    await town.later(301)
    assert (await town.job(job_id))["escalated_to"] == "deputy"


async def test_a_second_try_with_the_right_name_is_taken(town: Town) -> None:
    await town.enrol(entry(1))
    job_id, offer = await escalated(town)
    await names(town, offer, "Bà Tám")
    await names(town, offer, "V-1")
    assert await town.pool.fetchval("select count(*) from offers where job_id = $1 and status = 'pending'", job_id) == 1


async def test_whoever_is_being_asked_something_else_cannot_be_named(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, other = await town.filed()
    await town.offered(other, [an])
    _, offer = await escalated(town)
    await names(town, offer, "V-1")
    assert await refused(town) == ["pending_offer"]
    assert (await town.offer(offer))["status"] == "pending"


async def test_whoever_has_said_mine_may_name_somebody_later(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    job_id, offer = await escalated(town)
    await town.replies(offer, Answer.ACCEPT)
    await names(town, offer, "V-1")
    assert await town.pool.fetchval("select responder_id from offers where job_id = $1 and kind = 'visit'", job_id) == an
    assert [event["reason"] for event in await town.events("job.escalated")][1:] == ["owned", "assigned"]


async def test_a_name_for_two_jobs_at_once_is_asked_about_one(town: Town) -> None:
    await town.enrol(entry(1))
    _, first = await escalated(town)
    request, second_job = await town.filed()
    await nobody(town, second_job, TimerKind.NOBODY_ON_SHIFT)
    second = await town.pool.fetchval("select id from offers where job_id = $1 and kind = 'escalation'", second_job)
    await names(town, first, "V-1")
    await names(town, second, "V-1")
    assert await refused(town) == ["pending_offer"]
    assert (await town.offer(second))["status"] == "pending"
    await town.handle(
        [said(EventType.REQUEST_CANCELLED, request.model_copy(update={"version": 2, "status": RequestStatus.CANCELLED}))]
    )
    await names(town, second, "V-1")
    assert (await refused(town))[-1] == "already_taken"
