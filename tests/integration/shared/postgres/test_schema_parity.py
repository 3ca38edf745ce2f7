"""Each room's schema.sql is the readable end state: it and the migrations lead to the same catalog."""

import pytest

from shared.postgres.migrate import ROOMS, ROOT
from tests.support.catalog import catalog_lines
from tests.support.databases import execute

# In the order of ROOMS: a room's file stands on those before it.
FILES = [(folder.removesuffix("/migrations"), ROOT / folder.replace("/migrations", "/schema.sql")) for folder, _ in ROOMS]
SCHEMAS = {
    "shared/postgres": ("transport", "vault"),
    "intake": ("intake",),
    "dispatch": ("dispatch",),
    "notify": ("notify", "carrier"),
}


@pytest.fixture
async def from_files(empty_dsn: str) -> str:
    for _, file in FILES:
        await execute(empty_dsn, file.read_text(encoding="utf-8"))
    return empty_dsn


@pytest.mark.parametrize("room", [room for room, _ in FILES])
async def test_the_schema_file_shows_where_the_migrations_lead(dsn: str, from_files: str, room: str) -> None:
    migrated = await catalog_lines(dsn, *SCHEMAS[room])
    written = await catalog_lines(from_files, *SCHEMAS[room])
    assert sorted(set(written) - set(migrated)) == sorted(set(migrated) - set(written)) == []


def test_no_two_migrations_of_a_room_have_the_same_number() -> None:
    """The number is the version: of two with the same the second would count as applied."""
    for folder, _ in ROOMS:
        numbers = [file.name.split("_")[0] for file in sorted((ROOT / folder).glob("*.sql"))]
        assert len(numbers) == len(set(numbers)), folder
