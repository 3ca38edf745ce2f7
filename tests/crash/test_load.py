"""kill -9 under load: of the whole process ten times over, and twenty times at a random passage of a random point."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.crash import all_points
from tests.support.crowd import Crowd, accepted
from tests.support.mortal_town import LEASE_SECONDS, MortalTown

Record = Callable[[str, object], None]

KILLS = 10
REQUESTS = 40  # between two kills
ROUNDS = 10  # over each transport
PASSAGES = 6
SEED = os.environ.get("CRASH_SEED") or f"{random.SystemRandom().randrange(10**6)}"
SETTLED_SECONDS = 90.0
OF_THE_LOG = ("log.append", "log.checkpoint")


async def test_ten_kills_of_the_whole_process_lose_nothing(home: Path, record_property: Record) -> None:
    """Every other time the database dies with it, as on a machine that loses its power."""
    town = MortalTown(home)
    async with crowded(town, SEED) as crowd:
        for number in range(KILLS):
            goal = len(crowd.accepted) + crowd.dice.randrange(1, REQUESTS)
            filing = asyncio.create_task(crowd.file(REQUESTS))
            await accepted(crowd, goal)
            await crowd.kill(town.kill_all if number % 2 else town.kill)
            await filing
        assert town.deaths == KILLS
        await settled(crowd)
    record_property("seed", SEED)
    record_property("requests", len(crowd.accepted))
    record_property("seconds_to_ready", [round(seconds, 1) for seconds in town.back_seconds])


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_a_kill_at_a_random_passage_of_a_random_point(
    number: int, way: dict[str, str], home: Path, record_property: Record
) -> None:
    """A point that is not passed so often is one where the process is killed anyhow, wherever it is."""
    seed = f"{SEED}-{number}-{'kafka' if way else 'log'}"
    dice = random.Random(seed)  # noqa: S311 - a test
    point = dice.choice([point for point in all_points() if not (way and point.startswith(OF_THE_LOG))])
    fuse = f"{point}:{dice.randint(1, PASSAGES)}"
    record_property("seed", seed)
    record_property("fuse", fuse)
    town = MortalTown(home, fuse, **way)
    async with crowded(town, seed) as crowd:
        await crowd.file(REQUESTS)
        record_property("died", "at the point" if town.deaths else "by hand")
        filing = asyncio.create_task(crowd.file(REQUESTS))
        if not town.deaths:
            await accepted(crowd, REQUESTS + dice.randrange(1, REQUESTS))
            await crowd.kill(town.kill)
        await filing
        assert town.deaths  # twice, when the point comes up just before the hand does
        await settled(crowd)
    record_property("seconds_to_ready", [round(seconds, 1) for seconds in town.back_seconds])


@asynccontextmanager
async def crowded(town: MortalTown, seed: str) -> AsyncIterator[Crowd]:
    await asyncio.to_thread(town.start)
    crowd = Crowd(town, seed, town.revive)
    living = asyncio.create_task(crowd.live())
    try:
        yield crowd
        await crowd.leave()
        await living
    finally:
        living.cancel()
        await asyncio.wait({living})
        await crowd.close()
        await asyncio.to_thread(town.close)


async def settled(crowd: Crowd) -> None:
    """When all is said and done: as many requests as keys, the same answer to the same key, and the judge content."""
    await crowd.nothing_is_lost()
    await crowd.repeat()
    await asyncio.to_thread(crowd.town.let_pass, LEASE_SECONDS)  # what a dead sender had in hand is looked at now
    await crowd.town.holds(drained=True, within=SETTLED_SECONDS)
    await crowd.nothing_is_lost()
