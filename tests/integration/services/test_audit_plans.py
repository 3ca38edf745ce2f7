"""Statements of the auditor that run every half minute find what is late by an index, in tables of any size."""

import re
from pathlib import Path

import pytest

from services.audit.reading import QUERIES
from shared.postgres.pool import AUDITOR, open_connection

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


async def test_what_waits_to_be_published_is_found_by_steps_of_the_index_however_many_gaps_there_are(dsn: str) -> None:
    async with open_connection(dsn, schema=AUDITOR) as connection:
        await connection.execute("set search_path = intake, transport, public; set role postgres")
        await connection.execute("""
            insert into outbox (event_id, topic, key, type, subject, version, source, occurred_at, body)
            select gen_random_uuid(), 't', 'k', 'request.filed', gen_random_uuid(), n, '/intake', now(), repeat('x', 300)::bytea
            from generate_series(1, 5000) n""")
        gaps = "select range_agg(int8range(n, n, '[]')) from generate_series(10, 4000, 10) n"
        await connection.execute(f"update publishing set up_to = 4990, but_for = ({gaps})")
        await connection.execute("analyze outbox; set role auditor")
        await connection.execute(f"prepare waits as {QUERIES['events_unpublished']}")
        plan = [row[0] for row in await connection.fetch("explain execute waits('0 seconds', 1000)")]
        assert not any("Seq Scan on outbox" in line for line in plan), plan
        assert len(await connection.fetch("execute waits('0 seconds', 1000)")) == 400 + 10


def test_no_statement_of_a_look_asks_the_clock_of_each_row() -> None:
    found = list(CLOCK.finditer(LIVE.read_text(encoding="utf-8")))
    assert len(found) > 5
    assert all(match[1] for match in found)
    assert not CLOCK.search("where at < transport.app_clock() - $1")[1]  # type: ignore[index]
