"""A visit is stopped: what everybody reads, and who has to telephone whom, by when."""

from datetime import timedelta

from notify.calls.desk import Calls
from shared.events.assignments import JobState, JobStatus, OfferKind
from shared.events.contract import Priority, Role
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def stopped(bureau: Bureau) -> tuple[Person, Person, JobState]:
    """A team had it and was on the way; now the resident doubts that it is them."""
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan, priority=Priority.P3)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.accepted(job, an, lan, offer)
    await bureau.send_all()
    both = (lan.as_(Role.RESIDENT), an.as_(Role.RESPONDER))
    changes = {"status": JobStatus.FROZEN, "responder": None, "visit": 1}
    await bureau.hear(bureau.about_job(EventType.JOB_FROZEN, job, *both, offer=offer, reason="refused", **changes))
    await bureau.send_all()
    return lan, an, bureau.jobs[job.job_id]


async def test_the_resident_is_told_not_to_open_and_the_helper_to_stop_also_at_night(bureau: Bureau) -> None:
    await bureau.at_local(23)
    lan, an, job = await stopped(bureau)
    assert bureau.texts_to(lan)[-1].startswith(f"ĐỪNG MỞ CỬA cho người đang đến. TechRescue đã dừng việc {job.code}")
    assert "phải DỪNG" in bureau.texts_to(an)[-1]
    assert "1022" in bureau.texts_to(an)[-1]
    assert "GIẢ DANH" not in bureau.texts_to(an)[-1]


async def test_the_desk_calls_the_resident_and_the_police_each_within_the_clock_of_the_first_tier(bureau: Bureau) -> None:
    _, _, job = await stopped(bureau)
    calls = {call.task.purpose: call for call in await Calls(bureau.pool, bureau.vault).to_make(10)}
    assert set(calls) == {"safety_call", "police_contact"}
    assert {call.task.owner for call in calls.values()} == {"city_desk"}
    latest = await bureau.now() + timedelta(minutes=5)
    assert all(call.task.due_at <= latest for call in calls.values())
    police, safety = calls["police_contact"], calls["safety_call"]
    assert (police.phone, safety.phone) == (None, "+84912000001")
    assert police.words is not None
    assert all(part in police.words for part in ("113", job.code, "12 ngõ 5 Hàng Bạc", "0912000001"))


async def test_a_call_that_nobody_made_is_raised_at_night_too(bureau: Bureau) -> None:
    await bureau.at_local(23)
    await stopped(bureau)
    await bureau.move_clock(400)
    await bureau.sweep()
    assert await bureau.one("select min(raised) from call_tasks where status = 'open'") == 1


async def test_calling_the_request_off_calls_off_neither_of_the_two(bureau: Bureau) -> None:
    lan, _, job = await stopped(bureau)
    request = bureau.requests[job.request_id]
    await bureau.hear(bureau.about_request(EventType.REQUEST_CANCELLED, request, lan.as_(Role.RESIDENT)))
    rows = await bureau.rows("select purpose, status from call_tasks order by purpose")
    assert [tuple(row) for row in rows] == [("police_contact", "open"), ("safety_call", "open")]


async def test_what_was_said_before_about_who_comes_is_not_sent_any_more(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    await bureau.accepted(job, an, lan, await bureau.offered(job, an))
    await bureau.hear(bureau.about_job(EventType.JOB_FROZEN, job, lan.as_(Role.RESIDENT), status=JobStatus.FROZEN))
    await bureau.send_all()
    assert [text[:12] for text in bureau.texts_to(lan)] == ["ĐỪNG MỞ CỬA "]


async def test_the_lead_reads_what_it_is_about_at_night_too(bureau: Bureau) -> None:
    await bureau.at_local(23)
    _, _, job = await stopped(bureau)
    lead = await bureau.person("Phụ trách", "+84912000003")
    offer = await bureau.offer(lead, kind=OfferKind.ESCALATION)
    await bureau.hear(bureau.about_job(EventType.OFFER_MADE, job, lead.as_(Role.LEAD), offer=offer))
    await bureau.send_all()
    assert "NGHI KẺ GIẢ DANH" in bureau.texts_to(lead)[-1]


async def test_lifted_the_resident_gets_the_new_phrase(bureau: Bureau) -> None:
    lan, _, job = await stopped(bureau)
    changes = {"status": JobStatus.PENDING}
    await bureau.hear(bureau.about_job(EventType.JOB_LIFTED, job, lan.as_(Role.RESIDENT), reason="lifted", **changes))
    await bureau.send_all()
    assert "Ám hiệu MỚI" in bureau.texts_to(lan)[-1]


async def test_suspected_fraud_warns_the_resident_and_makes_no_call(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    job = await bureau.job(lan)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, bureau.requests[job.request_id], lan.as_(Role.RESIDENT)))
    told = bureau.about_job(EventType.JOB_FROZEN, job, lan.as_(Role.RESIDENT), status=JobStatus.FROZEN, reason="fraud")
    await bureau.hear(told)
    await bureau.send_all()
    texts = bureau.texts_to(lan)
    assert ["chuyển tiền" in text for text in texts].count(True) == 1
    assert len(texts) == 2  # and that it was filed
    assert await bureau.one("select count(*) from call_tasks") == 0


async def test_suspected_fraud_is_telephoned_about_to_whoever_wants_no_texts(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    await bureau.writes(lan, "STOP")
    await bureau.send_all()
    job = await bureau.job(lan)
    await bureau.hear(
        bureau.about_job(EventType.JOB_FROZEN, job, lan.as_(Role.RESIDENT), status=JobStatus.FROZEN, reason="fraud")
    )
    await bureau.send_all()
    assert bureau.kinds_to(lan) == ["stopped", "fraud_resident"], "money may be lost by the next call"
    assert [row["purpose"] for row in await bureau.rows("select purpose from call_tasks")] == ["fraud_call"]
