"""Ten thousand texts through everything that providers and networks do to one: each closed or escalated, all of them counted.

FAULTS_MESSAGES makes it fewer. Each run draws the same lots. Leases and waits pass on the app's clock, time-outs in seconds.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from notify.sending.sender import Sender
from notify.sending.sweeper import Sweeper
from shared.events.registry import EventType
from shared.pacing import Bell
from shared.telemetry.metrics import NOTIFY_SENDS
from tests.support.faulty_provider import Fault
from tests.support.lot import Lot, a_lot
from tests.support.multitude import ask_and_tell, neglected, people
from tests.support.notifying import Bureau, open_bureau

pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]

MESSAGES = int(os.environ.get("FAULTS_MESSAGES", "10000"))
SEED = 20260302
LEASE, WAIT = 21, 61
POST_SECONDS = 0.1
MOST_POURED = 32 * 1024 * 1024
ROUTES = ("first", "second")
OUTCOMES = ("submitted", "unknown", "refused", "down", "skipped")
# of each attempt: whose text, over which route, and what we believe
ATTEMPTS = """
select a.id, a.message_id, a.status, a.reason, a.carrier, m.resends, m.question_id is not null as asks
from message_attempts a join messages m on m.id = a.message_id order by a.started_at
"""
UNCALLED = """
select count(*) from messages m
where m.status = 'undelivered' and m.purpose = 'filed'
    and not exists (select from call_tasks c where c.contact_point_id = m.contact_point_id)
"""


async def test_all_are_closed_or_escalated_and_said_twice_only_in_doubt(
    dsn: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with open_bureau(dsn) as bureau, a_lot(SEED, tmp_path / "toxiproxy.log") as lot:
        bureau.settings = replace(bureau.settings, down_first_seconds=0.05, down_last_seconds=0.4)
        asked, told = await people(bureau, "+84981", MESSAGES // 2), await people(bureau, "+84982", MESSAGES - MESSAGES // 2)
        await ask_and_tell(bureau, asked, told)
        before, began = counted(), time.monotonic()
        await through(bureau, lot)
        sends = {name: counted()[name] - before[name] for name in OUTCOMES}
        record_property("seconds", round(time.monotonic() - began, 1))
        rows = await bureau.rows(ATTEMPTS)
        await each_is_closed_or_escalated(bureau)
        told_twice = what_we_believe_is_true(lot, rows)
        lies_and_floods(lot, rows)
        assert not told_twice & {one.phone for one in told}, "what only tells is never said twice"
        assert sum(sends.values()) == len(rows), "each attempt is counted once"
        assert sends["submitted"] <= len(lot.taken()) <= sends["submitted"] + sends["unknown"]
        assert sends["unknown"] > lot.left_in_doubt(), "the networks have done their part"
        for name, value in figures(lot, rows, sends, told_twice).items():
            record_property(name, value)


async def through(bureau: Bureau, lot: Lot) -> None:
    """Two replicas send in all weathers; then leases run out and waits end until nothing is under way any more."""
    async with replicas(bureau, lot):
        weather = asyncio.create_task(lot.weather(MESSAGES))
        await bureau.drained(within=300)
        await weather
        for network in lot.networks.values():
            await network.fall_ill()
        for seconds in (LEASE, WAIT) * 4:
            await bureau.drained(within=60)
            await bureau.move_clock(seconds)
            await swept(bureau, lot)
    await bureau.move_clock(3600)  # nobody has answered: the leases of the offers end, too
    await swept(bureau, lot)


@asynccontextmanager
async def replicas(bureau: Bureau, lot: Lot) -> AsyncIterator[None]:
    desks, over = (bureau.desk(), bureau.desk()), asyncio.Event()

    async def post() -> None:
        while not over.is_set():
            await lot.bring(desks)
            with suppress(TimeoutError):
                async with asyncio.timeout(POST_SECONDS):
                    await over.wait()

    async with bureau.sending(*(Sender(bureau.pool, bureau.vault, lot.carriers, bureau.settings, Bell()) for _ in range(2))):
        posting = asyncio.create_task(post())
        try:
            yield
        finally:
            over.set()
            await posting


async def swept(bureau: Bureau, lot: Lot) -> None:
    while await Sweeper(bureau.pool, lot.carriers, bureau.settings, vault=bureau.vault).sweep():
        pass


async def each_is_closed_or_escalated(bureau: Bureau) -> None:
    """With the person, or with somebody who is told that it is not; the judge finds nothing that nobody looks after."""
    assert set(await bureau.statuses()) <= {"submitted", "delivered", "undelivered"}
    lost = {row["id"] for row in await bureau.rows("select id from messages where status = 'undelivered'")}
    assert {UUID(str(body["subject"])) for body in await bureau.emitted(EventType.MESSAGE_FAILED)} == lost
    assert await bureau.one(UNCALLED) == 0
    assert await bureau.one("select count(*) from questions where closed_at is null") == 0
    assert await neglected(bureau) == []


def what_we_believe_is_true(lot: Lot, rows: Sequence[asyncpg.Record]) -> set[str]:
    """Of each attempt that we say to have left, and that we say not to have left, the providers say the same; and nobody got a
    text oftener than law 10 allows. The phones that got it twice."""
    taken = lot.taken()
    unknown = {row["id"] for row in rows if row["status"] == "unknown"}
    gone = {row["id"] for row in rows if row["status"] in {"submitted", "delivered"} or failed_later(row)}
    assert gone - taken == set(), "said to have left"
    assert taken - gone - unknown == set(), "said not to have left"
    times = Counter(row["message_id"] for row in rows if row["id"] in taken)
    allowed = {row["message_id"]: 1 + row["resends"] * row["asks"] for row in rows}
    assert [message for message, number in times.items() if number > allowed[message]] == []
    assert max(allowed.values()) <= 2
    return {phone for phone in lot.phones() if lot.times(phone) > 1}


def lies_and_floods(lot: Lot, rows: Sequence[asyncpg.Record]) -> None:
    """Who says "delivered" is believed, and a question that nobody saw ends by its lease like one that nobody answered (all are
    closed by now). Of a gigabyte no more is taken than sockets hold."""
    lied = {attempt for provider in lot.providers.values() for attempt in provider.who_met(Fault.LIES)}
    assert {row["status"] for row in rows if row["id"] in lied} <= {"delivered"}
    for provider in lot.providers.values():
        assert provider.poured <= len(provider.who_met(Fault.POURS)) * MOST_POURED


def failed_later(row: asyncpg.Record) -> bool:
    """By a receipt: what was refused at once has its reason."""
    return row["status"] == "undelivered" and row["reason"] is None


def figures(lot: Lot, rows: Sequence[asyncpg.Record], sends: dict[str, int], told_twice: set[str]) -> dict[str, object]:
    faults = Counter(fault for provider in lot.providers.values() for fault in provider.met.values())
    return {
        "messages": MESSAGES,
        "attempts": len(rows),
        "sends": sends,
        "faults": {fault.value: faults[fault] for fault in Fault},
        "by route": {name: provider.asked for name, provider in lot.providers.items()},
        "never known": sum(row["status"] == "unknown" for row in rows),
        "told twice": len(told_twice),
        "receipts": lot.brought,
        "receipts put off": lot.put_off,
        "left in doubt by a network": sends["unknown"] - lot.left_in_doubt(),
        "MiB poured": sum(provider.poured for provider in lot.providers.values()) >> 20,
    }


def counted() -> dict[str, int]:
    """Attempts by outcome, over both routes."""
    return {name: sum(int(NOTIFY_SENDS.labels(route, name)._value.get()) for route in ROUTES) for name in OUTCOMES}
