"""What carriers say later, in any order and number, on a real database."""

import asyncio

import pytest
from structlog.testing import capture_logs

from notify.channels.port import Receipt, ReceiptStatus
from shared.events.assignments import OfferKind
from shared.events.contract import Role
from shared.events.registry import EventType
from shared.postgres.pool import open_connection
from tests.integration.notify.test_routes import by_ref
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, Person

BLOCKED = "select exists (select from pg_locks where not granted)"


async def offered(bureau: Bureau, **changes: object) -> Person:
    """An offer that waits to be sent."""
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(await bureau.job(lan), an, **changes)
    return an


async def texts_that_wait(bureau: Bureau, count: int) -> None:
    events = []
    for number in range(count):
        resident = await bureau.person(f"Bà {number}", f"+84912{number:06}")
        request = await bureau.request(resident)
        events.append(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))
    await bureau.hear(*events)


async def test_doubled_reversed_and_forged_receipts_change_nothing(bureau: Bureau) -> None:
    await offered(bureau)
    await bureau.send_all()
    message = await bureau.one("select id from messages")
    attempt = await bureau.one("select attempt_id from messages")
    for status in (ReceiptStatus.DELIVERED, ReceiptStatus.ACCEPTED, ReceiptStatus.DELIVERED, ReceiptStatus.REJECTED):
        await bureau.receipt(message, status)
    await bureau.receipt(message, ReceiptStatus.UNDELIVERED, attempt_id=message)
    await bureau.receipt(message, ReceiptStatus.UNDELIVERED, carrier="another")
    assert await bureau.statuses() == ["delivered"]
    types = [body["type"] for body in await bureau.emitted()]
    assert types == [EventType.MESSAGE_SUBMITTED, EventType.MESSAGE_DELIVERED]
    assert await bureau.one("select status from message_attempts where id = $1", attempt) == "delivered"


async def test_a_reject_stays_a_reject_when_another_part_was_delivered(bureau: Bureau) -> None:
    await offered(bureau)
    await bureau.send_all()
    message = await bureau.one("select id from messages")
    for status in (ReceiptStatus.ACCEPTED, ReceiptStatus.REJECTED, ReceiptStatus.DELIVERED):
        await bureau.receipt(message, status)
    assert await bureau.statuses() == ["undelivered"]
    assert [body["type"] for body in await bureau.emitted()] == [EventType.MESSAGE_SUBMITTED, EventType.MESSAGE_FAILED]


async def test_many_receipts_at_once_share_a_commit_and_each_counts_once(bureau: Bureau) -> None:
    await texts_that_wait(bureau, 100)
    await bureau.send_all()
    messages = [row["id"] for row in await bureau.rows("select id from messages")]
    desk = bureau.desk()
    attempts = [await bureau.one("select attempt_id from messages where id = $1", id_) for id_ in messages]
    said = [
        Receipt(carrier="recording", attempt_id=attempt, status=status)
        for attempt in attempts
        for status in (ReceiptStatus.DELIVERED, ReceiptStatus.ACCEPTED, ReceiptStatus.DELIVERED)
    ]
    await asyncio.gather(*(desk.take_receipt(receipt) for receipt in said))
    assert set(await bureau.statuses()) == {"delivered"}
    assert len(await bureau.emitted(EventType.MESSAGE_DELIVERED)) == 100
    versions = await bureau.rows("select distinct version from messages")
    assert [row["version"] for row in versions] == [2]


async def test_a_late_delivery_of_a_question_that_an_offer_has_set_aside_counts(bureau: Bureau) -> None:
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phụ trách", "+84912000002")
    await bureau.offered(await bureau.job(lan), lead, kind=OfferKind.ESCALATION)
    bureau.carrier.answers_lost = 1
    await bureau.send_all()
    await bureau.move_clock(61)
    await bureau.sweep()
    await bureau.offered(await bureau.job(lan), lead)
    assert await bureau.one("select status from messages where purpose = 'escalation'") == "held"
    escalation = await bureau.one("select id from messages where purpose = 'escalation'")
    await bureau.receipt(escalation, ReceiptStatus.DELIVERED)
    assert await bureau.one("select status from messages where id = $1", escalation) == "delivered"
    assert len(await bureau.emitted(EventType.MESSAGE_DELIVERED)) == 1


