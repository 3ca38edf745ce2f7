"""Several providers of one channel: who takes a text when one is away, in doubt, or cannot be answered; receipts by reference."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from notify.channels.port import CarrierRefused, Outgoing, Receipt, ReceiptStatus
from notify.sending.sender import Sender
from notify.sending.sweeper import Sweeper
from shared.events.contract import ChannelKind
from shared.events.registry import EventType
from shared.pacing import Bell
from tests.support.carrier import RecordingCarrier
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, Person
from tests.support.two_routes import second, told


async def offered(bureau: Bureau) -> Person:
    """An offer that waits to be sent."""
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(await bureau.job(lan), an)
    return an


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
    assert ["Reply: 8088" in text for text in bureau.carrier.texts("offer")] == [True]
    assert ["8088" in text for text in bureau.carrier.texts("filed")] == [False]


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
    await bureau.desk().take_receipt(by_ref("ref-2", "recording"))
    await bureau.desk().take_receipt(by_ref("ref-1", "second"))
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


async def test_what_one_route_refuses_for_its_own_sake_another_takes_at_once(bureau: Bureau) -> None:
    other = second(bureau)
    bureau.carrier.refuses = CarrierRefused("not_routable", permanent=True)
    await offered(bureau)
    await bureau.send_all()
    assert (bureau.carrier.tried, other.kinds(), await bureau.statuses()) == (1, ["offer"], ["submitted"])


@pytest.mark.parametrize("reasons", [("not_routable", "not_registered"), ("bad_number", None)])
async def test_what_every_route_or_the_number_refuses_fails_after_one_round(
    bureau: Bureau, reasons: tuple[str, str | None]
) -> None:
    other = second(bureau)
    for carrier, reason in zip(bureau.carriers, reasons, strict=True):
        carrier.refuses = CarrierRefused(reason, permanent=True) if reason else None
    await offered(bureau)
    await bureau.send_all()
    assert (bureau.carrier.tried, other.tried) == (1, 1 if reasons[1] else 0)
    (failed,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert failed["reason"] == "undeliverable"


async def test_a_shut_route_is_found_out_by_a_message_to_ourselves_while_only_offers_leave(bureau: Bureau) -> None:
    other = second(bureau)
    bureau.settings = replace(bureau.settings, down_first_seconds=0.0, down_last_seconds=0.0, find_out_seconds=0.05)
    bureau.carrier.down = True
    sender = Sender(
        bureau.pool, bureau.vault, bureau.carriers, bureau.settings, Bell(), own_addresses={"recording": "+84900000000"}
    )
    async with bureau.sending(sender):
        await offered(bureau)
        await eventually(lambda: other.kinds() == ["offer"])
        bureau.carrier.down = False
        await eventually(lambda: bureau.carrier.kinds()[:1] == ["probe"])
        assert bureau.carrier.taken[0].to == "+84900000000"
        await eventually(lambda: [route.name for route in sender.carriers()[ChannelKind.SMS]] == ["recording", "second"])
    assert (bureau.carrier.kinds(), other.kinds()) == (["probe"], ["offer"])


async def lost_at(bureau: Bureau, **knobs: object) -> RecordingCarrier:
    """An offer that left over the first of two routes, and nobody heard whether it did."""
    other = second(bureau)
    for name, value in knobs.items():
        setattr(bureau.carrier, name, value)
    await offered(bureau)
    await bureau.send_all()
    assert await bureau.statuses() == ["unknown"]
    return other


@pytest.mark.parametrize("knob", ["answers_lost", "swallowed"])
async def test_where_the_same_twice_is_one_message_it_is_said_again_and_nowhere_else(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, knob: str
) -> None:
    monkeypatch.setattr("notify.sending.repeats.WAITS", (0.0, 60.0))
    other = await lost_at(bureau, repeats_safely=True, **{knob: 1})
    sweeper = Sweeper(bureau.pool, bureau.carriers, bureau.settings, vault=bureau.vault)
    await sweeper.sweep()
    await sweeper.sweep()
    assert await bureau.statuses() == ["submitted"]
    assert (bureau.carrier.tried, bureau.carrier.kinds(), other.tried) == (2, ["offer"], 0)
    assert await bureau.one("select count(*) from message_attempts") == 1


async def test_what_is_said_again_in_vain_goes_over_the_other_route_in_the_end(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notify.sending.repeats.WAITS", (0.0, 0.0))
    other = await lost_at(bureau, repeats_safely=True, swallowed=100)
    sweeper = Sweeper(bureau.pool, bureau.carriers, bureau.settings, vault=bureau.vault)
    for _ in range(4):
        await sweeper.sweep()
    assert bureau.carrier.tried == 3, "said again twice, not for ever"
    await bureau.move_clock(61)
    await sweeper.sweep()
    await bureau.send_all()
    assert (await bureau.statuses(), other.kinds()) == (["submitted"], ["offer"])


async def many_lost(bureau: Bureau, many: int) -> None:
    """Offers to so many people that left, and nobody heard of any whether it did."""
    bureau.carrier.repeats_safely, bureau.carrier.swallowed = True, many
    lan = await bureau.person("Bà Lan", "+84912000001")
    for number in range(many):
        await bureau.offered(await bureau.job(lan), await bureau.person(f"Tổ {number}", f"+8491300{number:04}"))
    await bureau.send_all()
    assert set(await bureau.statuses()) == {"unknown"}


async def three_looks(bureau: Bureau) -> None:
    """Of one sweeper, which remembers whose turn was."""
    sweeper = Sweeper(bureau.pool, bureau.carriers, bureau.settings, vault=bureau.vault)
    for _ in range(3):
        await sweeper.sweep()


async def test_some_that_stay_unknown_keep_no_other_from_being_said_again(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notify.sending.repeats.WAITS", (0.0,))
    monkeypatch.setattr("notify.sending.repeats.BATCH", 2)
    await many_lost(bureau, 5)
    bureau.carrier.swallowed = 2
    await three_looks(bureau)
    assert sorted(await bureau.statuses()) == ["submitted"] * 3 + ["unknown"] * 2


async def test_some_of_whom_the_carrier_knows_nothing_yet_keep_no_other_from_being_asked_about(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notify.sending.sweeper.BATCH", 2)
    await many_lost(bureau, 5)
    bureau.carrier.repeats_safely, bureau.carrier.can_be_asked = False, True
    first = "select array_agg(attempt_id) from (select attempt_id from messages order by lease_until, id limit 2) as first"
    bureau.carrier.unanswered = set(await bureau.one(first))
    await three_looks(bureau)
    assert sorted(await bureau.statuses()) == ["queued"] * 3 + ["unknown"] * 2


async def test_what_breaks_one_repetition_leaves_the_others_their_answers(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notify.sending.repeats.WAITS", (0.0, 60.0))
    await many_lost(bureau, 3)
    broken = iter([True])

    def break_first(message: Outgoing) -> None:
        if next(broken, False):
            raise UnicodeEncodeError("gsm", message.text, 0, 1, "nobody has foreseen this")

    bureau.carrier.on_send = break_first
    with capture_logs() as logs:
        assert await Sweeper(bureau.pool, bureau.carriers, bureau.settings, vault=bureau.vault).sweep() == 2
    assert sorted(await bureau.statuses()) == ["submitted", "submitted", "unknown"]
    assert [(entry["event"], entry["error"]) for entry in logs if entry["log_level"] == "error"] == [
        ("notify.repeat.failed", "UnicodeEncodeError")
    ]


async def test_who_can_be_asked_and_never_saw_it_gets_it_again(bureau: Bureau) -> None:
    other = await lost_at(bureau, can_be_asked=True, swallowed=1)
    await bureau.sweep()
    await bureau.move_clock(1)
    await bureau.send_all()
    assert (bureau.carrier.kinds(), other.tried, await bureau.statuses()) == (["offer"], 0, ["submitted"])


async def test_who_can_be_asked_and_does_not_answer_is_not_waited_for_until_the_offer_is_dead(bureau: Bureau) -> None:
    other = await lost_at(bureau, can_be_asked=True, swallowed=1)
    bureau.carrier.down = True
    await bureau.move_clock(61)
    await bureau.sweep()
    assert await bureau.statuses() == ["unknown"], "asked for another minute"
    await bureau.move_clock(60)
    await bureau.sweep()
    await bureau.send_all()
    assert (other.kinds(), await bureau.statuses()) == (["offer"], ["submitted"])
