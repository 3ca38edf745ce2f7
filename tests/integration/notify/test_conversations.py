"""What intake says in a conversation goes where they wrote; what they write goes to it, and to nothing of ours by mistake."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.erasing import erase
from shared.events.contract import ChannelKind, Role
from shared.events.conversations import ConversationSaid
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import OWN_WORD, Channel, ConsentAsk
from shared.ids import uuid7
from tests.support.chatting import TELEGRAM, Chat
from tests.support.notifying import Bureau, Person

THERE = "5876543210"


@pytest.fixture
def chat(bureau: Bureau) -> Chat:
    return Chat(bureau)


async def received(bureau: Bureau) -> list[Any]:
    return await bureau.emitted(EventType.MESSAGE_RECEIVED)


async def say(bureau: Bureau, text: str, **how: Any) -> None:
    """As intake does, to whoever wrote last."""
    await leave_word(bureau, text, **how)
    await bureau.send_all()


async def leave_word(bureau: Bureau, text: str, *, over: ChannelKind = TELEGRAM, version: int = 1, **how: bool) -> None:
    """It waits to be sent."""
    row = (await bureau.rows("select contact_point_id, key_id from inbound_texts order by id desc limit 1"))[0]
    async with bureau.pool.acquire() as connection:
        key = (await bureau.vault.keys(connection, [row["key_id"]]))[row["key_id"]]
    now, id_ = await bureau.one("select transport.app_clock()"), uuid7()
    body = ConversationSaid(
        conversation_id=id_,
        city="hanoi",
        contact_point_id=row["contact_point_id"],
        channel=over,
        text=key.seal(text.encode(), purpose="text"),
        not_after=now + timedelta(minutes=15),
        **how,
    )
    event = Event(type=EventType.CONVERSATION_SAID, subject=id_, version=version, key=id_, body=body, time=now)
    await bureau.hear(event)


async def test_an_account_without_a_number_is_heard_and_answered_where_it_wrote(bureau: Bureau, chat: Chat) -> None:
    await chat.writes(THERE, "máy in nhà tôi hỏng", id="u-1")
    await chat.writes(THERE, "máy in nhà tôi hỏng", id="u-1")
    (told,) = await received(bureau)
    assert (told["channel"], told["phone"], told["for_people"]) == ("telegram", None, False)
    await say(bureau, "Mình ở đâu ạ?")
    (answer,) = chat.said(THERE)
    assert (answer.text, answer.kind) == ("Mình ở đâu ạ?", "conversation")
    assert THERE not in str([dict(row) for row in await bureau.rows("select * from accounts")]), "sealed, and found by a hash"


async def test_a_bound_account_is_its_numbers_and_answered_in_the_chat(bureau: Bureau, chat: Chat) -> None:
    an = await bureau.person("Bà An", "+84912000001")
    await chat.bound(an, THERE)
    await chat.writes(THERE, "máy in nhà tôi hỏng")
    told = (await received(bureau))[-1]
    assert told["contact_point_id"] == str(an.id)
    assert told["phone"] is not None
    await say(bureau, "Mình ở đâu ạ?")
    assert chat.said(THERE, "conversation")[0].text == "Mình ở đâu ạ?"
    assert "conversation" not in bureau.kinds_to(an)


async def test_an_account_that_wrote_before_it_was_bound_becomes_the_numbers(bureau: Bureau, chat: Chat) -> None:
    an = await bureau.person("Bà An", "+84912000001")
    await chat.writes(THERE, "chào em")
    await chat.bound(an, THERE)
    assert await chat.accounts() == [("telegram", True)]
    assert "link_moved" not in bureau.kinds_to(an)
    await chat.writes(THERE, "máy in hỏng")
    assert (await received(bureau))[-1]["contact_point_id"] == str(an.id)


async def test_what_is_said_to_others_is_said_although_somebody_who_was_told_something_is_erased(
    bureau: Bureau, chat: Chat
) -> None:
    people = {THERE: "+84912000001", "5876543211": "+84912000002"}
    for account, number in people.items():
        await chat.bound(await bureau.person("Bà", number), account)
    for account in people:
        await chat.writes(account, "máy in nhà tôi hỏng")
        await leave_word(bureau, f"Mình ở đâu ạ, {account}?")
    await erase(bureau.dsn, b"k" * 32, people[THERE])
    await bureau.send_all()
    assert chat.said(THERE, "conversation") == []
    assert [told.text for told in chat.said("5876543211", "conversation")] == ["Mình ở đâu ạ, 5876543211?"]


async def test_the_answer_to_an_sms_is_no_bother_and_goes_at_night(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000002")
    for number in range(8):
        await bureau.writes(lan, f"máy in hỏng {number}")
        await say(bureau, f"Dạ {number}", over=ChannelKind.SMS)
    assert bureau.kinds_to(lan) == ["conversation"] * 8, "more than we may begin in a quarter of an hour"


async def test_a_bare_figure_means_what_was_asked_last(bureau: Bureau) -> None:
    """Somebody is asked whether a helper may come, then by the machine whether all is right: "1" is no yes to the visit."""
    lan = await bureau.person("Bà Lan", "+84912000002")
    await bureau.writes(lan, "máy in hỏng")
    await say(bureau, "Đúng không ạ? 1 đúng, 2 sửa", over=ChannelKind.SMS, asks=True)
    for word in ("1", "dung", "2", "sai roi", "chao em"):
        before = len(await received(bureau))
        await bureau.writes(lan, word)
        assert len(await received(bureau)) == before + 1, f"{word!r} is for the conversation"
    assert await bureau.emitted(EventType.TEXTS_SAID) == [], "“dung” is no stop here"
    await say(bureau, "Đã nhận yêu cầu", over=ChannelKind.SMS, asks=False)
    await bureau.writes(lan, "STOP")
    assert len(await bureau.emitted(EventType.TEXTS_SAID)) == 1


async def test_once_it_is_filed_a_bare_word_is_no_more_the_conversations(bureau: Bureau) -> None:
    """Its confirmation is the last word: the conversation itself says nothing then."""
    lan = await bureau.person("Bà Lan", "+84912000002")
    await bureau.writes(lan, "máy in hỏng")
    await say(bureau, "Đúng không ạ? 1 đúng, 2 sửa", over=ChannelKind.SMS, asks=True)
    await bureau.writes(lan, "1")
    await filed_in_a_chat(bureau, lan, reason=OWN_WORD)
    before = len(await received(bureau))
    await bureau.writes(lan, "dung")
    assert len(await bureau.emitted(EventType.TEXTS_SAID)) == 1, "no texts any more, as anywhere else"
    assert len(await received(bureau)) == before


async def filed_in_a_chat(bureau: Bureau, person: Person, *, reason: str | None) -> None:
    event = bureau.about_request(
        EventType.REQUEST_FILED, await bureau.request(person, channel=Channel.CHAT), person.as_(Role.RESIDENT)
    )
    await bureau.hear(replace(event, body=event.body.model_copy(update={"reason": reason})))


async def asked_for_consent(bureau: Bureau, lan: Person) -> None:
    now = await bureau.one("select transport.app_clock()")
    event = bureau.about_request(EventType.REQUEST_CONSENT_ASKED, await bureau.request(lan), lan.as_(Role.RESIDENT))
    ask = ConsentAsk(ask_id=uuid7(), contact_point_id=lan.id, open_until=now + timedelta(hours=20))
    await bureau.hear(replace(event, body=event.body.model_copy(update={"consent": ask})))
    await bureau.send_all()


async def agreed(bureau: Bureau) -> list[str]:
    return [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)]


async def test_what_others_file_for_a_number_takes_no_yes_from_its_own_conversation(bureau: Bureau) -> None:
    """ "1" to "is that right?" must open no door, whoever has filed meanwhile with this number in another account."""
    lan = await bureau.person("Bà Lan", "+84912000002")
    await asked_for_consent(bureau, lan)
    await bureau.writes(lan, "máy in hỏng")
    await say(bureau, "Đúng không ạ? 1 đúng, 2 sửa", over=ChannelKind.SMS, asks=True)
    await filed_in_a_chat(bureau, lan, reason=None)
    before = len(await received(bureau))
    await bureau.writes(lan, "1")
    assert (await agreed(bureau), len(await received(bureau))) == ([], before + 1)


async def test_a_bare_figure_answers_what_was_asked_last_before_it_was_written(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000002")
    await bureau.writes(lan, "máy in hỏng")
    await say(bureau, "Đúng không ạ? 1 đúng, 2 sửa", over=ChannelKind.SMS, asks=True)
    await bureau.writes(lan, "1", read=False)
    await asked_for_consent(bureau, lan)
    before = len(await received(bureau))
    await bureau.read()
    assert (await agreed(bureau), len(await received(bureau))) == ([], before + 1), "the question came after the word"
    await bureau.writes(lan, "1")
    assert await agreed(bureau) == ["agreed"]


async def test_a_bare_figure_answers_no_question_that_the_machine_asked_after_it(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000002")
    await bureau.writes(lan, "máy in hỏng")
    await asked_for_consent(bureau, lan)
    await bureau.writes(lan, "1", read=False)
    await say(bureau, "Mình ở đâu ạ?", over=ChannelKind.SMS, asks=True)
    before = len(await received(bureau))
    await bureau.read()
    assert (await agreed(bureau), len(await received(bureau))) == (["agreed"], before)


async def test_a_bare_figure_that_crosses_the_machines_next_question_is_still_the_machines(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000002")
    await bureau.writes(lan, "máy in hỏng")
    await asked_for_consent(bureau, lan)
    await say(bureau, "Đúng không ạ? 1 đúng, 2 sửa", over=ChannelKind.SMS, asks=True)
    await bureau.writes(lan, "1", read=False)
    await say(bureau, "Mình còn đó không ạ?", over=ChannelKind.SMS, asks=True)
    before = len(await received(bureau))
    await bureau.read()
    assert (await agreed(bureau), len(await received(bureau))) == ([], before + 1)


async def test_a_bare_figure_answers_what_was_asked_last_where_it_was_written(bureau: Bureau, chat: Chat) -> None:
    """The visit was asked about by SMS, the machine asks in the chat: each "1" is the answer of its own channel."""
    lan = await bureau.person("Bà Lan", "+84912000002")
    await asked_for_consent(bureau, lan)
    await chat.bound(lan, THERE)
    await chat.writes(THERE, "máy in hỏng")
    await say(bureau, "Đúng không ạ? 1 đúng, 2 sửa", asks=True)
    before = len(await received(bureau))
    await chat.writes(THERE, "1")
    assert (await agreed(bureau), len(await received(bureau))) == ([], before + 1)
    await bureau.writes(lan, "1")
    assert await agreed(bureau) == ["agreed"]


async def test_a_visit_asked_about_by_sms_meanwhile_takes_no_yes_from_the_chat(bureau: Bureau, chat: Chat) -> None:
    lan = await bureau.person("Bà Lan", "+84912000002")
    await chat.bound(lan, THERE)
    await chat.writes(THERE, "máy in hỏng")
    await say(bureau, "Đúng không ạ? 1 đúng, 2 sửa", asks=True)
    bureau.others.remove(chat.bot)
    await asked_for_consent(bureau, lan)
    assert "consent_question" in bureau.kinds_to(lan)
    await chat.writes(THERE, "1")
    assert await agreed(bureau) == [], "it was asked elsewhere"


async def test_a_question_of_the_chat_that_went_by_sms_is_answered_there(bureau: Bureau, chat: Chat) -> None:
    lan = await bureau.person("Bà Lan", "+84912000002")
    await asked_for_consent(bureau, lan)
    await chat.bound(lan, THERE)
    await chat.writes(THERE, "máy in hỏng")
    await bureau.pool.execute("update accounts set gone_at = transport.app_clock(), address = null, blind_index = null")
    await say(bureau, "Đúng không ạ? 1 đúng, 2 sửa", asks=True)
    assert bureau.kinds_to(lan)[-1] == "conversation", "the account is gone"
    before = len(await received(bureau))
    await bureau.writes(lan, "1")
    assert (await agreed(bureau), len(await received(bureau))) == ([], before + 1), "a yes to the machine opens no door"


async def test_a_question_of_the_machine_that_has_not_left_yet_is_not_what_a_figure_answers(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000002")
    await bureau.writes(lan, "máy in hỏng")
    await asked_for_consent(bureau, lan)
    await bureau.at_local(23)
    await say(bureau, "Mình còn đó không ạ?", over=ChannelKind.SMS, asks=True, answers=False)
    assert "conversation_reminder" not in bureau.kinds_to(lan), "it waits for the morning"
    await bureau.writes(lan, "1")
    assert await agreed(bureau) == ["agreed"]


async def test_what_a_process_of_the_version_before_asked_counts_from_when_it_was_read(bureau: Bureau) -> None:
    """It knows of no text, and leaves the one that this version noted before."""
    lan = await bureau.person("Bà Lan", "+84912000002")
    await bureau.writes(lan, "máy in hỏng")
    await say(bureau, "Mình ở đâu ạ?", over=ChannelKind.SMS, asks=True)
    await asked_for_consent(bureau, lan)
    await bureau.pool.execute(
        "update contact_points set talk_asked_at = transport.app_clock(), talk_asked_before = talk_asked_at"
    )
    before = len(await received(bureau))
    await bureau.writes(lan, "1")
    assert (await agreed(bureau), len(await received(bureau))) == ([], before + 1)


async def test_what_a_helper_writes_is_for_people(bureau: Bureau) -> None:
    an, lan = await bureau.person("Tổ 2", "+84912000003"), await bureau.person("Bà Lan", "+84912000004")
    await bureau.offered(await bureau.job(lan), an)
    await bureau.send_all()
    await bureau.writes(an, "đường tắc quá, chưa biết")
    await bureau.writes(lan, "đường tắc quá, chưa biết")
    helper, resident = await received(bureau)
    assert (helper["for_people"], resident["for_people"]) == (True, False)


async def test_nothing_is_said_to_somebody_whose_key_is_gone(bureau: Bureau, chat: Chat) -> None:
    await chat.writes(THERE, "máy in nhà tôi hỏng")
    await bureau.pool.execute("update contact_points set key_id = gen_random_uuid()")
    await say(bureau, "Mình ở đâu ạ?")
    assert chat.said(THERE) == []


async def test_at_night_a_reminder_stays_unsaid_and_an_answer_does_not(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000002")
    await bureau.at_local(23)
    await bureau.writes(lan, "máy in hỏng")
    await say(bureau, "Anh/chị còn đó không ạ?", over=ChannelKind.SMS, answers=False)
    assert bureau.kinds_to(lan) == []
    await say(bureau, "Mình ở đâu ạ?", over=ChannelKind.SMS)
    assert bureau.kinds_to(lan) == ["conversation"]
