"""News of how it stands: one true sentence, at its hour, within what one person may be sent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.events.assignments import JobState, JobStatus, ResponderKind, ResponderRef
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def told(bureau: Bureau, lan: Person, job: JobState, reason: str, asked: int = 0, **changes: Any) -> str:
    until = await bureau.now() + timedelta(minutes=15)
    event = bureau.about_job(EventType.JOB_NEWS, job, lan.as_(Role.RESIDENT), reason=reason, until=until, **changes)
    body = event.body.model_copy(update={"asked": asked})
    await bureau.hear(replace(event, body=body))
    await bureau.send_all()
    texts = bureau.texts_to(lan)
    return texts[-1] if texts else ""


async def test_each_state_has_its_sentence(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Chị An", "+84912000002")
    job = await bureau.job(lan, priority=Priority.P1)
    asking = await told(bureau, lan, job, "asking", 4)
    assert asking.startswith(f"Việc {job.code}, lúc 10:0")
    assert "đang hỏi 4 người, chưa ai nhận. Xin lỗi ông/bà. Tin sau: 10:" in asking
    assert "chưa tìm được người, vẫn đang tìm" in await told(bureau, lan, job, "searching")
    assert "phụ trách phường, xã đang lo" in await told(bureau, lan, job, "with_lead", escalated_to="ward_lead")
    who = ResponderRef(
        responder_id=job.job_id,
        kind=ResponderKind.VOLUNTEER,
        contact_point_id=an.id,
        name=an.key.seal("Chị An".encode(), purpose="name"),
    )
    changes = {"status": JobStatus.EN_ROUTE, "responder": who, "escalated_to": None}
    assert "Chị An đang trên đường đến" in await told(bureau, lan, job, "on_the_way", **changes)
    await bureau.move_clock(16 * 60)
    assert "Chị An đã nhận, chưa lên đường" in await told(bureau, lan, job, "taken", **changes)


async def test_the_desk_calls_about_the_newest_only(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+842438250001", ChannelKind.CALL)
    job = await bureau.job(lan, priority=Priority.P1, by_call=True)
    for reason in ("searching", "asking"):
        await told(bureau, lan, job, reason, 3)
    rows = await bureau.rows("select status, outcome from call_tasks where purpose = 'news_resident' order by id")
    assert [tuple(row) for row in rows] == [("dropped", "overtaken"), ("open", None)]


async def test_an_ordinary_visit_brings_no_news_at_night_and_old_news_is_not_sent_in_the_morning(bureau: Bureau) -> None:
    await bureau.at_local(23)
    lan = await bureau.person("Bà Lan", "+84912000001")
    job = await bureau.job(lan, priority=Priority.P3)
    assert await told(bureau, lan, job, "searching") == ""
    await bureau.at_local(8)
    await bureau.send_all()
    assert bureau.texts_to(lan) == []


async def test_nobody_is_sent_more_than_they_may_be(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    job = await bureau.job(lan, priority=Priority.P1)
    for _ in range(8):
        await told(bureau, lan, job, "searching")
    assert len(bureau.texts_to(lan)) == 5


async def test_what_is_told_of_pauses(bureau: Bureau) -> None:
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phụ trách", "+84912000003")
    job = await bureau.job(lan)
    until = await bureau.now() + timedelta(hours=5)
    resident = lan.as_(Role.RESIDENT)
    await bureau.hear(bureau.about_job(EventType.CLOCK_PAUSED, job, resident, reason="resident_later", until=until))
    await bureau.hear(bureau.about_job(EventType.CLOCK_PAUSED, job, resident, reason="waiting_office", until=until))
    both = (resident, lead.as_(Role.LEAD))
    await bureau.hear(bureau.about_job(EventType.CLOCK_RESUMED, job, *both, reason="waiting_office"))
    await bureau.send_all()
    assert bureau.kinds_to(lan) == ["paused_resident", "waiting_office_resident", "resumed_resident"]
    assert "15:0" in bureau.texts_to(lan)[0]
    assert bureau.kinds_to(lead) == ["resumed_lead"]
