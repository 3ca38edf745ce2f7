"""A pool acts as its context: role, schema, codecs."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.errors import DependencyDown
from shared.postgres.pool import open_connection, open_pool
from shared.postgres.transaction import reading
from tests.support.databases import execute
from tests.support.proxy import proxied


@pytest.mark.parametrize("schema", ["intake", "dispatch", "notify"])
async def test_a_pool_acts_as_its_contexts_role_in_its_schema(dsn: str, schema: str) -> None:
    async with open_pool(dsn, schema=schema) as pool, reading(pool) as connection:
        assert await connection.fetchval("select current_user") == f"techrescue_{schema}"
        assert await connection.fetchval("select 'outbox'::regclass::oid = ($1 || '.outbox')::regclass::oid", schema)
        assert await connection.fetchval("show timezone") == "UTC"


async def test_the_role_is_kept_when_a_connection_is_used_again(dsn: str) -> None:
    async with open_pool(dsn, schema="intake", max_size=1) as pool:
        for _ in range(3):
            async with reading(pool) as connection:
                assert await connection.fetchval("select current_user") == "techrescue_intake"


async def test_giving_a_connection_back_asks_the_server_nothing(dsn: str) -> None:
    async with open_pool(dsn, schema="intake", max_size=1) as pool:
        async with reading(pool) as connection:
            pid = await connection.fetchval("select pg_backend_pid()")
        login = await asyncpg.connect(dsn)  # a context's role sees no other session's words
        try:
            last = await login.fetchval("select query from pg_stat_activity where pid = $1", pid)
        finally:
            await login.close()
    assert last == "select pg_backend_pid()"


async def test_a_transaction_left_open_is_rolled_back_before_the_next_use(dsn: str) -> None:
    async with open_pool(dsn, schema="intake", max_size=1) as pool:
        async with reading(pool) as connection:
            await connection.execute("begin; insert into inbox (event_id) values (gen_random_uuid())")
        async with reading(pool) as connection:
            assert await connection.fetchval("select count(*) from inbox") == 0


async def test_json_and_uuids_come_back_as_they_went_in(dsn: str) -> None:
    value = {"id": str(uuid4()), "list": [1, 2.5, None, True], "text": "Đèn"}
    async with open_pool(dsn, schema="intake") as pool, reading(pool) as connection:
        assert await connection.fetchval("select $1::jsonb", value) == value
        assert await connection.fetchval("select $1::jsonb", b'{"ready": 1}') == {"ready": 1}
        assert await connection.fetchval("select $1::jsonb[]", [value, None, 1]) == [value, None, 1]
        assert await connection.fetchval("select $1::jsonb ->> 0", [UUID(int=7)]) == str(UUID(int=7))
        key = uuid4()
        assert await connection.fetchval("select $1::uuid", key) == key


async def test_a_server_that_is_not_there_is_away(empty_dsn: str) -> None:
    with pytest.raises(DependencyDown):
        async with open_pool(empty_dsn.replace("postgres&", "").replace("%2Fpostgres", "%2Fnowhere"), schema="intake"):
            pass


async def test_an_advisory_lock_dies_with_its_own_connection(dsn: str) -> None:
    async with open_connection(dsn, schema="intake") as holder:
        assert await holder.fetchval("select pg_try_advisory_lock(7)")
        async with open_connection(dsn, schema="intake") as other:
            assert not await other.fetchval("select pg_try_advisory_lock(7)")
    async with open_connection(dsn, schema="intake") as next_one:
        await next_one.fetchval("select pg_advisory_lock(7)")  # waits until the server has noticed; bounded by lock_timeout


async def test_a_connection_of_its_own_waits_only_so_long_and_says_that_the_server_is_away(dsn: str) -> None:
    async with proxied(dsn) as (through, proxy):
        with pytest.raises(DependencyDown):
            async with open_connection(through, limit_seconds=0.2) as connection:
                proxy.freeze()
                await connection.fetchval("select 1")
        proxy.thaw()


async def test_a_login_without_the_role_is_refused_at_the_start(dsn: str) -> None:
    await execute(dsn, "do $$ begin create role stranger login; exception when duplicate_object then null; end $$")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with open_pool(dsn.replace("postgres@", "stranger@"), schema="intake"):
            pass
