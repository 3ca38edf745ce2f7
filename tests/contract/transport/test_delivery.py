"""What every transport and the consumer on top of it promise: order per key, at least once, effects once (laws 4 to 8)."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from shared.events.envelope import Event
from shared.events.registry import EventType
from tests.contract.transport.places import QUICK, Effects, Place
from tests.support.events import number_of, numbered, numbers_of
from tests.support.eventually import eventually
from tests.support.running import running


class Seen:
    """A handler that only remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def __call__(self, events: Sequence[Event]) -> None:
        self.events += events

    def numbers(self) -> list[int]:
        return numbers_of(self.events)


async def test_everything_published_arrives_unchanged(any_place: Place) -> None:
    seen, event = Seen(), numbered(1)
    await any_place.publish([event])
    async with running(any_place.consumer(seen)):
        await eventually(lambda: seen.events, within=30)
    assert seen.events == [event]


async def test_events_of_one_key_keep_their_order(any_place: Place) -> None:
    keys = [uuid4() for _ in range(10)]
    seen = Seen()
    async with running(any_place.consumer(seen)), any_place.publishing() as publish:
        for start in range(0, 300, 50):
            await publish([numbered(n, key=keys[n % 10]) for n in range(start, start + 50)])
        await eventually(lambda: len(seen.events) == 300, within=30)
    for numbers in by_key(seen.events).values():
        assert numbers == sorted(numbers)


async def test_what_nobody_wants_is_acknowledged_unread(place: Place) -> None:
    """And it is really behind us: a consumer that does want it finds nothing more of it in the group."""
    unwanted, wanted = [numbered(n) for n in range(5)], numbered(5)
    await place.publish([*unwanted, replace(wanted, type=EventType.MESSAGE_DELIVERED)])
    seen, later = Seen(), Seen()
    async with running(place.consumer(seen, wants={EventType.MESSAGE_DELIVERED})):
        await eventually(lambda: seen.events, within=30)
    async with running(place.consumer(later)):
        await place.publish([numbered(6)])
        await eventually(lambda: 6 in later.numbers(), within=30)
    assert seen.numbers() == [5]
    assert place.settings.get("KAFKA") or later.numbers() == [6], (
        "the log has one lane: what came before the wanted one is settled"
    )


async def test_a_second_start_goes_on_where_the_first_stopped(place: Place) -> None:
    first, second = Seen(), Seen()
    await place.publish([numbered(n) for n in range(20)])
    async with running(place.consumer(first)):
        await eventually(lambda: len(first.events) == 20, within=30)
    await place.publish([numbered(n) for n in range(20, 30)])
    async with running(place.consumer(second)):
        await eventually(lambda: len(second.events) == 10, within=30)
    assert sorted(second.numbers()) == list(range(20, 30))


async def test_a_new_group_reads_from_the_beginning(place: Place) -> None:
    seen = Seen()
    await place.publish([numbered(n) for n in range(5)])
    async with running(place.consumer(seen, group=f"late-{uuid4().hex[:8]}")):
        await eventually(lambda: sorted(seen.numbers()) == list(range(5)), within=30)


async def test_a_replay_of_everything_takes_no_effect_twice(place: Place) -> None:
    await place.publish([numbered(n) for n in range(30)])
    for round_of in ("one", "two", "three"):
        effects = Effects(place.pool)
        async with running(place.consumer(effects, group=f"{round_of}-{uuid4().hex[:8]}")):
            await eventually(lambda effects=effects: sum(map(len, effects.calls)) == 30, within=30)
    assert sorted(await place.effects()) == list(range(30))


async def test_a_doubled_event_takes_effect_once(any_place: Place) -> None:
    event = numbered(1)
    await any_place.publish([event, event])
    await any_place.publish([event, numbered(2, key=event.key)])
    async with running(any_place.consumer(Effects(any_place.pool))):
        await eventually(lambda: _has(any_place, 2), within=30)
    assert await any_place.effects() == [1, 2]


async def test_work_that_outlives_the_drain_is_not_acknowledged(place: Place) -> None:
    started = asyncio.Event()

    async def hangs(_: Sequence[Event]) -> None:
        started.set()
        await asyncio.Event().wait()

    await place.publish([numbered(1)])
    policy = type(QUICK)(poll_seconds=0.05, drain_seconds=0.1, cancel_seconds=2.0)
    async with running(place.consumer(hangs, policy=policy)):
        await started.wait()
    seen = Seen()
    async with running(place.consumer(seen)):
        await eventually(lambda: seen.numbers() == [1], within=30)


async def test_work_in_hand_is_finished_and_acknowledged_at_stop(place: Place) -> None:
    started, gate, first = asyncio.Event(), asyncio.Event(), Seen()

    async def slow(events: Sequence[Event]) -> None:
        started.set()
        await gate.wait()
        await first(events)

    await place.publish([numbered(1)])
    consumer = place.consumer(slow)
    task = asyncio.create_task(consumer.run())
    await started.wait()
    consumer.stop()
    gate.set()
    await task
    second = Seen()
    await place.publish([numbered(2)])
    async with running(place.consumer(second)):
        await eventually(lambda: second.events, within=30)
    assert (first.numbers(), second.numbers()) == ([1], [2])


def by_key(events: Sequence[Event]) -> dict[UUID, list[int]]:
    found: dict[UUID, list[int]] = defaultdict(list)
    for event in events:
        found[event.key].append(number_of(event))
    return found


async def _has(place: Place, effects: int) -> bool:
    return len(await place.effects()) >= effects
