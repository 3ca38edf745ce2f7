"""A fault of the whole city, as the phones of those who wait see it, and the desk that has to decide."""

from datetime import timedelta
from uuid import uuid4

import pytest

from shared.events.assignments import JobState, JobStatus, OfferKind, OfferState
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.envelope import Event
from shared.events.incidents import IncidentRung
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def held(bureau: Bureau, *channels: ChannelKind) -> tuple[Person, JobState]:
    lan = await bureau.person("Bà Lan", "+84912000001", *channels)
    job = await bureau.job(lan, by_call=ChannelKind.CALL in channels)
    until = await bureau.now() + timedelta(days=2)
    changes = {"pause": "incident", "paused_until": until}
    await bureau.hear(bureau.about_job(EventType.CLOCK_PAUSED, job, lan.as_(Role.RESIDENT), reason="incident", **changes))
    return lan, job


async def asked(bureau: Bureau, lan: Person, job: JobState) -> OfferState:
    until = await bureau.now() + timedelta(hours=1)
    question = await bureau.offer(lan, kind=OfferKind.INCIDENT, responder_id=None, not_after=until, lease_seconds=3600.0)
    said = {"reason": "incident_over", "until": until}
    await bureau.hear(bureau.about_job(EventType.JOB_QUESTIONED, job, lan.as_(Role.RESIDENT), offer=question, **said))
    await bureau.send_all()
    return question


async def test_who_waits_hears_that_it_is_known_and_then_is_asked(bureau: Bureau) -> None:
    lan, job = await held(bureau)
    await bureau.send_all()
    assert "cả thành phố đang có sự cố này, TechRescue đã biết" in bureau.texts_to(lan)[0]
    await asked(bureau, lan, job)
    code = bureau.code_of(lan)
    assert f"1 {code} = được, 2 {code} = chưa" in bureau.texts_to(lan)[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 {code}", "works"),
        ("2 {code}", "broken"),
        ("1", "works"),
        ("có", "works"),
        ("chưa được {code}", None),
        ("không", "broken"),
    ],
)
async def test_what_people_write_to_it(bureau: Bureau, text: str, said: str | None) -> None:
    lan, job = await held(bureau)
    question = await asked(bureau, lan, job)
    await bureau.writes(lan, text.format(code=bureau.code_of(lan)))
    replies = await bureau.emitted(EventType.REPLY_RECEIVED)
    if said is None:
        assert replies == []
        return
    [reply] = replies
    assert (reply["answer"], reply["offer_id"], reply["job_id"]) == (said, str(question.offer_id), str(job.job_id))


async def test_whoever_has_to_be_called_is_asked_by_the_desk(bureau: Bureau) -> None:
    lan, job = await held(bureau, ChannelKind.CALL)
    question = await asked(bureau, lan, job)
    assert bureau.texts_to(lan) == []
    calls = await bureau.rows("select purpose, status, offer_id from call_tasks order by created_at, id")
    assert [(call["purpose"], call["status"]) for call in calls] == [("held_resident", "dropped"), ("incident_ask", "open")]
    assert calls[1]["offer_id"] == question.offer_id
    changes = {"pause": None, "paused_until": None}
    await bureau.hear(bureau.about_job(EventType.CLOCK_RESUMED, job, lan.as_(Role.RESIDENT), reason="incident", **changes))
    assert await bureau.one("select status from call_tasks where purpose = 'incident_ask'") == "dropped"


async def test_a_question_that_is_overtaken_is_closed_and_still_understood(bureau: Bureau) -> None:
    lan, job = await held(bureau)
    await asked(bureau, lan, job)
    changes = {"pause": None, "paused_until": None}
    await bureau.hear(bureau.about_job(EventType.CLOCK_RESUMED, job, lan.as_(Role.RESIDENT), reason="incident", **changes))
    assert await bureau.one("select status from questions") == "withdrawn"
    await bureau.send_all()
    await bureau.writes(lan, f"1 {bureau.code_of(lan)}")
    assert [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)] == ["works"]


async def test_who_calls_the_request_off_has_no_question_open(bureau: Bureau) -> None:
    lan, job = await held(bureau)
    await asked(bureau, lan, job)
    request = bureau.requests[job.request_id]
    await bureau.hear(bureau.about_request(EventType.REQUEST_CANCELLED, request, lan.as_(Role.RESIDENT)))
    assert await bureau.one("select status from questions") == "withdrawn"


async def test_who_says_that_it_works_reads_that_it_is_closed(bureau: Bureau) -> None:
    lan, job = await held(bureau)
    await asked(bureau, lan, job)
    done = {"status": JobStatus.DONE, "pause": None, "paused_until": None, "outcome": "solved"}
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_DONE, job, lan.as_(Role.RESIDENT), reason="incident_over", **done))
    await bureau.send_all()
    assert "ông/bà báo đã dùng được, TechRescue kết thúc việc" in bureau.texts_to(lan)[-1]


async def test_news_meanwhile_says_that_it_lasts(bureau: Bureau) -> None:
    lan, job = await held(bureau)
    until = await bureau.now() + timedelta(hours=1)
    await bureau.hear(bureau.about_job(EventType.JOB_NEWS, job, lan.as_(Role.RESIDENT), reason="incident", until=until))
    await bureau.send_all()
    assert "sự cố chung chưa hết, hết sẽ nhắn hỏi ông/bà" in bureau.texts_to(lan)[-1]


async def test_who_files_during_an_incident_reads_no_hour_that_nobody_knows(bureau: Bureau) -> None:
    await bureau.at_local(22)
    lan = await bureau.person("Bà Lan", "+84912000001")
    request = await bureau.request(lan, priority=Priority.P3, known="incident", expected_at=None)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, lan.as_(Role.RESIDENT)))
    await bureau.send_all()
    [text] = bureau.texts_to(lan)
    assert "Ngoài giờ" not in text
    assert "dự kiến" not in text


@pytest.mark.parametrize(("reason", "words"), [("proposed", "24 người báo"), ("still_open", "đang giữ 24 việc")])
async def test_the_city_desk_reads_what_it_has_to_decide(bureau: Bureau, reason: str, words: str) -> None:
    desk = await bureau.person("Trực", "+84912000009")
    now = await bureau.now()
    ring = IncidentRung(
        city="hanoi", contact_point_id=desk.id, recipients=(desk.as_(Role.LEAD),), incident_id=uuid4(), category="vneid_login",
        reason=reason, people=24, since=now,
    )  # fmt: skip
    await bureau.hear(Event(type=EventType.INCIDENT_RUNG, subject=uuid4(), version=1, key=desk.id, body=ring, time=now))
    await bureau.send_all()
    [text] = bureau.texts_to(desk)
    assert words in text
    assert "Không đăng nhập được VNeID" in text
