"""A job stands still for a reason: nobody is asked, the promises wait, everybody concerned knows until when, and it ends."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.jobs.escalation import Level
from dispatch.jobs.timer import TimerKind
from shared.events.contract import Priority
from shared.events.messages import Answer
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.test_deadlines import nobody

HOUR = 3600.0
DAY = 24 * HOUR


async def paused(town: Town, job_id: UUID, reason: str, hours: float | None = None) -> tuple[int, dict[str, Any]]:
    until = None if hours is None else (await town.now() + timedelta(hours=hours)).isoformat()
    answer = await town.send("POST", f"/v1/jobs/{job_id}/pause", {"reason": reason, "until": until}, role="ward_lead")
    return answer.status_code, answer.json()


async def test_nobody_is_asked_until_the_time_the_resident_wished(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    status, told = await paused(town, job_id, "resident_later", hours=5)
    assert (status, told["status"], told["pause"]) == (200, "pending", "resident_later")
    assert ((await town.offer(offer))["status"], (await town.offer(offer))["reason"]) == ("withdrawn", "paused")
    (event,) = await town.events("clock.paused")
    assert ([one["role"] for one in event["recipients"]], event["reason"]) == (["resident"], "resident_later")
    assert (event["job"]["pause"], event["job"]["paused_until"]) == ("resident_later", event["until"])
    await town.later(4 * HOUR)
    assert [event for event in await town.events() if event["type"].startswith("sla.") or event["type"] == "job.escalated"] == []
    await town.later(HOUR + 1)
    job = await town.job(job_id)
    assert (job["pause"], job["not_before"], job["held_seconds"]) == (None, None, pytest.approx(5 * HOUR, abs=5))
    (resumed,) = await town.events("clock.resumed")
    assert [one["role"] for one in resumed["recipients"]] == ["resident"]
    assert (datetime.fromisoformat(event["until"]) - datetime.fromisoformat(resumed["since"])).total_seconds() == pytest.approx(
        5 * HOUR, abs=5
    )
    audited = await town.pool.fetchval("select detail from audit where action = 'job.paused' and subject = $1", job_id)
    assert audited["reason"] == "resident_later"


async def test_the_promises_are_later_by_what_stood_still(town: Town) -> None:
    """Promised within fifteen minutes, filed at ten, paused from ten to three: late from a quarter past three on."""
    await town.seat(Level.WARD_LEAD)
    _, job_id = await town.filed()
    await paused(town, job_id, "resident_later", hours=5)
    await town.later(5 * HOUR + 1)
    await town.later(13 * 60)
    assert [event["reason"] for event in await town.events("sla.warning")] == ["accept"]
    assert await town.events("sla.breached") == []
    await town.later(3 * 60)
    assert [event["reason"] for event in await town.events("sla.breached")] == ["accept"]
    assert (await town.job(job_id))["escalated_to"] == "ward_lead"


async def test_an_office_is_waited_for_as_long_as_may_be_and_then_somebody_is_told(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    _, job_id = await town.filed(priority=Priority.P3)
    status, _ = await paused(town, job_id, "waiting_office", hours=24 * 60)
    assert status == 200
    waits = (await town.job(job_id))["not_before"] - await town.now()  # fifty staffed hours from Monday, ten o'clock
    assert waits.total_seconds() == pytest.approx(5 * DAY, abs=5)
    await town.later(7 * DAY)
    (resumed,) = await town.events("clock.resumed")
    assert [one["role"] for one in resumed["recipients"]] == ["resident", "lead"]
    assert (await town.job(job_id))["pause"] is None


async def test_it_goes_on_at_once_when_somebody_says_so(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    await paused(town, job_id, "waiting_office")
    await town.later(HOUR)
    answer = await town.send("POST", f"/v1/jobs/{job_id}/resume")
    assert (answer.status_code, answer.json()["pause"]) == (200, None)
    await town.offered(job_id, [an])
    await town.later(12 * 60 + 1)
    assert [event["reason"] for event in await town.events("sla.warning")] == ["accept"]
    assert (await town.send("POST", f"/v1/jobs/{job_id}/resume")).json()["reason"] == "not_paused"


async def test_said_twice_it_changes_nothing_and_another_time_moves_it(town: Town) -> None:
    _, job_id = await town.filed()
    until = (await town.now() + timedelta(hours=5)).isoformat()
    for _ in range(2):
        await town.send("POST", f"/v1/jobs/{job_id}/pause", {"reason": "resident_later", "until": until})
    assert len(await town.events("clock.paused")) == 1
    await town.later(HOUR)
    await paused(town, job_id, "resident_later", hours=8)
    await town.later(5 * HOUR)
    assert (await town.job(job_id))["pause"] == "resident_later"
    await town.later(3 * HOUR + 1)
    job = await town.job(job_id)
    assert (job["pause"], job["held_seconds"]) == (None, pytest.approx(9 * HOUR, abs=5))


async def test_leads_who_were_asked_hear_that_it_waits_and_are_asked_again_later(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    _, job_id = await town.filed()
    await nobody(town, job_id, TimerKind.NOBODY_LEFT)
    await paused(town, job_id, "resident_later", hours=2)
    assert await town.statuses(job_id) == {"withdrawn": 1}
    assert (await town.job(job_id))["escalated_to"] is None
    await town.later(2 * HOUR + 1)
    await town.later(16 * 60)
    assert (await town.job(job_id))["escalated_to"] == "ward_lead"


async def test_a_late_yes_does_not_break_what_the_resident_wished(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.later(301)  # the lease is over
    await paused(town, job_id, "resident_later", hours=5)
    await town.replies(offer, Answer.ACCEPT)
    assert (await town.job(job_id))["status"] == "pending"
    (told,) = [event for event in await town.events("offer.withdrawn") if event["recipients"]]
    assert told["reason"] == "paused"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"reason": "resident_later"}, 422),
        ({"reason": "resident_later", "until": "2026-03-02T17:00:00"}, 422),  # of which zone?
        ({"reason": "off_hours", "until": "2026-03-03T17:00:00+07:00"}, 422),
        ({"reason": "resident_later", "until": "2026-03-01T17:00:00+07:00"}, 409),  # yesterday
        ({"reason": "waiting_office", "because": "x"}, 422),
    ],
)
async def test_a_pause_that_makes_no_sense_is_refused(town: Town, body: dict[str, str], status: int) -> None:
    _, job_id = await town.filed()
    assert (await town.send("POST", f"/v1/jobs/{job_id}/pause", body)).status_code == status
    assert (await town.job(job_id))["not_before"] is None


async def test_a_job_that_somebody_has_is_not_paused(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    status, problem = await paused(town, job_id, "resident_later", hours=5)
    assert (status, problem["reason"]) == (409, "job_not_waiting")
    assert (await town.send("POST", f"/v1/jobs/{uuid4()}/pause", {"reason": "waiting_office"})).status_code == 404


async def test_another_hour_for_a_caller_from_another_number_is_asked_of_the_registered_one(town: Town) -> None:
    _, job_id = await town.filed()
    until = (await town.now() + timedelta(hours=5)).isoformat()
    body = {"reason": "resident_later", "until": until, "caller_phone": "0987 000 111"}
    answer = await town.send("POST", f"/v1/jobs/{job_id}/pause", body, role="operator")
    assert (answer.status_code, answer.json()["reason"]) == (409, "from_elsewhere")
    assert (await town.job(job_id))["pause"] is None
