"""Fixtures for all tests. Each test that asks for `dsn` gets a database of its own."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from shared.security.vault import Vault
from tests.support.commands import Terminal
from tests.support.databases import TestServer, start_test_server, stop_test_server
from tests.support.lazy_routes import make_routes_when_asked

make_routes_when_asked()

# A merge tries the same examples each time, however busy its machine is; `make explore` goes looking for others.
settings.register_profile("merge", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=2000, deadline=None)
settings.load_profile("merge")


@pytest.fixture(scope="session")
def postgres() -> Iterator[TestServer]:
    """An embedded server, and in it a template database with every room's migrations."""
    server = start_test_server()
    yield server
    stop_test_server(server)


@pytest.fixture
def dsn(postgres: TestServer) -> Iterator[str]:
    """A fresh migrated database; logs in as the superuser. Pools of `open_pool(dsn, schema=…)` take their context's role."""
    fresh = postgres.create_database()
    yield fresh
    postgres.drop_database(fresh)


@pytest.fixture
def empty_dsn(postgres: TestServer) -> Iterator[str]:
    """A fresh database without any migration."""
    fresh = postgres.create_database("template0")
    yield fresh
    postgres.drop_database(fresh)


@pytest.fixture
def master_key() -> bytes:
    return bytes(range(32))


@pytest.fixture
def vault(master_key: bytes) -> Vault:
    return Vault(master_key)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)
