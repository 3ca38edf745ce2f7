"""Questions about shifts on a phone: asked in words, behind what is urgent, and answered by code or by a bare word."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.events.assignments import OfferKind
from shared.events.contract import Role
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.shifts import AskKind, ShiftAsked, ShiftOutcome, ShiftSettled, ShiftUnfilled
from tests.support.notifying import Bureau, Person


async def window(bureau: Bureau) -> dict[str, Any]:
    starts_at = (await bureau.now()).replace(minute=0, second=0, microsecond=0) + timedelta(hours=24)
    return {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=8), "commune_code": "00004"}


async def ask(bureau: Bureau, person: Person, kind: AskKind = AskKind.CONFIRM, *, minutes: float = 600) -> ShiftAsked:
    now: datetime = await bureau.now()
    body = ShiftAsked(
        city="hanoi",
        contact_point_id=person.id,
        recipients=(person.as_(Role.RESPONDER),),
        ask_id=uuid4(),
        kind=kind,
        responder_id=uuid4(),
        about_id=uuid4(),
        answer_by=now + timedelta(minutes=minutes),
        **await window(bureau),
    )
    await bureau.hear(event(EventType.SHIFT_ASKED, body.ask_id, person, body, version=1, now=now))
    await bureau.send_all()
    return body


async def settle(bureau: Bureau, person: Person, asked: ShiftAsked, outcome: ShiftOutcome, *, tell: bool = True) -> None:
    told = (person.as_(Role.RESPONDER),) if tell else ()
    body = ShiftSettled(
        city="hanoi",
        contact_point_id=person.id,
        recipients=told,
        ask_id=asked.ask_id,
        outcome=outcome,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        commune_code=asked.commune_code,
    )
    await bureau.hear(event(EventType.SHIFT_SETTLED, asked.ask_id, person, body, version=2, now=await bureau.now()))
    await bureau.send_all()


def event(kind: EventType, subject: UUID, person: Person, body: Any, *, version: int, now: datetime) -> Event:
    return Event(type=kind, subject=subject, version=version, key=person.id, body=body, time=now)


async def answers(bureau: Bureau) -> list[tuple[str, bool]]:
    return [(one["ask_id"], one["accepts"]) for one in await bureau.emitted(EventType.SHIFT_ANSWERED)]


async def test_a_shift_is_asked_about_in_words_and_answered_by_code(bureau: Bureau) -> None:
    an = await bureau.person("Chi", "+84912000002")
    asked = await ask(bureau, an)
    [text] = bureau.texts_to(an)
    assert "10:00-18:00 ngày mai" in text
    code = bureau.code_of(an)
    await bureau.writes(an, f"1 {code}")
    assert await answers(bureau) == [(str(asked.ask_id), True)]
    await settle(bureau, an, asked, ShiftOutcome.KEPT)
    assert bureau.kinds_to(an) == ["shift_confirm", "shift_kept"]
    await bureau.writes(an, f"2 {code}")  # ill after all
    assert await answers(bureau) == [(str(asked.ask_id), True), (str(asked.ask_id), False)]
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == []


async def test_an_offer_comes_first_and_a_bare_yes_means_the_offer(bureau: Bureau) -> None:
    an = await bureau.person("Chi", "+84912000002")
    asked = await ask(bureau, an)
    await bureau.move_clock(3600)
    offer = await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), an)
    await bureau.send_all()
    assert await bureau.rows("select kind, status from questions order by created_at") == [("shift", "paused"), ("visit", "open")]
    await bureau.writes(an, "1")
    [reply] = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (reply["offer_id"], await answers(bureau)) == (str(offer.offer_id), [])
    await bureau.move_clock(1800)
    await bureau.writes(an, "1")  # the offer is answered and long ago: the shift has its turn again
    assert await answers(bureau) == [(str(asked.ask_id), True)]


async def test_a_bare_yes_just_after_both_were_asked_is_asked_back(bureau: Bureau) -> None:
    an = await bureau.person("Chi", "+84912000002")
    await ask(bureau, an)
    await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), an)
    await bureau.send_all()
    await bureau.writes(an, "1")
    assert await answers(bureau) == await bureau.emitted(EventType.REPLY_RECEIVED) == []
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "ask_back"


async def test_a_lead_s_escalation_goes_before_a_shift_and_a_place_for_minutes_before_a_day(bureau: Bureau) -> None:
    an = await bureau.person("Chi", "+84912000002")
    await ask(bureau, an)
    await ask(bureau, an, AskKind.TAKE, minutes=20)
    statuses = await bureau.rows("select status from questions order by created_at")
    assert [row["status"] for row in statuses] == ["paused", "open"]
    await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), an, kind=OfferKind.ESCALATION)
    statuses = await bureau.rows("select status from questions order by created_at")
    assert [row["status"] for row in statuses] == ["paused", "paused", "open"]


async def test_who_is_silent_learns_how_to_say_yes_after_all(bureau: Bureau) -> None:
    an = await bureau.person("Chi", "+84912000002")
    asked = await ask(bureau, an)
    code = bureau.code_of(an)
    await settle(bureau, an, asked, ShiftOutcome.SILENT)
    assert f"1 {code}" in bureau.texts_to(an)[-1]
    await bureau.move_clock(3600)
    await bureau.writes(an, f"1 {code}")
    assert await answers(bureau) == [(str(asked.ask_id), True)]


async def test_a_question_that_ends_before_it_has_left_never_leaves(bureau: Bureau) -> None:
    an = await bureau.person("Chi", "+84912000002")
    await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), an)
    await bureau.send_all()
    asked = await ask(bureau, an)  # waits behind the offer
    await settle(bureau, an, asked, ShiftOutcome.OVER, tell=False)
    await bureau.move_clock(1200)
    await bureau.sweep()
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["offer"]
    assert await bureau.one("select status from questions where kind = 'shift'") == "withdrawn"


async def test_dispatch_hears_that_a_question_could_not_be_put(bureau: Bureau) -> None:
    an = await bureau.person("Chi", "+84912000002")
    await bureau.at_local(22)
    asked = await ask(bureau, an)
    [failed] = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert (failed["offer_id"], failed["reason"], failed["purpose"]) == (str(asked.ask_id), "quiet_hours", "shift_confirm")
    assert bureau.texts_to(an) == []


async def test_a_landline_is_called_and_the_call_is_over_with_the_question(bureau: Bureau) -> None:
    an = await bureau.person("Chi", "+842438250111")
    asked = await ask(bureau, an)
    assert await bureau.rows("select purpose, status from call_tasks") == [("shift_confirm", "open")]
    await settle(bureau, an, asked, ShiftOutcome.OVER, tell=False)
    assert await bureau.one("select status from call_tasks") == "dropped"


async def test_a_ward_lead_hears_of_a_place_that_nobody_takes(bureau: Bureau) -> None:
    lead = await bureau.person("Phụ trách", "+84912000009")
    body = ShiftUnfilled(
        city="hanoi",
        contact_point_id=lead.id,
        recipients=(lead.as_(Role.LEAD),),
        opening_id=uuid4(),
        **await window(bureau),
    )
    await bureau.hear(event(EventType.SHIFT_UNFILLED, body.opening_id, lead, body, version=1, now=await bureau.now()))
    await bureau.send_all()
    [text] = bureau.texts_to(lead)
    assert ("10:00-18:00 ngày mai" in text, "chưa tìm được người" in text) == (True, True)
