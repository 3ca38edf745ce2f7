"""Somebody on duty cannot go on: a colleague takes the rest of the shift, from the yes on, and no visit is without an owner."""

from typing import Any
from uuid import UUID

import pytest

from dispatch.jobs.escalation import Level
from dispatch.matching.policy import Policy
from dispatch.queries import QUERIES
from shared.events.messages import Answer
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.matching_rig import matching
from tests.integration.dispatch.shift_rig import asks, at, clock, on_shift, outcomes, says
from tests.integration.dispatch.test_swaps import stages, swap, texts
from tests.support.dispatching import COMMUNE
from tests.support.eventually import eventually


async def on_duty(town: Town, hours: str = "Tue 13:00-18:00") -> tuple[UUID, UUID]:
    """Tuesday 14:00; An works, Bình could."""
    able: dict[str, Any] = {"capacity": 2, "skills": ("vneid",)}
    an, binh = await town.enrol(entry(1, shifts=hours, **able), entry(2, shifts="Fri 08:00-12:00", **able))
    await clock(town, at(3, 14))
    return an, binh


async def visit_of(town: Town, one: UUID) -> UUID:
    """A visit that this person has accepted."""
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [one])
    await town.replies(offer, Answer.ACCEPT)
    return job_id


async def windows(town: Town, one: UUID) -> list[tuple[Any, ...]]:
    rows = await town.pool.fetch(
        "select starts_at, ends_at, status from shifts where responder_id = $1 and starts_at < $2 and ends_at > $3 order by 1, 2",
        *(one, at(4, 0), at(3, 0)),
    )
    return [tuple(row) for row in rows]


async def test_the_taker_works_from_the_yes_on_and_the_giver_no_longer(town: Town) -> None:
    an, binh = await on_duty(town)
    await texts(town, 1, take_over=True, name="V-2")
    [ask] = await asks(town, "take_over")
    assert (ask["responder_id"], await on_shift(town, 1), await on_shift(town, 2)) == (binh, True, False)
    await clock(town, at(3, 14, 10))
    await says(town, ask, yes=True)
    assert (await on_shift(town, 1), await on_shift(town, 2)) == (False, True)
    now = await town.pool.fetchval("select starts_at from swaps")
    assert at(3, 14, 10) <= now < at(3, 14, 15)
    [(starts, ends, status)] = await windows(town, binh)
    assert (starts, ends, status) == (now, at(3, 18), "confirmed")
    [worked, given] = sorted(await windows(town, an), key=lambda row: row[1])
    assert (worked[0], given) == (at(3, 13), (at(3, 13), at(3, 18), "given"))
    assert at(3, 14, 10) <= worked[1] <= now, "what she has worked stays hers"
    assert (await stages(town), await outcomes(town)) == (["asked", "agreed"], [("taken", 1)])


async def test_a_matcher_that_has_not_read_it_yet_offers_the_giver_nothing(town: Town) -> None:
    an, binh = await on_duty(town)
    both = [an, binh]
    await texts(town, 1, take_over=True, name="V-2")
    assert await may_be_offered(town, both) == {an, binh}, "the guard knows no shifts: those the matcher has in memory"
    await says(town, (await asks(town, "take_over"))[0], yes=True)
    assert await may_be_offered(town, both) == {binh}
    await clock(town, at(3, 14, 1))
    assert await may_be_offered(town, both) == {an, binh}


async def may_be_offered(town: Town, people: list[UUID]) -> set[UUID]:
    """Whom the database lets somebody ask who believes them to be on shift."""
    rows = await town.pool.fetch(QUERIES["lock_free_responders"], people, *Policy().limits)
    return {row["id"] for row in rows}


async def test_a_night_shift_is_not_made_again_at_midnight(town: Town) -> None:
    _an, _binh = await on_duty(town, "Tue 13:30-02:00")
    await texts(town, 1, take_over=True)
    [ask] = await asks(town, "take_over")
    await says(town, ask, yes=True)
    await clock(town, at(4, 0, 30))
    assert (await on_shift(town, 1), await on_shift(town, 2)) == (False, True)
    assert (await town.send("GET", "/v1/responders/V-2")).json()["on_shift_until"] == "2026-03-03T19:00:00+00:00"


async def test_open_visits_stay_with_the_giver_until_they_are_done(town: Town) -> None:
    an, _binh = await on_duty(town)
    job_id = await visit_of(town, an)
    await texts(town, 1, take_over=True, name="V-2")
    await says(town, (await asks(town, "take_over"))[0], yes=True)
    job = await town.job(job_id)
    assert (job["status"], job["responder_id"]) == ("accepted", an)
    assert (await town.events("shift.swap"))[-1]["releases"] is False
    offer = await town.pool.fetchval("select id from offers where job_id = $1", job_id)
    await town.replies(offer, Answer.DONE)
    assert (await town.job(job_id))["status"] == "done"


