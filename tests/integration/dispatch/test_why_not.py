"""The limits of the policy on a real database, and the record of why nobody can take a job."""

from datetime import timedelta

import asyncpg
import pytest

from dispatch.matching.policy import Policy
from tests.integration.dispatch.matching_rig import MORNING, count, matching
from tests.integration.dispatch.roster_rows import CENTRE, put_job, put_responder
from tests.support.eventually import eventually


@pytest.mark.parametrize(
    "change",
    [
        "declined_at = transport.app_clock() - interval '9 minutes'",
        "offers_today = 40, counted_on = local_day(transport.app_clock())",
        "accepted_today = 10, counted_on = local_day(transport.app_clock())",
    ],
)
async def test_the_database_holds_the_limits_of_the_policy_itself(pool: asyncpg.Pool, change: str) -> None:
    """Nobody told the index: the guard refuses, the next best is asked."""
    near = await put_responder(pool)
    far = await put_responder(pool, at=(CENTRE[0] + 0.05, CENTRE[1]))
    async with matching(pool):
        await pool.execute(f"update responders set {change}, updated_at = '2020-01-01' where id = $1", near)
        job_id = await put_job(pool)
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))
    assert await pool.fetchval("select array_agg(responder_id) from offers") == [far]


async def test_questions_of_a_day_are_counted_and_yesterdays_are_forgotten(pool: asyncpg.Pool) -> None:
    await put_responder(pool)
    await pool.execute(
        "update responders set offers_today = 40, accepted_today = 10, counted_on = local_day(transport.app_clock()) - 1"
    )
    async with matching(pool):
        await put_job(pool)
        await eventually(lambda: count(pool, "offers"))
    row = await pool.fetchrow("select offers_today, accepted_today, counted_on from responders")
    assert tuple(row) == (1, 0, MORNING.date())


async def test_a_job_that_nobody_can_take_says_why_once_a_wave(pool: asyncpg.Pool) -> None:
    await put_responder(pool, skills=["network"], load=1)
    await put_responder(pool)
    job_id = await put_job(pool, skills=["network"])
    async with matching(pool, policy=Policy(retry_seconds=0.02)):
        await eventually(lambda: count(pool, "decisions"))
        later = await put_job(pool, skills=["vneid"])  # by its second record there were many retries
        await eventually(lambda: count(pool, "decisions where job_id = $1", later))
    [row] = await pool.fetch("select * from decisions where job_id = $1", job_id)
    assert (row["visit"], row["wave"], row["candidates"]) == (0, 1, [])
    assert row["exclusions"] == {"full": 1, "not_able": 1}


async def test_other_reasons_are_written_for_the_next_wave(pool: asyncpg.Pool) -> None:
    await put_responder(pool, load=1)
    job_id = await put_job(pool)
    async with matching(pool, policy=Policy(retry_seconds=0.02)):
        await eventually(lambda: count(pool, "decisions"))
        await pool.execute("update jobs set wave = 1, version = version + 1, updated_at = clock_timestamp()")
        await eventually(lambda: count(pool, "decisions where job_id = $1 and wave = 2", job_id))
    assert await count(pool, "decisions") == 2


async def test_somebody_who_is_ruled_out_behind_the_indexs_back_is_not_asked(pool: asyncpg.Pool) -> None:
    """Ruling out is no version of the job: the row decides."""
    barred, other = await put_responder(pool), await put_responder(pool, at=(CENTRE[0] + 0.05, CENTRE[1]), shift_hours=None)
    async with matching(pool, policy=Policy(retry_seconds=0.1)):
        job_id = await put_job(pool, skills=["network"])
        await eventually(lambda: count(pool, "timers where subject = $1", job_id))
        await pool.execute("update jobs set barred = array[$1::uuid], updated_at = '2020-01-01'", barred)
        for one in (barred, other):
            await pool.execute("update responders set skills = '{network}', updated_at = clock_timestamp() where id = $1", one)
        await pool.execute(
            "insert into shifts (id, responder_id, starts_at, ends_at) values (gen_random_uuid(), $1, $2, $3)",
            *(other, MORNING - timedelta(hours=1), MORNING + timedelta(hours=10)),
        )
        await pool.execute("update responders set updated_at = clock_timestamp() where id = $1", other)
        await eventually(lambda: count(pool, "offers where job_id = $1", job_id))
    assert await pool.fetchval("select array_agg(responder_id) from offers") == [other]
