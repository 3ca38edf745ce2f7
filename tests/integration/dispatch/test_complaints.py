"""A good visit counts for the same helper, a complaint against: from the events to who is asked the next time."""

from typing import Any
from uuid import UUID

import pytest

from dispatch.consumer import EventHandler
from dispatch.erase import erase
from dispatch.matching.matcher import Matcher
from dispatch.matching.policy import Policy
from shared.events.contract import Recipient
from shared.events.envelope import Event
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.events.requests import Complaint, RequestChanged, RequestState, RequestStatus
from shared.postgres.transaction import transaction
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.matching_rig import matching
from tests.support.dispatching import resident, said
from tests.support.eventually import eventually


def complaint(request: RequestState, reason: Complaint = Complaint.RUDE, *, version: int = 2) -> Event:
    event = said(EventType.REQUEST_COMPLAINED, request.model_copy(update={"version": version}))
    return Event(
        type=event.type,
        subject=event.subject,
        version=version,
        key=event.key,
        body=RequestChanged(request=request.model_copy(update={"version": version}), reason=reason.value),
        time=event.time,
    )


async def helped(town: Town, lan: Recipient, responder: UUID, *, end: str = "solved") -> tuple[RequestState, UUID]:
    """A visit of this helper to this resident."""
    request, job_id = await town.filed(resident=lan)
    (offer,) = await town.offered(job_id, [responder])
    await town.replies(offer, Answer.ACCEPT)
    if end == "released":
        assert (await town.send("POST", f"/v1/assignments/{job_id}/release")).status_code == 200
    elif end:
        await town.send("POST", f"/v1/assignments/{job_id}/done", {"outcome": end})
    return request, job_id


async def met(town: Town) -> list[tuple[int, int]]:
    rows = await town.pool.fetch("select good, complaints from acquaintances order by resident_id, responder_id")
    return [(row["good"], row["complaints"]) for row in rows]


async def asked(town: Town, job_id: UUID) -> list[UUID]:
    rows = await town.pool.fetch("select responder_id from offers where job_id = $1 and kind = 'visit'", job_id)
    return [row[0] for row in rows]


def matched(town: Town) -> Any:
    return matching(town.pool, policy=Policy(wave_size=1, cool_down_minutes=0))


def at_once(town: Town, matcher: Matcher) -> None:
    """New jobs are offered as they are opened."""
    town.handle = EventHandler(town.pool, matcher.wake, lambda: matcher.planner)


async def test_whoever_solved_it_is_asked_first_the_next_time_and_the_decision_says_why(town: Town) -> None:
    an, near = await town.enrol(entry(1, lat=21.0405, lon=105.8340), entry(2, lat=21.0370, lon=105.8340))
    lan = resident()
    await helped(town, lan, an)
    assert await met(town) == [(1, 0)]
    async with matched(town) as matcher:
        at_once(town, matcher)
        _, job_id = await town.filed(resident=lan)
        assert await asked(town, job_id) == [an]
        _, other = await town.filed()
        assert await asked(town, other) == [near]
    shown = (await town.send("GET", f"/v1/jobs/{job_id}/decision")).json()["decisions"][0]
    assert shown["candidates"][0]["minutes"]["known"] == -3
    assert "đã giúp người này trước đây" in shown["sentence"]["vi"]


async def test_what_was_reopened_was_no_good_visit(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, _ = await helped(town, resident(), an)
    reopened = request.model_copy(update={"version": 2, "reopened": 1, "status": RequestStatus.FILED})
    await town.handle([said(EventType.REQUEST_REOPENED, reopened)])
    assert await met(town) == [(0, 0)]


@pytest.mark.parametrize("end", ["solved", "absent", "released"])
@pytest.mark.parametrize("at_the_door", ["at_once", "later"])
async def test_whoever_was_complained_of_never_comes_to_this_resident_again(town: Town, end: str, at_the_door: str) -> None:
    (an,) = await town.enrol(entry(1))
    lan = resident()
    request, job_id = await helped(town, lan, an, end=end)
    await town.handle([complaint(request)])
    async with matched(town) as matcher:
        if at_the_door == "at_once":
            at_once(town, matcher)
        _, again = await town.filed(resident=lan)
        _, other = await town.filed()
        await eventually(lambda: asked(town, other))
    assert await asked(town, again) == []
    assert (await town.job(again))["barred"] == [an]
    if end == "released":
        assert (await town.job(job_id))["barred"] == [an]


async def test_the_database_refuses_what_the_index_has_not_heard(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2, lat=21.05, lon=105.834))
    lan = resident()
    request, _ = await helped(town, lan, an)
    async with matched(town) as matcher:
        at_once(town, matcher)
        await town.handle([complaint(request)])
        await town.pool.execute("update acquaintances set updated_at = '2020-01-01'")
        planner = matcher.planner
        assert planner is not None
        planner.index.waiting.acquaintances = type(planner.index.waiting.acquaintances)()  # as if it had never been read
        _, again = await town.filed(resident=lan)
        await eventually(lambda: asked(town, again))
        assert await asked(town, again) == [binh]


async def test_a_late_yes_of_theirs_wins_nothing(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    lan = resident()
    request, job_id = await helped(town, lan, an, end="released")
    (offer,) = await town.offered(job_id, [binh])
    await town.replies(offer, Answer.DECLINE)
    await town.handle([complaint(request)])
    assert an in (await town.job(job_id))["barred"]


async def test_during_the_visit_the_ward_lead_is_shown_it_and_nobody_is_pulled_away(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, job_id = await helped(town, resident(), an, end="")
    await town.handle([complaint(request, Complaint.LATE)])
    assert (await town.job(job_id))["responder_id"] == an
    [shown] = (await town.send("GET", "/v1/complaints?commune=00004", role="ward_lead")).json()["complaints"]
    assert (shown["responder"], shown["reason"], shown["code"]) == ("V-1", "late", request.code)
    assert (await town.send("GET", "/v1/complaints?commune=00008")).json()["complaints"] == []
    assert (await town.send("GET", "/v1/complaints", role="adapter")).status_code == 403
    [line] = (await town.send("GET", "/v1/roster/quality?commune=00004")).json()["lines"]
    assert (line["finding"], line["count"]) == ("complained_of", 1)


async def test_a_visit_counts_once_however_often_it_is_complained_of_and_told(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, _ = await helped(town, resident(), an)
    first = complaint(request)
    for event in (first, first, complaint(request, Complaint.LATE, version=3)):
        await town.handle([event])
    assert await met(town) == [(1, 1)]
    assert await town.pool.fetchval("select complaints from responders") == 1
    assert await town.pool.fetchval("select count(*) from complaints") == 1


async def test_a_complaint_about_a_visit_that_nobody_took_is_kept_in_the_audit(town: Town) -> None:
    request, _ = await town.filed()
    await town.handle([complaint(request)])
    assert await town.pool.fetchval("select count(*) from complaints") == 0
    assert await town.pool.fetchval("select count(*) from audit where action = 'complaint.nobody'") == 1


@pytest.mark.parametrize("who", ["resident", "responder"])
async def test_whoever_is_forgotten_is_forgotten_here_too(town: Town, who: str) -> None:
    (an,) = await town.enrol(entry(1))
    lan = resident()
    await helped(town, lan, an)
    theirs = await town.pool.fetchval("select contact_point_id from responders")
    async with transaction(town.pool, "dispatch.roster") as connection:
        await erase(connection, lan.contact_point_id if who == "resident" else theirs)
    assert await met(town) == []
