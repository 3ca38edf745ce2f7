"""The doors to a COMMIT: what it raises, what it never does, and that no connection is lost on the way."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.errors import DependencyDown, Transient
from shared.postgres.embedded import remove_embedded, start_embedded
from shared.postgres.pool import open_pool
from shared.postgres.transaction import app_now, commit_one, reading, transaction
from shared.transport.owned import try_to_own
from tests.support.databases import FAST, a_home, execute, set_app_clock
from tests.support.eventually import eventually
from tests.support.proxy import Proxy, proxied

SITE = "intake.file"


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    await execute(
        dsn,
        """
        create table intake.things (id int primary key, n int, constraint one_n unique (n) deferrable initially deferred);
        insert into intake.things values (1, 1), (2, 2);
        """,
    )
    async with open_pool(dsn, schema="intake", max_size=3) as opened:
        yield opened


async def numbers(pool: asyncpg.Pool) -> list[int]:
    async with reading(pool) as connection:
        return [row["n"] for row in await connection.fetch("select n from things order by id")]


async def test_what_was_done_inside_is_committed(pool: asyncpg.Pool) -> None:
    async with transaction(pool, SITE) as connection:
        await connection.execute("update things set n = 5 where id = 1")
    assert await numbers(pool) == [5, 2]


async def test_an_error_inside_rolls_back_and_is_raised_as_it_is(pool: asyncpg.Pool) -> None:
    with pytest.raises(KeyError):
        async with transaction(pool, SITE) as connection:
            await connection.execute("update things set n = 5 where id = 1")
            raise KeyError
    assert await numbers(pool) == [1, 2]
    assert pool.get_idle_size() == pool.get_size()


async def test_a_commit_that_fails_is_raised_and_nothing_stays(pool: asyncpg.Pool) -> None:
    """The constraint is checked only by the COMMIT itself."""
    with pytest.raises(asyncpg.UniqueViolationError):
        async with transaction(pool, SITE) as connection:
            await connection.execute("update things set n = 2 where id = 1")
    assert await numbers(pool) == [1, 2]
    assert pool.get_idle_size() == pool.get_size()


async def test_an_unlisted_site_is_refused_before_the_commit(pool: asyncpg.Pool) -> None:
    with pytest.raises(ValueError, match="not listed"):
        async with transaction(pool, "nobody.knows") as connection:
            await connection.execute("update things set n = 5 where id = 1")
    assert await numbers(pool) == [1, 2]


async def test_one_statement_is_committed_by_itself_and_gives_its_rows(pool: asyncpg.Pool) -> None:
    rows = await commit_one(pool, SITE, "update things set n = $1 where id = $2 returning id", 5, 1)
    assert [row["id"] for row in rows] == [1]
    assert await numbers(pool) == [5, 2]


async def test_one_statement_that_fails_leaves_nothing_and_gives_its_connection_back(pool: asyncpg.Pool) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await commit_one(pool, SITE, "update things set n = 2 where id = 1")
    assert await numbers(pool) == [1, 2]
    assert pool.get_idle_size() == pool.get_size()


async def test_a_transaction_left_open_on_a_connection_is_rolled_back_when_it_comes_back(dsn: str) -> None:
    await execute(dsn, "create table intake.things (id int)")
    async with open_pool(dsn, schema="intake", max_size=1) as pool:
        async with reading(pool) as connection:
            await connection.execute("begin")
            await connection.execute("insert into things values (1)")
        async with reading(pool) as connection:
            assert not connection.is_in_transaction()
            assert await connection.fetchval("select count(*) from things") == 0


async def test_of_two_that_wait_for_each_other_one_is_transient(pool: asyncpg.Pool) -> None:
    meeting = asyncio.Barrier(2)

    async def change(first: int, second: int) -> None:
        async with transaction(pool, SITE) as connection:
            await connection.execute("update things set n = n where id = $1", first)
            await meeting.wait()
            await connection.execute("update things set n = n where id = $1", second)

    results = await asyncio.gather(change(1, 2), change(2, 1), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Transient"]
    assert any(isinstance(result, Transient) for result in results)


async def test_too_long_a_body_is_dropped_and_nothing_stays(pool: asyncpg.Pool) -> None:
    with pytest.raises(DependencyDown):
        async with transaction(pool, SITE, limit_seconds=0.2) as connection:
            await connection.execute("update things set n = 5 where id = 1")
            await connection.execute("select pg_sleep(20)")
    assert await numbers(pool) == [1, 2]


async def test_a_cancelled_body_gives_its_connection_back(pool: asyncpg.Pool) -> None:
    inside = asyncio.Event()

    async def slow() -> None:
        async with transaction(pool, SITE) as connection:
            inside.set()
            await connection.execute("select pg_sleep(20)")

    task = asyncio.create_task(slow())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for _ in range(2 * pool.get_max_size()):
        async with transaction(pool, SITE) as connection:
            assert await connection.fetchval("select 1") == 1


async def test_a_pool_that_is_used_up_says_that_the_database_is_away(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.postgres.transaction.ACQUIRE_SECONDS", 0.1)
    async with open_pool(dsn, schema="intake", max_size=1) as pool, transaction(pool, SITE):
        with pytest.raises(DependencyDown):
            async with transaction(pool, SITE):
                pass


async def test_our_own_mistakes_are_not_taken_for_an_outage(pool: asyncpg.Pool) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with transaction(pool, SITE) as connection:
            await connection.execute("select * from nowhere")
    with pytest.raises(asyncpg.InterfaceError):
        async with transaction(pool, SITE) as connection:
            await connection.execute("select $1::int", 1, 2)


async def test_the_clock_is_the_databases_and_can_be_moved(dsn: str, pool: asyncpg.Pool) -> None:
    async with reading(pool) as connection:
        before = await app_now(connection)
        await set_app_clock(dsn, 3600)
        after = await app_now(connection)
    assert 3600 <= (after - before).total_seconds() < 3660


class TestASilentNetwork:
    """The server is there, and nothing comes back."""

    async def test_a_commit_without_an_answer_is_unknown_and_never_cancelled(self, dsn: str) -> None:
        await execute(dsn, "create table intake.things (id int)")
        async with proxied(dsn) as (through, proxy), open_pool(through, schema="intake", max_size=1) as pool:
            came_in = proxy.connections
            with pytest.raises(DependencyDown):
                async with transaction(pool, SITE, limit_seconds=0.3) as connection:
                    await connection.execute("insert into things values (1)")
                    proxy.freeze()
            assert proxy.connections == came_in, "a cancel request would have come in as a connection of its own"
            proxy.thaw()
            async with transaction(pool, SITE) as connection:
                assert await connection.fetchval("select 1") == 1

    async def test_a_cancel_during_the_commit_waits_for_the_answer(self, dsn: str) -> None:
        await execute(dsn, "create table intake.things (id int)")
        async with proxied(dsn) as (through, proxy), open_pool(through, schema="intake", max_size=1) as pool:
            committing = asyncio.Event()

            async def insert() -> None:
                async with transaction(pool, SITE) as connection:
                    await connection.execute("insert into things values (1)")
                    proxy.freeze()
                    asyncio.get_running_loop().call_later(0.05, committing.set)

            task = asyncio.create_task(insert())
            await committing.wait()
            task.cancel()
            await asyncio.sleep(0)
            assert not task.done()
            proxy.thaw()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with reading(pool) as connection:
                assert await connection.fetchval("select count(*) from things") == 1

    async def test_a_cancel_during_one_statement_waits_for_the_answer(self, dsn: str) -> None:
        await execute(dsn, "create table intake.things (id int)")
        async with proxied(dsn) as (through, proxy), open_pool(through, schema="intake", max_size=1) as pool:
            await commit_one(pool, SITE, "insert into things values (1)")  # the statement is prepared and known
            proxy.freeze()
            task = asyncio.create_task(commit_one(pool, SITE, "insert into things values (1)"))
            for _ in range(10):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.sleep(0)
            assert not task.done()
            proxy.thaw()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with reading(pool) as connection:
                assert await connection.fetchval("select count(*) from things") == 2

    async def test_reading_is_bounded_too(self, dsn: str) -> None:
        async with proxied(dsn) as (through, proxy), open_pool(through, schema="intake", max_size=1) as pool:
            with pytest.raises(DependencyDown):
                async with reading(pool, limit_seconds=0.2) as connection:
                    proxy.freeze()
                    await connection.fetchval("select 1")
            proxy.thaw()


class TestASessionThatTheServerEnds:
    """Its goodbye has arrived, the end of the socket has not: the connection looks idle. A server that stops does that."""

    async def test_whoever_asks_next_hears_of_an_outage(self, dsn: str) -> None:
        async with proxied(dsn) as (through, proxy), open_pool(through, schema="intake", max_size=1) as pool:
            await end_sessions(dsn, proxy)
            with pytest.raises(DependencyDown):
                async with transaction(pool, SITE) as connection:
                    await connection.execute("select 1")
            async with transaction(pool, SITE) as connection:
                assert await connection.fetchval("select 1") == 1

    async def test_so_does_the_owner_of_a_lock(self, dsn: str) -> None:
        async with proxied(dsn) as (through, proxy), open_pool(through, schema="notify", max_size=1) as pool:
            with pytest.raises(DependencyDown):
                async with try_to_own(pool, "select pg_try_advisory_lock(1)") as owner:
                    assert owner is not None
                    await end_sessions(dsn, proxy)
                    await owner.ask("select 1")
            async with try_to_own(pool, "select pg_try_advisory_lock(1)") as owner:
                assert owner is not None


async def end_sessions(dsn: str, proxy: Proxy) -> None:
    proxy.clings = True
    ours = "datname = current_database() and application_name like 'techrescue-%'"
    await execute(dsn, f"select pg_terminate_backend(pid) from pg_stat_activity where {ours}")
    await eventually(lambda: proxy.hung_up)
    proxy.clings = False


async def test_the_same_pool_goes_on_after_the_server_was_away() -> None:
    home = a_home()
    server = start_embedded(home, settings=FAST)
    try:
        await execute(server.dsn, "create schema intake; create role techrescue_intake")
        async with open_pool(server.dsn, schema="intake", max_size=4) as pool:
            async with reading(pool) as connection:
                assert await connection.fetchval("select 1") == 1
            await asyncio.to_thread(server.stop)
            for _ in range(20):
                with pytest.raises(DependencyDown):
                    async with transaction(pool, SITE) as connection:
                        await connection.execute("select 1")
            await asyncio.to_thread(start_embedded, home, settings=FAST)

            async def works() -> bool:
                async with transaction(pool, SITE) as connection:
                    return bool(await connection.fetchval("select true"))

            assert await eventually(works)
            assert await asyncio.gather(*(works() for _ in range(20))) == [True] * 20
            assert pool.get_size() <= pool.get_max_size()
    finally:
        await asyncio.to_thread(remove_embedded, server)
