"""Somebody doubts who is at the door: the visit stops, whoever answers for the ward is asked, and only the desk lets it go on."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.jobs.escalation import Level
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.events.requests import RequestState
from tests.integration.dispatch.conftest import OPERATOR, Town, entry
from tests.support.dispatching import said, suspicious


async def on_the_way(town: Town) -> tuple[RequestState, UUID, list[UUID]]:
    """Two were asked, the first goes."""
    people = await town.enrol(entry(1), entry(2))
    await town.seat(Level.WARD_LEAD, Level.DEPUTY)
    request, job_id = await town.filed()
    offers = await town.offered(job_id, people)
    await town.answers.accept(offers[0], OPERATOR)
    await town.answers.en_route(job_id, OPERATOR)
    return request, job_id, offers


def roles(event: dict[str, Any]) -> list[str]:
    return sorted(one["role"] for one in event["recipients"])


async def test_the_helper_is_taken_off_and_told_and_so_is_the_resident(town: Town) -> None:
    request, job_id, offers = await on_the_way(town)
    await town.handle([suspicious(request)])
    job = await town.job(job_id)
    assert (job["status"], job["responder_id"], job["visit"]) == ("frozen", None, 1)
    assert (await town.offer(offers[0]))["status"] == "released"
    assert await town.pool.fetchval("select sum(load) from responders") == 0
    (frozen,) = await town.events("job.frozen")
    assert (roles(frozen), frozen["reason"]) == (["resident", "responder"], "wrong_phrase")


async def test_the_ward_lead_is_asked_at_once_then_the_others_and_the_resident_reads_nothing_of_it(town: Town) -> None:
    request, job_id, _ = await on_the_way(town)
    await town.handle([suspicious(request)])
    await town.fire()
    (escalated,) = await town.events("job.escalated")
    assert (escalated["reason"], escalated["job"]["escalated_to"], roles(escalated)) == ("suspicious_visit", "ward_lead", [])
    asked = await town.events("offer.made")
    assert (asked[-1]["offer"]["kind"], asked[-1]["offer"]["lease_seconds"]) == ("escalation", 90.0)
    for level in ("deputy", "city_desk", "city_desk"):
        await town.later(1900)
        assert (await town.job(job_id))["escalated_to"] == level


async def test_no_yes_however_late_and_no_matcher_gets_a_frozen_visit(town: Town) -> None:
    request, job_id, offers = await on_the_way(town)
    await town.handle([suspicious(request)])
    await town.replies(offers[1], Answer.ACCEPT)
    await town.replies(offers[0], Answer.ON_SCENE)
    assert (await town.job(job_id))["status"] == "frozen"
    assert not await town.pool.fetch("select from jobs where status = 'pending'")
    response = await town.send("POST", f"/v1/offers/{offers[1]}/accept")
    assert (response.status_code, response.json()["reason"]) == (409, "frozen")


async def test_who_says_yes_to_a_frozen_visit_is_not_told_that_another_was_faster(town: Town) -> None:
    people = await town.enrol(entry(1))
    request, job_id = await town.filed()
    (late,) = await town.offered(job_id, people)
    await town.later(1000)
    await town.handle([suspicious(request)])
    await town.replies(late, Answer.ACCEPT)
    assert [event["reason"] for event in await town.events("offer.withdrawn")] == ["frozen"]


async def test_said_again_it_changes_nothing(town: Town) -> None:
    request, job_id, _ = await on_the_way(town)
    await town.handle([suspicious(request)])
    await town.handle([suspicious(request.model_copy(update={"version": 3}))])
    assert len(await town.events("job.frozen")) == 1
    assert (await town.job(job_id))["visit"] == 1


@pytest.mark.parametrize("role", ["ward_lead", "adapter", "ops", None])
async def test_only_the_desk_lifts_it(town: Town, role: str | None) -> None:
    request, job_id, _ = await on_the_way(town)
    await town.handle([suspicious(request)])
    assert (await town.send("POST", f"/v1/assignments/{job_id}/lift", role=role)).status_code in {401, 403}
    assert (await town.job(job_id))["status"] == "frozen"


async def test_lifted_it_is_offered_again_to_others_under_the_new_phrase_and_audited(town: Town) -> None:
    request, job_id, offers = await on_the_way(town)
    await town.handle([suspicious(request)])
    await town.fire()
    response = await town.send("POST", f"/v1/assignments/{job_id}/lift")
    assert (response.status_code, response.json()["status"], response.json()["visit"]) == (200, "pending", 1)
    job = await town.job(job_id)
    assert (job["escalated_to"], job["excluded"]) == (None, [(await town.offer(offers[0]))["responder_id"]])
    assert roles((await town.events("job.lifted"))[0]) == ["resident"]
    assert not await town.pool.fetch("select from offers where kind = 'escalation' and status = 'pending'")
    actors = [row["actor"] for row in await town.pool.fetch("select actor from audit where action = 'job.lifted'")]
    assert actors == ["operator:test operator"]
    again = await town.send("POST", f"/v1/assignments/{job_id}/lift")
    assert again.status_code == 409


async def test_the_desk_may_close_it(town: Town) -> None:
    request, job_id, _ = await on_the_way(town)
    await town.handle([suspicious(request)])
    await town.fire()
    response = await town.send("POST", f"/v1/assignments/{job_id}/done", {"outcome": "unsafe"})
    assert (response.status_code, response.json()["status"]) == (200, "done")


async def test_a_lead_who_says_mine_owns_it_and_it_stays_frozen(town: Town) -> None:
    request, job_id, _ = await on_the_way(town)
    await town.handle([suspicious(request)])
    await town.fire()
    asked = await town.pool.fetchval("select id from offers where kind = 'escalation' and status = 'pending'")
    await town.replies(asked, Answer.ACCEPT)
    assert ((await town.offer(asked))["status"], (await town.job(job_id))["status"]) == ("accepted", "frozen")


async def test_after_the_visit_is_over_it_is_told_all_the_same(town: Town) -> None:
    request, job_id, _ = await on_the_way(town)
    await town.send("POST", f"/v1/assignments/{job_id}/done", {"outcome": "solved"})
    await town.handle([suspicious(request)])
    (frozen,) = await town.events("job.frozen")
    assert (frozen["job"]["status"], roles(frozen)) == ("done", ["resident"])


async def test_a_request_we_do_not_know_is_kept_in_the_audit(town: Town) -> None:
    request, _, _ = await on_the_way(town)
    await town.handle([suspicious(request.model_copy(update={"request_id": uuid4()}))])
    assert await town.pool.fetchval("select count(*) from audit where action = 'suspicion.unknown_request'") == 1


async def fraud(town: Town) -> tuple[RequestState, UUID]:
    await town.seat(Level.WARD_LEAD)
    return await town.filed(category="fraud", skills=("fraud",))


async def test_suspected_fraud_is_offered_to_nobody_and_goes_to_the_ward_lead(town: Town) -> None:
    await town.enrol(entry(1, skills=("fraud",)))
    _, job_id = await fraud(town)
    await town.fire()
    assert (await town.job(job_id))["status"] == "frozen"
    assert [event["reason"] for event in await town.events("job.frozen")] == ["fraud"]
    (escalated,) = await town.events("job.escalated")
    assert (escalated["reason"], escalated["job"]["escalated_to"]) == ("fraud", "ward_lead")
    assert [event["offer"]["kind"] for event in await town.events("offer.made")] == ["escalation"]


async def test_suspected_fraud_is_not_lifted_but_once_its_category_is_corrected(town: Town) -> None:
    request, job_id = await fraud(town)
    refused = await town.send("POST", f"/v1/assignments/{job_id}/lift")
    assert (refused.status_code, refused.json()["reason"]) == (409, "fraud_is_for_leads")
    changes = {"version": 2, "category": "equipment", "skills": ("equipment",)}
    await town.handle([said(EventType.REQUEST_AMENDED, request.model_copy(update=changes))])
    assert (await town.job(job_id))["status"] == "frozen"
    assert (await town.send("POST", f"/v1/assignments/{job_id}/lift")).json()["status"] == "pending"


async def test_what_turns_out_to_be_fraud_is_taken_from_whoever_has_it(town: Town) -> None:
    request, job_id, offers = await on_the_way(town)
    await town.handle([said(EventType.REQUEST_AMENDED, request.model_copy(update={"version": 2, "category": "fraud"}))])
    assert ((await town.job(job_id))["status"], (await town.offer(offers[0]))["status"]) == ("frozen", "released")
    assert roles((await town.events("job.frozen"))[0]) == ["resident", "responder"]


async def test_reopened_it_goes_to_the_leads_again(town: Town) -> None:
    request, job_id = await fraud(town)
    await town.fire()
    await town.send("POST", f"/v1/assignments/{job_id}/done", {"outcome": "solved"})
    reopened = request.model_copy(update={"version": 2, "reopened": 1})
    await town.handle([said(EventType.REQUEST_REOPENED, reopened)])
    second = await town.job(await town.job_id(request))
    assert (second["round"], second["status"]) == (1, "frozen")
