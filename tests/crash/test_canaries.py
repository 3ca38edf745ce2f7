"""A thousand people go through the whole system, over each transport; the short one is in tests/story."""

from collections.abc import Callable
from pathlib import Path

from tests.support.secrecy import erased_for_good, inhabited, readable_anywhere, readable_at_all
from tests.support.town import Town

PEOPLE = 1000


async def test_nothing_of_a_thousand_people_is_readable(
    way: dict[str, str], home: Path, record_property: Callable[[str, object], None]
) -> None:
    town = Town(home, TECHRESCUE_LOG_LEVEL="debug", **way)
    async with inhabited(town, PEOPLE) as crowd:
        found = await readable_anywhere(town, crowd)
        record_property("people", len(crowd.accepted))
        record_property("hits", len(found))
        assert found == []
        assert await readable_at_all(town)
        record_property("boxes_of_the_erased_that_stay_shut", await erased_for_good(town, 7))
