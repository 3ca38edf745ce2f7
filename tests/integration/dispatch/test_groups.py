"""A person says that several requests are one fault: one visit helps them all, on a real database and while others act, too."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.faults.group_watch import GroupWatch
from dispatch.faults.grouping import GroupRules
from dispatch.rows import offer_of
from shared.errors import Refused, Transient
from shared.events.assignments import Outcome
from shared.events.contract import Place
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.events.requests import RequestState, RequestStatus
from tests.integration.dispatch.conftest import OPERATOR, Town, entry
from tests.integration.dispatch.test_rule_machine import WRONG
from tests.integration.dispatch.test_who_goes import HONG, LAN, team
from tests.support.dispatching import reply, said

HERE = Place(lat=21.036, lon=105.834)
NOBODY_RIDES_WITH_NOBODY = """
select id from jobs one where rides and status in ('pending', 'offered') and 1 <> (
    select count(*) from jobs other
    where other.group_id = one.group_id and not other.rides and other.status in ('pending', 'offered'))
"""


async def called(town: Town, count: int = 3) -> list[tuple[RequestState, UUID]]:
    return [await town.filed(category="network_outage", place=HERE) for _ in range(count)]


async def proposed(town: Town) -> UUID:
    await GroupWatch(town.pool, "hanoi", GroupRules()).look()
    found: UUID = await town.pool.fetchval("select id from groups where status in ('proposed', 'confirmed')")
    return found


async def decide(town: Town, group: UUID, what: str, body: Any = None, *, role: str = "operator") -> dict[str, Any]:
    answer = await town.send("POST", f"/v1/groups/{group}/{what}", body, role=role)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def confirmed(town: Town, count: int = 3) -> tuple[UUID, list[RequestState], list[UUID]]:
    calls = await called(town, count)
    group = await proposed(town)
    await decide(town, group, "confirm")
    return group, [request for request, _ in calls], [job for _, job in calls]


async def head_of(town: Town, group: UUID) -> UUID:
    found: UUID = await town.pool.fetchval("select id from jobs where group_id = $1 and not rides and closed_at is null", group)
    return found


async def offered(town: Town, group: UUID, *people: UUID) -> list[UUID]:
    return await town.offered(await head_of(town, group), people)


async def statuses(town: Town, jobs: list[UUID]) -> list[str]:
    rows = await town.pool.fetch("select status from jobs where id = any ($1) order by status", jobs)
    return [row["status"] for row in rows]


async def load(town: Town) -> int:
    found: int = await town.pool.fetchval("select sum(load) from responders")
    return found


async def all_is_well(town: Town) -> None:
    """As the rule machine has it, for groups."""
    wrong = {
        "an owned job has one accepted offer, of its responder; no other job has one": """
            select id from jobs where closed_at is null and (status in ('accepted', 'en_route', 'on_scene')) <> (
                select count(*) = 1 and bool_and(offers.responder_id = jobs.responder_id) from offers
                where coalesce(offers.group_id, offers.job_id) = coalesce(jobs.group_id, jobs.id)
                    and kind = 'visit' and offers.status = 'accepted')""",
        "nobody rides along with nobody": NOBODY_RIDES_WITH_NOBODY,
        **{promise: query for promise, query in WRONG.items() if not promise.startswith("an owned job")},
    }
    for promise, query in wrong.items():
        assert await town.pool.fetch(query) == [], promise


async def test_confirmed_one_of_them_is_offered_and_one_yes_takes_all(town: Town) -> None:
    person, *_ = await town.enrol(entry(1), entry(2))
    group, _, jobs = await confirmed(town)
    assert [event["job"]["shared_by"] for event in await town.events("job.grouped")] == [3, 3, 3]
    assert len(await town.events("group.confirmed")) == 1
    [offer] = await offered(town, group, person)
    [made] = await town.events("offer.made")
    assert (made["job"]["group_id"], made["job"]["shared_by"]) == (str(group), 3)
    await town.replies(offer, Answer.ACCEPT)
    assert await statuses(town, jobs) == ["accepted"] * 3
    assert await load(town) == 1
    accepted = await town.events("assignment.accepted")
    assert sorted(event["subject"] for event in accepted) == sorted(jobs)
    assert all(sorted(one["role"] for one in event["recipients"]) == ["resident", "responder"] for event in accepted)
    await all_is_well(town)


async def test_it_is_in_the_audit_who_decided_and_saying_it_twice_changes_nothing(town: Town) -> None:
    group, _, _ = await confirmed(town)
    before = await town.pool.fetchval("select count(*) from outbox")
    assert (await decide(town, group, "confirm", role="ward_lead"))["state"] == "confirmed"
    assert await town.pool.fetchval("select count(*) from outbox") == before
    notes = await town.pool.fetch("select actor, action from audit where subject = $1 order by id", group)
    assert [tuple(row) for row in notes] == [("watch", "group.proposed"), ("operator:test operator", "group.confirmed")]


async def test_words_by_number_are_for_one_and_without_for_all_and_the_place_is_free_with_the_last(town: Town) -> None:
    [person] = await town.enrol(entry(1))
    group, _, jobs = await confirmed(town)
    [offer] = await offered(town, group, person)
    await town.answers.accept(offer, OPERATOR)
    await said_about(town, offer, jobs[1], Answer.EN_ROUTE)
    assert sorted(await statuses(town, jobs)) == ["accepted", "accepted", "en_route"]
    await said_about(town, offer, jobs[1], Answer.EN_ROUTE, whole=True)
    assert await statuses(town, jobs) == ["en_route"] * 3
    await said_about(town, offer, jobs[2], Answer.DONE)
    assert (await load(town), (await town.offer(offer))["status"]) == (1, "accepted")
    await all_is_well(town)
    await said_about(town, offer, jobs[0], Answer.DONE, whole=True)
    assert (await load(town), (await town.offer(offer))["status"]) == (0, "completed")
    assert await town.pool.fetchval("select status from groups") == "over"
    await all_is_well(town)


async def said_about(town: Town, offer: UUID, job: UUID, answer: Answer, *, whole: bool = False) -> None:
    offered = offer_of(await town.offer(offer))
    await town.handle([reply(offered, answer, received_at=await town.now(), job_id=job, whole=whole)])


async def test_on_the_way_to_several_somebody_is_asked_once_and_the_other_clocks_go_on(town: Town) -> None:
    [person] = await town.enrol(entry(1))
    group, _, jobs = await confirmed(town)
    [offer] = await offered(town, group, person)
    await town.answers.accept(offer, OPERATOR)
    await said_about(town, offer, jobs[0], Answer.EN_ROUTE, whole=True)
    await town.clock_to(await town.now() + timedelta(hours=2, minutes=1))
    await town.fire()
    assert len(await town.events("assignment.asked")) == 1
    ticking = "select count(distinct subject) from timers where kind = 'watch' and subject = any ($1) and due_at > $2"
    assert await town.pool.fetchval(ticking, jobs, await town.now()) == 3


async def test_the_first_is_helped_then_the_helper_is_gone_and_the_others_are_given_back(town: Town) -> None:
    [person] = await town.enrol(team(LAN, HONG))  # Hồng is not there: Lan needs no naming
    group, _, jobs = await confirmed(town)
    [offer] = await offered(town, group, person)
    await town.replies(offer, Answer.ACCEPT)
    head = await head_of(town, group)
    await said_about(town, offer, head, Answer.EN_ROUTE, whole=True)
    await said_about(town, offer, head, Answer.DONE)
    member = (await town.send("GET", "/v1/responders/V-1/members")).json()["members"][0]["id"]
    assert (await town.send("PUT", f"/v1/members/{member}/presence", {"present": False})).status_code == 200
    await town.fire()
    assert await statuses(town, jobs) == ["done", "pending", "pending"]
    assert await load(town) == 0
    await all_is_well(town)


async def test_the_one_that_was_offered_goes_alone_and_another_helper_can_take_it(town: Town) -> None:
    """Also while the visit of the others goes on: a visit is an offer of the group, not of the job it was made by."""
    first, second = await town.enrol(entry(1), entry(2))
    group, _, jobs = await confirmed(town)
    head = await head_of(town, group)
    [offer] = await offered(town, group, first)
    await town.answers.accept(offer, OPERATOR)
    await decide(town, group, "split", {"job": str(head)})
    job = await town.job(head)
    assert (job["status"], job["group_id"], job["visit"]) == ("pending", None, 1)
    [again] = await town.offered(head, [second])
    await town.answers.accept(again, OPERATOR)
    assert await statuses(town, jobs) == ["accepted"] * 3
    assert (await town.job(head))["responder_id"] == second
    await said_about(town, offer, head, Answer.DONE)  # it is not theirs any more
    assert await statuses(town, jobs) == ["accepted"] * 3
    await said_about(town, offer, next(job_id for job_id in jobs if job_id != head), Answer.DONE, whole=True)
    assert await statuses(town, jobs) == ["accepted", "done", "done"]
    await all_is_well(town)
    await town.answers.done(head, OPERATOR, Outcome.SOLVED)
    assert await load(town) == 0
    await all_is_well(town)


async def test_a_cancel_of_the_offered_one_lets_another_be_offered_and_the_helper_of_a_group_keeps_the_rest(town: Town) -> None:
    [person] = await town.enrol(entry(1))
    group, requests, jobs = await confirmed(town)
    await offered(town, group, person)
    first = (await town.job(await head_of(town, group)))["request_id"]
    await cancel(town, next(request for request in requests if request.request_id == first))
    assert await statuses(town, jobs) == ["cancelled", "pending", "pending"]
    await all_is_well(town)
    [offer] = await offered(town, group, person)
    await town.answers.accept(offer, OPERATOR)
    for request in [one for one in requests if one.request_id != first]:
        assert await load(town) == 1
        await cancel(town, request)
    assert await load(town) == 0
    await all_is_well(town)


async def cancel(town: Town, request: RequestState) -> None:
    gone = request.model_copy(update={"version": request.version + 1, "status": RequestStatus.CANCELLED})
    while True:  # a deadlock is tried again, as the consumer does
        with suppress(Transient):
            await town.handle([said(EventType.REQUEST_CANCELLED, gone)])
            return


async def test_the_next_caller_is_proposed_into_the_visit_and_joins_it_when_a_person_says_so(town: Town) -> None:
    [person] = await town.enrol(entry(1))
    group, _, _ = await confirmed(town, 2)
    [offer] = await offered(town, group, person)
    await town.answers.accept(offer, OPERATOR)
    [(_, late)] = await called(town, 1)
    assert await proposed(town) == group
    assert (await town.job(late))["group_id"] is None
    await decide(town, group, "confirm")
    job = await town.job(late)
    assert (job["status"], job["responder_id"], job["group_id"]) == ("accepted", person, group)
    assert await load(town) == 1
    await all_is_well(town)


async def test_dismissed_they_are_left_alone_and_not_proposed_again(town: Town) -> None:
    await called(town)
    group = await proposed(town)
    assert (await decide(town, group, "dismiss"))["state"] == "dismissed"
    await decide(town, group, "dismiss")
    assert await proposed(town) is None
    assert [event["reason"] for event in await town.events("group.ended")] == ["dismissed"]
    assert (await town.send("POST", f"/v1/groups/{group}/confirm")).json()["reason"] == "group_dismissed"


async def test_what_cannot_be_is_refused_by_name(town: Town) -> None:
    group, _, jobs = await confirmed(town)
    rider = await town.pool.fetchval("select id from jobs where rides limit 1")
    await town.enrol(entry(1))
    assign = await town.send("POST", f"/v1/jobs/{rider}/assign", {"responder": "V-1"})
    assert (assign.status_code, assign.json()["reason"]) == (409, "shared_visit")
    assert (await town.send("POST", f"/v1/groups/{uuid4()}/confirm")).status_code == 404
    assert (await town.send("POST", f"/v1/groups/{group}/split", {"job": str(uuid4())})).status_code == 404
    assert (await town.send("POST", f"/v1/groups/{group}/split", {"job": "nonsense"})).status_code == 422
    assert (await town.send("POST", f"/v1/groups/{group}/dismiss")).json()["reason"] == "group_confirmed"
    for role in ("ops", "adapter"):
        assert (await town.send("POST", f"/v1/groups/{group}/split", role=role)).status_code == 403
    assert (await decide(town, group, "split"))["state"] == "split"
    assert await statuses(town, jobs) == ["pending"] * 3
    await all_is_well(town)


@pytest.mark.parametrize("turn", range(12))
async def test_a_yes_against_confirming_splitting_and_cancelling_leaves_one_visit_each(town: Town, turn: int) -> None:
    people = await town.enrol(*(entry(number, capacity=2) for number in range(1, 5)))
    calls = await called(town, 4)
    requests, jobs = [request for request, _ in calls], [job for _, job in calls]
    offers = [(await town.offered(job, [person]))[0] for job, person in zip(jobs, people, strict=True)]
    group = await proposed(town)
    if turn % 3:
        await decide(town, group, "confirm")
        offers = await offered(town, group, *people[:2])

    async def quietly(deed: Any) -> None:
        with suppress(Refused, Transient):
            await deed

    deeds = [
        *(quietly(town.answers.accept(offer, OPERATOR)) for offer in offers),
        town.send("POST", f"/v1/groups/{group}/confirm"),
        town.send("POST", f"/v1/groups/{group}/split", {"job": str(jobs[turn % 4])}),
        cancel(town, requests[(turn + 1) % 4]),
        *((town.send("POST", f"/v1/groups/{group}/split"),) if turn % 4 == 3 else ()),
        quietly(town.answers.release(jobs[(turn + 2) % 4], OPERATOR)),
    ]
    order = deeds[turn % len(deeds) :] + deeds[: turn % len(deeds)]
    answers = [one for one in await asyncio.gather(*order) if one is not None]
    assert {answer.status_code for answer in answers} <= {200, 404, 409, 503}
    await all_is_well(town)
    for job in jobs:
        await quietly(town.answers.done(job, OPERATOR, Outcome.SOLVED))
    await all_is_well(town)
