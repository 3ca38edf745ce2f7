"""A start brings the database to what the code needs, and leaves one alone that is there already."""

import pytest

from services import readiness
from services.readiness import ensure_migrated
from shared.errors import Misconfigured
from tests.support.databases import execute


async def test_an_empty_database_is_migrated(empty_dsn: str) -> None:
    await ensure_migrated(empty_dsn)
    await execute(empty_dsn, "select from notify.messages")


async def test_a_version_that_one_room_lacks_is_applied(dsn: str) -> None:
    await execute(dsn, "delete from notify.schema_migrations where version = '0001'")
    with pytest.raises(
        Misconfigured, match="migrations of notify failed"
    ):  # its tables are there: the tool was asked, and says so
        await ensure_migrated(dsn)


async def test_a_current_database_needs_no_tool(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "migrate", None)
    await ensure_migrated(dsn)
