"""What only a stubborn network shows: rejected, throttled, a later part refused, and until when the network may try."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notify.channels.kannel import KannelCarrier, open_kannel
from notify.channels.port import Outgoing, ReceiptStatus
from shared.ids import uuid7
from tests.support.arrivals import RecordingArrivals
from tests.support.eventually import eventually
from tests.support.kannel_rig import KannelRig, free_port, serving
from tests.support.smsc import OK, SUBMIT_FAILED, THROTTLED, Smsc, smsc_on

pytestmark = pytest.mark.kannel


@asynccontextmanager
async def network(tmp_path: Path, desk: RecordingArrivals, smsc: Smsc) -> AsyncIterator[KannelCarrier]:
    rig = KannelRig(tmp_path / "kannel", free_port(), smsc="smpp")
    async with smsc_on(rig.smsc_port, smsc):
        try:
            await rig.start()
            async with serving(desk, rig, rig.callback_port), open_kannel(rig.settings) as carrier:
                yield carrier
        finally:
            await rig.stop()


def outgoing(text: str, *, minutes: float = 60) -> Outgoing:
    not_after = datetime.now(UTC) + timedelta(minutes=minutes)
    return Outgoing(id=uuid7(), to="+84901234567", text=text, not_after=not_after, request_id=uuid7(), kind="offer")


async def test_rejected_is_told_and_nothing_is_sent_again(tmp_path: Path) -> None:
    desk, smsc, message = RecordingArrivals(), Smsc(judge=lambda _: SUBMIT_FAILED), outgoing("x")
    async with network(tmp_path, desk, smsc) as carrier:
        await carrier.send(message)
        await eventually(lambda: desk.said_of(message.id) == [ReceiptStatus.REJECTED], within=20)
    assert len(smsc.seen) == 1


async def test_a_later_part_that_is_rejected_says_so_whatever_else_is_said(tmp_path: Path) -> None:
    """16 and 1 under the same id: the message is not whole, so `rejected` must win (message.py)."""
    desk, message = RecordingArrivals(), outgoing("ế" * 130)
    smsc = Smsc(judge=lambda part: SUBMIT_FAILED if part.number == 2 else OK)
    async with network(tmp_path, desk, smsc) as carrier:
        await carrier.send(message)
        await eventually(lambda: {ReceiptStatus.REJECTED, ReceiptStatus.DELIVERED} <= set(desk.said_of(message.id)), within=20)


async def test_throttled_is_tried_again_until_it_is_taken(tmp_path: Path) -> None:
    desk, message = RecordingArrivals(), outgoing("x")
    smsc = Smsc(judge=lambda part: THROTTLED if part.number == 1 else OK)
    async with network(tmp_path, desk, smsc) as carrier:
        await carrier.send(message)
        await eventually(lambda: ReceiptStatus.DELIVERED in desk.said_of(message.id), within=30)
    assert len(smsc.seen) == 2


async def test_a_phone_that_is_never_reached_is_told(tmp_path: Path) -> None:
    desk, smsc, message = RecordingArrivals(), Smsc(stat="EXPIRED"), outgoing("x")
    async with network(tmp_path, desk, smsc) as carrier:
        await carrier.send(message)
        await eventually(lambda: ReceiptStatus.UNDELIVERED in desk.said_of(message.id), within=20)


async def test_the_network_is_told_until_when(tmp_path: Path) -> None:
    """Absolute, as SMPP writes it: YYMMDDhhmmss, tenths, and the offset from UTC in quarters of an hour."""
    desk, smsc = RecordingArrivals(), Smsc()
    async with network(tmp_path, desk, smsc) as carrier:
        until = datetime.now(UTC) + timedelta(minutes=7)
        await carrier.send(outgoing("x", minutes=7))
        (part,) = await eventually(lambda: smsc.seen, within=20)
    told = datetime.strptime(part.validity[:12], "%y%m%d%H%M%S").replace(tzinfo=UTC)
    assert abs((told - until).total_seconds()) <= 60
