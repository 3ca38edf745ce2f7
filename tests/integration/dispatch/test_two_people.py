"""A resident alone, or at night: two people of a team go, both are named, or the visit waits for the morning."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from dispatch.deadlines import ON_TIME
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.timers import TimerLoop
from tests.integration.dispatch.conftest import Town
from tests.integration.dispatch.matching_rig import MORNING, count, matching, set_time
from tests.integration.dispatch.roster_rows import put_job, put_responder
from tests.integration.dispatch.test_requests import changed
from tests.integration.dispatch.test_who_goes import LAN, LAN_ANH, MAI, TUAN, Asked, opened, roles, team
from tests.support.dispatching import said
from tests.support.eventually import eventually

NIGHT = MORNING + timedelta(hours=13)  # 23:00 in Hanoi


async def put_team(pool: asyncpg.Pool, present: int, **where: Any) -> UUID:
    responder_id = await put_responder(pool, **where)
    await pool.execute("update responders set kind = 'team', present_members = $2 where id = $1", responder_id, present)
    return responder_id


async def put_home_visit(pool: asyncpg.Pool, company: str) -> UUID:
    job_id = await put_job(pool)
    await pool.execute(
        "update jobs set company = $2, category = 'death', updated_at = clock_timestamp() where id = $1", job_id, company
    )
    return job_id


async def test_only_a_team_that_sends_two_is_asked_for_somebody_alone(pool: asyncpg.Pool) -> None:
    await put_responder(pool)
    await put_team(pool, 1)
    two = await put_team(pool, 2, at=(21.06, 105.8542))
    job_id = await put_home_visit(pool, "two")
    async with matching(pool):
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))
    assert [row["responder_id"] for row in await pool.fetch("select responder_id from offers")] == [two]
    exclusions = await pool.fetchval("select exclusions from decisions where job_id = $1", job_id)
    assert exclusions == {"alone": 2, "not_able": 0}, "the record says how many could not, and why"


@pytest.mark.parametrize("company", ["relative", "two_at_night"])
async def test_by_day_or_with_a_relative_anybody_goes(pool: asyncpg.Pool, company: str) -> None:
    await put_responder(pool)
    job_id = await put_home_visit(pool, company)
    async with matching(pool):
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))


async def test_at_night_it_waits_for_the_morning_when_nobody_can_send_two(dsn: str, pool: asyncpg.Pool) -> None:
    await set_time(dsn, NIGHT)
    await put_responder(pool, shift_hours=20)
    job_id = await put_home_visit(pool, "two_at_night")
    clocks = TimerLoop(pool, "dispatch.timer", ON_TIME)
    async with matching(pool):
        await eventually(lambda: count(pool, "timers where kind = 'nobody_on_shift'"))
        await clocks.fire_due()
        job = await pool.fetchrow("select status, pause, not_before, escalated_to from jobs where id = $1", job_id)
        assert (job["status"], job["pause"], job["escalated_to"]) == ("pending", "night", None)
        assert job["not_before"] == NIGHT + timedelta(hours=7)
        told = await pool.fetchval("select body from outbox where type = 'clock.paused'")
        assert b'"reason":"night"' in told
        assert b'"role":"resident"' in told, "who waits is told why, and until when"
        await set_time(dsn, NIGHT + timedelta(hours=7, minutes=1))
        await clocks.fire_due()
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))
    assert await count(pool, "outbox where type = 'clock.resumed'") == 1


async def test_a_relative_who_comes_ends_the_waiting(town: Town) -> None:
    await set_time(town.dsn, NIGHT)
    request, job_id = await town.filed(category="death", someone_present=None)
    await town.pool.execute(
        "update jobs set pause = 'night', paused_at = transport.app_clock(), not_before = transport.app_clock() + interval '7 h'"
    )
    await town.handle([said(EventType.REQUEST_AMENDED, changed(request, someone_present=True))])
    job = await town.job(job_id)
    assert (job["pause"], job["not_before"], job["company"]) == (None, None, "relative")
    assert len(await town.events("clock.resumed")) == 1


async def test_what_was_offered_to_one_is_taken_back_when_two_have_to_go(town: Town) -> None:
    (one,) = await town.enrol(team(LAN))
    request, job_id = await town.filed()
    await town.offered(job_id, [one])
    await town.handle([said(EventType.REQUEST_AMENDED, changed(request, someone_present=False))])
    assert (await town.job(job_id))["company"] == "two"
    assert [event["reason"] for event in await town.events("offer.withdrawn")] == ["amended"]


async def asked_for_two(town: Town, *members: Any) -> Asked:
    (one,) = await town.enrol(team(*members))
    _, job_id = await town.filed(someone_present=False)
    (offer,) = await town.offered(job_id, [one])
    return Asked(town, job_id, offer)


@pytest.mark.parametrize("names", ["LAN TUAN", "lan va tuan", "chị Lan, anh Tuấn", "Trần Anh Tuấn với Nguyễn Thị Lan", None])
async def test_both_are_named_and_told(town: Town, names: str | None) -> None:
    job = await asked_for_two(town, LAN, TUAN, MAI)
    await job.says(Answer.ACCEPT, names)
    (accepted,) = await job.told("assignment.accepted")
    who = accepted["job"]["responder"]
    assert who["unnamed"] is False
    assert sorted(await opened(town, [who["member"], who["partner"]])) == ["Nguyễn Thị Lan", "Trần Anh Tuấn"]
    await job.says(Answer.EN_ROUTE)
    assert await job.status() == "en_route"


async def test_one_name_is_not_enough_and_nobody_sets_out_alone(town: Town) -> None:
    job = await asked_for_two(town, LAN, TUAN, LAN_ANH)
    await job.says(Answer.ACCEPT, "TUAN")
    (wanted,) = await job.told("assignment.name_wanted")
    assert (wanted["reason"], roles(wanted)) == ("two", ["responder"])
    await job.says(Answer.EN_ROUTE)
    assert await job.status() == "accepted"
    assert [event["reason"] for event in await job.told("assignment.name_wanted")] == ["two", "two"]
    await job.says(Answer.NAMED, "tuan le lan anh")
    (named,) = await job.told("assignment.named")
    assert roles(named) == ["resident", "responder"]
    await job.says(Answer.EN_ROUTE)
    assert await job.status() == "en_route"


async def test_a_team_of_one_is_told_that_it_is_too_few(town: Town) -> None:
    job = await asked_for_two(town, LAN, MAI)
    await job.says(Answer.ACCEPT, "LAN")
    assert [event["reason"] for event in await job.told("assignment.name_wanted")] == ["too_few"]


async def test_the_visit_is_named_anew_when_one_of_the_two_leaves(town: Town) -> None:
    job = await asked_for_two(town, LAN, TUAN, LAN_ANH)
    await job.says(Answer.ACCEPT, "nguyen thi lan tuan")
    row = await town.offer(job.offer_id)
    gone = await town.pool.fetchval("select id from members where external_id = 'TV-2'")
    assert gone in {row["member_id"], row["partner_id"]}
    await town.enrol(team(LAN, LAN_ANH, TUAN.model_copy(update={"present": False})))
    await TimerLoop(town.pool, "dispatch.timer", ON_TIME).fire_due()
    row = await town.offer(job.offer_id)
    assert (row["member_id"], row["partner_id"]) == (None, None)
