"""kill -9 at each named point, on both sides of every commit, send and acknowledgement; afterwards nothing is lost or doubled."""

from pathlib import Path

import pytest

from shared.crash import all_points
from tests.crash.day import CHAPTERS, DAY, Requests, from_call_to_end
from tests.support.eventually import eventually
from tests.support.mortal_town import MortalTown

OF_THE_LOG = ("log.append", "log.checkpoint")  # Kafka keeps its own
OF_THE_START = ("dispatch.roster.before", "dispatch.roster.after")  # the first start fills the roster


@pytest.mark.parametrize("point", all_points())
async def test_nothing_is_lost_and_nothing_doubled(point: str, way: dict[str, str], home: Path) -> None:
    if way and point.startswith(OF_THE_LOG):
        pytest.skip("over Kafka there is no log in PostgreSQL, so nothing passes this point")
    town = MortalTown(home, point, **way)
    town.start()
    try:
        requests = await CHAPTERS[point.rpartition(".")[0]](town)
        await eventually(lambda: has_died(town), what=f"{point} is passed")
        await all_is_well(town, requests)
    finally:
        town.close()


@pytest.mark.parametrize("point", OF_THE_START)
async def test_the_first_start_may_die_too(point: str, empty_home: Path) -> None:
    town = MortalTown(empty_home, point)
    town.start()
    try:
        assert has_died(town)
        await all_is_well(town, await from_call_to_end(town))
    finally:
        town.close()


async def test_a_whole_day_without_any_death(way: dict[str, str], home: Path) -> None:
    town = MortalTown(home, **way)
    town.start()
    try:
        await all_is_well(town, [request for chapter in DAY for request in await chapter(town)])
        assert town.deaths == 0
    finally:
        town.close()


def has_died(town: MortalTown) -> bool:
    town.http.get("/livez")  # who asks a dead process wakes it
    return town.deaths == 1


async def all_is_well(town: MortalTown, requests: Requests) -> None:
    for request in requests:
        assert town.track(request)["code"] == request["code"]
    await town.holds(drained=True)
