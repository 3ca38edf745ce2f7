"""What looks like the same is found by kind and both coordinates, at filing and on the board: in an outage many are of a kind."""

import re

import pytest

from intake.queries import QUERIES
from shared.postgres.pool import open_connection


@pytest.mark.parametrize(("name", "role"), [("file_requests", "techrescue_intake"), ("duplicates_of", "techrescue_desk")])
async def test_what_is_near_by_is_found_by_both_coordinates(dsn: str, name: str, role: str) -> None:
    """Asked of empty tables, where every index is as good as another but for the conditions that it can use."""
    async with open_connection(dsn, schema="intake") as connection:
        await connection.execute(f"set role {role}")
        await connection.execute(f"prepare looked_at as {QUERIES[name]}")
        types = await connection.fetchval("select parameter_types from pg_prepared_statements where name = 'looked_at'")
        plan = await connection.fetch(f"explain execute looked_at({', '.join(['null'] * len(types))})")
    read = "\n".join(row[0] for row in plan)
    (conditions,) = re.findall(r"using requests_alike on .*\n\s*Index Cond: (.*)", read)
    assert all(condition in conditions for condition in ("category =", "lat >=", "lat <=", "lon >=", "lon <=")), read
