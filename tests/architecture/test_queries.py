"""Every named query of every room can be prepared on the migrated schema, by the role that will run it."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from shared.postgres.pool import AUDITOR, open_connection
from shared.postgres.queries import load_queries
from tests.architecture.repository import ROOT
from tests.support.databases import TestServer

CONTEXTS = ("intake", "dispatch", "notify")
LOGIN = "postgres"  # who migrates and runs the commands: no role is taken


def folders() -> list[Path]:
    return sorted({file.parent for room in (*CONTEXTS, "shared", "services") for file in (ROOT / room).rglob("sql/*.sql")})


def sessions_of(file: Path) -> list[tuple[str, str]]:
    """(who runs it, whose tables it means). Plumbing runs in every context; what the audit asks, the auditor asks of each."""
    room = file.relative_to(ROOT).parts[0]
    if "channels" in file.parts:
        return [("carrier", "carrier")]
    meant = [file.stem] if file.stem in CONTEXTS else list(CONTEXTS)
    if room == "services":
        role = AUDITOR if "audit" in file.parts else LOGIN
        return [(role, context) for context in meant]
    return [(context, context) for context in (CONTEXTS if room == "shared" else (room,))]


def queries_of(file: Path) -> list[str]:
    return re.findall(r"^-- name: (\w+)$", file.read_text(encoding="utf-8"), re.MULTILINE)


QUERIES = {folder: load_queries(folder) for folder in folders()}
CASES = [
    pytest.param(role, context, QUERIES[folder][query], id=f"{file.relative_to(ROOT)}:{query}:{context}")
    for folder in QUERIES
    for file in sorted(folder.glob("*.sql"))
    for query in queries_of(file)
    for role, context in sessions_of(file)
]


@dataclass(frozen=True)
class Sessions:
    """One connection for each role; nothing is ever run on it but `set`."""

    dsn: str
    stack: AsyncExitStack
    opened: dict[str, asyncpg.Connection] = field(default_factory=dict)

    async def of(self, role: str) -> asyncpg.Connection:
        if role not in self.opened:
            schema = AUDITOR if role == LOGIN else role
            self.opened[role] = await self.stack.enter_async_context(open_connection(self.dsn, schema=schema))
        return self.opened[role]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sessions(postgres: TestServer) -> AsyncIterator[Sessions]:
    async with AsyncExitStack() as stack:
        yield Sessions(postgres.dsn_of(postgres.template), stack)


def test_there_are_queries_in_every_context() -> None:
    rooms = {folder.relative_to(ROOT).parts[0] for folder in folders()}
    assert rooms >= {*CONTEXTS, "shared"}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("role", "context", "statement"), CASES)
async def test_a_query_can_be_prepared(sessions: Sessions, role: str, context: str, statement: str) -> None:
    connection = await sessions.of(role)
    await connection.execute(f"set search_path = {context}, transport")
    if role == LOGIN:
        await connection.execute("set role none")
    try:
        await connection.prepare(statement)
    except asyncpg.PostgresError as error:
        pytest.fail(str(error))
