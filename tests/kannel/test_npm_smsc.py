"""Another implementation of SMPP behind bearerbox, whose link breaks every 500 texts: nothing is lost, and little comes twice."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notify.channels.kannel import KannelCarrier, open_kannel
from notify.channels.port import CarrierDown, Outgoing, ReceiptStatus
from notify.sms_text import Alphabet, count_parts
from shared.ids import uuid7
from tests.support.arrivals import RecordingArrivals
from tests.support.eventually import eventually
from tests.support.kannel_rig import KannelRig, free_port, serving
from tests.support.npm_smsc import IS_POSSIBLE, UCS2, NpmSmsc, npm_smsc

pytestmark = [pytest.mark.kannel, pytest.mark.skipif(not IS_POSSIBLE, reason="the SMSC is an npm package, and here is no npm")]

AT_ONCE = 50
TRIES = 5
SHORT, LONG = 1800, 200
PENDING = 100  # that bearerbox sends before it waits for answers (max-pending-submits)
ADDRESS = "12 ngõ 5 phố Huế, phường Hai Bà Trưng; người ra đón: Nguyễn Thị Hồng Đào. "


def many() -> list[Outgoing]:
    until = datetime.now(UTC) + timedelta(hours=1)
    texts = [f"{n}: Việc này là của bạn" for n in range(SHORT)] + [f"{n}: {ADDRESS * (1 + n % 4)}" for n in range(LONG)]
    return [
        Outgoing(id=uuid7(), to=f"+8490{n:07}", text=text, not_after=until, request_id=uuid7(), kind="offer")
        for n, text in enumerate(texts)
    ]


async def test_texts_are_whole_and_known_by_their_receipts_though_the_link_breaks_and_is_throttled(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    desk, rig, messages = RecordingArrivals(), KannelRig(tmp_path / "kannel", free_port(), smsc="smpp"), many()
    async with npm_smsc(tmp_path / "npm.log", rig.smsc_port, throttle_every=700, cut_every=500) as smsc:
        try:
            await rig.start()
            async with serving(desk, rig, rig.callback_port), open_kannel(rig.settings) as carrier:
                await send_all(carrier, messages)
                wanted = {message.to.removeprefix("+"): message.text for message in messages}
                await eventually(lambda: len(smsc.texts()) == len(wanted), within=60)
                assert {to.removeprefix("+"): text for to, text in smsc.texts().items()} == wanted
                await eventually(lambda: all(ReceiptStatus.DELIVERED in desk.said_of(one.id) for one in messages), within=60)
        finally:
            await rig.stop()
    parts_are_as_counted(smsc, messages)
    record_property("parts that came twice", only_what_a_cut_left_in_doubt_came_twice(smsc))


async def send_all(carrier: KannelCarrier, messages: list[Outgoing]) -> None:
    waiting = iter(messages)

    async def one_after_the_other() -> None:
        for message in waiting:
            await hand_over(carrier, message)

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))


async def hand_over(carrier: KannelCarrier, message: Outgoing) -> None:
    """As the sender does: what never left, since smsbox had no time to take the connection, goes again."""
    for _ in range(TRIES - 1):
        with suppress(CarrierDown):
            await carrier.send(message)
            return
    await carrier.send(message)


def parts_are_as_counted(smsc: NpmSmsc, messages: list[Outgoing]) -> None:
    sent = {message.to.removeprefix("+"): message for message in messages}
    for part in smsc.parts():
        text = sent[part.to.removeprefix("+")].text
        assert (part.coding, part.whole) == (UCS2, count_parts(text, Alphabet.UCS2))


def only_what_a_cut_left_in_doubt_came_twice(smsc: NpmSmsc) -> int:
    """What had been taken and not been answered for when the link broke: bearerbox submits it again, as law 10 allows it to."""
    cuts = smsc.cuts()
    assert len(cuts) >= 4
    assert smsc.throttled() >= 2
    times = Counter((part.to, part.place) for part in smsc.parts())
    first = {(part.to, part.place): part.number for part in reversed(smsc.parts())}
    doubled = [what for what, number in times.items() if number > 1]
    assert all(any(cut - PENDING < first[what] <= cut for cut in cuts) for what in doubled)
    return len(doubled)
