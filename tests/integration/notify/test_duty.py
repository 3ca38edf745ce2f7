"""Somebody writes "NGHI 30", and hears what holds: the notify side of breaks."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from shared.events.contract import Role
from shared.events.duty import Duty, DutyChanged
from shared.events.envelope import Event
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def changed(bureau: Bureau, person: Person, duty: Duty, **fields: Any) -> None:
    recipients = (person.as_(Role.RESPONDER),)
    body = DutyChanged(city="hanoi", contact_point_id=person.id, recipients=recipients, responder_id=uuid4(), duty=duty, **fields)
    now = await bureau.now()
    await bureau.hear(
        Event(type=EventType.DUTY_CHANGED, subject=body.responder_id, version=2, key=person.id, body=body, time=now)
    )
    await bureau.send_all()


async def test_a_word_leaves_as_what_it_means_and_nothing_else(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), an)
    await bureau.send_all()
    for text in ("ok nghi 30p", "NGHỈ", "lam"):
        await bureau.writes(an, text)
    said = await bureau.emitted(EventType.DUTY_SAID)
    assert [(one["duty"], one["minutes"]) for one in said] == [("break", 30), ("off", None), ("on", None)]
    assert {one["contact_point_id"] for one in said} == {str(an.id)}
    assert [one["version"] for one in said] == [1, 2, 3]
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == await bureau.emitted(EventType.MESSAGE_RECEIVED) == []


async def test_what_holds_is_told_in_words_also_at_night(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    await bureau.at_local(23)
    now = await bureau.now()
    await changed(bureau, an, Duty.BREAK, until=now + timedelta(minutes=30))
    await changed(bureau, an, Duty.OFF)
    await changed(bureau, an, Duty.ON, on_shift_until=now + timedelta(hours=7))
    await changed(bureau, an, Duty.ON, next_shift_at=now + timedelta(days=3))
    pause, off, on, later = bureau.texts_to(an)
    assert "23:30 hôm nay" in pause
    assert all("nhắn LAM" in text for text in (pause, off))
    assert all("vẫn là của bạn" in text for text in (pause, off))
    assert ("trực đến 06:00 ngày mai" in on, "Ca trực tới" in later) == (True, True)
    assert await bureau.emitted(EventType.MESSAGE_SUBMITTED) == [], "between this person and us"


async def test_an_erased_person_is_not_written_to(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    await bureau.pool.execute("delete from messages")
    stranger = Person(an.name, an.phone, an.id, an.key)
    body = DutyChanged(
        city="hanoi",
        contact_point_id=an.id,
        recipients=(stranger.as_(Role.RESPONDER).model_copy(update={"address": _of_nobody(stranger)}),),
        responder_id=uuid4(),
        duty=Duty.OFF,
    )
    now = await bureau.now()
    await bureau.hear(Event(type=EventType.DUTY_CHANGED, subject=body.responder_id, version=1, key=an.id, body=body, time=now))
    await bureau.send_all()
    assert bureau.texts_to(an) == []


def _of_nobody(person: Person) -> Any:
    return person.as_(Role.RESPONDER).address.model_copy(update={"key_id": uuid4()})
