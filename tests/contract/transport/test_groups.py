"""Several members of one group: lanes are shared, handed over drained, taken over from the dead (law 8)."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

from shared.events.envelope import Event
from shared.events.registry import PARTITIONS
from shared.transport.consumer import Consumer
from tests.contract.transport.places import Effects, Place
from tests.support.events import numbered, numbers_of
from tests.support.eventually import eventually
from tests.support.running import running


def lanes(consumer: Consumer) -> int:
    return len(consumer.lanes())


async def test_two_members_share_the_lanes_and_lose_nothing(kafka_place: Place) -> None:
    effects, keys = Effects(kafka_place.pool), [uuid4() for _ in range(40)]
    first, second = kafka_place.consumer(effects), kafka_place.consumer(effects)
    async with kafka_place.publishing() as publish, running(first):
        await eventually(lambda: lanes(first) == PARTITIONS, within=20)
        async with running(second):
            for start in range(0, 400, 40):
                await publish([numbered(start + n, key=keys[n]) for n in range(40)])
            await eventually(lambda: lanes(first) == lanes(second) == PARTITIONS / 2, within=20)
            await publish([numbered(400 + n, key=keys[n]) for n in range(40)])
        await publish([numbered(440 + n, key=keys[n]) for n in range(40)])
        await eventually(lambda: _has(kafka_place, 480), within=20)
    done = await kafka_place.effects()
    assert sorted(done) == list(range(480))
    for n in range(40):
        of_key = [number for number in done if number % 40 == n]
        assert of_key == sorted(of_key)


async def test_a_rebalance_waits_for_the_work_in_hand(kafka_place: Place) -> None:
    started, gate, first_did, second_did = asyncio.Event(), asyncio.Event(), list[int](), list[int]()

    async def slow(events: Sequence[Event]) -> None:
        started.set()
        await gate.wait()
        first_did.extend(numbers_of(events))

    async def quick(events: Sequence[Event]) -> None:
        second_did.extend(numbers_of(events))

    await kafka_place.publish([numbered(1)])
    first, second = kafka_place.consumer(slow), kafka_place.consumer(quick)
    async with running(first):
        await started.wait()
        async with running(second):
            await eventually(lambda: any(worker.leaving for worker in first._workers.values()), within=20)
            gate.set()
            await eventually(lambda: lanes(second) == PARTITIONS / 2, within=20)
            await kafka_place.publish([numbered(n) for n in range(10, 60)])
            await eventually(lambda: len(first_did) + len(second_did) == 51, within=20)
    assert sorted(first_did + second_did) == [1, *range(10, 60)]


async def test_of_two_readers_of_the_log_one_stands_by_until_the_other_is_gone(place: Place) -> None:
    effects = Effects(place.pool)
    first, second = place.consumer(effects), place.consumer(effects)
    async with running(second):
        async with running(first):
            await place.publish([numbered(n) for n in range(20)])
            await eventually(lambda: _has(place, 20), within=20)
        await place.publish([numbered(n) for n in range(20, 40)])
        await eventually(lambda: _has(place, 40), within=20)
    assert sorted(await place.effects()) == list(range(40))


async def _has(place: Place, effects: int) -> bool:
    return len(await place.effects()) >= effects
