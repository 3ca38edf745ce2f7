"""The matcher on a real database: offers, events, races, nobody, and who is the matcher."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from dispatch.jobs.case import job_state
from dispatch.matching.index import Freshness
from dispatch.matching.matcher import Matcher
from dispatch.matching.policy import Policy
from dispatch.rows import job_of
from shared.events.assignments import AssignmentChanged
from shared.events.envelope import decode
from shared.ids import uuid7
from shared.postgres.pool import open_pool
from shared.transport.outbox import record_of
from tests.integration.dispatch.matching_rig import MORNING, count, matching, set_time
from tests.integration.dispatch.roster_rows import CENTRE, CITY, put_job, put_responder
from tests.support.eventually import eventually


async def test_a_waiting_job_is_offered_to_the_wave_and_everything_about_it_is_written(pool: asyncpg.Pool) -> None:
    for step in range(9):
        await put_responder(pool, at=(CENTRE[0] + step / 1000, CENTRE[1]))
    job_id = await put_job(pool)
    async with matching(pool):
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))
    job = await pool.fetchrow("select * from jobs where id = $1", job_id)
    assert (job["status"], job["wave"], job["version"]) == ("offered", 1, 4)
    assert job["first_offer_at"] is not None
    assert (
        await count(pool, "offers where status = 'pending' and lease_seconds = 180 and expires_at > made_at + interval '3 min'")
        == 3
    )
    assert await count(pool, "timers where kind = 'offer_expiry'") == 3
    assert (
        await count(
            pool, "decisions, jsonb_array_elements(candidates) one where job_id = $1 and (one ->> 'offered')::bool", job_id
        )
        == 3
    )
    assert await count(pool, "responders where offers_made = 1 and last_offered_at is not null") == 3


async def test_after_a_night_that_the_machine_slept_who_is_on_shift_now_is_asked(pool: asyncpg.Pool, dsn: str) -> None:
    """The windows that were read in the evening end there, and no row has changed since."""
    await set_time(dsn, MORNING)
    await put_responder(pool, shift_hours=3)
    await set_time(dsn, MORNING - timedelta(hours=12))
    async with matching(pool, freshness=Freshness(overlap=0, wide_look=3600)):
        await set_time(dsn, MORNING)
        job_id = await put_job(pool)
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))


async def test_each_offer_is_an_event_and_a_version_of_the_job(pool: asyncpg.Pool) -> None:
    responders = {await put_responder(pool) for _ in range(9)}
    job_id = await put_job(pool)
    async with matching(pool):
        await eventually(lambda: count(pool, "outbox where type = 'offer.made'"))
    events = [decode(record_of(row)) for row in await pool.fetch("select * from outbox order by id")]
    assert [(event.subject, event.version) for event in events] == [(job_id, 2), (job_id, 3), (job_id, 4)]
    for event in events:
        assert isinstance(event.body, AssignmentChanged)
        assert event.body.job.version == event.version
        assert event.body.job.status == "offered"
        assert event.body.offer is not None
        assert event.body.offer.responder_id in responders
        assert event.body.offer.distance_m == 100
        assert [recipient.role for recipient in event.body.recipients] == ["responder"]
    assert isinstance(events[-1].body, AssignmentChanged)
    assert events[-1].body.job == job_state(job_of(await pool.fetchrow("select * from jobs")))


async def test_the_decision_says_who_was_weighed_and_why(pool: asyncpg.Pool) -> None:
    near = await put_responder(pool, at=(CENTRE[0] + 0.008, CENTRE[1]), skills=["network"])
    await put_responder(pool, skills=["network"], load=1)
    await put_responder(pool, skills=["network"], shift_hours=None)
    await put_responder(pool)
    job_id = await put_job(pool, skills=["network"])
    async with matching(pool):
        await eventually(lambda: count(pool, "decisions"))
    decision = await pool.fetchrow("select * from decisions where job_id = $1", job_id)
    [candidate] = decision["candidates"]
    assert candidate["responder_id"] == str(near)
    assert (candidate["distance_m"], candidate["offered"]) == (900, True)
    assert candidate["minutes"]["travel"] == pytest.approx(3.5, abs=0.2)
    assert decision["exclusions"] == {"full": 1, "off_shift": 1, "not_able": 1}
    assert decision["ranking"] | {"priority": "P2", "tier": "P2", "needs": ["network"]} == decision["ranking"]


@pytest.mark.parametrize("reason", ["off_shift", "full", "unconfirmed", "excluded", "not_able", "inactive", "enough_messages"])
async def test_who_may_not_be_asked_is_not(pool: asyncpg.Pool, reason: str) -> None:
    responder_id = await put_responder(
        pool,
        shift_hours=None if reason == "off_shift" else 10,
        load=1 if reason == "full" else 0,
        confirmed=reason != "unconfirmed",
    )
    if reason == "inactive":
        await pool.execute("update responders set active = false")
    if reason == "enough_messages":
        await pool.execute(
            """insert into allowances (contact_point_id, sent_at)
               select contact_point_id, array_fill(transport.app_clock(), array[5]) from responders"""
        )
    job_id = await put_job(
        pool,
        skills=["network"] if reason == "not_able" else [],
        excluded=[responder_id] if reason == "excluded" else [],
    )
    async with matching(pool):
        await eventually(lambda: count(pool, "timers where subject = $1", job_id))
    on_shift = reason not in {"off_shift", "not_able", "inactive"}
    kind = "nobody_left" if on_shift else "nobody_on_shift"
    assert await count(pool, "timers where kind = $1 and subject = $2 and guard = 1", kind, job_id) == 1
    assert await count(pool, "offers") == 0


async def test_an_ordinary_visit_off_hours_waits_for_the_morning(dsn: str, pool: asyncpg.Pool) -> None:
    await put_responder(pool, shift_hours=20)
    await set_time(dsn, MORNING + timedelta(hours=9))
    ordinary, urgent = await put_job(pool, priority="P3"), await put_job(pool, priority="P1")
    async with matching(pool):
        await eventually(lambda: count(pool, "timers where kind = 'close' and subject = $1", ordinary))
        await eventually(lambda: count(pool, "offers where job_id = $1", urgent))
    assert await count(pool, "offers where job_id = $1", ordinary) == 0


async def test_an_ordinary_visit_waits_for_a_shift_that_begins_around_the_corner(dsn: str, pool: asyncpg.Pool) -> None:
    """At 16:55 somebody is there, far away; at 17:00 a neighbour begins. The desk is not called meanwhile."""
    five_to_five = MORNING + timedelta(hours=6, minutes=55)
    await set_time(dsn, five_to_five)
    far, neighbour = await put_responder(pool, at=(CENTRE[0] + 0.1, CENTRE[1])), await put_responder(pool, shift_hours=None)
    await pool.execute(
        "insert into shifts (id, responder_id, starts_at, ends_at) values ($1, $2, $3, $4)",
        *(uuid7(), neighbour, five_to_five + timedelta(minutes=5), five_to_five + timedelta(hours=4)),
    )
    ordinary = await put_job(pool, priority="P3")
    urgent = await put_job(pool, priority="P2")
    async with matching(pool, policy=Policy(retry_seconds=0.1)):
        await eventually(lambda: count(pool, "offers where job_id = $1 and responder_id = $2", urgent, far))
        assert await count(pool, "offers where job_id = $1", ordinary) == 0
        await set_time(dsn, five_to_five + timedelta(minutes=5, seconds=1))
        await eventually(lambda: count(pool, "offers where job_id = $1", ordinary), 20)
    assert await count(pool, "offers where job_id = $1 and responder_id = $2", ordinary, neighbour) == 1
    assert await count(pool, "timers where kind like 'nobody%'") == 0


async def test_what_comes_in_later_is_seen_without_a_wake_up(pool: asyncpg.Pool) -> None:
    async with matching(pool, policy=Policy(retry_seconds=0.1)):
        await put_responder(pool)
        job_id = await put_job(pool)
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))


async def test_somebody_whose_offer_ended_is_asked_again(pool: asyncpg.Pool) -> None:
    await put_responder(pool)
    async with matching(pool, policy=Policy(retry_seconds=0.1)):
        first = await put_job(pool)
        await eventually(lambda: count(pool, "offers where job_id = $1", first))
        second = await put_job(pool)
        await pool.execute("update offers set status = 'declined', updated_at = clock_timestamp()")
        await eventually(lambda: count(pool, "offers where job_id = $1", second))
    assert await count(pool, "timers where kind like 'nobody%'") == 0


async def test_one_phone_is_asked_one_thing_at_a_time(pool: asyncpg.Pool) -> None:
    first = await put_responder(pool)
    shared = await pool.fetchval("select contact_point_id from responders where id = $1", first)
    await put_responder(pool, contact_point_id=shared)
    for _ in range(2):
        await put_job(pool)
    async with matching(pool):
        await eventually(lambda: count(pool, "offers"))
    assert await count(pool, "offers") == 1


async def test_a_lost_race_is_tried_again_with_somebody_else(pool: asyncpg.Pool) -> None:
    """The nearest got full, and nobody told the index: the database refuses, the next best is asked."""
    near = await put_responder(pool)
    far = await put_responder(pool, at=(CENTRE[0] + 0.05, CENTRE[1]))
    async with matching(pool):
        await pool.execute("update responders set load = 1, updated_at = '2020-01-01' where id = $1", near)
        job_id = await put_job(pool)
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))
    assert await pool.fetchval("select responder_id from offers") == far


async def test_a_job_that_was_taken_back_meanwhile_is_not_offered(pool: asyncpg.Pool) -> None:
    """50 jobs are cancelled while the matcher works on them: none of them has an offer that came after."""
    for _ in range(50):
        await put_responder(pool)
    async with matching(pool):
        jobs = [await put_job(pool) for _ in range(20)]
        await pool.execute(
            """update jobs set status = 'cancelled', closed_at = clock_timestamp(), version = version + 1
               where id = any ($1) and status = 'pending'""",
            jobs,
        )
        probe = await put_job(pool)
        await eventually(lambda: count(pool, "offers where job_id = $1", probe))
    assert await count(pool, "offers join jobs on jobs.id = offers.job_id where jobs.status = 'cancelled'") == 0


async def test_an_offer_that_nobody_told_the_index_of_is_found_by_the_database(pool: asyncpg.Pool) -> None:
    """Somebody else's offer is open on the nearest phone: the unique index refuses, the next best is asked."""
    near = await put_responder(pool)
    far = await put_responder(pool, at=(CENTRE[0] + 0.05, CENTRE[1]))
    async with matching(pool):
        await pool.execute(
            """insert into offers (id, job_id, request_id, city, kind, wave, responder_id, contact_point_id, lease_seconds,
                   expires_at, not_after, made_at)
               select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'hanoi', 'visit', 1, id, contact_point_id, 90,
                   'infinity', 'infinity', now()
               from responders where id = $1""",
            near,
        )
        job_id = await put_job(pool)
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))
    assert await pool.fetchval("select responder_id from offers where job_id = $1", job_id) == far
    assert await pool.fetchval("select version from jobs where id = $1", job_id) == 2


