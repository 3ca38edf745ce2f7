"""Claim, send, record, on a real database: never twice by two senders, never lost by a death, never late, never too much."""

import asyncio
from datetime import timedelta

import pytest

from notify.channels.port import Carrier, CarrierRefused, ReceiptStatus
from notify.sending.claims import claim
from notify.settings import NotifySettings
from shared.events.contract import Priority, Role
from shared.events.registry import EventType
from tests.support.carrier import RecordingCarrier
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, Person, open_bureau

CUT_OFF = """
select pg_terminate_backend(pid) from pg_stat_activity
where pid <> pg_backend_pid() and datname = current_database() and application_name = 'techrescue-notify'
"""


async def offered(bureau: Bureau, **changes: object) -> Person:
    """An offer that waits to be sent."""
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(await bureau.job(lan), an, **changes)
    return an


async def filed(bureau: Bureau, resident: Person, priority: Priority = Priority.P2) -> None:
    request = await bureau.request(resident, priority=priority)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))


async def texts_that_wait(bureau: Bureau, count: int) -> None:
    events = []
    for number in range(count):
        resident = await bureau.person(f"Bà {number}", f"+84912{number:06}")
        request = await bureau.request(resident)
        events.append(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))
    await bureau.hear(*events)


async def claim_and_die(bureau: Bureau) -> None:
    """A sender that was killed after its claim: nobody knows whether it sent."""
    found = await claim(bureau.pool, bureau.vault, bureau.routes(), bureau.settings, limit=100)
    assert found.claimed


async def test_three_senders_send_each_message_once(bureau: Bureau) -> None:
    await texts_that_wait(bureau, 300)
    bureau.carrier.latency_seconds = 0.005
    settings = NotifySettings(poll_seconds=0.01, claim_batch=20, in_flight=30)
    async with bureau.sending(*(bureau.sender(settings=settings) for _ in range(3))):
        await bureau.drained()
    assert len({message.to for message in bureau.carrier.taken}) == 300
    assert len(bureau.carrier.taken) == 300
    assert set(await bureau.statuses()) == {"submitted"}


async def test_a_slow_carrier_does_not_make_senders_slow(bureau: Bureau) -> None:
    await texts_that_wait(bureau, 400)
    bureau.carrier.latency_seconds = 0.05
    started = asyncio.get_running_loop().time()
    await bureau.send_all()
    assert bureau.carrier.most_at_once > 50, "many sends in flight, none holds a connection"
    assert asyncio.get_running_loop().time() - started < 400 * 0.05 / 4, "far below one after the other"


