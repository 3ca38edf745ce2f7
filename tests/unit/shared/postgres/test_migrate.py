"""How dbmate is addressed, and that every room is on the list."""

import re
from pathlib import Path

import pytest

from services.queries import QUERIES
from shared.postgres.migrate import ROOMS, ROOT, dbmate_url, newest_versions


@pytest.mark.parametrize(
    ("dsn", "url"),
    [
        ("postgresql://postgres@/db?host=%2Ftmp%2Fa%20b", "postgres://postgres@/db?host=%2Ftmp%2Fa%20b&sslmode=disable"),
        ("postgresql://u:p%40ss@h:5433/db", "postgres://u:p%40ss@h:5433/db?sslmode=prefer"),
        ("postgres://u@h/db?sslmode=verify-full", "postgres://u@h/db?sslmode=verify-full"),
    ],
)
def test_a_dsn_is_put_as_dbmate_reads_it(dsn: str, url: str) -> None:
    assert dbmate_url(dsn) == url


def test_every_folder_of_migrations_is_applied() -> None:
    listed = {folder for folder, _ in ROOMS}
    there = {str(path.relative_to(ROOT)) for path in ROOT.glob("*/migrations")} | {
        str(path.relative_to(ROOT)) for path in ROOT.glob("shared/*/migrations")
    }
    assert there == listed


@pytest.mark.parametrize("folder", [folder for folder, _ in ROOMS])
def test_migrations_are_named_numbered_and_can_be_taken_back(folder: str) -> None:
    files = sorted(Path(ROOT / folder).glob("*.sql"))
    assert files
    for number, file in enumerate(files, start=1):
        assert re.fullmatch(rf"{number:04}_(pre|post)_[a-z0-9_]+\.sql", file.name), file.name
        text = file.read_text(encoding="utf-8")
        assert re.search(r"^-- migrate:up$", text, re.MULTILINE)
        assert "\n-- migrate:down\n" in text


def test_the_version_that_this_code_needs_is_the_newest_file() -> None:
    versions = newest_versions()
    assert set(versions) == {table for _, table in ROOMS}
    assert all(re.fullmatch(r"\d{4}", version) for version in versions.values())


def test_a_start_asks_every_room_what_is_applied() -> None:
    asked = set(re.findall(r"from (\w+\.schema_migrations)", QUERIES["applied_migrations"]))
    assert asked == {table for _, table in ROOMS}
