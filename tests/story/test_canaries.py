"""Law 12 on the running system: what people told us can be read on the phones it was meant for, and nowhere else."""

from pathlib import Path

import pytest

from tests.support.secrecy import erased_for_good, inhabited, readable_anywhere, readable_at_all
from tests.support.town import Town

PEOPLE = 50


@pytest.fixture
def talkative(home: Path) -> Town:
    """A town that logs all it can."""
    return Town(home, TECHRESCUE_LOG_LEVEL="debug")


@pytest.mark.timeout(300)
async def test_nothing_personal_is_readable_and_who_is_erased_stays_so(talkative: Town) -> None:
    async with inhabited(talkative, PEOPLE) as crowd:
        assert await readable_anywhere(talkative, crowd) == []
        assert await readable_at_all(talkative)
        assert await erased_for_good(talkative, 7) > 0
