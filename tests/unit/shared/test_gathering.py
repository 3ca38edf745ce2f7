"""Micro-batches: who waits together is served together, everybody gets their own answer, nobody is forgotten."""

import asyncio
from collections.abc import Sequence

import pytest

from shared import gathering
from shared.gathering import Gatherer
from shared.pacing import Tempo
from tests.support.eventually import eventually


class Doubling:
    """Work that doubles numbers, remembers its batches, and waits at a gate."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.together = 0
        self.most_together = 0

    async def __call__(self, items: Sequence[int]) -> Sequence[int | BaseException]:
        self.batches.append(list(items))
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        await self.gate.wait()
        self.together -= 1
        if 13 in items and len(items) > 1:
            raise RuntimeError("the whole batch")
        return [ValueError("unlucky") if item == 13 else 2 * item for item in items]


async def test_one_caller_is_served_at_once() -> None:
    work = Doubling()
    work.gate.set()
    assert await Gatherer(work).submit(21) == 42


async def test_callers_of_one_moment_share_a_batch() -> None:
    work = Doubling()
    work.gate.set()
    gatherer = Gatherer(work, slots=1)
    assert await asyncio.gather(*(gatherer.submit(n) for n in range(5))) == [0, 2, 4, 6, 8]
    assert work.batches == [[0, 1, 2, 3, 4]]


async def test_who_comes_while_all_lanes_work_is_gathered() -> None:
    work = Doubling()
    gatherer = Gatherer(work, slots=2, most=3)
    first = gatherer.submit(1)
    await eventually(lambda: work.together == 1)
    waiting = [gatherer.submit(n) for n in range(10, 18) if n != 13]
    await eventually(lambda: work.together == 2)
    work.gate.set()
    assert await first == 2
    assert await asyncio.gather(*waiting) == [2 * n for n in range(10, 18) if n != 13]
    assert max(map(len, work.batches)) <= 3
    assert work.most_together == 2


async def test_a_further_lane_opens_for_as_many_as_another_has_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOMENT_SECONDS", 3600)
    work = Doubling()
    gatherer = Gatherer(work, slots=2)
    crowd = [gatherer.submit(n) for n in range(4)]
    await eventually(lambda: work.together == 1)
    late = [gatherer.submit(n) for n in range(3)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert work.batches == [[0, 1, 2, 3]], "three would pay for a transaction of their own"
    late.append(gatherer.submit(3))
    await eventually(lambda: work.together == 2)
    work.gate.set()
    await asyncio.gather(*crowd, *late)
    assert work.batches == [[0, 1, 2, 3]] * 2


async def test_a_further_lane_opens_when_no_more_come() -> None:
    work = Doubling()
    gatherer = Gatherer(work, slots=2)
    crowd = [gatherer.submit(n) for n in range(10)]
    await eventually(lambda: work.together == 1)
    late = gatherer.submit(3)
    await eventually(lambda: work.together == 2, what="a second lane, though the first has not moved")
    work.gate.set()
    assert await late == 6
    await asyncio.gather(*crowd)


async def test_a_crowd_is_gathered_although_slots_are_free() -> None:
    work = Doubling()
    work.gate.set()
    gatherer = Gatherer(work, slots=2, most=5, tempo=Tempo(many=2, together=3600, longest_seconds=3600))
    assert await asyncio.gather(*(gatherer.submit(n) for n in range(3))) == [0, 2, 4]
    crowd = [gatherer.submit(n) for n in range(4)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert work.batches == [[0, 1, 2]], "the second batch waits for more"
    crowd.append(gatherer.submit(4))
    assert await asyncio.gather(*crowd) == [0, 2, 4, 6, 8], "as many as fit wait for nobody"


async def test_one_that_weighs_much_is_a_crowd() -> None:
    work = Doubling()
    work.gate.set()
    tempo = Tempo(many=5, together=3600, longest_seconds=3600)
    gatherer = Gatherer(work, slots=2, most=2, weight=lambda n: n, heaviest=100, tempo=tempo)
    assert await gatherer.submit(10) == 20
    small = gatherer.submit(1)
    for _ in range(5):
        await asyncio.sleep(0)
    assert work.batches == [[10]], "the second waits for more"
    assert await asyncio.gather(small, gatherer.submit(2)) == [2, 4]


async def test_a_crowd_that_has_gone_leaves_nobody_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "VAIN_RESTS", 1000)
    work = Doubling()
    work.gate.set()
    gatherer = Gatherer(work, tempo=Tempo(many=2, together=0.2, longest_seconds=3600))
    await asyncio.gather(*(gatherer.submit(n) for n in range(3)))
    for n in (4, 5, 6):
        assert await gatherer.submit(n) == 2 * n


async def test_callers_who_come_again_when_they_are_answered_do_not_rest_for_nothing() -> None:
    work = Doubling()
    work.gate.set()
    gatherer = Gatherer(work, tempo=Tempo(many=2, together=3600, longest_seconds=0.2))
    async with asyncio.timeout(5):  # sixty rests would take twelve seconds
        for _ in range(gathering.STARTS_AT_ONCE - 4):
            assert await gatherer.submit(21) == 42


async def test_an_error_for_one_is_told_to_that_one() -> None:
    work = Doubling()
    work.gate.set()
    with pytest.raises(ValueError, match="unlucky"):
        await Gatherer(work).submit(13)


async def test_what_the_work_raises_is_told_to_the_whole_batch_and_the_next_is_served() -> None:
    work = Doubling()
    work.gate.set()
    gatherer = Gatherer(work, slots=1)
    told = await asyncio.gather(*(gatherer.submit(n) for n in (1, 13, 2)), return_exceptions=True)
    assert [str(error) for error in told] == ["the whole batch"] * 3
    assert await gatherer.submit(4) == 8


async def test_a_caller_that_goes_away_leaves_the_others_alone() -> None:
    work = Doubling()
    gatherer = Gatherer(work, slots=1)
    gone, stays = gatherer.submit(1), gatherer.submit(2)
    await eventually(lambda: work.together == 1)
    gone.cancel()
    work.gate.set()
    assert await stays == 4
    assert work.batches == [[1, 2]]
