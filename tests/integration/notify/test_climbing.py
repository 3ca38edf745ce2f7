"""A message that nobody shows to have read goes on to the next channel in time, unless it was answered or overtaken."""

import pytest

from notify.channels.port import CarrierRefused, Receipt, ReceiptStatus
from shared.events.assignments import JobStatus
from shared.events.contract import Priority, Role
from shared.events.registry import EventType
from tests.support.chatting import ZALO, Chat
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, Person

THERE = "5876543210"


@pytest.fixture
def chat(bureau: Bureau) -> Chat:
    return Chat(bureau)


async def bound(bureau: Bureau, chat: Chat, phone: str = "+84912000002", **where: object) -> Person:
    person = await bureau.person("Tổ 1", phone)
    await chat.bound(person, THERE, **where)  # type: ignore[arg-type]
    bureau.carrier.taken.clear()
    return person


async def offered(bureau: Bureau, person: Person, priority: Priority = Priority.P2) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    await bureau.offered(await bureau.job(lan, priority=priority), person)
    await bureau.send_all()


async def later(bureau: Bureau, seconds: float) -> None:
    await bureau.move_clock(seconds)
    await bureau.sweep()
    await bureau.send_all()


async def test_an_offer_that_nobody_answers_in_the_chat_goes_by_sms_with_time_left(bureau: Bureau, chat: Chat) -> None:
    an = await bound(bureau, chat)
    await offered(bureau, an)
    await later(bureau, 44)
    assert bureau.kinds_to(an) == []
    await later(bureau, 2)
    assert bureau.kinds_to(an) == ["offer"]
    of_offer = "message_id = (select message_id from question_offers)"
    went = await bureau.rows(f"select channel, status from message_attempts where {of_offer} order by started_at")
    assert [tuple(row) for row in went] == [("telegram", "submitted"), ("sms", "submitted")]
    await later(bureau, 600)
    assert (len(bureau.kinds_to(an)), len(chat.said(THERE, "offer"))) == (1, 1)


async def test_an_answered_question_climbs_no_further(bureau: Bureau, chat: Chat) -> None:
    an = await bound(bureau, chat)
    await offered(bureau, an)
    await bureau.writes(an, chat.said(THERE, "offer")[0].buttons[1].says)
    await later(bureau, 46)
    assert bureau.kinds_to(an) == []
    assert await bureau.one("select count(*) from messages where climb_at is not null") == 0


async def test_whoever_writes_in_the_chat_has_read_what_lies_there(bureau: Bureau, chat: Chat) -> None:
    an = await bound(bureau, chat)
    await offered(bureau, an)
    await chat.writes(THERE, "để em xem")
    await later(bureau, 46)
    assert bureau.kinds_to(an) == []


async def test_an_urgent_offer_rings_the_phone_first(bureau: Bureau, chat: Chat) -> None:
    an = await bound(bureau, chat)
    await offered(bureau, an, Priority.P1)
    assert (bureau.kinds_to(an), chat.said(THERE, "offer")) == (["offer"], [])
    await later(bureau, 31)
    assert len(chat.said(THERE, "offer")) == 1, "no word of the network within half a minute"


async def test_a_receipt_says_that_it_has_arrived_and_a_late_one_still_counts(bureau: Bureau, chat: Chat) -> None:
    an = await bound(bureau, chat, over=ZALO)
    await offered(bureau, an)
    await later(bureau, 46)
    assert bureau.kinds_to(an) == ["offer"]
    (seen,) = await bureau.rows("select id from message_attempts where carrier = 'zalo' order by started_at desc limit 1")
    await bureau.desk().take_receipt(Receipt(carrier="zalo", attempt_id=seen["id"], status=ReceiptStatus.DELIVERED))
    assert (await bureau.statuses())[-1] == "delivered"


async def test_a_chat_that_is_away_is_passed_over_at_once(bureau: Bureau, chat: Chat) -> None:
    an = await bound(bureau, chat)
    chat.bot.down = True
    lan = await bureau.person("Bà Lan", "+84912000001")
    async with bureau.sending():
        await bureau.offered(await bureau.job(lan), an)
        await eventually(lambda: bureau.kinds_to(an) == ["offer"])


async def test_an_account_that_is_gone_is_forgotten_and_its_owner_hears_it_once(bureau: Bureau, chat: Chat) -> None:
    an = await bound(bureau, chat)
    chat.bot.refuses = CarrierRefused("blocked", permanent=True, gone=True)
    await offered(bureau, an)
    assert bureau.kinds_to(an) == ["offer", "account_gone"]
    assert await chat.accounts() == [("telegram", False)]
    await offered(bureau, an)
    assert bureau.kinds_to(an).count("account_gone") == 1
    chat.bot.refuses = None
    await chat.bound(an, THERE)
    assert await chat.accounts() == [("telegram", True)], "bound anew"


async def test_what_is_vital_goes_on_unless_newer_words_have_overtaken_it(bureau: Bureau, chat: Chat) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await chat.bound(lan, THERE)
    bureau.carrier.taken.clear()
    job = await bureau.job(lan)
    offer = await bureau.offer(an)
    await bureau.accepted(job, an, lan, offer)
    going = bureau.about_job(EventType.ASSIGNMENT_EN_ROUTE, job, lan.as_(Role.RESIDENT), status=JobStatus.EN_ROUTE)
    await bureau.hear(going)
    await bureau.send_all()
    await later(bureau, 61)
    assert bureau.kinds_to(lan) == ["en_route_resident"]
    again = await bureau.job(lan)
    await bureau.accepted(again, an, lan, await bureau.offer(an))
    going = bureau.about_job(EventType.ASSIGNMENT_EN_ROUTE, again, lan.as_(Role.RESIDENT), status=JobStatus.EN_ROUTE)
    stopped = bureau.about_job(EventType.JOB_FROZEN, again, lan.as_(Role.RESIDENT), status=JobStatus.FROZEN)
    await bureau.hear(going)
    await bureau.send_all()
    await bureau.hear(stopped)
    await bureau.send_all()
    assert bureau.kinds_to(lan)[-1] == "frozen_resident", "the phone rings at once"
    await later(bureau, 61)
    assert bureau.kinds_to(lan).count("en_route_resident") == 1, "nobody is told any more that somebody comes"


async def test_sms_are_counted_and_words_in_a_chat_are_not(bureau: Bureau, chat: Chat) -> None:
    an = await bound(bureau, chat)
    for _ in range(8):
        lan = await bureau.person("Bà Lan", "+84912000001")
        job = await bureau.job(lan)
        await bureau.accepted(job, an, lan, await bureau.offer(an))
    await bureau.send_all()
    assert len(chat.said(THERE, "accepted_responder")) == 8
    counted = "select count(*) from message_attempts where counts and channel = 'sms' and contact_point_id = $1"
    assert await bureau.one(counted, an.id) == 2, "the code, and that it is linked"
