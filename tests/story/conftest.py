"""Towns for stories: one that many share, each story in a ward of its own, and one to move clocks in and to kill."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.town import Town, a_furnished_home, a_home_like


@pytest.fixture(scope="session")
def furnished() -> Iterator[Path]:
    with a_furnished_home() as home:
        yield home


@pytest.fixture
def home(furnished: Path) -> Iterator[Path]:
    with a_home_like(furnished) as home:
        yield home


@pytest.fixture(scope="module")
def town(furnished: Path) -> Iterator[Town]:
    with a_home_like(furnished) as home:
        town = Town(home).start()
        yield town
        town.close()


@pytest.fixture
def own_town(home: Path) -> Iterator[Town]:
    """For stories that move the clock or kill the process."""
    town = Town(home).start()
    yield town
    town.close()
