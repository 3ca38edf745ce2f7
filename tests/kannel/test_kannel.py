"""Our carrier and callbacks against a real bearerbox and smsbox; the fake SMSC of kannel-extras plays the network."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notify.channels.http_provider import Patience
from notify.channels.kannel import KannelCarrier, open_kannel
from notify.channels.port import CarrierDown, CarrierRefused, CarrierUncertain, Outgoing, ReceiptStatus
from notify.settings import NotifySettings
from notify.sms_text import Alphabet, count_parts
from shared.ids import uuid7
from tests.support.arrivals import RecordingArrivals
from tests.support.eventually import eventually
from tests.support.kannel_rig import KannelRig, free_port, serving

pytestmark = pytest.mark.kannel

LONG_VIETNAMESE = "Việc này là của bạn. Bà Nguyễn Thị Hồng Đào, số 12 ngõ 5 phố Huế, phường Hai Bà Trưng. " * 2


@pytest.fixture
async def desk() -> RecordingArrivals:
    return RecordingArrivals()


@pytest.fixture
async def rig(tmp_path: Path, desk: RecordingArrivals) -> AsyncIterator[KannelRig]:
    port = free_port()
    rig = KannelRig(tmp_path / "kannel", port)
    try:
        await rig.start()
        async with serving(desk, rig, port):
            yield rig
    finally:
        await rig.stop()


@pytest.fixture
async def carrier(rig: KannelRig) -> AsyncIterator[KannelCarrier]:
    async with open_kannel(rig.settings) as carrier:
        yield carrier


def outgoing(text: str, *, minutes: float = 60, to: str = "+84901234567") -> Outgoing:
    not_after = datetime.now(UTC) + timedelta(minutes=minutes)
    return Outgoing(id=uuid7(), to=to, text=text, not_after=not_after, request_id=uuid7(), kind="offer")


async def test_as_many_sends_at_once_as_a_sender_begins_are_all_taken_over(rig: KannelRig, carrier: KannelCarrier) -> None:
    many = NotifySettings().in_flight
    rig.phones()
    await asyncio.gather(*(carrier.send(outgoing("Chào", to=f"+8490{n:07}")) for n in range(many)))
    await eventually(lambda: len(rig.shown()) == many, within=30)


async def test_a_gateway_that_stands_still_leaves_nothing_in_doubt(rig: KannelRig) -> None:
    """What it has not taken has surely not left: the queue has it again, and nobody waits a minute for a receipt."""
    rig.phones()
    async with open_kannel(replace(rig.settings, patience=Patience(connect_seconds=0.5, answer_seconds=8.0))) as carrier:
        await carrier.send(outgoing("Chào"))
        rig.stop_smsbox_for_a_while()
        sends = [asyncio.create_task(carrier.send(outgoing("Chào", to=f"+8491{n:07}"))) for n in range(100)]
        await eventually(lambda: any(send.done() for send in sends), what="nobody waits for it any longer")
        rig.let_smsbox_go_on()
        said = await asyncio.gather(*sends, return_exceptions=True)
    taken = sum(not isinstance(one, CarrierDown) for one in said)
    assert [one for one in said if isinstance(one, CarrierUncertain)] == []
    assert 0 < taken < len(sends)
    await eventually(lambda: len(rig.shown()) == 1 + taken, within=30)


async def test_texts_arrive_exactly_and_in_as_many_parts_as_we_counted(rig: KannelRig, carrier: KannelCarrier) -> None:
    texts = ["TR-7K2M-9QXD ^{}[]~|", "Chào bà", "ạ" * 70, "ạ" * 71, LONG_VIETNAMESE, "ế" * 670, "x" * 160, "x" * 161, "x" * 1530]
    expected = {f"+8490000000{n}": text for n, text in enumerate(texts)}
    rig.phones()
    for to, text in expected.items():
        await carrier.send(outgoing(text, to=to))
    await eventually(lambda: len(rig.shown()) >= len(texts), within=15)
    assert {to: text for to, text, _ in rig.shown()} == expected
    # Letters of GSM-7 that are not ASCII ("à") go as UCS-2: Kannel would put a "?" in their place.
    alphabets = {to: Alphabet.GSM7 if text.isascii() else Alphabet.UCS2 for to, text in expected.items()}
    assert {to: parts for to, _, parts in rig.shown()} == {to: count_parts(text, alphabets[to]) for to, text in expected.items()}


async def test_receipts_come_back_under_our_own_id(rig: KannelRig, carrier: KannelCarrier, desk: RecordingArrivals) -> None:
    rig.phones()
    message = outgoing(LONG_VIETNAMESE)
    await carrier.send(message)
    await eventually(lambda: {ReceiptStatus.ACCEPTED, ReceiptStatus.DELIVERED} <= set(desk.said_of(message.id)), within=15)
    assert all(receipt.carrier_ref for receipt in desk.receipts)


async def test_an_answer_arrives_as_it_was_typed(rig: KannelRig, desk: RecordingArrivals) -> None:
    rig.phones("có ạ, tôi đến ngay")
    (text,) = await eventually(lambda: desk.texts, within=15)
    assert (text.sender, text.text, text.carrier) == ("+84912345678", "có ạ, tôi đến ngay", "kannel")


async def test_a_desk_that_was_away_gets_the_answer_again_under_the_same_id(rig: KannelRig, desk: RecordingArrivals) -> None:
    desk.away = True
    rig.phones("1 27")
    await eventually(lambda: desk.refused >= 2, within=15)
    desk.away = False
    (text,) = await eventually(lambda: desk.texts, within=15)
    assert text.text == "1 27"
    assert set(desk.refused_ids) == {text.id}


async def test_what_is_queued_survives_a_killed_bearerbox(
    rig: KannelRig, carrier: KannelCarrier, desk: RecordingArrivals
) -> None:
    """The SMSC is down: all is taken over and kept, the box dies without warning, and later each text arrives once."""
    texts = [f"số {n}: đã có người nhận" for n in range(20)]
    messages = [outgoing(text) for text in texts]
    for message in messages:
        await carrier.send(message)
    assert rig.shown() == []
    rig.kill_bearerbox()
    await rig.start()
    rig.phones()
    await eventually(lambda: len(rig.shown()) >= len(texts), within=40)
    assert sorted(text for _, text, _ in rig.shown()) == sorted(texts)
    await eventually(lambda: all(ReceiptStatus.DELIVERED in desk.said_of(m.id) for m in messages), within=20)


async def test_a_gateway_that_is_gone_is_down_and_a_wrong_password_too(rig: KannelRig, carrier: KannelCarrier) -> None:
    await rig.stop()
    with pytest.raises(CarrierDown):
        await carrier.send(outgoing("x"))
    await rig.start()
    async with open_kannel(rig.settings_with(password="wrong")) as stranger:
        with pytest.raises(CarrierDown):
            await stranger.send(outgoing("x"))


async def test_what_kannel_would_lose_silently_is_refused_before(rig: KannelRig, carrier: KannelCarrier) -> None:
    refused = [
        (outgoing("x" * 1531), "too_long"),
        (outgoing("ế" * 671), "too_long"),
        (outgoing(""), "bad_message"),
        (outgoing("x", to="+84901234567 +84901234568"), "bad_message"),
        (outgoing("x", minutes=-1), "too_late"),
    ]
    rig.phones()
    for message, reason in refused:
        with pytest.raises(CarrierRefused) as refusal:
            await carrier.send(message)
        assert (refusal.value.reason, refusal.value.permanent) == (reason, True)
    await carrier.send(outgoing("the only one"))
    await eventually(rig.shown, within=15)
    assert [text for _, text, _ in rig.shown()] == ["the only one"]
