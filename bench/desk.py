"""A page of the operators' board: 50 of 30,000 open requests, as the route gives it, beside a plain indexed select.

Value: pages a second. Peer: `select *` of 50 rows by the same index, as whoever owns the table, on one connection each.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
import orjson

from bench.parts import real_postgres
from bench.rows import Row, told
from intake.desk.board import DeskBoard, Wanted
from intake.desk.duplicates import Duplicates
from intake.desk.sight import Sight
from shared.postgres.pool import open_pool
from shared.security.vault import Vault

OPEN: Final = 30_000
PAGE: Final = 50
SECONDS: Final = 3.0
PLACES: Final = 126  # communes, each with its share

FILL: Final = """
    insert into intake.requests (
        id, city, code, status, channel, category, priority, commune_code, lat, lon, contact_point_id, key_id,
        phone_box, details_box, filed_by, filed_at, expected_at, clock_at, danger_at
    )
    select
        gen_random_uuid(), 'hanoi', 'TR-' || n, (array['waiting', 'assigned', 'on_the_way'])[n % 3 + 1], 'web',
        (array['vneid_login', 'payment', 'equipment', 'birth', 'health_school'])[n % 5 + 1], 'P' || n % 3 + 1,
        '0' || 1000 + n % $2::int, 21 + (n % 997) * 0.001, 105.5 + (n % 499) * 0.001, gen_random_uuid(), gen_random_uuid(),
        'box', 'box', 'bench', at, at, at, at
    from generate_series(1, $1::int) as n, lateral (select now() + (n % 7919) * interval '1 second' as at) as clock
"""
PLAIN: Final = "select * from intake.requests where danger_at is not null order by danger_at, id limit $1"


async def rows() -> list[Row]:
    async with real_postgres() as server:
        dsn = await server.new_database(migrated=True)
        login = await asyncpg.connect(dsn)
        try:
            await login.execute(FILL, OPEN, PLACES)
            await login.execute("analyze intake.requests")
            async with open_pool(dsn, schema="intake", max_size=2) as pool:
                board = DeskBoard(pool, Vault(bytes(32)), Duplicates(radius_m=250, window_seconds=86_400))
                return [await _city(board, login), await _commune(board, login), await _deep(board, login)]
        finally:
            await login.close()


async def _city(board: DeskBoard, login: asyncpg.Connection) -> Row:
    ours = await _rate(lambda: _page(board, Sight("hanoi"), None))
    return told(f"board: page of {PAGE} of {OPEN:,}, all of the city, a second", ours, await _plain(login))


async def _commune(board: DeskBoard, login: asyncpg.Connection) -> Row:
    ours = await _rate(lambda: _page(board, Sight("hanoi", "01007"), None))
    return told(f"board: page of {PAGE} of {OPEN:,}, by an operator of one commune, a second", ours, await _plain(login))


async def _deep(board: DeskBoard, login: asyncpg.Connection) -> Row:
    """The two hundredth page costs what the first does."""
    cursor = None
    for _ in range(200):
        cursor = (await _page(board, Sight("hanoi"), cursor))["next"]
    ours = await _rate(lambda: _page(board, Sight("hanoi"), cursor))
    return told(f"board: the 201st page of {PAGE}, a second", ours, await _plain(login))


async def _page(board: DeskBoard, sight: Sight, cursor: str | None) -> Any:
    page = await board.page(sight, Wanted(), cursor, PAGE, names=True)
    assert len(page["requests"]) == PAGE
    orjson.dumps(page, default=str)
    return page


async def _plain(login: asyncpg.Connection) -> float:
    async def select() -> Any:
        found = [dict(row) for row in await login.fetch(PLAIN, PAGE)]
        assert len(found) == PAGE
        orjson.dumps(found, default=str)

    return await _rate(select)


async def _rate(act: Callable[[], Awaitable[Any]]) -> float:
    for _ in range(3):
        await act()
    begun, times = time.perf_counter(), 0
    while time.perf_counter() - begun < SECONDS:
        await act()
        times += 1
        await asyncio.sleep(0)
    return times / (time.perf_counter() - begun)
