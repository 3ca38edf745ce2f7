"""When time is up: leases, waves, escalation to the last desk, promises. The clock is moved, never waited for."""

from datetime import timedelta

from dispatch.jobs.escalation import Level
from dispatch.jobs.timer import TimerKind
from shared.events.contract import Priority
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.timers import Timer, set_timers
from tests.integration.dispatch.conftest import Town, entry
from tests.support.dispatching import reported, said


async def submit(town: Town, *offers: object) -> None:
    rows = await town.pool.fetch("select id, contact_point_id from offers where id = any ($1::uuid[])", offers)
    now = await town.now()
    await town.handle([reported(EventType.MESSAGE_SUBMITTED, row["id"], row["contact_point_id"], at=now) for row in rows])


async def nobody(town: Town, job_id: object, kind: TimerKind) -> None:
    """What the matcher sets when it finds nobody."""
    async with town.pool.acquire() as connection:
        version = await connection.fetchval("select version from jobs where id = $1", job_id)
        await set_timers(connection, [Timer(kind=kind, subject=job_id, due_at=await town.now(), guard=version)])
    await town.fire()


async def test_the_lease_runs_from_the_moment_the_message_left(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.later(60)
    await submit(town, offer)
    await town.later(179)
    assert (await town.offer(offer))["status"] == "pending"
    await town.later(2)
    assert (await town.offer(offer))["status"] == "expired"
    job = await town.job(job_id)
    assert (job["status"], job["waves_empty"], job["excluded"]) == ("pending", 1, [an])


async def test_an_offer_that_never_left_lapses_at_its_cap(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.later(299)
    assert (await town.offer(offer))["status"] == "pending"
    await town.later(2)
    assert (await town.offer(offer))["status"] == "expired"


async def test_a_report_that_comes_twice_or_late_does_not_lengthen_the_lease(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await submit(town, offer)
    until = (await town.offer(offer))["expires_at"]
    await town.later(100)
    await submit(town, offer)
    assert (await town.offer(offer))["expires_at"] == until


async def test_messages_are_counted_for_people_of_the_roster_only(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await submit(town, offer)
    await town.handle([reported(EventType.MESSAGE_SUBMITTED, offer, job_id, at=await town.now())])
    rows = await town.pool.fetch("select contact_point_id, cardinality(sent_at) as sent from allowances")
    assert [(row["contact_point_id"], row["sent"]) for row in rows] == [((await town.offer(offer))["contact_point_id"], 1)]


async def test_an_offer_that_reaches_nobody_ends_and_a_limit_is_remembered(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    point = (await town.offer(offer))["contact_point_id"]
    until = await town.now() + timedelta(hours=1)
    await town.handle([reported(EventType.MESSAGE_FAILED, offer, point, at=await town.now(), reason="limit", retry_at=until)])
    assert (await town.offer(offer))["status"] == "undeliverable"
    assert (await town.job(job_id))["status"] == "pending"
    assert await town.pool.fetchval("select blocked_until from allowances") == until


async def test_the_other_offers_of_a_wave_go_on_when_one_ends(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed()
    mine, _ = await town.offered(job_id, [an, binh])
    await town.replies(mine, Answer.DECLINE)
    job = await town.job(job_id)
    assert (job["status"], job["waves_empty"]) == ("offered", 0)


async def test_nobody_on_shift_goes_to_the_ward_lead_at_once_and_up_to_the_city_desk(town: Town) -> None:
    await town.seat(Level.WARD_LEAD, Level.DEPUTY)
    _, job_id = await town.filed()
    await nobody(town, job_id, TimerKind.NOBODY_ON_SHIFT)
    (escalated,) = await town.events("job.escalated")
    assert (escalated["reason"], escalated["job"]["escalated_to"]) == ("nobody_on_shift", "ward_lead")
    assert [one["role"] for one in escalated["recipients"]] == ["resident"]
    await town.later(301)
    assert (await town.job(job_id))["escalated_to"] == "deputy"
    await town.later(301)
    assert (await town.job(job_id))["escalated_to"] == "city_desk"
    made = await town.events("offer.made")
    assert [event["offer"]["kind"] for event in made] == ["escalation"] * 3
    assert [one["role"] for event in made for one in event["recipients"]] == ["lead"] * 3
    assert len([event for event in await town.events("job.escalated") if event["recipients"]]) == 1


async def test_the_city_desk_is_asked_again_for_as_long_as_nobody_has_it(town: Town) -> None:
    await town.seat()
    _, job_id = await town.filed()
    await nobody(town, job_id, TimerKind.NOBODY_LEFT)
    await town.later(1801)
    await town.later(1801)
    made = await town.events("offer.made")
    assert len(made) >= 3
    assert await town.pool.fetchval("select count(*) from timers where kind = 'escalate' and subject = $1", job_id) >= 1


async def test_the_matcher_finding_nobody_again_and_again_escalates_once(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    _, job_id = await town.filed()
    for _ in range(3):
        await nobody(town, job_id, TimerKind.NOBODY_LEFT)
    assert len(await town.events("job.escalated")) == 1


async def test_without_any_seat_the_job_still_has_an_owner(town: Town) -> None:
    _, job_id = await town.filed()
    await nobody(town, job_id, TimerKind.NOBODY_LEFT)
    assert (await town.job(job_id))["escalated_to"] == "city_desk"
    queue = await town.send("GET", "/v1/escalations")
    assert [job["id"] for job in queue.json()["jobs"]] == [str(job_id)]


async def test_the_clock_of_the_tier_escalates_when_nobody_answered(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    _, job_id = await town.filed(priority=Priority.P2)
    await town.later(15 * 60 - 5)
    assert (await town.job(job_id))["escalated_to"] is None
    await town.later(10)
    (escalated,) = await town.events("job.escalated")
    assert escalated["reason"] == "nobody_answered"


async def test_two_empty_waves_of_a_p1_are_enough(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed(priority=Priority.P1)
    for one in (an, binh):
        (offer,) = await town.offered(job_id, [one])
        await town.replies(offer, Answer.DECLINE)
    assert (await town.job(job_id))["escalated_to"] == "ward_lead"


async def test_a_lead_who_says_mine_owns_it_and_a_responder_may_still_take_it(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    await nobody(town, job_id, TimerKind.NOBODY_LEFT)
    asked = await town.pool.fetchval("select id from offers where kind = 'escalation'")
    await town.replies(asked, Answer.ACCEPT)
    assert (await town.events("job.escalated"))[-1]["reason"] == "owned"
    assert (await town.send("GET", "/v1/escalations")).json()["jobs"][0]["owned"] is True
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    assert await town.statuses(job_id) == {"accepted": 1, "completed": 1}
    assert (await town.job(job_id))["escalated_to"] is None


async def test_a_lead_who_owns_it_is_not_a_dead_end(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    _, job_id = await town.filed()
    await nobody(town, job_id, TimerKind.NOBODY_LEFT)
    await town.replies(await town.pool.fetchval("select id from offers where kind = 'escalation'"), Answer.ACCEPT)
    await town.later(2000)
    assert (await town.job(job_id))["escalated_to"] == "city_desk"


async def test_an_escalated_job_that_becomes_less_urgent_keeps_a_clock(town: Town) -> None:
    """Its clock was set anew from the filing, where that of an escalated job runs from the escalation: it rang early, unheard."""
    await town.seat(Level.WARD_LEAD, Level.DEPUTY)
    request, job_id = await town.filed(priority=Priority.P1)
    await town.later(301)
    assert (await town.job(job_id))["escalated_to"] == "ward_lead"
    (asked,) = await town.pool.fetch("select id from offers where job_id = $1 and level = 'ward_lead'", job_id)
    await town.replies(asked["id"], Answer.ACCEPT)
    calmer = request.model_copy(update={"version": 2, "priority": Priority.P2})
    await town.handle([said(EventType.REQUEST_AMENDED, calmer)])
    await town.later(600)
    assert (await town.job(job_id))["escalated_to"] == "ward_lead"
    await town.later(301)
    assert (await town.job(job_id))["escalated_to"] == "deputy"


async def test_a_lead_may_give_it_straight_to_the_city_desk(town: Town) -> None:
    await town.seat(Level.WARD_LEAD, Level.DEPUTY)
    _, job_id = await town.filed()
    await nobody(town, job_id, TimerKind.NOBODY_LEFT)
    await town.replies(await town.pool.fetchval("select id from offers where kind = 'escalation'"), Answer.CITY_DESK)
    assert (await town.job(job_id))["escalated_to"] == "city_desk"


async def test_promises_are_warned_of_and_broken_once_each(town: Town) -> None:
    _, job_id = await town.filed(priority=Priority.P2)
    for _ in range(60):
        await town.later(10 * 60)
    told = [(event["type"], event["reason"]) for event in await town.events() if event["type"].startswith("sla.")]
    assert told == [
        ("sla.warning", "accept"),
        ("sla.breached", "accept"),
        ("sla.warning", "arrival"),
        ("sla.breached", "arrival"),
        ("sla.warning", "resolve"),
        ("sla.breached", "resolve"),
    ]
    assert await town.pool.fetchval("select count(*) from timers where kind = 'sla' and subject = $1", job_id) == 0


async def test_a_timer_of_a_job_that_is_over_does_nothing(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    await town.replies(offer, Answer.DONE)
    before = len(await town.events())
    await town.later(timedelta(days=3).total_seconds())
    assert len(await town.events()) == before
    assert await town.pool.fetchval("select count(*) from timers") == 0