async def test_or_go_back_to_the_pool_in_the_same_breath_with_their_clock(town: Town) -> None:
    an, binh = await on_duty(town)
    first, second = await visit_of(town, an), await visit_of(town, an)
    await texts(town, 1, take_over=True, name="V-2", releases=True)
    assert (await town.job(first))["status"] == "accepted", "nobody has said yes yet"
    await says(town, (await asks(town, "take_over"))[0], yes=True)
    for job_id in (first, second):
        job = await town.job(job_id)
        assert (job["status"], job["responder_id"], job["excluded"]) == ("pending", None, [an])
        timers = await town.pool.fetchval("select count(*) from timers where subject = $1 and kind = 'escalate'", job_id)
        assert timers >= 1, "never without a clock"
    assert len(await town.events("assignment.released")) == 2
    assert await town.pool.fetchval("select load from responders where id = $1", an) == 0
    (offer,) = await town.offered(first, [binh])
    await town.replies(offer, Answer.ACCEPT)
    assert (await town.job(first))["responder_id"] == binh


async def test_what_the_giver_is_being_asked_goes_to_others(town: Town) -> None:
    an, _ = await on_duty(town)
    _, job_id = await town.filed()
    await town.offered(job_id, [an])
    await texts(town, 1, take_over=True, name="V-2")
    await says(town, (await asks(town, "take_over"))[0], yes=True)
    assert (await town.statuses(job_id), (await town.job(job_id))["status"]) == ({"withdrawn": 1}, "pending")
    assert (await town.job(job_id))["excluded"] == [], "she has refused nothing"


async def test_the_matcher_and_coverage_know_who_works(town: Town) -> None:
    _an, binh = await on_duty(town)
    async with matching(town.pool, policy=Policy(retry_seconds=0.05)):  # which knows them both from before
        await texts(town, 1, take_over=True, name="V-2")
        await says(town, (await asks(town, "take_over"))[0], yes=True)
        for _ in range(2):  # in the half second before it reads the rows again it may still ask the giver once
            await town.filed()
        await eventually(lambda: town.pool.fetchval("select count(*) from offers where responder_id = $1", binh))
    found = (await town.send("GET", f"/v1/coverage?days=1&commune={COMMUNE}")).json()
    at_three = "2026-03-03T08:00:00+00:00"
    assert not [gap for gap in found["gaps"] if gap["skill"] == "vneid" and gap["starts_at"] <= at_three < gap["ends_at"]]


async def test_who_gave_it_away_has_missed_nothing_and_who_took_it_may(town: Town) -> None:
    an, binh = await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Fri 08:00-12:00"))
    await clock(town, at(2, 13))
    [confirm] = await asks(town, "confirm")
    await says(town, confirm, yes=True)
    await clock(town, at(3, 13))
    await texts(town, 1, take_over=True, name="V-2")
    await says(town, (await asks(town, "take_over"))[0], yes=True)
    await clock(town, at(3, 13, 1))  # before that nobody could offer her anything
    for one in (an, binh):
        for _ in range(3):
            _, job_id = await town.filed()
            await town.offered(job_id, [one])
            await town.later(20 * 60)
    await clock(town, at(3, 18, 1))
    listed = (await town.send("GET", "/v1/missed-shifts?days=1")).json()["shifts"]
    assert [one["responder"] for one in listed] == ["V-2"]


async def test_nobody_takes_it_so_it_stays_hers_and_the_ward_lead_has_to_know(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    await on_duty(town)
    await texts(town, 1, take_over=True)
    [ask] = await asks(town, "take_over")
    await says(town, ask, yes=False)
    assert await stages(town) == ["asked", "silent"]
    assert await on_shift(town, 1)
    [told] = await town.events("shift.unfilled")
    assert [one["role"] for one in told["recipients"]] == ["lead"]


async def test_at_night_nobody_is_woken_and_the_desk_notes_what_a_call_brought(town: Town) -> None:
    _an, _binh = await town.enrol(entry(1, shifts="Tue 22:00-06:00"), entry(2, shifts="Fri 08:00-12:00"))
    await clock(town, at(3, 23, 30))
    await texts(town, 1, take_over=True, name="V-2")
    assert (await town.events("shift.swap"))[-1]["reason"] == "night"
    asked = await swap(town, 1, 3, colleague="V-2")
    assert (asked["http"], asked["running"], await asks(town, "take_over")) == (201, True, [])
    agreed = await town.send("POST", f"/v1/swaps/{asked['id']}/agree", {"responder": "V-2"})
    assert agreed.json()["taker"] == "V-2"
    assert (await on_shift(town, 1), await on_shift(town, 2)) == (False, True)


@pytest.mark.parametrize("minute", [21, 59])
async def test_so_close_to_its_end_it_is_not_worth_it(town: Town, minute: int) -> None:
    await on_duty(town)
    await clock(town, at(3, 17, minute))
    await texts(town, 1, take_over=True)
    assert (await town.events("shift.swap"))[-1]["reason"] == "too_late"
