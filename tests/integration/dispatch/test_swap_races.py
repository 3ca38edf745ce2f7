"""What crosses in the same moment: two yeses, a yes and a no, two shifts for one person, a visit that is just being taken."""

import asyncio

import pytest

from shared.events.messages import Answer
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.shift_rig import asks, at, clock, on_shift, says
from tests.integration.dispatch.test_swaps import shift_of, stages, swap, texts
from tests.integration.dispatch.test_take_over import on_duty

ROUNDS = 5
STANDING = "select count(*) from shifts where status in ('planned', 'confirmed') and starts_at = $1"


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_two_yeses_and_the_giver_s_own_no_leave_one_person_or_one_open_place(town: Town, turn: int) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"), *(entry(number, shifts="Fri 08:00-12:00") for number in (2, 3)))
    await swap(town, 1, 3)
    first, second = await asks(town, "swap")
    shift = await shift_of(town, 1, 3)
    said_at = await town.now()
    await asyncio.gather(
        says(town, first, yes=True, said_at=said_at),
        town.send("POST", f"/v1/shifts/{shift}/decline"),
        says(town, second, yes=True, said_at=said_at),
    )
    working = await town.pool.fetchval(STANDING, at(3, 13))
    places = await town.pool.fetchval("select count(*) from openings where status = 'open'")
    assert working + places == 1
    agreed = await town.pool.fetchval("select count(*) from swaps where status = 'agreed'")
    assert agreed == working == (await stages(town)).count("agreed")
    assert await town.pool.fetchval("select count(*) from shift_asks where kind = 'swap' and status = 'pending'") == 0


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_nobody_takes_two_shifts_of_the_same_hours(town: Town, turn: int) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Tue 12:00-17:00"), entry(3, shifts="Fri 08:00-12:00"))
    await swap(town, 1, 3, colleague="V-3")
    await swap(town, 2, 3, colleague="V-3")
    both = await asks(town, "swap")
    said_at = await town.now()
    await asyncio.gather(*(says(town, one, yes=True, said_at=said_at) for one in both))
    assert await town.pool.fetchval("select count(*) from shifts where status = 'given'") == 1
    assert sorted((await stages(town))[2:]) == ["agreed", "refused"]


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_two_who_give_each_other_a_shift_at_once_do_not_block_each_other(town: Town, turn: int) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Wed 13:00-18:00"))
    await swap(town, 1, 3, colleague="V-2")
    await swap(town, 2, 4, colleague="V-1")
    both = await asks(town, "swap")
    await asyncio.gather(*(says(town, one, yes=True) for one in both))
    assert await town.pool.fetchval("select count(*) from swaps where status = 'agreed'") == 2
    await clock(town, at(4, 14))
    assert (await on_shift(town, 1), await on_shift(town, 2)) == (True, False)


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("releases", [True, False])
async def test_a_visit_that_is_taken_with_the_take_over_has_an_owner_or_waits_with_a_clock(
    town: Town, turn: int, releases: bool
) -> None:
    an, _ = await on_duty(town)
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await texts(town, 1, take_over=True, name="V-2", releases=releases)
    [ask] = await asks(town, "take_over")
    await asyncio.gather(says(town, ask, yes=True), town.replies(offer, Answer.ACCEPT))
    job, load = await town.job(job_id), await town.pool.fetchval("select load from responders where id = $1", an)
    assert (job["status"], job["responder_id"], load) in {("accepted", an, 1), ("pending", None, 0)}
    timers = await town.pool.fetchval("select count(*) from timers where subject = $1 and kind = 'escalate'", job_id)
    assert job["status"] == "accepted" or timers >= 1
    assert not await on_shift(town, 1)
    assert await town.pool.fetchval("select count(*) from offers where status = 'pending'") == 0
