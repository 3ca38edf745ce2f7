"""Several providers of one channel: who takes a text when one is away, in doubt, or cannot be answered; receipts by reference."""

from dataclasses import replace

from notify.channels.port import Receipt, ReceiptStatus
from shared.events.contract import Role
from shared.events.registry import EventType
from tests.support.carrier import RecordingCarrier
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, Person


async def offered(bureau: Bureau) -> Person:
    """An offer that waits to be sent."""
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(await bureau.job(lan), an)
    return an


async def told(bureau: Bureau, count: int = 1) -> None:
    for number in range(count):
        resident = await bureau.person(f"Bà {number}", f"+84913{number:06}")
        request = await bureau.request(resident)
        await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))


def second(bureau: Bureau, **knobs: object) -> RecordingCarrier:
    carrier = RecordingCarrier(name="second", **knobs)  # type: ignore[arg-type]
    bureau.others.append(carrier)
    return carrier


async def test_an_offer_takes_the_second_route_while_the_first_is_away_and_comes_back_to_it(bureau: Bureau) -> None:
    other = second(bureau)
    bureau.settings = replace(bureau.settings, down_first_seconds=0.0, down_last_seconds=0.0)
    bureau.carrier.down = True
    async with bureau.sending():
        await offered(bureau)
        await eventually(lambda: [message.kind for message in other.taken] == ["offer"])
        bureau.carrier.down = False
        await told(bureau)
        await eventually(lambda: bureau.carrier.kinds() == ["filed"])
        await bureau.drained()
    assert await bureau.one("select max(attempts) from messages") == 1, "who was away had no try"


async def test_what_was_left_in_doubt_is_sent_once_more_over_the_other_route(bureau: Bureau) -> None:
    other = second(bureau)
    await offered(bureau)
    bureau.carrier.answers_lost = 1
    await bureau.send_all()
    assert await bureau.statuses() == ["unknown"]
    await bureau.move_clock(61)
    await bureau.sweep()
    await bureau.send_all()
    assert ([m.kind for m in bureau.carrier.taken], [m.kind for m in other.taken]) == (["offer"], ["offer"])
    went = await bureau.rows("select carrier, status from message_attempts order by number")
    assert [tuple(row) for row in went] == [("recording", "unknown"), ("second", "submitted")]


async def test_a_question_waits_for_a_route_that_can_be_answered(bureau: Bureau) -> None:
    bureau.carrier.two_way = False
    await offered(bureau)
    async with bureau.sending():
        await told(bureau)
        await eventually(lambda: bureau.carrier.kinds() == ["filed"])
    assert await bureau.statuses() == ["queued", "submitted"]
    second(bureau)
    await bureau.move_clock(2)
    await bureau.send_all()
    assert bureau.others[0].kinds() == ["offer"]


async def test_a_question_over_a_sender_name_says_where_the_answer_goes(bureau: Bureau) -> None:
    bureau.carrier.two_way = False
    bureau.settings = replace(bureau.settings, answer_to="8088")
    await offered(bureau)
    await told(bureau)
    await bureau.send_all()
    (offer,), (filed,) = bureau.carrier.texts("offer"), bureau.carrier.texts("filed")
    assert "Reply: 8088" in offer
    assert "8088" not in filed


async def test_a_route_that_answers_nobody_is_left_for_the_other(bureau: Bureau) -> None:
    other = second(bureau)
    bureau.settings = replace(bureau.settings, breaker_sends=5, down_first_seconds=60.0)
    bureau.carrier.swallowed = 1000
    async with bureau.sending():
        await told(bureau, 5)
        await bureau.drained()
        await told(bureau)
        await bureau.drained()
    assert (bureau.carrier.tried, len(other.taken)) == (5, 1)


async def test_a_receipt_may_name_nothing_but_the_reference_of_the_carrier(bureau: Bureau) -> None:
    bureau.carrier.names_attempts = False
    await offered(bureau)
    await bureau.send_all()
    await bureau.desk().take_receipt(by_ref("ref-1"))
    await bureau.desk().take_receipt(by_ref("ref-1"))
    assert await bureau.statuses() == ["delivered"]
    assert len(await bureau.emitted(EventType.MESSAGE_DELIVERED)) == 1


async def test_a_receipt_that_overtakes_the_recording_is_believed_afterwards(bureau: Bureau) -> None:
    bureau.carrier.names_attempts = False
    await offered(bureau)
    await bureau.desk().take_receipt(by_ref("ref-1"))
    await bureau.send_all()
    assert await bureau.statuses() == ["submitted"]
    await bureau.sweep()
    assert await bureau.statuses() == ["delivered"]
    assert await bureau.one("select count(*) from early_receipts") == 0


async def test_a_forged_reference_changes_nothing_and_is_forgotten(bureau: Bureau) -> None:
    bureau.carrier.names_attempts = False
    await offered(bureau)
    await bureau.send_all()
    for reference, carrier in (("ref-2", "recording"), ("ref-1", "second")):
        await bureau.desk().take_receipt(by_ref(reference, carrier))
    await bureau.sweep()
    assert await bureau.statuses() == ["submitted"]
    assert await bureau.one("select count(*) from early_receipts") == 2
    await bureau.move_clock(3601)
    await bureau.sweep()
    assert await bureau.one("select count(*) from early_receipts") == 0


async def test_no_reference_is_kept_of_a_carrier_that_names_our_attempts(bureau: Bureau) -> None:
    await offered(bureau)
    await bureau.send_all()
    assert await bureau.one("select count(*) from attempt_refs") == 0


def by_ref(reference: str, carrier: str = "recording") -> Receipt:
    return Receipt(carrier=carrier, attempt_id=None, status=ReceiptStatus.DELIVERED, carrier_ref=reference)
