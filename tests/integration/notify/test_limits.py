"""How much one person is written to, and when: on a real database, with several senders."""

from shared.events.contract import Priority, Role
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def filed(bureau: Bureau, resident: Person, priority: Priority = Priority.P2) -> None:
    request = await bureau.request(resident, priority=priority)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))


async def offered(bureau: Bureau, **changes: object) -> Person:
    """An offer that waits to be sent."""
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(await bureau.job(lan), an, **changes)
    return an


async def test_the_sixth_text_in_a_quarter_of_an_hour_waits(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    for _ in range(6):
        await filed(bureau, lan)
    await bureau.send_all()
    assert len(bureau.texts_to(lan)) == 5
    await bureau.move_clock(15 * 60 + 1)
    await bureau.send_all()
    assert len(bureau.texts_to(lan)) == 6


async def test_an_offer_above_the_limit_fails_at_once_and_says_when(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    for _ in range(5):
        await filed(bureau, an)
    await bureau.send_all()
    await offered(bureau)
    await bureau.send_all()
    (failure,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert failure["reason"] == "limit"
    assert failure["retry_at"] > failure["at"]


async def test_who_says_yes_gets_the_address_however_much_was_sent_before(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    for _ in range(4):
        await filed(bureau, an)
    await bureau.send_all()
    job = await bureau.job(lan, priority=Priority.P1)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.accepted(job, an, lan, offer)
    await bureau.send_all()
    assert len(bureau.texts_to(an)) == 6, "the offer was the fifth in a quarter of an hour"
    assert "Việc này là của bạn" in bureau.texts_to(an)[-1]


async def test_two_senders_together_keep_the_limit(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    for _ in range(12):
        await filed(bureau, lan)
    async with bureau.sending(bureau.sender(), bureau.sender(), bureau.sender()):
        await bureau.drained()
    assert len(bureau.texts_to(lan)) == 5


async def test_at_night_ordinary_news_waits_for_the_morning_and_urgent_news_does_not(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    await bureau.at_local(22)
    for priority in (Priority.P3, Priority.P1):
        job = await bureau.job(lan, priority=priority)
        await bureau.hear(bureau.about_job(EventType.JOB_ESCALATED, job, lan.as_(Role.RESIDENT), escalated_to="ward_lead"))
    await bureau.send_all()
    assert len(bureau.texts_to(lan)) == 1
    await bureau.at_local(8)
    await bureau.send_all()
    assert len(bureau.texts_to(lan)) == 2


async def test_an_ordinary_offer_at_night_fails_with_the_hour_of_the_morning(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await bureau.at_local(22)
    await bureau.offered(await bureau.job(lan, priority=Priority.P3), an)
    await bureau.send_all()
    (failure,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert failure["reason"] == "quiet_hours"
    assert "T00:00:00" in failure["retry_at"], "07:00 in Hanoi"