async def test_texts_of_one_phone_leave_in_their_order_and_never_side_by_side(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    for _ in range(5):
        await filed(bureau, lan)
    bureau.carrier.latency_seconds = 0.01
    await bureau.send_all()
    assert bureau.carrier.most_at_once == 1
    order = await bureau.rows("select request_id from messages order by created_at")
    assert [message.request_id for message in bureau.carrier.taken] == [row["request_id"] for row in order]


async def test_a_sender_that_died_is_noticed_after_its_lease_and_its_offer_sent_once_more_a_minute_later(
    bureau: Bureau,
) -> None:
    an = await offered(bureau)
    await claim_and_die(bureau)
    await bureau.move_clock(19)
    await bureau.sweep()
    assert await bureau.statuses() == ["sending"], "the lease still runs"
    await bureau.move_clock(2)
    await bureau.sweep()
    assert await bureau.statuses() == ["unknown"]
    await bureau.move_clock(61)
    await bureau.sweep()
    await bureau.send_all()
    assert len(bureau.texts_to(an)) == 1
    assert await bureau.one("select resends from messages") == 1
    attempts = await bureau.rows("select status from message_attempts order by number")
    assert [row["status"] for row in attempts] == ["unknown", "submitted"]


async def test_unknown_twice_is_given_up(bureau: Bureau) -> None:
    await offered(bureau)
    for _ in range(2):
        await claim_and_die(bureau)
        await bureau.move_clock(21)
        await bureau.sweep()
        await bureau.move_clock(61)
        await bureau.sweep()
    (failure,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert failure["reason"] == "unknown"
    assert await bureau.one("select count(*) from questions where status in ('waiting', 'open')") == 0


async def test_an_unknown_message_that_is_no_offer_is_told_by_a_person(bureau: Bureau) -> None:
    await filed(bureau, await bureau.person("Bà Lan", "+84912000001"))
    bureau.carrier.swallowed = 1
    await bureau.send_all()
    await bureau.move_clock(61)
    await bureau.sweep()
    assert await bureau.statuses() == ["undelivered"]
    assert await bureau.one("select owner from call_tasks where purpose = 'filed'") == "city_desk"
    assert (await bureau.emitted(EventType.CALL_REQUESTED))[0]["purpose"] == "filed"


async def test_a_receipt_settles_what_was_unknown(bureau: Bureau) -> None:
    await offered(bureau)
    bureau.carrier.answers_lost = 1
    await bureau.send_all()
    assert await bureau.statuses() == ["unknown"]
    await bureau.receipt(await bureau.one("select id from messages"), ReceiptStatus.DELIVERED)
    await bureau.move_clock(300)
    await bureau.sweep()
    await bureau.send_all()
    assert len(bureau.carrier.taken) == 1
    types = [body["type"] for body in await bureau.emitted()]
    assert types == [EventType.MESSAGE_SUBMITTED, EventType.MESSAGE_DELIVERED], "the lease starts although the answer was lost"


@pytest.mark.parametrize(("swallowed", "sent"), [(0, 1), (1, 1)])
async def test_a_carrier_that_can_be_asked_is_asked(bureau: Bureau, swallowed: int, sent: int) -> None:
    await offered(bureau)
    bureau.carrier.can_be_asked = True
    bureau.carrier.swallowed, bureau.carrier.answers_lost = swallowed, 1 - swallowed
    await bureau.send_all()
    assert await bureau.statuses() == ["unknown"]
    await bureau.sweep()
    await bureau.send_all()
    assert len(bureau.carrier.taken) == sent
    assert await bureau.statuses() == ["submitted"]


async def test_a_carrier_that_is_away_costs_no_attempt_and_sees_one_probe_at_a_time(dsn: str) -> None:
    async with open_bureau(dsn, down_first_seconds=0.05, down_last_seconds=0.1) as bureau:
        await texts_that_wait(bureau, 50)
        bureau.carrier.down = True
        async with bureau.sending():
            await eventually(lambda: bureau.carrier.tried >= 53)
            bureau.carrier.down = False
            await eventually(lambda: len(bureau.carrier.taken) == 50)  # what was given back waits a moment before it is due
            await bureau.drained()
        assert len(bureau.carrier.taken) == 50
        assert await bureau.one("select max(attempts) from messages") == 1
        assert await bureau.one("select count(*) from message_attempts where counts") == 50


async def test_a_refusal_for_good_ends_the_offer_and_its_question(bureau: Bureau) -> None:
    await offered(bureau)
    bureau.carrier.refuses = CarrierRefused("bad_number", permanent=True)
    await bureau.send_all()
    (failure,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert failure["reason"] == "undeliverable"
    assert await bureau.one("select status from questions") == "withdrawn"


async def test_a_refusal_for_now_is_tried_again_with_growing_pauses(bureau: Bureau) -> None:
    await offered(bureau)
    bureau.carrier.refuses = CarrierRefused("busy", permanent=False)
    await bureau.send_all()
    assert (await bureau.statuses(), bureau.carrier.tried) == (["queued"], 1)
    await bureau.move_clock(5)
    await bureau.send_all()
    assert (await bureau.statuses(), bureau.carrier.tried) == (["queued"], 2)
    bureau.carrier.refuses = None
    await bureau.move_clock(10)
    await bureau.send_all()
    assert (await bureau.statuses(), bureau.carrier.tried) == (["submitted"], 3)


async def test_nothing_is_sent_after_its_not_after(bureau: Bureau) -> None:
    await offered(bureau, not_after=await bureau.now() + timedelta(seconds=30))
    await bureau.move_clock(31)
    async with bureau.sending():
        await bureau.sweep()
        await bureau.drained()
    assert bureau.carrier.taken == []
    (failure,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert failure["reason"] == "too_late"


async def test_what_was_sent_while_the_database_was_away_is_recorded_afterwards(bureau: Bureau) -> None:
    await offered(bureau)
    bureau.carrier.hold = asyncio.Event()
    async with bureau.sending():
        await eventually(lambda: bureau.carrier.tried)
        await bureau.rows(CUT_OFF)
        bureau.carrier.hold.set()
        await bureau.drained()
    assert (await bureau.statuses(), len(bureau.carrier.taken)) == (["submitted"], 1)


async def test_a_recording_carrier_is_a_carrier() -> None:
    carrier: Carrier = RecordingCarrier()
    assert carrier.name == "recording"
