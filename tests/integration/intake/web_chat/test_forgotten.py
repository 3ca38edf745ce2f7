"""Somebody wrote on our page and never came back: in time nothing of them is left, not even that they were there."""

import asyncpg

from tests.support.databases import set_app_clock
from tests.support.eventually import eventually
from tests.support.web_chatting import House, open_house

DAY = 86400.0


async def in_the_vault(house: House) -> tuple[int, int]:
    login = await asyncpg.connect(house.dsn)
    try:
        row = await login.fetchrow("select (select count(*) from vault.contact_points), (select count(*) from vault.keys)")
    finally:
        await login.close()
    return row[0], row[1]


async def test_a_visitor_who_filed_nothing_is_forgotten_in_the_vault_too(dsn: str) -> None:
    async with open_house(dsn) as house:
        gone, waiting = await house.visitor(), await house.visitor()
        await gone.writes("em chào anh chị")
        await waiting.writes("gặp người thật")
        assert await in_the_vault(house) == (2, 2)
        for day in (1, 2, 10, 25):  # a reminder, a goodbye, and a week in which it would be gone on with
            await set_app_clock(dsn, day * DAY)
            await eventually(lambda: _is_so(house, "0 from timers where due_at <= transport.app_clock()"))
        assert (await gone.posts("còn ai không")).json()["reason"] == "chat_expired", "for a while it is known"
        await house.pool.execute(
            "update conversations set stage = 'over', wake_at = null, ended_at = transport.app_clock()"
            " where stage = 'with_person'"
        )
        await set_app_clock(dsn, 60 * DAY)
        await eventually(lambda: _is_so(house, "0 from conversation_turns"))
        await eventually(lambda: _is_so(house, "1 from chat_sessions"))
        assert await in_the_vault(house) == (1, 1), "what nobody has read keeps its key"
        assert await house.pool.fetchval("select count(*) from incoming_messages where read_at is null") == 1


async def _is_so(house: House, counted: str) -> bool:
    return bool(await house.pool.fetchval(f"select count(*) = {counted}"))


async def test_who_has_a_number_is_never_forgotten_that_way(dsn: str) -> None:
    async with open_house(dsn) as house:
        async with house.pool.acquire() as connection:
            (person,) = await house.vault.contact_points(connection, ["+84912345678"])
            assert await house.vault.forget_passers(connection, ["conversation:web:nobody", str(person.contact_point_id)]) == 0
        assert await in_the_vault(house) == (1, 1)