@pytest.mark.parametrize(
    "freshness", [Freshness(page=2, many=3), Freshness(page=2, some=1)], ids=["everything", "a few at each look"]
)
async def test_many_changes_at_once_are_read_in_parts(pool: asyncpg.Pool, freshness: Freshness) -> None:
    async with matching(pool, policy=Policy(retry_seconds=0.1), freshness=freshness):
        for _ in range(7):
            await put_responder(pool)
        job_id = await put_job(pool, priority="P1")
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))
    assert await count(pool, "offers") > 0


async def test_who_was_deleted_is_found_out_by_the_reading_of_everything(pool: asyncpg.Pool) -> None:
    await put_responder(pool)
    async with matching(pool, freshness=Freshness(everything=0.1)) as matcher:
        await pool.execute("delete from responders")
        await eventually(lambda: matcher.planner is not None and not matcher.planner.index.picture().people.free.any())


async def test_one_matcher_a_city_and_another_takes_over_when_it_dies(dsn: str, pool: asyncpg.Pool) -> None:
    async with open_pool(dsn, schema="dispatch") as other_pool, matching(pool) as first:
        second = Matcher(other_pool, CITY)
        standing_by = asyncio.create_task(second.run())
        await put_responder(pool)
        job_id = await put_job(pool)
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))
        assert first.is_matching
        assert not second.is_matching
        first.stop()
        await eventually(lambda: second.is_matching)
        await put_responder(pool)
        job_id = await put_job(pool)
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))
        second.stop()
        await standing_by


async def test_a_matcher_that_loses_its_lock_connection_steps_down_and_comes_back(dsn: str, pool: asyncpg.Pool) -> None:
    async with matching(pool):
        await asyncpg_kill_lock_holders(dsn)
        await put_responder(pool)
        job_id = await put_job(pool)
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))


async def asyncpg_kill_lock_holders(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    killed = await connection.fetch("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted")
    await connection.close()
    assert killed
