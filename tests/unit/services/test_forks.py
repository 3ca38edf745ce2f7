"""The processes of a town are forked, and are processes all the same: each its own, and dead when it is killed."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from tests.support.forks import FUSE, Forked, run_forked

WHO = "tests.support.introducing"


@contextmanager
def waiting(**env: str) -> Iterator[tuple[Forked, dict[str, Any]]]:
    process = Forked(WHO, "wait", env=env, stderr=2)
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait(5)
        process.stdout.close()


def test_two_share_neither_number_environment_nor_chance() -> None:
    with waiting(NAME="one") as (one, of_one), waiting(NAME="two") as (two, of_two):
        assert (of_one["pid"], of_two["pid"]) == (one.pid, two.pid)
        assert one.pid != two.pid
        assert of_one["parent"] == of_two["parent"] != os.getpid(), "one server forks both"
        assert (of_one["environment"], of_two["environment"]) == ({"NAME": "one"}, {"NAME": "two"}), "and nothing of ours"
        assert of_one["random"] != of_two["random"]
        assert of_one["urandom"] != of_two["urandom"]
        assert of_one["sockets"] == of_two["sockets"] == []


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_who_is_killed_is_dead_and_the_others_live(sent: signal.Signals) -> None:
    with waiting() as (one, _), waiting() as (other, _):
        assert one.poll() is None
        {signal.SIGKILL: one.kill, signal.SIGTERM: one.terminate}[sent]()
        assert one.wait(5) == one.poll() == -sent
        assert not psutil.pid_exists(one.pid)
        assert one.stdout.read() == "", "nobody holds the other end"
        assert other.poll() is None
        assert psutil.pid_exists(other.pid)


def test_it_ends_as_a_program_does() -> None:
    status, said = run_forked(WHO, "3", env={}, timeout=30)
    assert status == 3
    assert said.endswith("at exit\n")
    status, said = run_forked(WHO, "fail", env={}, timeout=30)
    assert status == 1
    assert said.endswith("LookupError: fail\n")


def test_what_a_command_writes_is_its_output_and_not_ours(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, said = run_forked("services.cli", "check", env={"TECHRESCUE_HOME": str(tmp_path)}, timeout=60)
    assert status == 2
    assert said.startswith("techrescue: no database")
    assert capfd.readouterr() == ("", "")


def test_an_armed_process_is_not_forked() -> None:
    with pytest.raises(AssertionError):
        run_forked(WHO, "0", env={FUSE: "intake.file.before"}, timeout=5)
