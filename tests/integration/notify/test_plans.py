"""Statements of every event are planned once, on tables that are still empty: even so, none may read a table that grows."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import orjson
import pytest

from notify.store import QUERIES
from tests.support.notifying import Bureau

GROW = {"messages", "message_attempts", "questions", "question_offers", "contact_points", "subjects", "receipts", "sla_rounds"}
SMALL = {"messages_queued", "messages_queued_for_phone", "messages_in_flight", "messages_leased", "messages_dying"}  # what waits
OFTEN = (
    "take_in",
    "read_phones",
    "read_asked",
    "offers_told",
    "save_lines",
    "lock_letters",
    "save_letters",
    "claim_messages",
    "hold_texts",
    "release_texts",
    "withdraw_texts",
    "names_told",
    "something_waits",
    "what_is_stuck",
    "messages_of_attempts",
    "new_receipts",
    "mark_sla_rounds",
)


@pytest.mark.parametrize("name", OFTEN)
async def test_what_runs_often_reads_no_table_that_grows(bureau: Bureau, name: str) -> None:
    plan = await plan_of(bureau, name)
    whole = [node for node in nodes(plan) if node.get("Relation Name") in GROW and not narrow(node)]
    assert not whole, [(node["Node Type"], node["Relation Name"], node.get("Index Name")) for node in whole]


BY_WHOM = (
    ("read_phones", {"messages_in_flight", "messages_queued_for_phone"}),
    ("save_letters", {"messages_pkey", "messages_queued_for_phone"}),
    ("claim_messages", {"messages_queued", "messages_in_flight"}),
    ("hold_texts", {"messages_waiting_of_question"}),
    ("release_texts", {"messages_waiting_of_question"}),
)


@pytest.mark.parametrize(("name", "indexes"), BY_WHOM)
async def test_a_phone_or_question_is_asked_for_by_its_own_index_though_few_messages_wait(
    bureau: Bureau, name: str, indexes: set[str]
) -> None:
    """The indexes of what waits are mostly empty: whichever fitted was the same to the planner, and with 15,000 offers in the
    queue each phone read all of them."""
    owner = await asyncpg.connect(bureau.dsn)
    try:
        await owner.execute("vacuum analyze notify.messages")
    finally:
        await owner.close()
    scans = [node for node in nodes(await plan_of(bureau, name)) if node.get("Relation Name") == "messages"]
    used = {node["Index Name"] for node in scans if "Index Name" in node}
    assert used == indexes


async def plan_of(bureau: Bureau, name: str) -> dict[str, Any]:
    async with bureau.pool.acquire() as connection:
        await connection.execute(f"prepare looked_at as {QUERIES[name]}")
        types = await connection.fetchval("select parameter_types from pg_prepared_statements where name = 'looked_at'")
        arguments = f"({', '.join(['null'] * len(types))})" if types else ""
        plan = orjson.loads(await connection.fetchval(f"explain (format json) execute looked_at{arguments}"))
        await connection.execute("deallocate looked_at")
    found: dict[str, Any] = plan[0]["Plan"]
    return found


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def narrow(node: dict[str, Any]) -> bool:
    """By an index, for something; or all of a small one. Whoever writes reads nothing."""
    if node["Node Type"] == "ModifyTable":
        return True
    if node["Node Type"] in {"Bitmap Heap Scan", "BitmapOr"}:
        return all(narrow(part) for part in node["Plans"] if part["Node Type"].startswith("Bitmap"))
    if node["Node Type"] == "BitmapAnd":
        return any(narrow(part) for part in node["Plans"])
    return "Index Cond" in node or node.get("Index Name") in SMALL
