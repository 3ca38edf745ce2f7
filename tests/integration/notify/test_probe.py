"""Probes over a provider: timed by their receipts, counted nowhere else, sent by one process."""

import asyncio
from typing import Any

import pytest

from notify.channels.port import CarrierRefused, Receipt, ReceiptStatus
from notify.channels.simulated import Knobs, SimulatedCarrier
from notify.sending.probe import Prober, ProbeSettings
from services.audit.check import check
from shared.errors import Misconfigured
from shared.postgres.pool import open_pool
from shared.telemetry.metrics import NOTIFY_PROBE_LAST, NOTIFY_PROBE_SECONDS, NOTIFY_PROBE_UP
from tests.support.carrier import RecordingCarrier
from tests.support.eventually import eventually
from tests.support.notifying import Bureau
from tests.support.running import running

OURS = "+84900000099"


def prober(bureau: Bureau, *carriers: Any, **settings: float) -> Prober:
    there = carriers or (bureau.carrier,)
    addresses = {carrier.name: OURS for carrier in there}
    return Prober(bureau.pool, there, ProbeSettings(addresses=addresses, **{"patience_seconds": 20.0, **settings}))


async def receipt(bureau: Bureau, status: ReceiptStatus, **changes: Any) -> None:
    sent = bureau.carrier.taken[-1]
    fields: dict[str, Any] = {"carrier": bureau.carrier.name, "attempt_id": sent.id, "status": status}
    await bureau.desk().take_receipt(Receipt(**{**fields, **changes}))


def up(name: str = "recording") -> float:
    return float(NOTIFY_PROBE_UP.labels(name)._value.get())


async def test_a_probe_is_timed_by_its_receipt_and_is_no_message_of_anybody(bureau: Bureau) -> None:
    before = NOTIFY_PROBE_SECONDS.labels("recording")._sum.get()
    probing = asyncio.create_task(prober(bureau).probe(bureau.carrier, OURS))
    await eventually(lambda: bureau.carrier.taken)
    await receipt(bureau, ReceiptStatus.ACCEPTED)
    await receipt(bureau, ReceiptStatus.UNDELIVERED, carrier="another")  # forged
    assert await bureau.one("select outcome from probes") is None
    await receipt(bureau, ReceiptStatus.DELIVERED)
    await receipt(bureau, ReceiptStatus.UNDELIVERED)
    assert await probing == "delivered"
    assert up() == 1
    assert NOTIFY_PROBE_SECONDS.labels("recording")._sum.get() > before
    assert NOTIFY_PROBE_LAST.labels("recording")._value.get() > 1_700_000_000
    [sent] = bureau.carrier.taken
    assert (sent.to, sent.kind) == (OURS, "probe")
    for table in ("messages", "message_attempts", "outbox", "contact_points", "receipts"):
        assert await bureau.one(f"select count(*) from {table}") == 0


async def test_a_receipt_that_names_only_the_providers_own_id_is_known(bureau: Bureau) -> None:
    bureau.carrier.names_attempts = False
    probing = asyncio.create_task(prober(bureau).probe(bureau.carrier, OURS))

    async def named() -> bool:
        return await bureau.one("select carrier_ref from probes") == "ref-1"

    await eventually(named)
    await receipt(bureau, ReceiptStatus.DELIVERED, attempt_id=None, carrier_ref="another")
    await receipt(bureau, ReceiptStatus.DELIVERED, attempt_id=None, carrier_ref="ref-1")
    assert await probing == "delivered"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"down": True}, "down"),
        ({"refuses": CarrierRefused("bad_number", permanent=True)}, "refused"),
        ({"receipts": False}, "delivered"),
    ],
)
async def test_what_is_known_at_once_needs_no_receipt(bureau: Bureau, change: dict[str, Any], outcome: str) -> None:
    carrier = RecordingCarrier(name="at once", **change)
    assert await prober(bureau, carrier).probe(carrier, OURS) == outcome
    assert up("at once") == (outcome == "delivered")


async def test_a_probe_that_never_arrives_is_lost_and_a_late_receipt_does_not_help(bureau: Bureau) -> None:
    bureau.carrier.answers_lost = 1
    assert await prober(bureau, patience_seconds=0.5).probe(bureau.carrier, OURS) == "lost"
    await receipt(bureau, ReceiptStatus.DELIVERED)
    assert await bureau.one("select outcome from probes") == "lost"
    assert up() == 0


async def test_one_process_probes_and_a_provider_that_hangs_hides_no_other(bureau: Bureau) -> None:
    hangs = RecordingCarrier(name="hangs", hold=asyncio.Event())
    quick = RecordingCarrier(name="quick", receipts=False)
    one = prober(bureau, hangs, quick, every_seconds=0.05)
    other = prober(bureau, hangs, quick, every_seconds=0.05)
    async with running(one, other):
        await eventually(lambda: quick.taken)
        assert hangs.hold is not None
        hangs.hold.set()
        await eventually(lambda: hangs.taken)
        assert (len(quick.taken), hangs.tried) == (1, 1)
        sent = hangs.taken[0]
        await bureau.desk().take_receipt(Receipt(carrier="hangs", attempt_id=sent.id, status=ReceiptStatus.DELIVERED))
        await eventually(lambda: len(quick.taken) > 1)
    assert up("hangs") == 1


def test_a_provider_that_is_not_there_stops_the_start() -> None:
    settings = ProbeSettings(addresses={"kannel": OURS})
    with pytest.raises(Misconfigured, match="kannel"):
        Prober(None, [RecordingCarrier()], settings)  # type: ignore[arg-type]


async def test_the_judge_does_not_take_a_probe_for_a_message(bureau: Bureau) -> None:
    async with open_pool(bureau.dsn, schema="carrier", max_size=2) as pool:
        carrier = SimulatedCarrier(pool, bureau.desk(), knobs=Knobs(receipt_delay_seconds=0.01))
        async with running(carrier):
            assert await prober(bureau, carrier).probe(carrier, OURS) == "delivered"
    violations = (await check(bureau.dsn)).violations
    assert [one for one in violations if one.rule == "effects_once"] == []
