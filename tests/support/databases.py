"""A PostgreSQL for the test run, and a fresh database for each test, copied from a migrated template."""

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import psutil  # type: ignore[import-untyped]

from shared.postgres.embedded import EmbeddedPostgres, remove_embedded, start_embedded
from shared.postgres.migrate import migrate

T = TypeVar("T")

PREFIX = "techrescue-tests-"
# In memory where there is such a place: a process that is killed loses nothing there either, and disks are slow to sync.
HOMES = Path("/dev/shm") if os.access("/dev/shm", os.W_OK | os.X_OK) else Path(tempfile.gettempdir())  # noqa: S108
TEMPLATE = "template_techrescue"
# Nothing here survives the run: durability is what the crash tests test, on a server of their own.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


@dataclass(frozen=True)
class TestServer:
    """`dsn` is the superuser on the database `postgres`; `template` the name of the migrated database to copy."""

    __test__ = False

    dsn: str
    embedded: EmbeddedPostgres
    administrator: "Administrator"
    template: str = TEMPLATE

    def dsn_of(self, database: str) -> str:
        return self.dsn.replace("@/postgres?", f"@/{database}?")

    def create_database(self, template: str = TEMPLATE) -> str:
        """The DSN of a new copy of `template`."""
        name = f"t_{uuid4().hex}"
        self.administrator.execute(f"create database {name} template {template} strategy file_copy")
        return self.dsn_of(name)

    def drop_database(self, dsn: str) -> None:
        found = re.search(r"@/(\w+)\?", dsn)
        assert found
        self.administrator.execute(f"drop database if exists {found[1]} with (force)")


class Administrator:
    """One connection for all that is made and dropped: to log in twice for each test would cost as much as half a copy."""

    def __init__(self, dsn: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._connection: asyncpg.Connection = self._loop.run_until_complete(asyncpg.connect(dsn))

    def execute(self, statement: str) -> None:
        self._loop.run_until_complete(self._connection.execute(statement))

    def close(self) -> None:
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()


def a_home() -> Path:
    """An empty folder for a server, not under pytest's own: those vanish while other runs start."""
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=HOMES))


def start_test_server() -> TestServer:
    sweep_left_over_servers()
    home = a_home()
    embedded = start_embedded(home, settings=FAST)
    server = TestServer(dsn=embedded.dsn, embedded=embedded, administrator=Administrator(embedded.dsn))
    server.administrator.execute(f"create database {TEMPLATE}")
    migrate(server.dsn_of(TEMPLATE))
    return server


def stop_test_server(server: TestServer) -> None:
    server.administrator.close()
    remove_embedded(server.embedded)


def sweep_left_over_servers() -> None:
    """A test run that was killed leaves its server behind: the name of its folder says whose it was."""
    for home in HOMES.glob(f"{PREFIX}*"):
        owner = int(home.name.removeprefix(PREFIX).split("-")[0])
        if not psutil.pid_exists(owner):
            if (home / "postgres" / "postmaster.pid").exists():
                start_embedded(home).stop()
            shutil.rmtree(home, ignore_errors=True)


async def execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def set_app_clock(dsn: str, offset_seconds: float) -> None:
    """Moves `transport.app_clock()` of this database: positive is the future."""
    await execute(dsn, f"select transport.set_clock_offset({float(offset_seconds)})")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs it on a loop of its own and leaves the current event loop policy untouched; for fixtures that are not async."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(work)
