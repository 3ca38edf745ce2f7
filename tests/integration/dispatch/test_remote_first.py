"""A call before a visit, on a real database: opened and offered by phone at once, tried by nobody else in vain, never lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from dispatch.consumer import EventHandler
from dispatch.matching.deflection import DeflectionWatch
from dispatch.matching.matcher import Matcher
from dispatch.matching.policy import REMOTE_MINUTES, Policy
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.messages import Answer, CallChanged
from shared.events.registry import EventType
from shared.events.requests import MeetingOpened, RequestState
from shared.telemetry.metrics import REMOTE_JOBS
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.test_filed import TOGETHER
from tests.support.dispatching import said
from tests.support.eventually import eventually
from tests.support.running import running

FAR = "09772"  # a commune at the other end of the city
OFFERS = "select responder_id, by_phone, status from offers where job_id = $1 and kind = 'visit' order by made_at, id"


@asynccontextmanager
async def calling(town: Town) -> AsyncIterator[Matcher]:
    policy = Policy(retry_seconds=0.1, remote_minutes=REMOTE_MINUTES)
    matcher = Matcher(town.pool, "hanoi", policy=policy)
    town.handle = EventHandler(town.pool, matcher.wake, lambda: matcher.planner)
    async with running(matcher):
        await eventually(lambda: matcher.is_matching)
        yield matcher


async def offers(town: Town, job_id: UUID) -> list[Any]:
    return [tuple(row) for row in await town.pool.fetch(OFFERS, job_id)]


async def filed(town: Town, **changes: Any) -> tuple[RequestState, UUID]:
    return await town.filed(**{"category": "portal_login", "priority": Priority.P3, "visit_consent": None} | changes)


def called(request: RequestState, job_id: UUID, outcome: str, purpose: str = "remote_call") -> Event:
    body = CallChanged(
        call_id=uuid4(), city="hanoi", request_id=request.request_id, contact_point_id=uuid4(), purpose=purpose,
        job_id=job_id, outcome=outcome, owner="An", due_at=request.filed_at,
    )  # fmt: skip
    return Event(
        type=EventType.CALL_DONE, subject=body.call_id, version=2, key=request.request_id, body=body, time=request.filed_at
    )


async def enrolled(town: Town) -> list[UUID]:
    """A neighbour, who would only visit, and somebody far away who helps by phone."""
    return await town.enrol(entry(1), entry(2, commune_code=FAR, remote=True))


async def accepted_call(town: Town, helper: UUID) -> tuple[RequestState, UUID]:
    request, job_id = await filed(town)
    assert await offers(town, job_id) == [(helper, True, "pending")]
    offer_id: UUID = await town.pool.fetchval("select id from offers where job_id = $1", job_id)
    await town.replies(offer_id, Answer.ACCEPT)
    return request, job_id


async def test_a_call_is_offered_in_the_transaction_that_opens_the_job_wherever_the_helper_lives(town: Town) -> None:
    await town.enrol(entry(1), *(entry(number, commune_code=FAR, remote=True) for number in (2, 3, 4)))
    async with calling(town):
        request, job_id = await filed(town)
        assert await town.pool.fetchval(TOGETHER, request.request_id) == 3
    assert [by_phone for _, by_phone, _ in await offers(town, job_id)] == [True] * 3
    made = await town.events("offer.made")
    assert {(one["offer"]["by_phone"], one["offer"]["distance_m"]) for one in made} == {(True, None)}
    sentence = (await town.send("GET", f"/v1/jobs/{job_id}/decision")).json()["decisions"][0]["sentence"]
    assert "qua điện thoại" in sentence["vi"]
    assert "away" not in sentence["en"]


async def test_solved_in_the_call_is_counted_as_a_visit_saved(town: Town) -> None:
    _, helper = await enrolled(town)
    async with calling(town):
        request, job_id = await accepted_call(town, helper)
        await town.handle([called(request, job_id, "told")])
        assert (await town.job(job_id))["status"] == "on_scene"
        offer_id = await town.pool.fetchval("select id from offers where job_id = $1", job_id)
        await town.replies(offer_id, Answer.DONE)
    assert await offers(town, job_id) == [(helper, True, "completed")]
    shown = (await town.send("GET", "/v1/remote-results")).json()["categories"]
    assert [(one["category"], one["solved"], one["visit"]) for one in shown] == [("portal_login", 1, 0)]
    await DeflectionWatch(town.pool, "hanoi").look()
    assert REMOTE_JOBS.labels("portal_login", "solved")._value.get() == 1
    assert REMOTE_JOBS.labels("payment", "solved")._value.get() == 0


async def test_what_a_call_did_not_solve_goes_on_as_a_visit_by_somebody_near(town: Town) -> None:
    neighbour, helper = await enrolled(town)
    async with calling(town):
        _, job_id = await accepted_call(town, helper)
        before = await town.job(job_id)
        offer_id = await town.pool.fetchval("select id from offers where job_id = $1", job_id)
        await town.replies(offer_id, Answer.NEEDS_VISIT)
        await eventually(lambda: is_offered(town, job_id))
        job = await town.job(job_id)
        assert (job["visit"], job["filed_at"], job["excluded"]) == (1, before["filed_at"], [helper])
    assert await offers(town, job_id) == [(helper, True, "released"), (neighbour, False, "pending")]
    shown = (await town.send("GET", "/v1/remote-results")).json()["categories"]
    assert [(one["solved"], one["visit"]) for one in shown] == [(0, 1)]


async def is_offered(town: Town, job_id: UUID) -> bool:
    return bool((await town.job(job_id))["status"] == "offered")


async def test_a_resident_who_does_not_pick_up_is_visited(town: Town) -> None:
    neighbour, helper = await enrolled(town)
    async with calling(town):
        request, job_id = await accepted_call(town, helper)
        await town.handle([called(request, job_id, "unreached", purpose="visit_consent")])  # another call: means nothing here
        assert (await town.job(job_id))["status"] == "accepted"
        await town.handle([called(request, job_id, "unreached")])
        await eventually(lambda: is_offered(town, job_id))
    assert (await offers(town, job_id))[-1] == (neighbour, False, "pending")


async def test_nobody_who_helps_by_phone_is_a_visit_at_once(town: Town) -> None:
    (neighbour,) = await town.enrol(entry(1))
    async with calling(town):
        request, job_id = await filed(town)
        assert await town.pool.fetchval(TOGETHER, request.request_id) == 1
    assert await offers(town, job_id) == [(neighbour, False, "pending")]


async def test_nobody_answers_the_call_and_the_visit_is_offered_when_the_wave_is_over(town: Town) -> None:
    neighbour, helper = await enrolled(town)
    async with calling(town):
        _, job_id = await filed(town)
        assert await offers(town, job_id) == [(helper, True, "pending")]
        await town.later(8 * 60)
        await eventually(lambda: is_offered(town, job_id))
    assert await offers(town, job_id) == [(helper, True, "expired"), (neighbour, False, "pending")]


async def test_without_a_smartphone_and_for_p1_somebody_goes_at_once(town: Town) -> None:
    await town.enrol(*(entry(number, remote=True) for number in range(12)))
    async with calling(town):
        jobs = [
            await filed(town, vulnerable=("no_smartphone",)),
            await filed(town, by_call=True),
            await filed(town, priority=Priority.P1, category="system_outage"),
        ]
        for _, job_id in jobs:
            await eventually(lambda job_id=job_id: is_offered(town, job_id))
            assert not any(by_phone for _, by_phone, _ in await offers(town, job_id))


async def test_an_operator_says_that_there_is_no_smartphone_and_it_becomes_a_visit(town: Town) -> None:
    neighbour, _ = await enrolled(town)
    async with calling(town):
        request, job_id = await filed(town)
        amended = request.model_copy(update={"version": 2, "vulnerable": ("no_smartphone",)})
        await town.handle([said(EventType.REQUEST_AMENDED, amended)])
        await eventually(lambda: is_offered(town, job_id))
        assert not any(by_phone for _, by_phone, status in await offers(town, job_id) if status == "pending")
    assert (await town.job(job_id))["vulnerable"] == 1
    assert neighbour in {who for who, _, status in await offers(town, job_id) if status == "pending"}


async def test_the_helper_reads_where_the_meeting_is_once_the_resident_has_opened_it(town: Town) -> None:
    _, helper = await enrolled(town)
    async with calling(town):
        request, job_id = await accepted_call(town, helper)
        offer_id = await town.pool.fetchval("select id from offers where job_id = $1", job_id)
        shown = (await town.send("GET", f"/v1/offers/{offer_id}")).json()
        assert (shown["by_phone"], shown["distance_m"], shown["meeting"]) == (True, None, None)
        body = MeetingOpened(request_id=request.request_id, city="hanoi", job_id=job_id, visit=0)
        kind, key = EventType.MEETING_OPENED, request.request_id
        await town.handle([Event(type=kind, subject=key, version=2, key=key, body=body, time=request.filed_at)])
        meeting = (await town.send("GET", f"/v1/offers/{offer_id}")).json()["meeting"]
        assert meeting.startswith("https://meet.example.org/techrescue-")
        await town.replies(offer_id, Answer.NEEDS_VISIT)
        assert (await town.send("GET", f"/v1/offers/{offer_id}")).json()["meeting"] is None
        await eventually(lambda: is_offered(town, job_id))
        visit = await town.pool.fetchval("select id from offers where job_id = $1 and not by_phone", job_id)
        await town.replies(visit, Answer.ACCEPT)
        assert (await town.send("GET", f"/v1/offers/{visit}")).json()["meeting"] is None
    assert meeting not in str(await town.events())


async def test_needs_a_visit_said_of_a_visit_is_answered_with_what_is_wrong(town: Town) -> None:
    (helper,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [helper])
    await town.replies(offer, Answer.ACCEPT)
    await town.replies(offer, Answer.NEEDS_VISIT)
    (told,) = await town.events("assignment.outcome_wanted")
    assert (told["reason"], [one["role"] for one in told["recipients"]]) == ("not_by_phone", ["responder"])
    assert (await town.job(job_id))["status"] == "accepted"


async def test_a_call_that_was_not_enough_is_a_visit_in_the_count_also_while_nobody_is_found(town: Town) -> None:
    (helper,) = await town.enrol(entry(2, commune_code=FAR, remote=True))
    async with calling(town):
        _, job_id = await accepted_call(town, helper)
        offer_id = await town.pool.fetchval("select id from offers where job_id = $1", job_id)
        await town.replies(offer_id, Answer.NEEDS_VISIT)
        shown = (await town.send("GET", "/v1/remote-results")).json()["categories"]
    assert [(one["visit"], one["open"]) for one in shown] == [(1, 0)]
