"""Somebody wants no texts of ours any more: nothing leaves but what a visit needs, and nobody is forgotten for it."""

from datetime import timedelta

from notify.channels.port import CarrierRefused
from shared.events.assignments import JobStatus, OfferKind
from shared.events.contract import Role
from shared.events.registry import EventType
from tests.support.broadcasting import Studio
from tests.support.in_hand import works_with_us
from tests.support.notifying import Bureau, Person


async def stops(bureau: Bureau, person: Person, words: str = "STOP") -> None:
    await bureau.writes(person, words)
    await bureau.send_all()


async def test_who_stops_hears_so_once_and_says_no_to_what_they_were_asked(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    offer = await bureau.offered(await bureau.job(lan), an)
    await bureau.send_all()
    for _ in range(3):
        await stops(bureau, an)
    assert bureau.kinds_to(an) == ["offer", "stopped"]
    assert "nhắn NHAN TIN" in bureau.texts_to(an)[-1]
    [said] = await bureau.emitted(EventType.TEXTS_SAID)
    assert (said["contact_point_id"], said["wanted"]) == (str(an.id), False)
    [reply] = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (reply["offer_id"], reply["answer"]) == (str(offer.offer_id), "decline"), "the next one need not wait for the lease"


async def test_a_helper_who_has_stopped_gets_no_offer_and_the_next_is_asked_at_once(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(await bureau.job(lan), an)
    await bureau.send_all()
    await stops(bureau, an)
    offer = await bureau.offered(await bureau.job(lan), an)  # it was made before dispatch had heard
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["offer", "stopped"]
    [failed] = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert (failed["offer_id"], failed["reason"]) == (str(offer.offer_id), "unwanted")
    assert await bureau.rows("select status from questions where status in ('open', 'waiting')") == []


async def test_a_visit_in_hand_is_kept_safe_all_the_same(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await stops(bureau, an)
    await bureau.accepted(job, an, lan, offer)  # their yes by the link crossed it
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "accepted_responder"


async def test_a_resident_who_has_stopped_is_telephoned_about_what_must_be_said(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await stops(bureau, lan, "Dừng nhận tin")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.accepted(job, an, lan, offer)
    await bureau.hear(
        bureau.about_job(EventType.JOB_NEWS, job, lan.as_(Role.RESIDENT), until=await bureau.now() + timedelta(hours=1))
    )
    await bureau.send_all()
    assert bureau.kinds_to(lan) == ["stopped"]
    assert await bureau.rows("select purpose from call_tasks") == [("accepted_resident",)], "news alone is not worth a call"


async def test_a_resident_who_has_stopped_is_still_told_not_to_open_by_text_and_by_phone(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await stops(bureau, lan)
    assert "chỉ còn tin cần cho an toàn của bạn" in bureau.texts_to(lan)[-1]
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.accepted(job, an, lan, offer)
    told, changes = lan.as_(Role.RESIDENT), {"status": JobStatus.FROZEN, "responder": None, "visit": 1}
    await bureau.hear(bureau.about_job(EventType.JOB_FROZEN, job, told, offer=offer, reason="refused", **changes))
    await bureau.send_all()
    assert bureau.kinds_to(lan) == ["stopped", "frozen_resident"]
    assert bureau.texts_to(lan)[-1].startswith("ĐỪNG MỞ CỬA")
    assert ("safety_call",) in await bureau.rows("select purpose from call_tasks")


async def test_what_keeps_a_resident_safe_who_has_stopped_and_does_not_arrive_is_telephoned(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    await stops(bureau, lan)
    bureau.carrier.refuses = CarrierRefused("bad_number", permanent=True)
    job = await bureau.job(lan)
    await bureau.hear(bureau.about_job(EventType.JOB_LIFTED, job, lan.as_(Role.RESIDENT), reason="lifted"))
    await bureau.send_all()
    assert await bureau.one("select reason from messages where purpose = 'lifted_resident'") == "undeliverable"
    assert await bureau.rows("select purpose from call_tasks") == [("lifted_resident",)]


async def test_a_lead_who_has_stopped_is_passed_over_at_once(bureau: Bureau) -> None:
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phụ trách", "+84912000009")
    await stops(bureau, lead)
    offer = await bureau.offered(await bureau.job(lan), lead, kind=OfferKind.ESCALATION)
    await bureau.send_all()
    [failed] = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert failed["offer_id"] == str(offer.offer_id)


async def test_with_a_word_everything_is_as_before(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await works_with_us(bureau, an)
    await stops(bureau, an)
    await bureau.writes(an, "TRO GIUP")
    await stops(bureau, an, "NHAN TIN")
    await bureau.offered(await bureau.job(lan), an)
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["stopped", "words", "started", "offer"], "who asks is answered, also in between"
    assert [said["wanted"] for said in await bureau.emitted(EventType.TEXTS_SAID)] == [False, True]


async def test_who_stopped_and_started_our_texts_and_when_is_kept(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    moments = []
    for words in ("STOP", "NHAN TIN", "STOP"):
        await bureau.move_clock(3600)
        await stops(bureau, an, words)
        moments.append(await bureau.one("select max(received_at) from inbound_texts"))
    noted = await bureau.rows(
        """select action, subject, at, detail ->> 'channel' as channel, (detail ->> 'stopped_at')::timestamptz as since
        from audit order by id"""
    )
    assert [(row["action"], row["at"], row["since"]) for row in noted] == [
        ("texts.stopped", moments[0], moments[0]),
        ("texts.started", moments[1], moments[0]),
        ("texts.stopped", moments[2], moments[2]),
    ]
    assert {(row["subject"], row["channel"]) for row in noted} == {(an.id, "sms")}


async def test_of_two_words_read_together_both_are_kept(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    await bureau.writes(an, "STOP", read=False)
    await bureau.writes(an, "NHAN TIN")
    assert await bureau.rows("select action from audit order by id") == [("texts.stopped",), ("texts.started",)]


async def test_a_word_that_may_be_a_yes_is_asked_back_while_something_is_asked(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), an)
    await bureau.send_all()
    await stops(bureau, an, "dung")
    assert bureau.kinds_to(an) == ["offer", "ask_back"]
    assert await bureau.emitted(EventType.TEXTS_SAID) == []
    await stops(bureau, an, "2 10")
    await stops(bureau, an, "dung")
    assert bureau.kinds_to(an)[-1] == "stopped"


async def test_a_broadcast_leaves_them_out_and_says_so(bureau: Bureau) -> None:
    studio = Studio(bureau)
    an, binh = await studio.crowd(2)
    await stops(bureau, an)
    made = await studio.make(an, binh)
    await studio.tell_all()
    assert list(studio.bulk()) == [binh.phone]
    assert await studio.counts(made) == {"sent": 1, "skipped": {"unwanted": 1}}
