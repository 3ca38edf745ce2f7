"""The registered number has said yes to another hour: nobody goes at the old one, and whoever had the visit is asked first."""

from datetime import timedelta

from shared.events.messages import Answer
from shared.events.registry import EventType
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.test_requests import changed
from tests.support.dispatching import said


async def test_another_hour_is_waited_for_by_whoever_was_asked_and_by_whoever_had_it(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, job_id = await town.filed(visit_consent=True)
    (offer,) = await town.offered(job_id, [an])
    wanted = await town.now() + timedelta(days=2)
    await town.handle([said(EventType.REQUEST_AMENDED, changed(request), wanted_at=wanted)])
    job = await town.job(job_id)
    assert (job["status"], job["pause"], job["not_before"]) == ("pending", "resident_later", wanted)
    assert (await town.offer(offer))["status"] == "withdrawn"


async def test_whoever_has_the_visit_does_not_go_at_the_old_hour_and_is_asked_first_at_the_new_one(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, job_id = await town.filed(visit_consent=True)
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    wanted = await town.now() + timedelta(days=2)
    event = said(EventType.REQUEST_AMENDED, changed(request), wanted_at=wanted)
    await town.handle([event, event])
    job = await town.job(job_id)
    assert (job["status"], job["not_before"], job["responder_id"], job["visit"]) == ("pending", wanted, None, 1)
    (told,) = await town.events("assignment.postponed")
    assert (told["reason"], {one["role"] for one in told["recipients"]}) == ("slot", {"resident", "responder"})


async def test_an_hour_that_has_passed_meanwhile_changes_nothing_and_is_noted(town: Town) -> None:
    request, job_id = await town.filed()
    past = await town.now() - timedelta(minutes=1)
    await town.handle([said(EventType.REQUEST_AMENDED, changed(request), wanted_at=past)])
    job = await town.job(job_id)
    assert (job["pause"], job["request_version"]) == (None, request.version + 1)
    assert await town.pool.fetchval("select detail->>'reason' from audit where action = 'later.refused'") == "too_late_to_put_off"
