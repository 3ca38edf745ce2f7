"""Statements of the auditor that run every half minute find what is late by an index, in tables of any size."""

import re
from pathlib import Path

import pytest

from services.audit.reading import QUERIES
from shared.postgres.pool import open_connection

LIVE = Path("services/audit/sql/live.sql")
CLOCK = re.compile(r"(\(select )?(?:transport\.app_clock|clock_timestamp)\(\)")


@pytest.mark.parametrize("schema", ["dispatch", "intake", "notify"])
async def test_late_timers_are_found_by_when_they_are_due(dsn: str, schema: str) -> None:
    """Asked of each row, the clock kept the index from being used."""
    async with open_connection(dsn, schema=schema) as connection:
        await connection.execute("""
            insert into timers (id, kind, subject, due_at, created_at)
            select gen_random_uuid(), 'locate', gen_random_uuid(), clock_timestamp() + n * interval '1 second',
                clock_timestamp() - interval '1 hour'
            from generate_series(1, 5000) n""")
        await connection.execute("analyze timers")
        await connection.execute(f"prepare late as {QUERIES['timers_overdue']}")
        plan = [row[0] for row in await connection.fetch("explain execute late('60 seconds', 100)")]
        assert any("Index Cond: (due_at" in line for line in plan), plan


def test_no_statement_of_a_look_asks_the_clock_of_each_row() -> None:
    found = list(CLOCK.finditer(LIVE.read_text(encoding="utf-8")))
    assert len(found) > 5
    assert all(match[1] for match in found)
    assert not CLOCK.search("where at < transport.app_clock() - $1")[1]  # type: ignore[index]
