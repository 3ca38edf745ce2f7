"""Killed before and after every commit, send and acknowledgement of the plumbing: nothing lost, effects once, order kept.

Each kill costs two processes: all of them run with `make crash`, the one that the textbook gets wrong always.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest
from _pytest.mark import ParameterSet

from shared.events.envelope import Event
from shared.events.registry import PARTITIONS
from shared.postgres.transaction import transaction
from shared.transport.kafka import KafkaTransport
from shared.transport.outbox import append
from tests.contract.transport.places import Effects, Place
from tests.support.events import numbered, numbers_of
from tests.support.eventually import eventually
from tests.support.running import running

KILLED = -9
ALL = list(range(40))


def crash(point: str) -> ParameterSet:
    return pytest.param(point, marks=pytest.mark.crash)


@pytest.mark.parametrize(
    "point", ["consumer.ack.before", *map(crash, ["notify.consume.before", "notify.consume.after", "consumer.ack.after"])]
)
async def test_a_killed_consumer_loses_nothing_and_repeats_no_effect(place: Place, point: str) -> None:
    """The textbook consumer books twice here, or loses the event."""
    await place.publish([numbered(n) for n in ALL])
    await killed_at(place, "consumer", point)
    assert bool(await place.effects()) == (point != "notify.consume.before")
    await finished(place, "consumer")
    assert sorted(await place.effects()) == ALL


async def test_a_killed_member_with_a_name_of_its_own_is_back_before_anybody_missed_it(kafka_place: Place) -> None:
    """Without a name its lanes stay with the dead until the session is over, 10 s after its last sign of life."""
    named = replace(kafka_place, settings={**kafka_place.settings, "INSTANCE": "one"})
    await named.publish([numbered(n) for n in ALL])
    await killed_at(named, "consumer", "consumer.ack.before")
    transport = KafkaTransport(named.settings["KAFKA"], prefix=named.settings["PREFIX"], instance="one")
    consumer = replace(named, transport=transport).consumer(Effects(named.pool))
    async with running(consumer):
        await eventually(lambda: len(consumer.lanes()) == PARTITIONS, within=5)
        await eventually(lambda: _has(named, len(ALL)))
    assert sorted(await named.effects()) == ALL


@pytest.mark.crash
@pytest.mark.parametrize("point", ["dead_letter.park.before", "dead_letter.park.after"])
async def test_a_consumer_killed_while_it_buries_keeps_one_letter(place: Place, point: str) -> None:
    await place.publish([numbered(n) for n in ALL])
    await killed_at(place, "consumer", point, poison="7")
    await finished(place, "consumer", poison="7")
    assert sorted(await place.effects()) == [n for n in ALL if n != 7]
    assert len(await place.letters.list()) == 1


@pytest.mark.crash
@pytest.mark.parametrize("point", ["relay.publish.before", "relay.publish.after", "relay.mark.before", "relay.mark.after"])
async def test_a_killed_relay_loses_nothing_and_keeps_the_order(place: Place, point: str) -> None:
    key, seen = uuid4(), list[int]()

    async def handle(events: Sequence[Event]) -> None:
        seen.extend(numbers_of(events))

    async with transaction(place.pool, "notify.consume") as connection:
        await append(connection, [numbered(n, key=key) for n in ALL], source="/notify")
    await killed_at(place, "relay", point)
    await finished(place, "relay")
    async with running(place.consumer(handle)):
        await eventually(lambda: len(set(seen)) == len(ALL), within=20)
    assert list(dict.fromkeys(seen)) == ALL


@pytest.mark.crash
@pytest.mark.parametrize(("role", "point"), [("relay", "log.append"), ("consumer", "log.checkpoint")])
@pytest.mark.parametrize("side", ["before", "after"])
async def test_the_log_itself_survives_its_killed_writers(log_place: Place, role: str, point: str, side: str) -> None:
    async with transaction(log_place.pool, "notify.consume") as connection:
        await append(connection, [numbered(n) for n in ALL], source="/notify")
    if role == "consumer":
        await finished(log_place, "relay")
    await killed_at(log_place, role, f"{point}.{side}")
    await finished(log_place, "relay")
    await finished(log_place, "consumer")
    assert await log_place.effects() == ALL
    assert await _gaps(log_place) == 0


async def killed_at(place: Place, role: str, point: str, *, poison: str = "") -> None:
    assert await asyncio.to_thread(_process, place, role, point, poison) == KILLED


async def finished(place: Place, role: str, *, poison: str = "") -> None:
    assert await asyncio.to_thread(_process, place, role, "", poison) == 0


def _process(place: Place, role: str, crash_at: str, poison: str) -> int:
    settings = {"GROUP": place.group, "EXPECTED": str(len(ALL)), "TECHRESCUE_CRASH_AT": crash_at, "POISON": poison}
    command = [sys.executable, "-m", "tests.contract.transport.member", role]
    return subprocess.run(command, env={**os.environ, **place.settings, **settings}, timeout=60, check=False).returncode


async def _has(place: Place, effects: int) -> bool:
    return len(await place.effects()) >= effects


async def _gaps(place: Place) -> int:
    return int(await place.pool.fetchval("select max(seq) + 1 - count(*) from log"))
