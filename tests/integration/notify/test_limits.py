"""How much one person is written to, and when: on a real database, with several senders."""

from dataclasses import replace

from notify.accounts.rows import bind
from shared.events.assignments import JobState, OfferKind
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.registry import EventType
from shared.postgres.transaction import app_now, transaction
from tests.support.carrier import RecordingCarrier
from tests.support.in_hand import works_with_us
from tests.support.notifying import Bureau, Person


async def filed(bureau: Bureau, resident: Person, priority: Priority = Priority.P2) -> None:
    request = await bureau.request(resident, priority=priority)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))


async def told(bureau: Bureau, helper: Person, times: int) -> None:
    """Texts that somebody gets as a helper."""
    for _ in range(times):
        job = await bureau.job(await bureau.person("Ông Ba", "+84912000009"), priority=Priority.P2)
        await bureau.hear(bureau.about_job(EventType.JOB_CANCELLED, job, helper.as_(Role.RESPONDER)))
    await bureau.send_all()
    assert len(bureau.texts_to(helper)) == times


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
    await told(bureau, await bureau.person("Tổ 1", "+84912000002"), 5)
    await offered(bureau)
    await bureau.send_all()
    (failure,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert failure["reason"] == "limit"
    assert failure["retry_at"] > failure["at"]


async def test_nobody_silences_a_helper_by_filing_with_their_number(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    for _ in range(8):
        await filed(bureau, an)
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["filed"] * 5, "as a resident they are left in peace"
    await offered(bureau)
    await bureau.send_all()
    assert bureau.kinds_to(an) == [*["filed"] * 5, "offer"]
    assert await bureau.emitted(EventType.MESSAGE_FAILED) == []


async def test_whoever_helps_much_still_hears_of_what_they_asked_for_themselves(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    await told(bureau, an, 5)
    await filed(bureau, an)
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "filed"


async def test_escalations_come_through_after_many_texts_and_a_burst_goes_to_the_next_level(bureau: Bureau) -> None:
    lan, desk = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổng đài", "+84912000002")
    for number in range(12):
        escalation = await bureau.offered(await bureau.job(lan, priority=Priority.P2), desk, kind=OfferKind.ESCALATION)
        await bureau.move_clock(31)  # else they share a text
        await bureau.send_all()
        assert len(bureau.texts_to(desk)) == min(number + 1, 10)
    failed = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert {one["reason"] for one in failed} == {"limit"}
    assert str(escalation.offer_id) in {one["offer_id"] for one in failed}
    for _ in range(15):
        await bureau.offered(await bureau.job(lan, priority=Priority.P2), desk, kind=OfferKind.ESCALATION)
        await bureau.move_clock(31)
        await bureau.send_all()
        await bureau.move_clock(270)
    assert len(bureau.texts_to(desk)) > 21, "held back for a while, never for hours"


async def test_of_a_service_point_every_escalation_leaves_and_the_resident_hears_of_each(bureau: Bureau) -> None:
    lan, desk = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổng đài", "+84912000002")
    for _ in range(6):
        await filed(bureau, lan)
    await bureau.send_all()
    for _ in range(12):
        job = await bureau.job(lan, priority=Priority.P1)
        await bureau.hear(bureau.about_job(EventType.JOB_ESCALATED, job, lan.as_(Role.RESIDENT)))
        await bureau.offered(job, desk, kind=OfferKind.ESCALATION)
        await bureau.move_clock(31)  # else they share a text
        await bureau.send_all()
    assert len(bureau.texts_to(desk)) == 12
    assert bureau.kinds_to(lan) == [*["filed"] * 5, *["escalated_resident"] * 12], "what is only news waits"
    assert await bureau.emitted(EventType.MESSAGE_FAILED) == []


async def test_who_says_yes_gets_the_address_however_much_was_sent_before(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await told(bureau, an, 4)
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


async def test_a_number_abroad_is_called_and_never_texted(bureau: Bureau) -> None:
    abroad = await bureau.person("Bà Mai", "+4915112345678")
    request = await bureau.request(abroad)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, abroad.as_(Role.RESIDENT)))
    await bureau.send_all()
    assert bureau.carrier.taken == []
    assert await bureau.one("select count(*) from call_tasks where purpose = 'filed'") == 1


async def test_whoever_writes_from_abroad_gets_no_answer_that_costs(bureau: Bureau) -> None:
    stranger = await bureau.person("Ai đó", "+4915112345678")
    await works_with_us(bureau, stranger)
    await bureau.writes(stranger, "1 27")
    await bureau.send_all()
    assert bureau.carrier.taken == []
    assert await bureau.one("select reason from messages") == "undeliverable"


async def stands(bureau: Bureau, job: JobState, resident: Person, kind: EventType, **changes: object) -> None:
    """One more text about how it stands."""
    await bureau.hear(bureau.about_job(kind, job, resident.as_(Role.RESIDENT), **changes))
    await bureau.send_all()


async def test_of_texts_that_waited_for_the_morning_the_newest_is_said(bureau: Bureau) -> None:
    lan, ba = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Ông Ba", "+84912000009")
    job, other = await bureau.job(lan, priority=Priority.P3), await bureau.job(lan, priority=Priority.P3)
    same = await bureau.job(ba, priority=Priority.P3)
    await bureau.at_local(22)
    await stands(bureau, job, lan, EventType.JOB_ESCALATED)
    await stands(bureau, job, lan, EventType.CLOCK_RESUMED)
    await stands(bureau, job, lan, EventType.JOB_ESCALATED)
    await stands(bureau, other, lan, EventType.JOB_ESCALATED)
    await stands(bureau, same, ba, EventType.JOB_ESCALATED)
    assert bureau.carrier.taken == []
    await bureau.at_local(7)
    await bureau.move_clock(1)
    await bureau.send_all()
    assert bureau.kinds_to(lan) == ["escalated_resident"] * 2, "one for each request"
    assert bureau.kinds_to(ba) == ["escalated_resident"]
    newest = await bureau.rows("select status, request_id from messages where contact_point_id = $1 order by id", lan.id)
    assert [row["status"] for row in newest] == ["withdrawn", "withdrawn", "submitted", "submitted"]
    assert await bureau.one("select count(*) from call_tasks") == 0
    assert await bureau.emitted(EventType.MESSAGE_FAILED) == []


async def test_a_letter_makes_no_sound_at_night_and_a_chat_does(bureau: Bureau) -> None:
    mail, chat = RecordingCarrier(name="mail", channel=ChannelKind.EMAIL), RecordingCarrier(name="chat", channel=ChannelKind.ZALO)
    bureau.others += [mail, chat]
    served = frozenset({ChannelKind.EMAIL, ChannelKind.ZALO})
    bureau.settings = replace(bureau.settings, sending=replace(bureau.settings.sending, served=served))
    await bureau.at_local(22)
    for number, channel in enumerate(served):
        resident = await bureau.person("Bà Lan", f"+8491200000{number}", channel)
        async with transaction(bureau.pool, "notify.inbound") as connection:
            now = await app_now(connection)
            await bind(connection, bureau.vault, resident.id, channel, f"account-{number}", key=resident.key, now=now)
        await stands(bureau, await bureau.job(resident, priority=Priority.P3), resident, EventType.JOB_ESCALATED)
    assert (mail.kinds(), chat.kinds()) == (["escalated_resident"], [])
