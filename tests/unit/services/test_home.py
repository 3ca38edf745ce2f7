"""The embedded home: one owner at a time, a key that stays, files that only their owner reads."""

import stat
import threading
from pathlib import Path

import pytest

from services import home
from services.home import database_of, master_key_of, own_home, write_private
from services.settings import Settings
from shared.errors import Misconfigured


def test_two_processes_do_not_share_a_home(tmp_path: Path) -> None:
    with own_home(tmp_path), pytest.raises(Misconfigured, match="another TechRescue runs"), own_home(tmp_path):
        pass
    with own_home(tmp_path):
        pass


def test_a_start_waits_for_a_command_that_ends_soon(tmp_path: Path) -> None:
    began, served = threading.Event(), threading.Event()

    def serve() -> None:
        began.set()
        with own_home(tmp_path):
            served.set()

    server = threading.Thread(target=serve)
    with home._lock(tmp_path, home.WORKS):
        server.start()
        assert began.wait(10)
        assert not served.wait(0.2), "both at once"
    assert served.wait(10)
    server.join(10)


def test_a_start_says_that_it_is_only_a_command_which_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "WAIT_SECONDS", 0.1)
    with home._lock(tmp_path, home.WORKS):
        with pytest.raises(Misconfigured, match=r"a techrescue command works in .*let it end"), own_home(tmp_path):
            pass
        with home._lock(tmp_path, home.WORKS) as holder:
            assert holder == home.WORKS, "and another command goes on beside it"


def test_who_was_killed_is_not_taken_for_the_holder(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(home.SERVES, encoding="utf-8")  # as a process leaves it that could not clean up
    with home._lock(tmp_path, home.WORKS), (tmp_path / "lock").open(encoding="utf-8") as file:
        assert file.read() == home.WORKS


def test_the_master_key_is_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new")
    key = master_key_of(settings)
    assert len(key) == 32
    assert master_key_of(settings) == key
    assert stat.S_IMODE((tmp_path / "new/master.key").stat().st_mode) == 0o600


def test_a_file_that_is_replaced_is_never_half_written(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text("old and readable by all", encoding="utf-8")
    write_private(file, "new")
    assert file.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.json"]


def test_a_command_without_a_database_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="make run"), database_of(Settings(home=tmp_path)):
        pass
