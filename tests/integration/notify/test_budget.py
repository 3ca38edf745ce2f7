"""The money of a day: first messages always leave, further tries while there is some, and nobody is left untold."""

from dataclasses import replace

import pytest

from notify.channels.port import CarrierRefused, ReceiptStatus
from notify.sending.budget import Budgets, Purse
from notify.sending.budget_watch import BudgetWatch
from notify.sending.sender import Sender
from shared.events.assignments import JobStatus, OfferKind
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.registry import EventType
from shared.pacing import Bell
from shared.telemetry.metrics import NOTIFY_BUDGET_USED
from tests.support.carrier import RecordingCarrier
from tests.support.notifying import Bureau, Person

BOTH = (ChannelKind.SMS, ChannelKind.ZNS)
GONE = Purse(Budgets(day_vnd=1), spent=1)


async def two_channels(bureau: Bureau) -> RecordingCarrier:
    """SMS takes everything, and it arrives nowhere; the second channel takes everything, for money."""
    second = RecordingCarrier(name="second", channel=ChannelKind.ZNS, cost_vnd=300)
    bureau.others.append(second)
    sending = replace(bureau.settings.sending, served=frozenset(BOTH))
    bureau.settings = replace(bureau.settings, sending=sending, answer_to="8088")
    bureau.carrier.cost_vnd = 500
    return second


async def send_all(bureau: Bureau, purse: Purse) -> None:
    async with bureau.sending(Sender(bureau.pool, bureau.vault, bureau.carriers, bureau.settings, Bell(), purse=purse)):
        await bureau.drained()


async def first_fails(bureau: Bureau, purse: Purse) -> None:
    """The first channel took it, and says that it did not arrive; what follows of it has followed."""
    await send_all(bureau, purse)
    await bureau.receipt(await bureau.one("select id from messages"), ReceiptStatus.UNDELIVERED)
    await send_all(bureau, purse)


async def told(bureau: Bureau, number: int = 1, **changes: object) -> Person:
    resident = await bureau.person(f"Bà {number}", f"+84913{number:06}", *BOTH)
    request = await bureau.request(resident, **changes)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))
    return resident


async def test_a_resident_whose_second_channel_nobody_can_pay_is_called(bureau: Bureau) -> None:
    second = await two_channels(bureau)
    await told(bureau)
    await first_fails(bureau, GONE)
    assert (bureau.carrier.tried, second.tried) == (1, 0)
    (failed,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert failed["reason"] == "budget"
    assert await bureau.one("select purpose from call_tasks where status = 'open'") == "filed"


async def test_an_offer_whose_second_channel_nobody_can_pay_is_undeliverable(bureau: Bureau) -> None:
    await two_channels(bureau)
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002", *BOTH)
    offer = await bureau.offered(await bureau.job(lan), an)
    await first_fails(bureau, GONE)
    (failed,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert (failed["offer_id"], failed["reason"]) == (str(offer.offer_id), "budget")
    assert await bureau.one("select count(*) from call_tasks") == 0


async def test_what_keeps_somebody_safe_goes_over_the_second_channel_without_money_and_the_day_shows_it(bureau: Bureau) -> None:
    second = await two_channels(bureau)
    lan = await bureau.person("Bà Lan", "+84912000001", *BOTH)
    job = await bureau.job(lan)
    await bureau.hear(
        bureau.about_job(EventType.JOB_FROZEN, job, lan.as_(Role.RESIDENT), status=JobStatus.FROZEN, reason="visitor")
    )
    budget = Budgets(day_vnd=600)
    await send_all(bureau, Purse(budget, spent=600))
    await bureau.receipt(await bureau.one("select id from messages"), ReceiptStatus.UNDELIVERED)
    await send_all(bureau, Purse(budget, spent=600))
    assert second.kinds() == ["frozen_resident"]
    purse = Purse(budget)
    await BudgetWatch(bureau.pool, purse).look()
    assert purse.spent > 600, "beyond the budget, and counted"
    assert NOTIFY_BUDGET_USED.labels("all")._value.get() == purse.spent / 600 > 1


@pytest.mark.parametrize(("priority", "told"), [(Priority.P1, ["escalation"]), (Priority.P2, [])])
async def test_a_lead_is_asked_about_a_service_point_a_second_time_without_money(
    bureau: Bureau, priority: Priority, told: list[str]
) -> None:
    second = await two_channels(bureau)
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phường 4", "+84912000009", *BOTH)
    await bureau.offered(await bureau.job(lan, priority=priority), lead, kind=OfferKind.ESCALATION)
    await first_fails(bureau, GONE)
    assert second.kinds() == told


async def test_a_first_message_leaves_however_much_is_spent(bureau: Bureau) -> None:
    bureau.carrier.cost_vnd = 500
    await told(bureau)
    await send_all(bureau, GONE)
    assert bureau.carrier.kinds() == ["filed"]


async def test_what_costs_nothing_goes_over_the_second_channel_without_money(bureau: Bureau) -> None:
    second = await two_channels(bureau)
    second.cost_vnd = 0
    await told(bureau)
    await first_fails(bureau, GONE)
    assert second.kinds() == ["filed"]


async def test_an_offer_in_doubt_is_not_sent_a_second_time_without_money(bureau: Bureau) -> None:
    bureau.carrier.cost_vnd, bureau.carrier.swallowed = 500, 1
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(await bureau.job(lan), an)
    await send_all(bureau, GONE)
    await bureau.move_clock(61)
    await bureau.sweep()
    await send_all(bureau, GONE)
    assert (bureau.carrier.tried, await bureau.statuses()) == (1, ["undelivered"])


async def test_what_is_spent_is_read_from_the_attempts_also_by_whoever_starts_anew(bureau: Bureau) -> None:
    bureau.carrier.cost_vnd = 1
    budgets = Budgets(day_vnd=1000, commune_day_vnd=10)
    await told(bureau, 1, commune_code="00004")
    await told(bureau, 2, commune_code="00008")
    await bureau.send_all()
    first = Purse(budgets)
    watch = BudgetWatch(bureau.pool, first)
    await watch.look()
    one = first.spent
    assert one == sum(first.by_commune.values()) == first.by_commune["00004"] + first.by_commune["00008"] > 0
    await bureau.move_clock(120)  # what was is kept, and not read again
    await watch.look()
    await told(bureau, 3, commune_code="00008")
    await bureau.send_all()
    await watch.look()
    await watch.look()
    again = Purse(budgets)
    await BudgetWatch(bureau.pool, again).look()
    assert first.spent == again.spent > one
    assert first.by_commune == again.by_commune
    assert NOTIFY_BUDGET_USED.labels("all")._value.get() == first.spent / 1000


async def test_a_refusal_at_the_door_costs_nothing_and_the_next_channel_is_the_first_try(bureau: Bureau) -> None:
    second = await two_channels(bureau)
    bureau.carrier.refuses = CarrierRefused("bad_number", permanent=True)
    await told(bureau)
    await send_all(bureau, GONE)
    assert second.kinds() == ["filed"]
    purse = Purse()
    await BudgetWatch(bureau.pool, purse).look()
    assert purse.spent == 300


async def test_the_next_day_begins_with_nothing_spent(bureau: Bureau) -> None:
    bureau.carrier.cost_vnd = 500
    await told(bureau)
    await bureau.send_all()
    purse = Purse()
    watch = BudgetWatch(bureau.pool, purse)
    await watch.look()
    assert purse.spent > 0
    await bureau.at_local(1)
    await watch.look()
    assert (purse.spent, purse.by_commune) == (0, {})
