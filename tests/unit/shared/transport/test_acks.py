"""Lanes are acknowledged together, later, each as far as it came; a lost one costs the others nothing."""

import asyncio
from collections.abc import Mapping

import pytest

from shared.errors import DependencyDown
from shared.events.registry import Topic
from shared.transport.acks import Acks
from shared.transport.port import Lane, LaneLost
from tests.support.eventually import eventually

LANES = [Lane(Topic.REQUESTS, number) for number in range(5)]


class Told:
    """A source as far as acknowledging goes; some lanes belong to another member by now."""

    def __init__(self, lost: Lane | None = None, error: Exception | None = None) -> None:
        self.lost = lost
        self.error = error
        self.calls: list[dict[Lane, int]] = []

    async def acknowledge(self, next_offsets: Mapping[Lane, int]) -> None:
        self.calls.append(dict(next_offsets))
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        if self.lost in next_offsets:
            raise LaneLost(f"{self.lost}")


def acks_to(told: Told, lost: list[Lane] | None = None, *, every_seconds: float = 0.01) -> Acks:
    return Acks(told, "intake", [].append if lost is None else lost.append, every_seconds=every_seconds)  # type: ignore[arg-type]


async def test_lanes_are_told_together_each_as_far_as_it_came() -> None:
    told = Told()
    acks = acks_to(told)
    for offset in (3, 7):
        for lane in LANES:
            acks.done(lane, offset)
    await eventually(lambda: told.calls, what="an acknowledgement")
    assert told.calls == [dict.fromkeys(LANES, 7)]
    acks.done(LANES[0], 8)
    await eventually(lambda: len(told.calls) == 2, what="the next one")
    assert told.calls[1] == {LANES[0]: 8}


async def test_a_lane_that_is_let_go_is_told_at_once_and_not_again() -> None:
    told = Told()
    acks = acks_to(told, every_seconds=60)
    for lane in LANES[:2]:
        acks.done(lane, 7)
    await acks.tell([LANES[0], LANES[4]])
    await acks.tell([LANES[0]])
    assert told.calls == [{LANES[0]: 7}]
    await acks.close()


async def test_a_lost_lane_does_not_cost_the_others_their_acknowledgement() -> None:
    told, lost = Told(lost=LANES[2]), list[Lane]()
    acks = acks_to(told, lost)
    for lane in LANES:
        acks.done(lane, 7)
    await acks.tell(LANES)
    assert lost == [LANES[2]]
    assert told.calls[1:] == [{lane: 7} for lane in LANES]
    await acks.close()


async def test_an_outage_is_made_good_by_the_next_one() -> None:
    told = Told(error=DependencyDown("Kafka"))
    acks = acks_to(told)
    acks.done(LANES[0], 7)
    await eventually(lambda: told.calls, what="a try")
    told.error = None
    acks.done(LANES[0], 8)
    await eventually(lambda: len(told.calls) == 2, what="the next one")
    assert told.calls[1] == {LANES[0]: 8}


async def test_what_nobody_foresaw_is_raised_in_the_runner() -> None:
    told = Told(error=RuntimeError("a bug"))
    acks = acks_to(told)
    acks.done(LANES[0], 7)
    await eventually(lambda: told.calls, what="a try")

    def raised() -> bool:
        try:
            acks.done(LANES[0], 8)
        except RuntimeError:
            return True
        return False

    await eventually(raised, what="the error")
    with pytest.raises(RuntimeError):
        await acks.close()
