"""After the door on a real database: what a helper says, what follows, and clocks that look after whoever is out there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.jobs.escalation import Level
from dispatch.rows import offer_of
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.messages import Answer, ReplyReceived
from shared.events.registry import EventType
from shared.events.requests import RequestState
from tests.integration.dispatch.conftest import OPERATOR, Town, entry
from tests.support.dispatching import NIGHT, reply, said, sealed

WATCHES = "select count(*) from timers where kind = 'watch' and subject = $1"


async def on_scene(town: Town, **changes: Any) -> tuple[RequestState, UUID, UUID]:
    """The first of two is there."""
    people = await town.enrol(entry(1), entry(2))
    await town.seat(Level.WARD_LEAD, Level.DEPUTY)
    request, job_id = await town.filed(**changes)
    (offer,) = await town.offered(job_id, people[:1])
    await town.answers.accept(offer, OPERATOR)
    await town.replies(offer, Answer.ON_SCENE)
    return request, job_id, offer


def from_phone(contact_point_id: UUID, event: Event) -> Event:
    """The same word from another phone."""
    assert isinstance(event.body, ReplyReceived)
    return replace(event, id=uuid4(), body=event.body.model_copy(update={"contact_point_id": contact_point_id}))


async def pending_offers(town: Town, job_id: UUID) -> list[UUID]:
    rows = await town.pool.fetch(
        "select responder_id from offers where job_id = $1 and status = 'pending' and kind = 'visit'", job_id
    )
    return [row["responder_id"] for row in rows]


async def load(town: Town) -> int:
    found: int = await town.pool.fetchval("select sum(load) from responders")
    return found


@pytest.mark.parametrize(("answer", "why"), [(Answer.ABSENT, "absent"), (Answer.WRONG_ADDRESS, "wrong_address")])
async def test_a_visit_that_was_put_off_goes_on_with_the_same_helper_first(town: Town, answer: Answer, why: str) -> None:
    _, job_id, offer = await on_scene(town)
    helper = (await town.offer(offer))["responder_id"]
    await town.replies(offer, answer)
    job = await town.job(job_id)
    assert (job["status"], job["aftercare"]["waits_for"], job["not_before"] is None) == ("pending", why, False)
    assert ((await town.offer(offer))["status"], await load(town)) == ("completed", 0)
    (told,) = await town.events("assignment.postponed")
    assert (told["reason"], sorted(one["role"] for one in told["recipients"])) == (why, ["resident", "responder"])
    await town.later(7100)
    assert await pending_offers(town, job_id) == []
    await town.later(200)
    assert await pending_offers(town, job_id) == [helper]
    assert (await town.job(job_id))["status"] == "offered"
    why_again = (
        "select candidates->0->>'responder_id', ranking->>'pinned_by' from decisions where job_id = $1 order by at desc limit 1"
    )
    assert tuple(await town.pool.fetchrow(why_again, job_id)) == (str(helper), "same_helper")


async def test_the_matcher_does_not_get_ahead_of_the_timer_that_asks_the_same_helper_first(town: Town) -> None:
    _, job_id, offer = await on_scene(town)
    helper = (await town.offer(offer))["responder_id"]
    await town.replies(offer, Answer.ABSENT)
    await town.clock_to(await town.now() + timedelta(seconds=7300))
    with pytest.raises(AssertionError):
        await town.offered(job_id, [helper])
    assert await pending_offers(town, job_id) == []
    await town.fire()
    assert await pending_offers(town, job_id) == [helper]


async def test_a_job_offered_in_the_moment_the_offices_open_is_awake(town: Town) -> None:
    people = await town.enrol(entry(1))
    await town.clock_to(NIGHT)
    _, job_id = await town.filed(priority=Priority.P3)
    await town.clock_to((await town.job(job_id))["not_before"])
    await town.offered(job_id, people)
    await town.fire()
    job = await town.job(job_id)
    assert (job["status"], job["not_before"]) == ("offered", None)


async def test_when_the_same_helper_is_busy_or_off_shift_anybody_may_go(town: Town) -> None:
    _, job_id, offer = await on_scene(town)
    await town.replies(offer, Answer.ABSENT)
    await town.pool.execute("delete from shifts")
    await town.later(7300)
    job = await town.job(job_id)
    assert (await pending_offers(town, job_id), job["status"], job["not_before"]) == ([], "pending", None)


async def test_who_is_being_asked_something_else_is_left_alone_and_the_visit_waits_for_others(town: Town) -> None:
    _, job_id, offer = await on_scene(town)
    helper = (await town.offer(offer))["responder_id"]
    await town.replies(offer, Answer.ABSENT)
    _, other = await town.filed(priority=Priority.P1)
    await town.clock_to(await town.now() + timedelta(seconds=7300))
    await town.offered(other, [helper])
    await town.fire()
    assert (await pending_offers(town, job_id), (await town.job(job_id))["status"]) == ([], "pending")


async def test_a_corrected_address_goes_on_at_once(town: Town) -> None:
    request, job_id, offer = await on_scene(town)
    helper = (await town.offer(offer))["responder_id"]
    await town.replies(offer, Answer.WRONG_ADDRESS)
    changed = request.model_copy(update={"version": 2, "details": sealed("bmV3")})
    await town.handle([said(EventType.REQUEST_AMENDED, changed)])
    await town.fire()
    assert await pending_offers(town, job_id) == [helper]
    assert not await town.events("job.escalated")


async def test_nobody_there_twice_ends_it(town: Town) -> None:
    _, job_id, offer = await on_scene(town)
    await town.replies(offer, Answer.ABSENT)
    await town.later(7300)
    again = await town.pool.fetchval("select id from offers where job_id = $1 and status = 'pending'", job_id)
    await town.replies(again, Answer.ACCEPT)
    await town.replies(again, Answer.ABSENT)
    job = await town.job(job_id)
    assert (job["status"], job["outcome"], await load(town)) == ("done", "absent", 0)


async def test_an_operator_agrees_on_an_hour(town: Town) -> None:
    _, job_id, offer = await on_scene(town)
    early = {"at": "2026-03-03T09:00:00+07:00"}
    refused = await town.send("POST", f"/v1/assignments/{job_id}/slot", early)
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_waiting")
    await town.replies(offer, Answer.ABSENT)
    agreed = await town.send("POST", f"/v1/assignments/{job_id}/slot", early)
    assert (agreed.status_code, agreed.json()["waits_for"]) == (200, "slot")
    far = await town.send("POST", f"/v1/assignments/{job_id}/slot", {"at": "2126-01-01T08:00:00+07:00"})
    assert (far.status_code, far.json()["reason"]) == (409, "too_far")
    for no_moment in ("9999-12-31T20:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"):
        assert (await town.send("POST", f"/v1/assignments/{job_id}/slot", {"at": no_moment})).status_code == 422
    await town.later(7300)
    assert (await town.job(job_id))["not_before"] is not None
    await town.later(24 * 3600)
    assert (await town.job(job_id))["not_before"] is None
    assert (await town.send("POST", f"/v1/assignments/{job_id}/slot", {"at": "2026-03-03T09:00:00"})).status_code == 422


async def test_a_second_visit_waits_for_an_hour_and_asks_the_same_first(town: Town) -> None:
    request, job_id, offer = await on_scene(town)
    helper = (await town.offer(offer))["responder_id"]
    await town.replies(offer, Answer.SECOND_VISIT)
    second = await town.job_id(request)
    assert ((await town.job(job_id))["outcome"], (await town.job(second))["round"]) == ("second_visit", 1)
    await town.later(7300)
    assert await pending_offers(town, second) == [helper]


async def test_an_unsafe_visit_is_frozen_and_the_ward_lead_is_asked(town: Town) -> None:
    _, job_id, offer = await on_scene(town)
    await town.replies(offer, Answer.UNSAFE)
    await town.fire()
    (escalated,) = await town.events("job.escalated")
    assert (escalated["reason"], escalated["job"]["stopped"]) == ("unsafe_visit", "unsafe")
    await town.later(4000)
    assert (await town.job(job_id))["status"] == "frozen"
    lifted = await town.send("POST", f"/v1/assignments/{job_id}/lift")
    assert (lifted.status_code, (await town.job(job_id))["aftercare"]) == (200, {})


async def test_what_an_office_has_to_do_is_asked_after_its_time(town: Town) -> None:
    _, job_id, offer = await on_scene(town)
    await town.replies(offer, Answer.NEEDS_OFFICE)
    assert (await town.job(job_id))["status"] == "handed_off"
    assert not await town.events("job.office_due")
    await town.later(9 * 3600)
    (due,) = await town.events("job.office_due")
    assert [one["role"] for one in due["recipients"]] == ["resident"]


async def test_the_words_of_somebody_else_change_nothing(town: Town) -> None:
    _, job_id, _ = await on_scene(town)
    (other,) = await town.enrol(entry(3))
    stranger = await town.pool.fetchval("select contact_point_id from responders where id = $1", other)
    offer = await town.pool.fetchrow("select * from offers where job_id = $1 and status = 'accepted'", job_id)
    await town.handle([from_phone(stranger, reply(offer_of(offer), Answer.SOS, received_at=await town.now()))])
    assert (await town.job(job_id))["aftercare"].get("alarm") is None


async def test_no_sign_of_life_is_asked_about_and_then_somebody_else_goes(town: Town) -> None:
    people = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, people[:1])
    await town.replies(offer, Answer.ACCEPT)
    assert await town.pool.fetchval(WATCHES, job_id) == 0, "a yes writes no timer; that of its lease sets it"
    await town.later(400)
    assert await town.pool.fetchval(WATCHES, job_id) == 1
    await town.later(1500)
    (asked,) = await town.events("assignment.asked")
    assert (asked["reason"], (await town.job(job_id))["status"]) == ("going", "accepted")
    await town.later(700)
    job = await town.job(job_id)
    assert (job["status"], job["excluded"], await load(town)) == ("pending", people[:1], 0)
    assert [event["reason"] for event in await town.events("assignment.released")] == ["no_sign"]


async def test_i_will_go_is_a_sign_of_life(town: Town) -> None:
    people = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, people)
    await town.replies(offer, Answer.ACCEPT)
    await town.later(400)
    await town.later(1500)
    await town.replies(offer, Answer.GOING)
    await town.later(700)
    assert (await town.job(job_id))["status"] == "accepted"
    await town.replies(offer, Answer.EN_ROUTE)
    await town.later(7000)
    assert (await town.job(job_id))["status"] == "en_route"


async def test_consent_that_comes_later_starts_the_clock(town: Town) -> None:
    people = await town.enrol(entry(1))
    request, job_id = await town.filed(visit_consent=None)
    (offer,) = await town.offered(job_id, people)
    await town.replies(offer, Answer.ACCEPT)
    await town.later(3000)
    assert not await town.events("assignment.asked")
    agreed = request.model_copy(update={"version": 2, "visit_consent": True})
    await town.handle([said(EventType.REQUEST_VISIT_AGREED, agreed)])
    await town.later(1900)
    assert len(await town.events("assignment.asked")) == 1


async def test_on_scene_asked_then_called_then_an_alarm_that_only_a_person_ends(town: Town) -> None:
    _, job_id, offer = await on_scene(town)
    await town.later(46 * 60)
    assert [event["reason"] for event in await town.events("assignment.asked")] == ["well"]
    await town.later(601)
    assert len(await town.events("assignment.silent")) == 1
    await town.later(601)
    (alarm,) = await town.events("job.alarmed")
    assert (alarm["reason"], [one["role"] for one in alarm["recipients"]]) == ("silent", ["lead", "lead"])
    await town.replies(offer, Answer.DONE)
    await town.later(601)
    assert [event["reason"] for event in await town.events("job.alarmed")] == ["silent", "still"]
    assert (await town.send("POST", f"/v1/assignments/{job_id}/calm", role="ops")).status_code == 403
    calmed = await town.send("POST", f"/v1/assignments/{job_id}/calm", role="ward_lead")
    assert (calmed.status_code, calmed.json()["alarm"]) == (200, None)
    await town.later(3600)
    assert len(await town.events("job.alarmed")) == 2
    assert (await town.send("POST", f"/v1/assignments/{job_id}/calm")).status_code == 409


async def test_well_is_asked_again_later(town: Town) -> None:
    _, _, offer = await on_scene(town)
    await town.later(46 * 60)
    await town.replies(offer, Answer.WELL)
    await town.later(1300)
    assert len(await town.events("assignment.silent")) == 0
    await town.later(46 * 60)
    assert len(await town.events("assignment.asked")) == 2


async def test_sos_from_either_side_of_the_door_is_an_alarm_at_once(town: Town) -> None:
    request, job_id, offer = await on_scene(town)
    event = reply(offer_of(await town.offer(offer)), Answer.SOS, received_at=await town.now())
    await town.handle([from_phone(request.resident.contact_point_id, event)])
    (alarm,) = await town.events("job.alarmed")
    assert sorted(one["role"] for one in alarm["recipients"]) == ["lead", "lead", "resident"]
    await town.handle([event])
    assert [found["reason"] for found in await town.events("job.alarmed")] == ["sos", "said_again"]
    shown = await town.send("POST", f"/v1/assignments/{job_id}/sos")
    assert shown.json()["alarm"] == "sos"
