"""Filings are decided before the vault and the clock are asked: what was presumed wrongly is decided anew, and filed once."""

import asyncio

from shared.events.contract import Sealed
from tests.integration.intake.conftest import Desk, form
from tests.support.databases import execute, set_app_clock


async def test_whoever_calls_again_is_the_same_person_under_the_same_key(desk: Desk) -> None:
    """Everybody is taken for a stranger first; the vault knows better, and nothing is filed under a key it does not keep."""
    caller = {"name": "An", "phone": "0912345678"}
    first = await desk.filed(requester=caller)
    later = await asyncio.gather(*(desk.file(form(requester=caller), key=f"again-{n}") for n in range(5)))
    assert [response.status_code for response in later] == [202] * 5
    rows = await desk.rows("select id, contact_point_id, key_id, details_box from requests")
    assert len(rows) == 6
    assert first["id"] in {str(row["id"]) for row in rows}
    ((point, key_id),) = {(row["contact_point_id"], row["key_id"]) for row in rows}
    async with desk.pool.acquire() as connection:
        assert await desk.vault.find_contact_point(connection, "+84912345678") == point
        key = (await desk.vault.keys(connection, [key_id]))[key_id]
    assert all(key.open(Sealed(key_id=key_id, box=row["details_box"]), purpose="details") for row in rows)
    assert await desk.count("outbox") == await desk.count("audit") == 6


async def test_who_was_erased_a_moment_ago_is_a_new_person(desk: Desk) -> None:
    """What we presume of a caller for a minute never brings a deleted key back."""
    await desk.filed()
    ((old,),) = [tuple(row.values()) for row in await desk.rows("select contact_point_id from requests")]
    await execute(desk.dsn, f"select vault.erase('{old}')")
    answer = await desk.filed()
    (row,) = await desk.rows(f"select contact_point_id, key_id, details_box from requests where id = '{answer['id']}'")
    assert row["contact_point_id"] != old
    async with desk.pool.acquire() as connection:
        assert await desk.vault.find_contact_point(connection, "+84912345678") == row["contact_point_id"]
        key = (await desk.vault.keys(connection, [row["key_id"]]))[row["key_id"]]
    assert key.open(Sealed(key_id=row["key_id"], box=row["details_box"]), purpose="details")


async def test_a_clock_that_was_moved_is_noticed_by_the_next_filing(desk: Desk) -> None:
    await desk.filed()
    await set_app_clock(desk.dsn, 3600)
    answer = await desk.filed()
    now = await desk.rows("select transport.app_clock() as now")
    (row,) = await desk.rows(f"select filed_at from requests where id = '{answer['id']}'")
    assert abs((now[0]["now"] - row["filed_at"]).total_seconds()) < 60
    assert await desk.count("requests") == await desk.count("outbox") == 2
