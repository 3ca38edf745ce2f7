"""Whoever waits at a service point and left a number is called there, in their language, once a call."""

from uuid import uuid4

from shared.events.contract import ChannelKind, Role
from shared.events.counter import TicketCalled
from shared.events.envelope import Event
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def called(bureau: Bureau, lan: Person, *, again: bool = False) -> Event:
    ticket_id, whom = uuid4(), lan.as_(Role.RESIDENT)
    body = TicketCalled(
        city="hanoi",
        contact_point_id=whom.contact_point_id,
        recipients=(whom,),
        ticket_id=ticket_id,
        number=17,
        point="Điểm phục vụ Phường Hoàn Kiếm",
        desk="2A",
        again=again,
    )
    version = 4 if again else 2
    return Event(
        type=EventType.TICKET_CALLED, subject=ticket_id, version=version, key=ticket_id, body=body, time=await bureau.now()
    )


async def test_a_call_is_one_text_however_often_the_event_comes(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    event = await called(bureau, lan)
    await bureau.hear(event)
    await bureau.hear(event)
    await bureau.send_all()
    (text,) = bureau.texts_to(lan)
    assert text.startswith("TechRescue: mời số 17 đến quầy 2A, Điểm phục vụ Phường Hoàn Kiếm.")
    assert "lần gọi cuối" not in text


async def test_the_last_call_says_so(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    await bureau.hear(await called(bureau, lan, again=True))
    await bureau.send_all()
    assert "Đây là lần gọi cuối." in bureau.texts_to(lan)[0]


async def test_nobody_telephones_about_it(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+842438251234", ChannelKind.CALL)
    await bureau.hear(await called(bureau, lan))
    await bureau.send_all()
    assert bureau.texts_to(lan) == []
    assert await bureau.rows("select * from call_tasks") == []
