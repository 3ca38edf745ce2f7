"""A loop: no ring is lost, what fails is tried again later, work in hand goes on at once, and a stop waits for no rest."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared.errors import DependencyDown, Transient
from shared.pacing import Backoff, Bell
from shared.rounds import Rounds
from tests.support.eventually import eventually

FOR_EVER = 3600.0
NOTHING_FOUND, MORE = None, 0.0

Act = Callable[["Rehearsed"], object]


class Rehearsed(Rounds):
    """Each look does what stands in the script for it; the last one tells the loop to stop."""

    def __init__(self, *script: object, every_seconds: float = FOR_EVER, **how: Any) -> None:
        super().__init__(every_seconds=every_seconds, **how)
        self._script = list(script)
        self.called: list[bool] = []  # of each look: did somebody call for it?
        self.looking = asyncio.Event()
        self.gate = asyncio.Event()

    async def look(self) -> float | None:
        self.called.append(self._called)
        act = self._script.pop(0)
        if not self._script:
            self.stop()
        if isinstance(act, Exception):
            raise act
        found = act(self) if callable(act) else act
        if asyncio.iscoroutine(found):
            found = await found
        return found  # type: ignore[no-any-return]

    async def at_the_gate(self) -> None:
        self.looking.set()
        await self.gate.wait()


async def ended(loop: Rounds) -> None:
    async with asyncio.timeout(10):
        await loop.run()


@contextmanager
def said() -> Iterator[list[tuple[str, str]]]:
    """The words that went to the log meanwhile, and which errors they name."""
    words: list[tuple[str, str]] = []
    with capture_logs() as logs:
        yield words
    words += [(line["event"], line["error"]) for line in logs]


async def test_a_stop_during_a_look_waits_for_it_and_for_nothing_else() -> None:
    loop = Rehearsed(Rehearsed.at_the_gate, NOTHING_FOUND)
    running = asyncio.create_task(ended(loop))
    await loop.looking.wait()
    loop.stop()
    assert not running.done(), "the look in hand is finished"
    loop.gate.set()
    await running
    assert len(loop.called) == 1


async def test_a_stop_ends_the_rest() -> None:
    loop = Rehearsed(NOTHING_FOUND, NOTHING_FOUND)
    running = asyncio.create_task(ended(loop))
    await eventually(lambda: loop.called)
    loop.stop()
    await running
    assert len(loop.called) == 1


@pytest.mark.parametrize("first_seconds", [0.0, FOR_EVER])
async def test_who_is_stopped_before_the_first_look_does_not_look(first_seconds: float) -> None:
    loop = Rehearsed(NOTHING_FOUND, first_seconds=first_seconds)
    loop.stop()
    await ended(loop)
    assert loop.called == []


async def test_a_ring_during_a_look_is_not_lost() -> None:
    bell = Bell()
    loop = Rehearsed(lambda _: bell.ring(), NOTHING_FOUND, bell=bell)
    await ended(loop)
    assert loop.called == [True, True]


async def test_while_there_is_more_it_goes_on_at_once() -> None:
    loop = Rehearsed(MORE, MORE, NOTHING_FOUND)
    await ended(loop)
    assert loop.called == [True, True, True]


async def test_a_look_says_itself_when_the_next_is_worth_while() -> None:
    loop = Rehearsed(0.001, NOTHING_FOUND)
    await ended(loop)
    assert loop.called == [True, False], "only the time was over"


async def test_what_fails_is_said_and_tried_again_ever_later_until_it_goes_well() -> None:
    backoff = Backoff(0.001, FOR_EVER)
    away = [DependencyDown("postgres"), Transient("deadlock"), DependencyDown("postgres")]
    loop = Rehearsed(*away, 0.001, NOTHING_FOUND, backoff=backoff, failed_as="something.failed")
    with said() as words:
        await ended(loop)
    assert words == [("something.failed", type(error).__name__) for error in away]
    assert loop.called == [True, True, True, True, False], "after a failure nobody knows what has come meanwhile"
    assert backoff.delay() <= 0.001, "the next failure is a first one"


async def test_without_a_backoff_a_failure_changes_nothing_and_is_said_elsewhere() -> None:
    bell = Bell()
    bell.ring()
    loop = Rehearsed(DependencyDown("postgres"), NOTHING_FOUND, bell=bell)
    with said() as words:
        await ended(loop)
    assert (len(loop.called), words) == (2, [])


async def test_who_was_told_to_stop_in_a_look_that_fails_does_not_wait_for_the_next_try() -> None:
    """The look itself may have heard the bell."""
    bell = Bell()

    async def stopped_and_away(loop: Rehearsed) -> None:
        loop.stop()
        await bell.wait(FOR_EVER)
        raise DependencyDown("postgres")

    loop = Rehearsed(stopped_and_away, NOTHING_FOUND, bell=bell, backoff=Backoff(FOR_EVER, FOR_EVER))
    await ended(loop)
    assert len(loop.called) == 1


async def test_what_nobody_foresaw_ends_it() -> None:
    with pytest.raises(ZeroDivisionError):
        await ended(Rehearsed(ZeroDivisionError(), NOTHING_FOUND))
