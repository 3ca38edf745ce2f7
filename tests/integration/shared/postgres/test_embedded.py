"""The server out of a wheel: started, found again, recovered, durable, and quiet about people."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest

from shared.postgres.embedded import EmbeddedPostgres, remove_embedded, start_embedded
from shared.postgres.migrate import ROOT
from tests.support.databases import a_home, execute, run
from tests.support.eventually import eventually

FAST_START = {"shared_buffers": "16MB"}


@pytest.fixture
def home() -> Iterator[Path]:
    folder = a_home()
    yield folder
    if (folder / "postgres" / "postmaster.pid").exists():
        start_embedded(folder).stop()
    shutil.rmtree(folder)


def ask(server: EmbeddedPostgres, question: str) -> object:
    async def asked() -> object:
        connection = await asyncpg.connect(server.dsn)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return run(asked())


def postmaster_pid(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def test_it_starts_is_durable_and_listens_to_this_machines_files_only(home: Path) -> None:
    server = start_embedded(home, settings=FAST_START)
    assert [ask(server, f"show {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == ["on"] * 3
    assert ask(server, "show listen_addresses") == ""
    assert ask(server, "show max_connections") == "100"
    server.stop()
    with pytest.raises((OSError, asyncpg.PostgresError)):
        ask(server, "select 1")


def test_a_start_that_was_killed_while_it_made_the_database_does_no_harm(home: Path) -> None:
    code = "import sys, pathlib, shared.postgres.embedded as it; it.start_embedded(pathlib.Path(sys.argv[1]))"
    first = subprocess.Popen([sys.executable, "-c", code, str(home)], cwd=ROOT)
    run(eventually(lambda: [*home.glob("*postgres*/PG_VERSION")]))  # the first thing that is written
    first.kill()
    first.wait()
    assert ask(start_embedded(home, settings=FAST_START), "select 1") == 1


def test_a_second_start_finds_the_running_server(home: Path) -> None:
    first = start_embedded(home, settings=FAST_START)
    pid = postmaster_pid(home)
    second = start_embedded(home, settings=FAST_START)
    assert (second.dsn, postmaster_pid(home)) == (first.dsn, pid)
    second.stop()


def test_what_was_committed_is_there_after_stop_and_start(home: Path) -> None:
    server = start_embedded(home, settings=FAST_START)
    run(execute(server.dsn, "create table kept as select 7 as n"))
    server.stop()
    assert ask(start_embedded(home, settings=FAST_START), "select n from kept") == 7


def test_a_killed_server_recovers_what_was_committed(home: Path) -> None:
    server = start_embedded(home, settings=FAST_START)
    run(execute(server.dsn, "create table kept as select 7 as n"))
    postmaster = psutil.Process(postmaster_pid(home))
    children = postmaster.children(recursive=True)
    postmaster.send_signal(signal.SIGKILL)
    psutil.wait_procs([postmaster, *children], timeout=10)
    assert (home / "postgres" / "postmaster.pid").exists(), "the stale file is what the next start has to cope with"
    assert ask(start_embedded(home, settings=FAST_START), "select n from kept") == 7


@pytest.mark.parametrize("content", ["", "not a number\n", "{own}\n/elsewhere\n", "999999999\n/elsewhere\n1\n2\n"])
def test_a_stale_pid_file_does_not_keep_it_from_starting(home: Path, content: str) -> None:
    """After a reboot the number in it may be anybody's, here our own."""
    start_embedded(home, settings=FAST_START).stop()
    (home / "postgres" / "postmaster.pid").write_text(content.format(own=os.getpid()))
    assert ask(start_embedded(home, settings=FAST_START), "select 1") == 1


def test_it_outlives_a_killed_process_of_ours_and_the_next_one_goes_on_with_it(home: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from shared.postgres.embedded import start_embedded\n"
        "start_embedded(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program, str(home)], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    pid = postmaster_pid(home)
    server = start_embedded(home)
    assert (ask(server, "select 1"), postmaster_pid(home)) == (1, pid)
    server.stop()


def test_a_home_with_a_long_name_and_blanks_works(home: Path) -> None:
    deep = home / ("a folder with blanks and ổ " * 3) / ("x" * 60)
    server = start_embedded(deep, settings=FAST_START)
    assert ask(server, "select 1") == 1
    remove_embedded(server)


def test_the_servers_log_does_not_quote_rows(home: Path) -> None:
    canary = f"canary-{uuid4().hex}"

    async def provoke(dsn: str) -> None:
        connection = await asyncpg.connect(dsn)
        await connection.execute("create table one (n text unique check (length(n) > 3))")
        for value in (canary, canary, "x"):
            with suppress(asyncpg.IntegrityConstraintViolationError):
                await connection.execute("insert into one values ($1)", value)
        await connection.close()

    server = start_embedded(home, settings=FAST_START)
    run(provoke(server.dsn))
    server.stop()
    log = (home / "postgres" / "log").read_text()
    assert "one_n_key" in log
    assert canary not in log