async def test_what_is_with_the_carrier_arrives_while_somebody_works_on_its_phone(bureau: Bureau) -> None:
    """Nothing that the phone is asked changes by it, and each offer of the text is named all the same."""
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phụ trách", "+84912000002")
    offers = [await bureau.offered(await bureau.job(lan), lead, kind=OfferKind.ESCALATION) for _ in range(2)]
    await bureau.send_all()
    message = await bureau.one("select id from messages")
    async with bureau.pool.acquire() as other, other.transaction():
        await other.execute("select from contact_points where id = $1 for update", lead.id)
        async with asyncio.timeout(5):  # under the time that a lock is waited for
            await bureau.receipt(message, ReceiptStatus.DELIVERED)
    said = await bureau.emitted(EventType.MESSAGE_DELIVERED)
    assert {one["offer_id"] for one in said} == {str(offer.offer_id) for offer in offers}
    assert {one["version"] for one in said} == {3, 4}


async def test_a_delivery_that_finds_its_question_sent_back_asks_it_all_the_same(bureau: Bureau) -> None:
    """Seen with the carrier, it was taken back to the queue before the receipt had its lock."""
    await offered(bureau)
    await bureau.send_all()
    message = await bureau.one("select id from messages")
    await bureau.one("update questions set asked_at = null returning id")
    async with bureau.pool.acquire() as other, asyncio.TaskGroup() as work:
        async with other.transaction():
            await other.execute("update messages set status = 'queued'")
            taken = work.create_task(bureau.receipt(message, ReceiptStatus.DELIVERED))
            await eventually(lambda: bureau.one(BLOCKED))
        await taken
    assert await bureau.statuses() == ["delivered"]
    assert await bureau.one("select asked_at is not null from questions")
    types = [body["type"] for body in await bureau.emitted()]
    assert types == [EventType.MESSAGE_SUBMITTED, EventType.MESSAGE_SUBMITTED, EventType.MESSAGE_DELIVERED]
    assert await bureau.one("select count(*) from receipts") == 1


async def test_a_receipt_that_nobody_can_store_takes_no_other_along(bureau: Bureau) -> None:
    await texts_that_wait(bureau, 3)
    await bureau.send_all()
    attempts = [row["attempt_id"] for row in await bureau.rows("select attempt_id from messages")]
    desk = bureau.desk()
    good = [Receipt(carrier="recording", attempt_id=one, status=ReceiptStatus.DELIVERED) for one in attempts]
    bad = Receipt(carrier="\x00", attempt_id=attempts[0], status=ReceiptStatus.DELIVERED)
    first, failed, *others = await asyncio.gather(*map(desk.take_receipt, (good[0], bad, *good[1:])), return_exceptions=True)
    assert isinstance(failed, Exception)
    assert [first, *others] == [None] * 3
    assert await bureau.statuses() == ["delivered"] * 3


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (ReceiptStatus.ACCEPTED, "submitted"),
        (ReceiptStatus.DELIVERED, "delivered"),
        (ReceiptStatus.UNDELIVERED, "undelivered"),
        (ReceiptStatus.REJECTED, "undelivered"),
    ],
)
async def test_what_a_carrier_says_when_asked_is_written_as_its_receipt_would_be(
    bureau: Bureau, said: ReceiptStatus, written: str
) -> None:
    await offered(bureau)
    bureau.carrier.can_be_asked = True
    bureau.carrier.answers_lost = 1
    await bureau.send_all()
    attempt = await bureau.one("select id from message_attempts")
    bureau.carrier.knows[attempt] = said
    await bureau.sweep()
    assert await bureau.one("select status from message_attempts where id = $1", attempt) == written
    assert await bureau.statuses() == [written]


async def test_an_early_receipt_that_cannot_be_stored_holds_no_other_and_is_forgotten(bureau: Bureau) -> None:
    bureau.carrier.names_attempts = False
    await texts_that_wait(bureau, 3)
    for ref in ("ref-1", "ref-2", "ref-3"):
        await bureau.desk().take_receipt(by_ref(ref))
    await bureau.send_all()
    odd = await bureau.one("select attempt_id from attempt_refs where carrier_ref = 'ref-1'")
    async with open_connection(bureau.dsn) as connection:
        await connection.execute(f"alter table notify.receipts add constraint odd check (attempt_id <> '{odd}')")
    with capture_logs() as logs:
        await bureau.sweep()
    assert sorted(await bureau.statuses()) == ["delivered", "delivered", "submitted"]
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["notify.receipt.broken"]
    assert await bureau.one("select count(*) from early_receipts") == 0
