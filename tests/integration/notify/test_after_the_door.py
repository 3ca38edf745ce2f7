"""After the door, as people read it: words in, what follows, who telephones whom, and an SOS that is heard at once."""

from datetime import timedelta

import orjson
import pytest

from notify.calls.desk import Calls, CallToMake
from shared.events.assignments import JobState, JobStatus, OfferKind, OfferState
from shared.events.contract import Priority, Role
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.geo.communes import COMMUNES
from tests.support.notifying import Bureau, Person


async def visiting(bureau: Bureau, **changes: object) -> tuple[Person, Person, JobState, OfferState]:
    """An accepted a visit to Lan, an hour ago."""
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan, **changes)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.writes(an, f"1 {bureau.code_of(an)}")
    await bureau.accepted(job, an, lan, offer)
    await bureau.send_all()
    await bureau.move_clock(3600)
    return lan, an, job, offer


async def replies(bureau: Bureau) -> list[str]:
    return [body["answer"] for body in await bureau.emitted(EventType.REPLY_RECEIVED)]


async def calls(bureau: Bureau) -> dict[str, CallToMake]:
    return {call.task.purpose: call for call in await Calls(bureau.pool, bureau.vault).to_make(20)}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ok em xong roi {n}", Answer.DONE),
        ("{n} vang nha", Answer.ABSENT),
        ("sai dia chi", Answer.WRONG_ADDRESS),
        ("TU CHOI {n}", Answer.TURNED_DOWN),
        ("khong an toan", Answer.UNSAFE),
        ("{n} can co quan", Answer.NEEDS_OFFICE),
        ("hen lai {n} nhe", Answer.SECOND_VISIT),
    ],
)
async def test_outcomes_by_word(bureau: Bureau, text: str, answer: Answer) -> None:
    _, an, _, _ = await visiting(bureau)
    await bureau.writes(an, text.format(n=bureau.code_of(an)))
    assert await replies(bureau) == ["accept", answer]


async def test_what_is_not_clear_is_asked_once(bureau: Bureau) -> None:
    _, an, _, _ = await visiting(bureau)
    for _ in range(2):
        await bureau.writes(an, "xong nhung phai hen lai")
    await bureau.send_all()
    assert bureau.kinds_to(an).count("ask_outcome") == 1
    assert await replies(bureau) == ["accept"]
    assert len(await bureau.emitted(EventType.MESSAGE_RECEIVED)) == 1


async def postponed(bureau: Bureau, why: str) -> tuple[Person, Person, JobState]:
    lan, an, job, offer = await visiting(bureau)
    until = await bureau.now() + timedelta(hours=2)
    both = (lan.as_(Role.RESIDENT), an.as_(Role.RESPONDER))
    changes = {"status": JobStatus.PENDING, "responder": None, "visit": 1}
    event = bureau.about_job(EventType.ASSIGNMENT_POSTPONED, job, *both, offer=offer, reason=why, until=until, **changes)
    await bureau.hear(event)
    await bureau.send_all()
    return lan, an, job


@pytest.mark.parametrize(
    ("why", "purpose", "words"),
    [("absent", "absent_call", "không gặp ai"), ("wrong_address", "address_call", "không tìm thấy nhà")],
)
async def test_put_off_both_sides_read_what_follows_and_the_desk_calls(
    bureau: Bureau, why: str, purpose: str, words: str
) -> None:
    lan, an, job = await postponed(bureau, why)
    told = bureau.texts_to(lan)[-1]
    assert (words in told, "Ám hiệu MỚI" in told, job.code in told) == (True, True, True)
    assert "hỏi bạn trước" in bureau.texts_to(an)[-1]
    call = (await calls(bureau))[purpose]
    assert (call.phone, call.task.owner) == ("+84912000001", "city_desk")


async def test_an_agreed_hour_is_told_and_ends_the_call(bureau: Bureau) -> None:
    lan, _, job = await postponed(bureau, "absent")
    until = await bureau.now() + timedelta(days=1)
    await bureau.hear(bureau.about_job(EventType.CLOCK_PAUSED, job, lan.as_(Role.RESIDENT), reason="slot", until=until))
    await bureau.send_all()
    assert "đã hẹn lại" in bureau.texts_to(lan)[-1]
    assert await calls(bureau) == {}


