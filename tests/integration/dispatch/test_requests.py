"""What intake says becomes jobs: each once, in any order, however often it is said."""

from dataclasses import replace
from datetime import timedelta

from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.events.requests import RequestState, RequestStatus
from tests.integration.dispatch.conftest import OPERATOR, Town, entry
from tests.support.dispatching import NIGHT, a_request, said


def changed(request: RequestState, **changes: object) -> RequestState:
    return request.model_copy(update={"version": request.version + 1, **changes})


async def test_a_batch_of_requests_is_a_batch_of_jobs_with_their_clocks(town: Town) -> None:
    requests = [a_request(skills=("vneid",), vulnerable=("elderly",)) for _ in range(100)]
    await town.handle([said(EventType.REQUEST_FILED, request) for request in requests])
    rows = await town.pool.fetch("select * from jobs")
    assert len(rows) == 100
    assert {tuple(row["skills"]) for row in rows} == {("vneid",)}
    assert {row["vulnerable"] for row in rows} == {1}
    kinds = await town.pool.fetch("select kind, count(*) as count from timers group by kind")
    assert {row["kind"]: row["count"] for row in kinds} == {"escalate": 100, "sla": 100}
    assert [event["type"] for event in await town.events()] == ["job.opened"] * 100
    assert await town.pool.fetchval("select count(*) from audit where action = 'job.opened'") == 100


async def test_a_replay_changes_nothing(town: Town) -> None:
    request, _ = await town.filed()
    event = said(EventType.REQUEST_FILED, request)
    await town.handle([event])
    before = await town.events()
    for _ in range(3):
        await town.handle([event, event])
    assert await town.events() == before
    assert await town.pool.fetchval("select count(*) from jobs") == 1


async def test_a_request_that_nobody_can_locate_makes_no_job_until_somebody_does(town: Town) -> None:
    lost = a_request(status=RequestStatus.NEEDS_LOCATION, commune_code=None, place=None)
    await town.handle([said(EventType.REQUEST_FILED, lost)])
    assert await town.pool.fetchval("select count(*) from jobs") == 0
    found = a_request(request_id=lost.request_id, version=2)
    await town.handle([said(EventType.REQUEST_LOCATED, found)])
    assert await town.pool.fetchval("select status from jobs") == "pending"


async def test_a_cancel_that_comes_first_leaves_a_tombstone(town: Town) -> None:
    request = a_request()
    gone = changed(request, status=RequestStatus.CANCELLED)
    await town.handle([said(EventType.REQUEST_CANCELLED, gone)])
    await town.handle([said(EventType.REQUEST_FILED, request)])
    assert await town.pool.fetchval("select count(*) from jobs") == 0
    assert await town.pool.fetchval("select request_version from tombstones") == 2


async def test_a_reopening_that_was_overtaken_by_a_cancel_opens_nothing(town: Town) -> None:
    request, _ = await town.filed()
    reopened = changed(request, status=RequestStatus.WAITING, reopened=1)
    gone = changed(reopened, status=RequestStatus.CANCELLED)
    await town.handle([said(EventType.REQUEST_CANCELLED, gone)])
    await town.handle([said(EventType.REQUEST_REOPENED, reopened)])
    assert await town.pool.fetchval("select array_agg(status) from jobs") == ["cancelled"]


async def test_filed_and_cancelled_in_one_batch_is_a_job_that_is_over(town: Town) -> None:
    request = a_request()
    gone = changed(request, status=RequestStatus.CANCELLED)
    await town.handle([said(EventType.REQUEST_FILED, request), said(EventType.REQUEST_CANCELLED, gone)])
    assert await town.pool.fetchval("select status from jobs") == "cancelled"
    assert [event["type"] for event in await town.events()] == ["job.opened", "job.cancelled"]


async def test_an_older_version_is_dropped(town: Town) -> None:
    request, job_id = await town.filed()
    newer = changed(changed(request), priority=Priority.P1)
    await town.handle([said(EventType.REQUEST_AMENDED, newer)])
    await town.handle([said(EventType.REQUEST_AMENDED, changed(request, priority=Priority.P4))])
    assert (await town.job(job_id))["priority"] == "P1"


