"""A fault of the whole city, as the phones of those who wait see it, and the desk that has to decide."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from notify.broadcasts.lane import BroadcastLane
from notify.broadcasts.turns import give_turns
from notify.sending.budget import Budgets, Purse
from notify.sending.claims import claim
from shared.events.assignments import JobState, JobStatus, OfferKind, OfferState
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.envelope import Event
from shared.events.incidents import IncidentRung
from shared.events.registry import EventType
from shared.pacing import Bell
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, Person


async def held(bureau: Bureau, *channels: ChannelKind) -> tuple[Person, JobState]:
    lan = await bureau.person("Bà Lan", "+84912000001", *channels)
    job = await bureau.job(lan, by_call=ChannelKind.CALL in channels)
    until = await bureau.now() + timedelta(days=2)
    changes = {"pause": "incident", "paused_until": until}
    await bureau.hear(bureau.about_job(EventType.CLOCK_PAUSED, job, lan.as_(Role.RESIDENT), reason="incident", **changes))
    return lan, job


async def questioned(bureau: Bureau, number: int) -> Person:
    """One of many whose request cannot wait (P1), and who is asked whether it works again."""
    person = await bureau.person(f"P{number}", f"+8491{number:07d}")
    job = await bureau.job(person, priority=Priority.P1)
    until = await bureau.now() + timedelta(hours=1)
    question = await bureau.offer(person, kind=OfferKind.INCIDENT, responder_id=None, not_after=until, lease_seconds=3600.0)
    said = {"reason": "incident_over", "until": until}
    await bureau.hear(bureau.about_job(EventType.JOB_QUESTIONED, job, person.as_(Role.RESIDENT), offer=question, **said))
    return person


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


async def test_an_offer_that_cannot_wait_leaves_while_a_slow_provider_has_hundreds_of_questions(bureau: Bureau) -> None:
    """The provider has stopped answering with all that it was given; there is room for the offer all the same."""
    bureau.settings = replace(bureau.settings, in_flight=8)
    people = [await questioned(bureau, number) for number in range(12)]
    begun: list[str] = []
    bureau.carrier.hold, bureau.carrier.on_send = asyncio.Event(), lambda message: begun.append(message.kind)
    sender = bureau.sender()
    lane = BroadcastLane(bureau.pool, bureau.vault, sender, bureau.settings, Bell(), purse=Purse(Budgets()))
    async with bureau.sending(sender):
        await eventually(lambda: bool(sender.carriers()))
        await lane.tick()
        await eventually(lambda: bool(begun))
        for _ in range(3):
            await lane.tick()
        tuan, helper = await bureau.person("Ông Tuấn", "+84912000009"), await bureau.person("Bình", "+84903000009")
        await bureau.offered(await bureau.job(tuan, priority=Priority.P1), helper)
        await eventually(lambda: "offer" in begun)
        assert begun.count("incident_ask") <= 2, "a quarter of the places"
        bureau.carrier.hold.set()
    await bureau.send_all()
    assert sorted(message.to for message in bureau.carrier.taken) == sorted([helper.phone, *(one.phone for one in people)])


async def test_questions_to_many_stand_behind_everything_and_wait_while_an_offer_waits(bureau: Bureau) -> None:
    await questioned(bureau, 1)
    tuan, helper = await bureau.person("Ông Tuấn", "+84912000009"), await bureau.person("Bình", "+84903000009")
    await bureau.move_clock(1)
    await bureau.offered(await bureau.job(tuan, priority=Priority.P4), helper)
    await bureau.move_clock(1)
    assert await give_turns(bureau.pool, bureau.routes(), bureau.settings) == 0
    first = await claim(bureau.pool, bureau.vault, bureau.routes(), bureau.settings, limit=10)
    assert [one.letter.purpose for one in first.claimed] == ["offer"]
    assert await give_turns(bureau.pool, bureau.routes(), bureau.settings) == 1
    then = await claim(bureau.pool, bureau.vault, bureau.routes(), bureau.settings, limit=10)
    assert [one.letter.purpose for one in then.claimed] == ["incident_ask"]


async def test_many_are_asked_no_faster_than_the_pace_of_all_that_goes_to_many(bureau: Bureau) -> None:
    bureau.settings = replace(bureau.settings, broadcast_per_second=8)
    for number in range(6):
        await questioned(bureau, number)
    given = [await give_turns(bureau.pool, bureau.routes(), bureau.settings) for _ in range(2)]
    await bureau.move_clock(60)
    given.append(await give_turns(bureau.pool, bureau.routes(), bureau.settings))
    assert given == [2, 0, 2], "what a quarter of a second allows; a rest is not made up for"


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