async def test_a_refusal_that_only_the_helper_vouches_for_is_checked_by_a_call(bureau: Bureau) -> None:
    lan, an, job, offer = await visiting(bureau)
    both = (lan.as_(Role.RESIDENT), an.as_(Role.RESPONDER))
    changes = {"status": JobStatus.DONE, "outcome": "refused"}
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_DONE, job, *both, offer=offer, reason="by_helper", **changes))
    assert set(await calls(bureau)) == {"refusal_call"}


async def test_an_unsafe_visit_makes_the_desk_call_the_helper_and_nobody_speaks_of_an_impostor(bureau: Bureau) -> None:
    lan, an, job, offer = await visiting(bureau, priority=Priority.P3)
    both = (lan.as_(Role.RESIDENT), an.as_(Role.RESPONDER))
    changes = {"status": JobStatus.FROZEN, "responder": None, "visit": 1, "stopped": "unsafe"}
    await bureau.hear(bureau.about_job(EventType.JOB_FROZEN, job, *both, offer=offer, reason="unsafe", **changes))
    await bureau.send_all()
    assert "ĐỪNG MỞ CỬA" not in bureau.texts_to(lan)[-1]
    assert "rời chỗ không an toàn" in bureau.texts_to(an)[-1]
    call = (await calls(bureau))["unsafe_call"]
    assert (call.phone, call.task.priority) == ("+84912000002", Priority.P1)
    lead = await bureau.person("Phụ trách", "+84912000003")
    asked = await bureau.offer(lead, kind=OfferKind.ESCALATION)
    await bureau.hear(bureau.about_job(EventType.OFFER_MADE, job, lead.as_(Role.LEAD), offer=asked))
    await bureau.send_all()
    assert "NGƯỜI GIÚP BÁO KHÔNG AN TOÀN" in bureau.texts_to(lead)[-1]


async def test_the_resident_reads_which_office_and_the_desk_calls_it(bureau: Bureau) -> None:
    lan, _, job, offer = await visiting(bureau)
    until = await bureau.now() + timedelta(days=2)
    changes = {"status": JobStatus.HANDED_OFF, "outcome": "needs_office", "until": until}
    event = bureau.about_job(
        EventType.ASSIGNMENT_HANDED_OFF, job, lan.as_(Role.RESIDENT), offer=offer, reason="needs_office", **changes
    )
    await bureau.hear(event)
    await bureau.send_all()
    assert "Công an" in bureau.texts_to(lan)[-1]
    handover = (await calls(bureau))["office_handover"]
    assert (handover.phone, "GỌI Công an" in (handover.words or "")) == (None, True)
    await bureau.hear(bureau.about_job(EventType.JOB_OFFICE_DUE, job, lan.as_(Role.RESIDENT), reason="needs_office"))
    assert (await calls(bureau))["office_call"].phone == "+84912000001"


async def ask(bureau: Bureau, an: Person, job: JobState, offer: OfferState, what: str) -> None:
    until = await bureau.now() + timedelta(minutes=10)
    event = bureau.about_job(EventType.ASSIGNMENT_ASKED, job, an.as_(Role.RESPONDER), offer=offer, reason=what, until=until)
    await bureau.hear(event)
    await bureau.send_all()


@pytest.mark.parametrize(("what", "answer"), [("going", Answer.GOING), ("well", Answer.WELL)])
async def test_a_question_about_a_visit_carries_its_number_and_a_yes_is_its_answer(
    bureau: Bureau, what: str, answer: Answer
) -> None:
    _, an, job, offer = await visiting(bureau)
    number = bureau.code_of(an)
    await ask(bureau, an, job, offer, what)
    assert f"1 {number}" in bureau.texts_to(an)[-1]
    await bureau.writes(an, f"1 {number}")
    assert await replies(bureau) == ["accept", answer]
    assert await bureau.one("select asked from jobs_on_phone") is None


