"""Five thousand seeded days, and the proof that they find what a colleague may break: planted bugs, a patch each in `bugs/`."""

import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from tests.simulation.town import Town, first_wrong

SEEDS: Final = 5_000
PARTS: Final = 4
ENOUGH: Final = 3_000  # seeds within which each planted bug is found
ROOT: Final = Path(__file__).resolve().parents[2]
BUGS: Final = sorted((Path(__file__).parent / "bugs").glob("*.patch"))


def stories(part: int) -> str:
    wrong = first_wrong(range(part * SEEDS // PARTS, (part + 1) * SEEDS // PARTS))
    return "" if wrong is None else "\n".join([*wrong.story, str(wrong)])


@pytest.mark.timeout(600)
def test_no_story_of_five_thousand_ends_badly() -> None:
    with ProcessPoolExecutor() as processes:
        for told in processes.map(stories, range(PARTS)):
            assert not told, told


def test_a_seed_is_a_story_that_can_be_told_again() -> None:
    first, again, other = Town(7), Town(7), Town(8)
    for town in (first, again, other):
        town.live()
    assert first.story == again.story
    assert [event.type for event in first.store.told] == [event.type for event in again.store.told]
    assert first.story != other.story


def test_there_are_enough_planted_bugs() -> None:
    assert len(BUGS) >= 10


def begins(bug: Path) -> int:
    """A bug that shows itself rarely may say in its first line, "Seed: 1800", from where on it is looked for."""
    word, _, seed = bug.read_text(encoding="utf-8").partition("\n")[0].partition(": ")
    return int(seed) if word == "Seed" else 0


@pytest.mark.parametrize("bug", BUGS, ids=lambda path: path.stem)
def test_a_planted_bug_is_found(bug: Path, tmp_path: Path) -> None:
    for room in ("dispatch", "shared", "tests/simulation", "tests/support"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "bugs"))
    shutil.copy(ROOT / "tests" / "__init__.py", tmp_path / "tests")
    subprocess.run(["git", "apply", str(bug)], cwd=tmp_path, check=True)
    first = begins(bug)
    command = [sys.executable, "-m", "tests.simulation", str(first), str(first + ENOUGH)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "seed" in done.stderr, done.stderr
