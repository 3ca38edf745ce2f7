"""The question of a drill on a phone: short, behind everything else, in nobody's way, and answered by anything."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.events.contract import Role
from shared.events.drills import DrillAsked, DrillOutcome, DrillSettled
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.shifts import AskKind, ShiftAsked
from tests.support.notifying import Bureau, Person


def event(kind: EventType, body: Any, *, version: int, now: Any) -> Event:
    return Event(type=kind, subject=body.ask_id, version=version, key=body.contact_point_id, body=body, time=now)


async def ask(bureau: Bureau, person: Person) -> DrillAsked:
    now = await bureau.now()
    body = DrillAsked(
        city="hanoi",
        contact_point_id=person.id,
        recipients=(person.as_(Role.RESPONDER),),
        ask_id=uuid4(),
        month=12,
        commune_code="00004",
        answer_by=now + timedelta(days=3),
    )
    await bureau.hear(event(EventType.DRILL_ASKED, body, version=1, now=now))
    await bureau.send_all()
    return body


async def settle(bureau: Bureau, person: Person, asked: DrillAsked, outcome: DrillOutcome) -> None:
    recipients = (person.as_(Role.RESPONDER),)
    body = DrillSettled(city="hanoi", contact_point_id=person.id, recipients=recipients, ask_id=asked.ask_id, outcome=outcome)
    version = 2 if outcome is DrillOutcome.SILENT else 3
    await bureau.hear(event(EventType.DRILL_SETTLED, body, version=version, now=await bureau.now()))
    await bureau.send_all()


async def answered(bureau: Bureau) -> list[tuple[str, str]]:
    return [(one["ask_id"], one["over"]) for one in await bureau.emitted(EventType.DRILL_ANSWERED)]


@pytest.mark.parametrize("words", ["1 {code}", "2 {code}", "1", "ok em", "co"])
async def test_a_phone_is_tried_and_any_answer_will_do(bureau: Bureau, words: str) -> None:
    an = await bureau.person("Chi", "+84912000002")
    asked = await ask(bureau, an)
    [text] = bureau.texts_to(an)
    assert "Thử liên lạc TechRescue tháng 12" in text
    await bureau.writes(an, words.format(code=bureau.code_of(an)))
    assert await answered(bureau) == [(str(asked.ask_id), "recording")]
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == []
    assert await bureau.rows("select status, kind from questions") == [("answered", "drill")]
    assert bureau.kinds_to(an) == ["drill"], "no thanks: it costs as much as the question"
    [told] = await bureau.emitted(EventType.MESSAGE_SUBMITTED)
    assert (told["offer_id"], told["purpose"]) == (str(asked.ask_id), "drill")


async def test_an_offer_comes_first_and_a_bare_yes_means_the_offer(bureau: Bureau) -> None:
    an = await bureau.person("Chi", "+84912000002")
    await ask(bureau, an)
    offer = await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), an)
    await bureau.send_all()
    assert await bureau.rows("select kind, status from questions order by created_at") == [("drill", "paused"), ("visit", "open")]
    await bureau.writes(an, "1")  # a moment after both questions
    [reply] = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert reply["offer_id"] == str(offer.offer_id)
    assert await answered(bureau) == []
    assert "ask_back" not in bureau.kinds_to(an)


async def test_it_waits_behind_a_question_about_a_shift(bureau: Bureau) -> None:
    an = await bureau.person("Chi", "+84912000002")
    now = await bureau.now()
    shift = ShiftAsked(
        city="hanoi", contact_point_id=an.id, recipients=(an.as_(Role.RESPONDER),), ask_id=uuid4(), kind=AskKind.CONFIRM,
        responder_id=uuid4(), about_id=uuid4(), answer_by=now + timedelta(hours=4), starts_at=now + timedelta(hours=24),
        ends_at=now + timedelta(hours=32), commune_code="00004",
    )  # fmt: skip
    await bureau.hear(event(EventType.SHIFT_ASKED, shift, version=1, now=now))
    asked = await ask(bureau, an)
    assert bureau.kinds_to(an) == ["shift_confirm"]
    await bureau.writes(an, f"1 {bureau.code_of(an)}")
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["shift_confirm", "drill"]
    await bureau.writes(an, f"1 {bureau.code_of(an)}")
    assert await answered(bureau) == [(str(asked.ask_id), "recording")]


async def test_a_number_that_takes_no_texts_is_not_called_for_it(bureau: Bureau) -> None:
    desk = await bureau.person("Tổ 5", "+842438250000")
    await ask(bureau, desk)
    assert await bureau.rows("select purpose from call_tasks") == []
    assert await bureau.rows("select purpose from messages") == []


async def test_who_was_silent_hears_how_to_come_back_and_a_late_answer_is_passed_on(bureau: Bureau) -> None:
    an = await bureau.person("Chi", "+84912000002")
    asked = await ask(bureau, an)
    code = bureau.code_of(an)
    await bureau.move_clock(3 * 86400)
    await settle(bureau, an, asked, DrillOutcome.SILENT)
    assert "LIEN LAC" in bureau.texts_to(an)[-1]
    assert await bureau.rows("select status from questions") == [("expired",)]
    await bureau.writes(an, f"1 {code}")
    assert await answered(bureau) == [(str(asked.ask_id), "recording")]
    await settle(bureau, an, asked, DrillOutcome.BACK)
    assert bureau.kinds_to(an) == ["drill", "drill_silent", "drill_back"]
    await bureau.move_clock(2 * 86400)
    await bureau.writes(an, "LIEN LAC")
    [passed_on] = await bureau.emitted(EventType.MESSAGE_RECEIVED)
    assert passed_on["contact_point_id"] == str(an.id)