async def test_silence_is_called_and_all_well_ends_the_call(bureau: Bureau) -> None:
    _, an, job, offer = await visiting(bureau, priority=Priority.P3)
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_SILENT, job, an.as_(Role.RESPONDER), offer=offer, reason="well"))
    call = (await calls(bureau))["well_call"]
    assert (call.phone, call.task.priority) == ("+84912000002", Priority.P1)
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_WELL, job, offer=offer))
    assert await calls(bureau) == {}


async def test_an_alarm_tells_the_leads_where_and_who_confirms_and_is_called_and_outlives_a_cancel(bureau: Bureau) -> None:
    lan, an, job, offer = await visiting(bureau, priority=Priority.P3)
    await bureau.at_local(22)
    lead = await bureau.person("Phụ trách", "+84912000003")
    both = (lead.as_(Role.LEAD), an.as_(Role.RESPONDER))
    await bureau.hear(bureau.about_job(EventType.JOB_ALARMED, job, *both, offer=offer, reason="sos"))
    await bureau.send_all()
    assert all(part in bureau.texts_to(lead)[-1] for part in ("SOS", job.code, "12 ngõ 5 Hàng Bạc", "Tổ 1"))
    assert "đã nhận SOS" in bureau.texts_to(an)[-1]
    await bureau.hear(bureau.about_request(EventType.REQUEST_CANCELLED, bureau.requests[job.request_id], lan.as_(Role.RESIDENT)))
    call = (await calls(bureau))["sos_call"]
    assert (call.phone, call.task.due_at <= await bureau.now() + timedelta(minutes=5)) == ("+84912000002", True)


@pytest.mark.parametrize(("point", "place"), [({"lat": 21.0345, "lon": 105.8512}, "21.03450,105.85120"), ({}, "chưa rõ số nhà")])
async def test_an_alarm_without_an_address_names_the_commune_once(bureau: Bureau, point: dict[str, float], place: str) -> None:
    lan, an, job, offer = await visiting(bureau)
    lead = await bureau.person("Phụ trách", "+84912000003")
    details = lan.key.seal(orjson.dumps({"name": "Bà Lan", "phone": lan.phone, **point}), purpose="details")
    alarm = bureau.about_job(EventType.JOB_ALARMED, job, lead.as_(Role.LEAD), offer=offer, reason="sos", details=details)
    await bureau.hear(alarm)
    await bureau.send_all()
    commune = COMMUNES.by_code(job.commune_code)
    assert commune is not None
    told = bureau.texts_to(lead)[-1]
    assert told.count(commune.name) == 1, told
    assert f"{commune.name}, {place}. " in told
    assert an.name in told


@pytest.mark.parametrize("who", ["helper", "resident"])
async def test_sos_is_heard_from_either_side_of_the_door(bureau: Bureau, who: str) -> None:
    lan, an, job, offer = await visiting(bureau)
    person = an if who == "helper" else lan
    await bureau.writes(person, "SOS")
    reply = (await bureau.emitted(EventType.REPLY_RECEIVED))[-1]
    assert (reply["answer"], reply["job_id"], reply["offer_id"]) == ("sos", str(job.job_id), str(offer.offer_id))
    assert reply["contact_point_id"] == str(person.id)


async def test_sos_is_heard_for_a_while_after_the_visit(bureau: Bureau) -> None:
    lan, an, job, offer = await visiting(bureau)
    changes = {"status": JobStatus.DONE, "outcome": "solved"}
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_DONE, job, lan.as_(Role.RESIDENT), offer=offer, **changes))
    await bureau.writes(an, "sos")
    assert (await replies(bureau))[-1] == "sos"


async def test_sos_from_a_stranger_says_whom_to_call(bureau: Bureau) -> None:
    binh = await bureau.person("Bình", "+84912000009")
    await bureau.writes(binh, "SOS")
    await bureau.send_all()
    assert "gọi 113" in bureau.texts_to(binh)[-1]
