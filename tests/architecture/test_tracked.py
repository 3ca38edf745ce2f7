"""What is kept in the repository is written by somebody: no database, key or token that a running system has made."""

import subprocess
from pathlib import PurePosixPath

import pytest

from tests.architecture.repository import ROOT

MADE = frozenset({"PG_VERSION", "master.key", "tokens.json", "postmaster.pid"})


def test_no_home_of_a_running_system_is_kept() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: unpacked sources have no list of what is kept")  # a clone has it, and CI works on one
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [name for name in found.stdout.split("\0") if PurePosixPath(name).name in MADE] == []
