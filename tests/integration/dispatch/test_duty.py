"""Off duty, on a break, back: by the API and by a word, on a real database, with the matcher at work."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from dispatch.consumer import EventHandler
from dispatch.matching.policy import Policy
from shared.events.duty import Duty, DutySaid
from shared.events.envelope import Event
from shared.events.messages import Answer
from shared.events.registry import EventType
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.matching_rig import matching
from tests.support.dispatching import COMMUNE
from tests.support.eventually import eventually


async def put(town: Town, number: int, role: str = "operator", **body: Any) -> httpx.Response:
    return await town.send("POST", f"/v1/responders/V-{number}/duty", body, role=role)


async def phone_of(town: Town, responder_id: UUID) -> UUID:
    found: UUID = await town.pool.fetchval("select contact_point_id from responders where id = $1", responder_id)
    return found


async def writes(town: Town, responder_id: UUID, duty: Duty, minutes: int | None = None) -> Event:
    phone, now = await phone_of(town, responder_id), await town.now()
    body = DutySaid(city="hanoi", contact_point_id=phone, duty=duty, minutes=minutes, received_at=now)
    event = Event(type=EventType.DUTY_SAID, subject=phone, version=1, key=phone, body=body, time=now)
    await town.handle([event])
    return event


async def asked(town: Town) -> set[UUID]:
    return {row[0] for row in await town.pool.fetch("select responder_id from offers where status = 'pending'")}


async def test_who_takes_a_break_is_asked_nothing_until_it_is_over(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    shown = (await put(town, 1, duty="break", minutes=30)).json()
    assert (shown["duty"], shown["withdrawn"], shown["visits"]) == ("break", 0, 0)
    assert datetime.fromisoformat(shown["until"]) - await town.now() <= timedelta(minutes=30)
    async with matching(town.pool, policy=Policy(retry_seconds=0.05)) as matcher:
        town.handle = EventHandler(town.pool, matcher.wake, lambda: matcher.planner)
        _, job_id = await town.filed()
        await eventually(lambda: town.pool.fetchval("select count(*) from decisions"))
        assert await asked(town) == set()
        exclusions = await town.pool.fetchval("select exclusions from decisions where job_id = $1", job_id)
        assert exclusions["off_duty"] == 1
        await town.clock_to(await town.now() + timedelta(minutes=31))
        await eventually(lambda: asked(town), what="a question after the break")
    assert await asked(town) == {an}


async def test_an_open_question_goes_to_somebody_else_at_once_and_is_no_refusal(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    assert (await put(town, 1, duty="off")).json()["withdrawn"] == 1
    found = await town.offer(offer)
    assert (found["status"], found["reason"], (await town.job(job_id))["status"]) == ("withdrawn", "off_duty", "pending")
    assert (await town.job(job_id))["excluded"] == []
    async with matching(town.pool, policy=Policy(retry_seconds=0.05)):
        await eventually(lambda: asked(town))
    assert await asked(town) == {binh}
    assert await town.pool.fetchval("select declined_at from responders where id = $1", an) is None


async def test_an_accepted_visit_stays_and_its_owner_hears_that_it_does(town: Town) -> None:
    (an,) = await town.enrol(entry(1, capacity=2))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    assert (await put(town, 1, "ward_lead", duty="off")).json()["visits"] == 1
    assert (await town.job(job_id))["status"] == "accepted"
    [told] = await town.events("duty.changed")
    assert (told["duty"], told["visits"], told["until"]) == ("off", 1, None)
    assert [recipient["role"] for recipient in told["recipients"]] == ["responder"]
    await town.replies(offer, Answer.EN_ROUTE)
    assert (await town.job(job_id))["status"] == "en_route"


async def test_a_word_holds_for_everybody_behind_the_phone_and_is_answered_once(town: Town) -> None:
    shared = {"phone": "0912 000 777"}
    an, binh, chi = await town.enrol(entry(1, **shared), entry(2, **shared), entry(3))
    event = await writes(town, an, Duty.BREAK, 30)
    await town.handle([event])  # the carrier's second copy
    rows = await town.pool.fetch("select id from responders where off_duty_until > transport.app_clock()")
    assert {row["id"] for row in rows} == {an, binh}
    assert len(await town.events("duty.changed")) == 1
    await writes(town, an, Duty.ON)
    assert await town.pool.fetchval("select count(*) from responders where off_duty_until is not null") == 0
    assert [told["duty"] for told in await town.events("duty.changed")] == ["break", "on"]
    assert chi not in {an, binh}


async def test_a_word_from_a_phone_of_nobody_on_the_roster_changes_nothing(town: Town) -> None:
    (an,) = await town.enrol(entry(1, active=False))
    await writes(town, an, Duty.OFF)
    assert await town.events("duty.changed") == []
    assert await town.pool.fetchval("select off_duty_until from responders") is None


async def test_back_between_shifts_hears_when_the_next_one_begins(town: Town) -> None:
    await town.enrol(entry(1, shifts="Mon-Sun 14:00-18:00"), entry(2, shifts="Mon 08:00-12:00; Mon 12:00-17:00"))
    before, running = (await put(town, 1, duty="on")).json(), (await put(town, 2, duty="on")).json()
    assert (before["on_shift_until"], before["next_shift_at"]) == (None, "2026-03-02T07:00:00+00:00")
    assert (running["on_shift_until"], running["next_shift_at"]) == ("2026-03-02T10:00:00+00:00", None)


async def test_the_same_roster_again_ends_nobody_s_rest(town: Town) -> None:
    await town.enrol(entry(1))
    await put(town, 1, duty="off")
    await town.enrol(entry(1))
    shown = (await town.send("GET", "/v1/responders/V-1")).json()
    assert (shown["duty"], shown["break_until"]) == ("off", None)


async def test_who_is_off_duty_covers_nothing_and_a_break_ends_the_gap(town: Town) -> None:
    await town.enrol(entry(1, skills=("vneid",)), entry(2, skills=("portal",)))
    await put(town, 1, duty="off")
    await put(town, 2, duty="break", minutes=120)

    async def hours(skill: str) -> list[float]:
        found = (await town.send("GET", f"/v1/coverage?days=1&skill={skill}&commune={COMMUNE}")).json()
        return [gap["hours"] for gap in found["gaps"]]

    assert await hours("vneid") == [24]
    assert await hours("portal") == [pytest.approx(2, abs=0.01)]


async def test_somebody_off_duty_may_be_chosen_by_hand_and_whoever_does_is_told(town: Town) -> None:
    await town.enrol(entry(1))
    await put(town, 1, duty="off")
    _, job_id = await town.filed()
    meant = (await town.send("POST", f"/v1/jobs/{job_id}/assign", {"responder": "V-1", "dry_run": True})).json()
    assert (meant["possible"], meant["warnings"]) == (True, ["off_duty"])
    assert "đang nghỉ" in meant["sentence"]["vi"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"duty": "break"}, 422),
        ({"duty": "break", "minutes": 0}, 422),
        ({"duty": "break", "minutes": 100_000}, 422),
        ({"duty": "on", "minutes": 5}, 422),
        ({"duty": "asleep"}, 422),
        ({}, 422),
    ],
)
async def test_bad_input_is_refused(town: Town, body: dict[str, Any], status: int) -> None:
    await town.enrol(entry(1))
    assert (await put(town, 1, **body)).status_code == status


async def test_nobody_of_that_name_and_nobody_without_a_right(town: Town) -> None:
    assert (await put(town, 9, duty="off")).status_code == 404
    assert (await put(town, 9, "adapter", duty="off")).status_code == 403


async def test_a_break_and_new_questions_at_the_same_moment_leave_no_question_open(town: Town) -> None:
    """Whoever comes second sees the first: either the question is taken back, or it is never put."""
    (an,) = await town.enrol(entry(1))
    for _ in range(20):
        _, job_id = await town.filed()
        await asyncio.gather(put(town, 1, duty="off"), town.offered(job_id, [an]), return_exceptions=True)
        assert await asked(town) == set()
        await put(town, 1, duty="on")
        await town.pool.execute("update responders set counted_on = null")
