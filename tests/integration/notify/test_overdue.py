"""Nobody is there in time: the helper is asked by the number of the job, the ward lead is told, the resident hears no excuse."""

from shared.events.assignments import JobState, JobStatus
from shared.events.contract import Role
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def taken(bureau: Bureau) -> tuple[Person, Person, Person, JobState]:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    lead = await bureau.person("Phụ trách", "+84912000003")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.accepted(job, an, lan, offer)
    await bureau.send_all()
    hearers = (an.as_(Role.RESPONDER), lead.as_(Role.LEAD))
    await bureau.hear(bureau.about_job(EventType.SLA_BREACHED, job, *hearers, offer=offer, reason="arrival"))
    await bureau.send_all()
    return lan, an, lead, bureau.jobs[job.job_id]


async def test_the_helper_is_asked_by_the_number_they_know_and_the_lead_is_told(bureau: Bureau) -> None:
    lan, an, lead, job = await taken(bureau)
    number = bureau.code_of(an)
    assert bureau.texts_to(an)[-1].startswith(f"Việc {number} đã quá giờ hẹn đến.")
    assert f"TRA {number}" in bureau.texts_to(an)[-1]
    assert job.code in bureau.texts_to(lead)[-1]
    assert "đã quá giờ hẹn đến nơi" in bureau.texts_to(lead)[-1]
    assert bureau.kinds_to(lan) == ["accepted_resident"]


async def test_what_the_helper_answers_is_understood(bureau: Bureau) -> None:
    _, an, _, job = await taken(bureau)
    await bureau.writes(an, f"TRA {bureau.code_of(an)}")
    (reply,) = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (reply["answer"], reply["job_id"]) == ("release", str(job.job_id))


async def test_a_broken_promise_that_nobody_hears_of_is_no_text(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    job = await bureau.job(lan, status=JobStatus.PENDING)
    await bureau.hear(bureau.about_job(EventType.SLA_BREACHED, job, reason="accept"))
    assert await bureau.one("select count(*) from messages") == 0
