"""Towns for stories: one that many share, each story in a ward of its own, and one to move clocks in and to kill."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.town import Town


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with its database and roster, stopped: copying it is faster than making another."""
    home = tmp_path_factory.mktemp("furnished") / "home"
    Town(home).start().close()
    return home


@pytest.fixture(scope="module")
def town(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    yield from _moved_in(furnished, tmp_path_factory.mktemp("town") / "home")


@pytest.fixture
def own_town(furnished: Path, tmp_path: Path) -> Iterator[Town]:
    """For stories that move the clock or kill the process."""
    yield from _moved_in(furnished, tmp_path / "home")


def _moved_in(furnished: Path, home: Path) -> Iterator[Town]:
    # cp -a keeps the owner: PostgreSQL refuses a folder that is not its own.
    subprocess.run(["cp", "-a", str(furnished), str(home)], check=True)
    town = Town(home).start()
    yield town
    town.close()
