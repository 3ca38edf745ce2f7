"""What people type besides yes and no: why not, and which words there are."""

from dataclasses import replace

import pytest

from notify.answers.late_words import MOST_MINUTES
from shared.events.contract import Role
from shared.events.registry import EventType
from tests.support.in_hand import in_hand
from tests.support.notifying import Bureau, Person


async def asked(bureau: Bureau) -> Person:
    an = await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), an)
    await bureau.send_all()
    return an


@pytest.mark.parametrize(("words", "reason"), [("2 10 bận việc", "busy"), ("xa qua em oi", "far"), ("2 10", None)])
async def test_a_no_says_why(bureau: Bureau, words: str, reason: str | None) -> None:
    an = await asked(bureau)
    await bureau.writes(an, words)
    [reply] = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (reply["answer"], reply["reason"]) == ("decline", reason)
    assert await bureau.emitted(EventType.MESSAGE_RECEIVED) == []


async def test_a_reason_alone_gives_nothing_back_that_was_accepted(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.accepted(job, an, lan, offer)
    for words in ("bận rồi", "không đến được", "không đến được"):
        await bureau.writes(an, words)
    await bureau.send_all()
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == []
    assert bureau.kinds_to(an).count("ask_outcome") == 1, "asked once what is meant"
    assert len(await bureau.emitted(EventType.MESSAGE_RECEIVED)) == 2, "and read by a person"


@pytest.mark.parametrize("before", ["trễ", "xong nhung phai hen lai", "VANG LAN"])
async def test_who_cannot_come_is_heard_also_after_another_question(bureau: Bureau, before: str) -> None:
    an, _, _, number = await in_hand(bureau)
    await bureau.writes(an, before)
    for words in ("tôi không đến được", "tôi không đến được"):
        await bureau.writes(an, words)
    await bureau.send_all()
    asked_back = [text for text in bureau.texts_to(an) if "chưa rõ bạn có đi được không" in text]
    assert len(asked_back) == 1, "asked once, plainly"
    assert f"kèm số {number}" in asked_back[0]
    assert "không đi được TRA" in asked_back[0]
    await bureau.writes(an, f"TRA {number}")
    assert [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)] == ["release"]


async def test_who_is_asked_what_came_of_a_visit_hears_how_to_give_it_back(bureau: Bureau) -> None:
    an, _, _, _ = await in_hand(bureau)
    await bureau.writes(an, "xong nhung phai hen lai")
    await bureau.send_all()
    assert "không đi được TRA" in bureau.texts_to(an)[-1]


async def test_a_resident_s_reason_is_for_a_person_to_read(bureau: Bureau) -> None:
    stranger = await bureau.person("Ông Hải", "+84987654321")
    await bureau.writes(stranger, "bận rồi")
    assert len(await bureau.emitted(EventType.MESSAGE_RECEIVED)) == 1


async def test_who_asks_hears_the_words_for_what_is_open(bureau: Bureau) -> None:
    an = await asked(bureau)
    await bureau.writes(an, "TRO GIUP")
    await bureau.send_all()
    assert "1 10 là có, 2 10 là không" in bureau.texts_to(an)[-1]
    assert await bureau.emitted(EventType.MESSAGE_RECEIVED) == []
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == [], "help is no answer"


async def test_who_has_nothing_open_may_want_another_kind_of_help(bureau: Bureau) -> None:
    stranger = await bureau.person("Ông Hải", "+84987654321")
    await bureau.writes(stranger, "giúp")
    (received,) = await bureau.emitted(EventType.MESSAGE_RECEIVED)
    assert received["for_people"] is False, "intake's conversation asks what they need"
    await bureau.writes(stranger, "cuu toi")
    await bureau.send_all()
    assert bureau.kinds_to(stranger) == ["sos_nowhere"], "a cry for help stays one"
    assert (await bureau.emitted(EventType.MESSAGE_RECEIVED))[-1]["for_people"] is True, "answered already"


@pytest.mark.parametrize("words", ["TRE 25", "kẹt xe, em trễ 25 phút ạ", "muộn 25p việc {number}"])
async def test_a_helper_says_by_how_much_they_are_late(bureau: Bureau, words: str) -> None:
    an, _, job, number = await in_hand(bureau)
    await bureau.writes(an, words.format(number=number))
    [reply] = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (reply["answer"], reply["minutes"], reply["job_id"]) == ("late", 25, str(job.job_id))


async def test_a_figure_that_may_be_the_job_is_asked_back_once(bureau: Bureau) -> None:
    an, _, _, number = await in_hand(bureau)
    for words in (f"TRE {number}", "trễ"):
        await bureau.writes(an, words)
    await bureau.send_all()
    assert bureau.kinds_to(an).count("ask_late") == 1
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == []
    await bureau.writes(an, f"TRE 20 PHUT VIEC {number}")
    assert [reply["minutes"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)] == [20]


@pytest.mark.parametrize("words", ["tre 9999", "trễ -5", "trễ 0 phút", "muộn 4 tiếng", "trễ 1,5 tiếng"])
async def test_a_figure_that_can_be_no_minutes_is_answered_with_what_to_write(bureau: Bureau, words: str) -> None:
    an, _, _, number = await in_hand(bureau)
    await bureau.writes(an, words)
    await bureau.send_all()
    assert f"từ 1 đến {MOST_MINUTES}? Nhắn TRE 20 PHUT VIEC {number}" in bureau.texts_to(an)[-1]
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == []
    assert await bureau.emitted(EventType.MESSAGE_RECEIVED) == [], "nobody has to read it: it was answered"


async def test_the_resident_hears_it_and_keeps_the_door_shut_to_others(bureau: Bureau) -> None:
    an, lan, job, _ = await in_hand(bureau)
    event = bureau.about_job(EventType.ASSIGNMENT_LATE, job, lan.as_(Role.RESIDENT), an.as_(Role.RESPONDER))
    await bureau.hear(replace(event, body=event.body.model_copy(update={"minutes": 25})))
    await bureau.send_all()
    assert "muộn hơn khoảng 25 phút" in bureau.texts_to(lan)[-1]
    assert "đúng ám hiệu" in bureau.texts_to(lan)[-1]
    assert bureau.kinds_to(an)[-1] == "later_responder"
