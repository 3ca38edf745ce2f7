"""Towns for stories: one that many share, each story in a ward of its own, and one to move clocks in and to kill."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.town import Town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("town")).start()
    yield town
    town.close()


@pytest.fixture
def own_town(tmp_path: Path) -> Iterator[Town]:
    """For stories that move the clock or kill the process."""
    town = Town(tmp_path / "home").start()
    yield town
    town.close()
