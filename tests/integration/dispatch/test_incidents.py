"""VNeID is down in the whole city: what waits is held, what is filed is held, and at the end everybody is asked, once."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.faults.incident import IncidentRules
from dispatch.faults.incident_watch import IncidentWatch
from shared.events.assignments import Outcome
from shared.events.envelope import Event
from shared.events.messages import Answer, ReplyReceived
from shared.events.registry import EventType
from shared.events.requests import RequestState, RequestStatus
from shared.telemetry.metrics import INCIDENT_HELD
from tests.integration.dispatch.conftest import Town, entry
from tests.support.dispatching import said

HOUR = 3600.0
DOWN = {"category": "vneid_login", "symptom": "no_login"}


async def opened(town: Town, body: dict[str, Any] = DOWN, role: str = "operator") -> UUID:
    answer = await town.send("POST", "/v1/incidents", body, role=role)
    assert answer.status_code == 201, answer.text
    await town.incidents.look()
    return UUID(answer.json()["id"])


async def ended(town: Town, incident: UUID) -> None:
    answer = await town.send("POST", f"/v1/incidents/{incident}/end")
    assert answer.status_code == 200, answer.text
    await town.incidents.look()


async def shown(town: Town, state: str = "open") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await town.send("GET", f"/v1/incidents?state={state}", role="ops")).json()["incidents"]
    return found


async def says(town: Town, request: RequestState, job_id: UUID, answer: Answer, *, phone: UUID | None = None) -> None:
    """By message, to the question that was put last; or to none of ours."""
    asked = [event for event in await town.events("job.questioned") if event["job"]["job_id"] == str(job_id)]
    contact = phone or request.resident.contact_point_id
    body = ReplyReceived(
        city="hanoi",
        contact_point_id=contact,
        request_id=request.request_id,
        job_id=job_id,
        offer_id=UUID(asked[-1]["offer"]["offer_id"]) if asked else uuid4(),
        answer=answer,
        received_at=await town.now(),
    )
    await town.handle(
        [Event(type=EventType.REPLY_RECEIVED, subject=contact, version=1, key=contact, body=body, time=body.received_at)]
    )


async def pauses(town: Town) -> dict[UUID, str | None]:
    return {row["id"]: row["pause"] for row in await town.pool.fetch("select id, pause from jobs where closed_at is null")}


async def test_what_waits_is_held_and_what_somebody_has_goes_on(town: Town) -> None:
    an, binh, cuong = await town.enrol(entry(1), entry(2), entry(3))
    _, waiting = await town.filed()
    _, asked = await town.filed()
    (offer,) = await town.offered(asked, [an])
    _, taken = await town.filed()
    (mine,) = await town.offered(taken, [binh])
    await town.replies(mine, Answer.ACCEPT)
    _, other = await town.filed(category="portal_login")
    incident = await opened(town)
    assert await pauses(town) == {waiting: "incident", asked: "incident", taken: None, other: None}
    assert ((await town.offer(offer))["status"], (await town.offer(offer))["reason"]) == ("withdrawn", "paused")
    assert (await town.job(taken))["status"] == "accepted"
    told = [event for event in await town.events("clock.paused") if event["reason"] == "incident"]
    assert {UUID(event["job"]["job_id"]) for event in told} == {waiting, asked}
    assert all([one["role"] for one in event["recipients"]] == ["resident"] for event in told)
    [row] = await shown(town)
    assert (row["id"], row["held"], row["asked"], row["symptom"]) == (str(incident), 2, 0, "no_login")
    await town.incidents.look()
    assert len(await town.events("clock.paused")) == len(told)
    assert cuong


def held_shown() -> dict[str, float]:
    values = {one.labels["category"]: one.value for metric in INCIDENT_HELD.collect() for one in metric.samples}
    return {category: value for category, value in values.items() if value}


async def test_how_many_are_held_is_shown_by_kind(town: Town) -> None:
    for category in ("vneid_login", "vneid_login", "portal_login"):
        await town.filed(category=category)
    incident = await opened(town)
    await town.incidents.count()
    assert held_shown() == {"vneid_login": 2}
    await ended(town, incident)
    for row in await town.pool.fetch("select id from jobs where pause = 'incident'"):
        await town.send("POST", f"/v1/jobs/{row['id']}/works", {"works": True})
    await town.incidents.count()
    assert held_shown() == {}


async def test_what_is_filed_meanwhile_is_held_from_its_first_moment(town: Town) -> None:
    await town.enrol(entry(1))
    await opened(town)
    _, job_id = await town.filed()
    job = await town.job(job_id)
    assert (job["status"], job["pause"], job["paused_at"] is not None, job["first_offer_at"]) == (
        "pending",
        "incident",
        True,
        None,
    )
    assert [event["type"] for event in await town.events() if event["type"].startswith(("job.", "clock."))] == [
        "job.opened",
        "clock.paused",
    ]


async def test_at_the_end_everybody_is_asked_once_however_many_there_are(town: Town) -> None:
    jobs = [(await town.filed())[1] for _ in range(120)]
    incident = await opened(town)
    assert set((await pauses(town)).values()) == {"incident"}
    await ended(town, incident)
    for _ in range(3):
        await town.incidents.look()
    asked = await town.events("job.questioned")
    assert sorted(UUID(event["job"]["job_id"]) for event in asked) == sorted(jobs)
    assert len({event["offer"]["offer_id"] for event in asked}) == len(jobs)


async def test_several_processes_hold_and_ask_each_once(town: Town) -> None:
    for _ in range(70):
        await town.filed()
    watches = [IncidentWatch(town.pool, "hanoi", IncidentRules()) for _ in range(3)]
    incident = await opened(town)
    await asyncio.gather(*(watch.look() for watch in watches))
    await town.send("POST", f"/v1/incidents/{incident}/end")
    for _ in range(2):
        await asyncio.gather(*(watch.look() for watch in watches))
    assert len(await town.events("clock.paused")) == 70
    assert len(await town.events("job.questioned")) == 70


async def test_one_closes_it_as_solved_with_its_reason(town: Town) -> None:
    request, job_id = await town.filed()
    incident = await opened(town)
    await town.later(2 * HOUR)
    await ended(town, incident)
    await says(town, request, job_id, Answer.WORKS)
    job = await town.job(job_id)
    assert (job["status"], job["outcome"], job["pause"]) == ("done", Outcome.SOLVED, None)
    [done] = await town.events("assignment.done")
    assert (done["reason"], [one["role"] for one in done["recipients"]]) == ("incident_over", ["resident"])
    await says(town, request, job_id, Answer.WORKS)
    assert len(await town.events("assignment.done")) == 1


async def test_two_goes_on_at_once_with_its_clock_later_by_what_stood_still(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, job_id = await town.filed()
    incident = await opened(town)
    await town.later(2 * HOUR)
    await ended(town, incident)
    await says(town, request, job_id, Answer.BROKEN)
    job = await town.job(job_id)
    assert (job["status"], job["pause"], job["not_before"]) == ("pending", None, None)
    assert job["held_seconds"] == pytest.approx(2 * HOUR, abs=5)
    await town.incidents.look()
    assert (await town.job(job_id))["pause"] is None
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    assert (await town.job(job_id))["status"] == "accepted"


async def test_silence_goes_on_as_any_other_job_and_closes_nothing(town: Town) -> None:
    _, job_id = await town.filed()
    await ended(town, await opened(town))
    await town.later(HOUR - 60)
    assert (await town.job(job_id))["pause"] == "incident"
    await town.later(120)
    job = await town.job(job_id)
    assert (job["status"], job["pause"], job["outcome"]) == ("pending", None, None)
    [resumed] = await town.events("clock.resumed")
    assert (resumed["reason"], [one["role"] for one in resumed["recipients"]]) == ("incident", ["resident"])


async def test_a_yes_after_silence_counts_while_nobody_has_it_and_not_afterwards(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    late, late_job = await town.filed()
    taken, taken_job = await town.filed()
    await ended(town, await opened(town))
    await town.later(HOUR + 60)
    (offer,) = await town.offered(taken_job, [an])
    await town.replies(offer, Answer.ACCEPT)
    await says(town, late, late_job, Answer.WORKS)
    await says(town, taken, taken_job, Answer.WORKS)
    assert ((await town.job(late_job))["status"], (await town.job(taken_job))["status"]) == ("done", "accepted")


async def test_an_answer_from_another_phone_changes_nothing(town: Town) -> None:
    request, job_id = await town.filed()
    await ended(town, await opened(town))
    await says(town, request, job_id, Answer.WORKS, phone=uuid4())
    assert (await town.job(job_id))["status"] == "pending"
    refused = await town.pool.fetchval("select detail from audit where action = 'answer.refused'")
    assert refused == {"answer": "works", "reason": "not_asked"}


async def test_whoever_is_called_is_answered_for_by_the_desk(town: Town) -> None:
    _, works = await town.filed()
    _, broken = await town.filed()
    _, never = await town.filed(category="portal_login")
    await opened(town)
    done = await town.send("POST", f"/v1/jobs/{works}/works", {"works": True})
    assert (done.status_code, done.json()["status"]) == (200, "done")
    goes_on = await town.send("POST", f"/v1/jobs/{broken}/works", {"works": False})
    assert (goes_on.status_code, goes_on.json()["pause"]) == (200, None)
    await town.incidents.look()
    assert (await town.job(broken))["pause"] is None  # once is enough
    refused = await town.send("POST", f"/v1/jobs/{never}/works", {"works": True})
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_asked")


async def test_who_calls_off_meanwhile_is_asked_nothing(town: Town) -> None:
    request, _ = await town.filed()
    incident = await opened(town)
    gone = request.model_copy(update={"version": 2, "status": RequestStatus.CANCELLED})
    await town.handle([said(EventType.REQUEST_CANCELLED, gone)])
    await ended(town, incident)
    assert await town.events("job.questioned") == []


async def test_a_request_that_turns_out_to_be_about_something_else_goes_on(town: Town) -> None:
    request, job_id = await town.filed()
    await opened(town)
    other = request.model_copy(update={"version": 2, "category": "portal_login"})
    await town.handle([said(EventType.REQUEST_AMENDED, other)])
    assert (await town.job(job_id))["pause"] is None


async def test_nobody_is_held_for_ever(town: Town) -> None:
    _, job_id = await town.filed()
    await opened(town)
    await town.later(48 * HOUR + 60)
    await town.incidents.look()
    assert (await town.job(job_id))["pause"] is None
    assert [row["state"] for row in await shown(town)] == ["open"]


async def test_what_nobody_ends_rings_at_the_city_desk_again_and_again(town: Town) -> None:
    await town.seat()
    await town.filed()
    incident = await opened(town)
    await town.later(3 * HOUR)
    assert await town.events("incident.rung") == []
    await town.later(HOUR + 60)
    await town.later(4 * HOUR + 60)
    rings = await town.events("incident.rung")
    assert [(ring["reason"], ring["people"], ring["incident_id"]) for ring in rings] == [("still_open", 1, str(incident))] * 2
    assert all([one["role"] for one in ring["recipients"]] == ["lead"] for ring in rings)
    await ended(town, incident)
    await town.later(5 * HOUR)
    assert len(await town.events("incident.rung")) == 2


async def test_opening_it_twice_is_opening_it_once(town: Town) -> None:
    answers = await asyncio.gather(*(town.send("POST", "/v1/incidents", DOWN) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await town.events("incident.opened")) == 1


@pytest.mark.parametrize(
    "body", [{"category": "fraud"}, {"category": "nonsense"}, {"category": "vneid_login", "symptom": "?"}, {}]
)
async def test_nonsense_is_refused(town: Town, body: dict[str, Any]) -> None:
    assert (await town.send("POST", "/v1/incidents", body)).status_code == 422


async def test_who_may_decide_and_who_may_look(town: Town) -> None:
    assert (await town.send("POST", "/v1/incidents", DOWN, role="ward_lead")).status_code == 403
    assert (await town.send("POST", "/v1/incidents", DOWN, role="adapter")).status_code == 403
    incident = await opened(town, role="ops")
    assert (await town.send("GET", "/v1/incidents", role="ward_lead")).status_code == 200
    assert (await town.send("POST", f"/v1/incidents/{uuid4()}/end")).status_code == 404
    dismissed = await town.send("POST", f"/v1/incidents/{incident}/dismiss")
    assert (dismissed.status_code, dismissed.json()["reason"]) == (409, "incident_open")