async def test_an_amendment_takes_back_offers_that_are_no_longer_true(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.handle([said(EventType.REQUEST_AMENDED, changed(request, category="equipment"))])
    assert (await town.offer(offer))["reason"] == "amended"
    job = await town.job(job_id)
    assert (job["status"], job["category"], job["excluded"]) == ("pending", "equipment", [])


async def test_another_tier_has_other_clocks(town: Town) -> None:
    request, job_id = await town.filed(priority=Priority.P3)
    await town.handle([said(EventType.REQUEST_AMENDED, changed(request, priority=Priority.P1))])
    await town.later(301)
    assert (await town.job(job_id))["escalated_to"] == "city_desk"
    assert [event["reason"] for event in await town.events("sla.breached")] == ["accept"]


async def test_a_yes_to_a_cancelled_request_is_told_so_and_not_that_somebody_was_faster(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.later(400)
    await town.handle([said(EventType.REQUEST_CANCELLED, changed(request, status=RequestStatus.CANCELLED))])
    await town.replies(offer, Answer.ACCEPT)
    assert [event["reason"] for event in await town.events("offer.withdrawn")] == ["cancelled"]


async def test_cancelling_tells_everybody_who_was_asked_and_whoever_is_on_the_way(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    asked, asked_job = await town.filed()
    await town.offered(asked_job, [an])
    taken, taken_job = await town.filed()
    (offer,) = await town.offered(taken_job, [binh])
    await town.replies(offer, Answer.ACCEPT)
    for request in (asked, taken):
        await town.handle([said(EventType.REQUEST_CANCELLED, changed(request, status=RequestStatus.CANCELLED))])
    assert [event["recipients"][0]["role"] for event in await town.events("offer.withdrawn")] == ["responder"]
    assert [len(event["recipients"]) for event in await town.events("job.cancelled")] == [0, 1]
    assert await town.pool.fetchval("select sum(load) from responders") == 0


async def test_consent_after_the_yes_clears_the_winner(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, job_id = await town.filed(visit_consent=None)
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.handle([said(EventType.REQUEST_VISIT_AGREED, changed(request, visit_consent=True))])
    (cleared,) = await town.events("assignment.cleared")
    assert cleared["job"]["visit_consent"] is True
    assert [one["role"] for one in cleared["recipients"]] == ["responder"]


async def test_a_refused_visit_sends_the_winner_home(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.handle([said(EventType.REQUEST_VISIT_REFUSED, changed(request, visit_consent=False))])
    job = await town.job(job_id)
    assert (job["status"], job["outcome"]) == ("done", "refused")


async def test_nobody_sets_out_before_the_visited_person_has_agreed(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, job_id = await town.filed(visit_consent=None)
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    for answer in (Answer.EN_ROUTE, Answer.ON_SCENE):
        await town.replies(offer, answer)
    assert (await town.job(job_id))["status"] == "accepted"
    told = await town.events("assignment.not_agreed")
    assert [[one["role"] for one in event["recipients"]] for event in told] == [["responder"]] * 2
    await town.handle([said(EventType.REQUEST_VISIT_AGREED, changed(request, visit_consent=True))])
    await town.replies(offer, Answer.EN_ROUTE)
    assert (await town.job(job_id))["status"] == "en_route"


async def test_a_no_is_heard_as_such_though_the_request_is_cancelled_by_it(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    no = changed(request, visit_consent=False, status=RequestStatus.CANCELLED)
    await town.handle([said(EventType.REQUEST_VISIT_REFUSED, no)])
    (done,) = await town.events("assignment.done")
    assert (done["job"]["outcome"], [one["role"] for one in done["recipients"]]) == ("refused", ["responder"])
    yes = changed(no, visit_consent=True, status=RequestStatus.FILED, reopened=1)
    await town.handle([said(EventType.REQUEST_REOPENED, yes)])
    assert (await town.job(await town.job_id(request)))["status"] == "pending", "they have changed their mind"


async def test_what_a_visited_person_answers_is_for_intake_to_hear(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed(visit_consent=None)
    (offer,) = await town.offered(job_id, [an])
    before = await town.pool.fetchval("select count(*) from audit")
    await town.replies(offer, Answer.NOT_AGREED)
    assert (await town.job(job_id))["status"] == "offered"
    assert await town.pool.fetchval("select count(*) from audit") == before


async def test_reopening_is_a_new_round_with_a_new_phrase(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, first = await town.filed()
    (offer,) = await town.offered(first, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.replies(offer, Answer.DONE)
    again = changed(request, status=RequestStatus.WAITING, reopened=1)
    event: Event = said(EventType.REQUEST_REOPENED, again)
    await town.handle([event])
    await town.handle([said(EventType.REQUEST_REOPENED, again)])
    second = await town.job(await town.job_id(request))
    assert (second["round"], second["visit"], second["status"]) == (1, 1, "pending")
    assert await town.pool.fetchval("select count(*) from jobs") == 2


async def test_what_was_not_fixed_is_offered_to_the_same_helper_first(town: Town) -> None:
    an, _ = await town.enrol(entry(1), entry(2))
    request, first = await town.filed()
    (offer,) = await town.offered(first, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.replies(offer, Answer.DONE)
    again = changed(request, status=RequestStatus.WAITING, reopened=1, priority=Priority.P1)
    event = said(EventType.REQUEST_REOPENED, again)
    await town.handle([replace(event, body=event.body.model_copy(update={"reason": "not_fixed"}))])
    job = await town.job(await town.job_id(request))
    assert (job["round"], job["status"], job["priority"]) == (1, "offered", "P1")
    asked = await town.pool.fetch("select responder_id from offers where job_id = $1", job["id"])
    assert [row["responder_id"] for row in asked] == [an]
    assert await town.pool.fetchval("select ranking->>'pinned_by' from decisions where job_id = $1", job["id"]) == "same_helper"


async def test_what_was_not_fixed_is_offered_to_anybody_while_the_same_helper_is_off_shift(town: Town) -> None:
    an, _ = await town.enrol(entry(1), entry(2))
    request, first = await town.filed()
    (offer,) = await town.offered(first, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.replies(offer, Answer.DONE)
    await town.pool.execute("delete from shifts where responder_id = $1", an)
    event = said(EventType.REQUEST_REOPENED, changed(request, status=RequestStatus.WAITING, reopened=1))
    await town.handle([replace(event, body=event.body.model_copy(update={"reason": "not_fixed"}))])
    assert (await town.job(await town.job_id(request)))["status"] == "pending"


async def test_a_second_visit_is_a_new_job_and_the_first_is_done(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, first = await town.filed()
    (offer,) = await town.offered(first, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.send("POST", f"/v1/assignments/{first}/done", {"outcome": "second_visit"})
    assert (await town.job(first))["status"] == "done"
    second = await town.job(await town.job_id(request))
    assert (second["status"], second["round"], second["visit"]) == ("pending", 1, 1)
    assert await town.pool.fetchval("select load from responders") == 0


async def test_off_hours_an_ordinary_visit_waits_and_the_resident_is_told_when(town: Town) -> None:
    await town.clock_to(NIGHT)
    _, ordinary = await town.filed(priority=Priority.P3)
    _, urgent = await town.filed(priority=Priority.P2)
    (paused,) = await town.events("clock.paused")
    assert (paused["reason"], [one["role"] for one in paused["recipients"]]) == ("off_hours", ["resident"])
    assert (await town.job(ordinary))["not_before"] is not None
    assert (await town.job(urgent))["not_before"] is None
    await town.later(timedelta(hours=10).total_seconds())
    assert (await town.job(ordinary))["not_before"] is None
    assert len(await town.events("clock.resumed")) == 1
    await town.later(3601)
    assert (await town.job(ordinary))["escalated_to"] == "city_desk"


async def test_a_release_is_offered_again_without_the_one_who_gave_it_back(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.answers.release(job_id, OPERATOR)
    job = await town.job(job_id)
    assert (job["status"], job["visit"], job["excluded"], job["responder_id"]) == ("pending", 1, [an], None)
    (released,) = await town.events("assignment.released")
    assert sorted(one["role"] for one in released["recipients"]) == ["resident", "responder"]
    assert released["job"]["visit"] == 1
