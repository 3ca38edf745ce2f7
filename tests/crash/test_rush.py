"""Fifty accept one job at the same moment, over both doors of a running system, two hundred times."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.rush import matching_for, rush
from tests.support.town import Town

ROUNDS = 200


@pytest.mark.timeout(1800)
async def test_fifty_say_yes_at_once_and_one_has_it(home: Path, record_property: Callable[[str, object], None]) -> None:
    town = Town(home).start()
    try:
        async with matching_for(town) as pool:
            for number in range(ROUNDS):
                await rush(town, pool, number)
        await town.holds()
    finally:
        town.close()
    record_property("rounds", ROUNDS)
