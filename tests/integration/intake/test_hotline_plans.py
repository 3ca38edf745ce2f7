"""No question of the hotline reads a whole table of those that grow: an operator waits for its answer while somebody rings."""

import re
from pathlib import Path

import pytest

from intake.queries import QUERIES
from shared.postgres.pool import open_connection

FILES = [Path("intake/sql/hotline.sql"), Path("intake/sql/drafts.sql")]
ASKED = [name for file in FILES for name in re.findall(r"^-- name: (\w+)$", file.read_text(encoding="utf-8"), re.MULTILINE)]
ASKED += ["numbers_to_ask"]  # by an erasing, which holds what it has locked meanwhile
GROW = {"calls", "callbacks", "drafts", "requests"}


@pytest.mark.parametrize("name", ASKED)
async def test_what_the_hotline_asks_is_found_by_an_index(dsn: str, name: str) -> None:
    """Asked of tables that are empty, with whole reads made dear: what has an index for the question uses it then."""
    async with open_connection(dsn, schema="intake") as connection:
        await connection.execute("set enable_seqscan = off; set plan_cache_mode = force_generic_plan")
        await connection.execute(f"prepare looked_at as {QUERIES[name]}")
        types = await connection.fetchval("select parameter_types from pg_prepared_statements where name = 'looked_at'")
        values = ", ".join(["null"] * len(types))
        plan = await connection.fetch(f"explain execute looked_at({values})" if types else "explain execute looked_at")
    read = "\n".join(row[0] for row in plan)
    whole = set(re.findall(r"Seq Scan on (\w+)", read)) & GROW
    assert not whole, f"{name} reads all of {whole}:\n{read}"
