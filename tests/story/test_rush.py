"""Fifty accept one job at the same moment, over both doors of a running system. Two hundred times over: tests/crash."""

from tests.support.rush import matching_for, rush
from tests.support.town import Town


async def test_fifty_say_yes_at_once_and_one_has_it(own_town: Town) -> None:
    async with matching_for(own_town) as pool:
        await rush(own_town, pool, 1)
    await own_town.holds()
