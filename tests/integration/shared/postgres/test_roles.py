"""Who may touch what in the database. A context reaches its own schema, the log, and the functions of the vault."""

import asyncpg
import pytest

from shared.postgres.pool import open_connection
from tests.support.databases import execute

CONTEXTS = ["intake", "dispatch", "notify"]
VAULT_TABLES = ["vault.contact_points", "vault.keys", "vault.tokens"]


async def refused(dsn: str, schema: str, statement: str) -> bool:
    async with open_connection(dsn, schema=schema) as connection:
        try:
            await connection.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            return True
    return False


@pytest.mark.parametrize("schema", [*CONTEXTS, "carrier", "auditor"])
@pytest.mark.parametrize("table", VAULT_TABLES)
async def test_nobody_reads_the_vaults_tables(dsn: str, schema: str, table: str) -> None:
    assert await refused(dsn, schema, f"select * from {table}")
    assert await refused(dsn, schema, f"delete from {table}")


@pytest.mark.parametrize("schema", CONTEXTS)
@pytest.mark.parametrize(
    "call",
    [
        "vault.erase(gen_random_uuid())",
        "vault.erase_keys('{}')",
        "vault.add_token('\\x00', 'n', 'ops', null, now())",
        "vault.revoke_token('n')",
        "vault.list_tokens()",
        "transport.set_clock_offset(1)",
        "transport.install_plumbing('intake')",
        "transport.open_schema('intake')",
    ],
)
async def test_a_context_cannot_erase_make_tokens_or_move_the_clock(dsn: str, schema: str, call: str) -> None:
    assert await refused(dsn, schema, f"select {call}")


@pytest.mark.parametrize("schema", CONTEXTS)
async def test_a_context_may_ask_the_vault_for_keys(dsn: str, schema: str) -> None:
    async with open_connection(dsn, schema=schema) as connection:
        assert await connection.fetch("select * from vault.wrapped_keys('{}')") == []
        assert await connection.fetch("select * from vault.contact_points('{}', '{}', '{}', '{}')") == []
        assert await connection.fetch("select * from vault.token('\\x00')") == []
        assert await connection.fetchval("select vault.contact_point('\\x00')") is None
        await connection.execute("select vault.new_keys('{}', '{}', '{}')")


@pytest.mark.parametrize("schema", CONTEXTS)
async def test_a_context_cannot_reach_into_another(dsn: str, schema: str) -> None:
    for other in {*CONTEXTS, "carrier"} - {schema}:
        if (schema, other) == ("notify", "carrier"):
            continue  # the simulated carrier is notify's own: it has a role for itself, and notify may hold both
        assert await refused(dsn, schema, f"select * from {other}.outbox"), other
        assert await refused(dsn, schema, f"create table {other}.intruder ()"), other


@pytest.mark.parametrize("schema", CONTEXTS)
async def test_a_context_works_on_its_own_tables_also_on_those_made_later(dsn: str, schema: str) -> None:
    await execute(dsn, f"create table {schema}.made_later (id bigint generated always as identity, n int)")
    async with open_connection(dsn, schema=schema) as connection:
        for table in ("inbox", "audit", "timers", "dead_letters", "checkpoints", "outbox"):
            await connection.execute(f"delete from {table}")
        await connection.execute("insert into made_later (n) values (1)")
        await connection.execute("insert into audit (actor, action) values ('test', 'looked')")
        await connection.execute("select * from transport.log")
        assert await refused(dsn, schema, "delete from transport.log")
        assert await refused(dsn, schema, "update transport.log set topic = ''")
        assert await refused(dsn, schema, "update transport.clock_offset set seconds = 1")


async def test_the_auditor_reads_every_context_and_writes_none(dsn: str) -> None:
    async with open_connection(dsn, schema="auditor") as connection:
        for schema in CONTEXTS:
            tables = await connection.fetch("select table_name from information_schema.tables where table_schema = $1", schema)
            assert len(tables) >= 6, schema
            for (table,) in tables:
                await connection.execute(f"select * from {schema}.{table} limit 1")
            assert await refused(dsn, "auditor", f"insert into {schema}.inbox values (gen_random_uuid())")
            assert await refused(dsn, "auditor", f"delete from {schema}.audit")


async def test_no_table_of_a_context_is_open_to_everybody(dsn: str) -> None:
    async with open_connection(dsn, schema="auditor") as connection:
        open_tables = await connection.fetch(
            """
            select relation.oid::regclass::text from pg_class relation, aclexplode(relation.relacl) granted
            where granted.grantee = 0 and relation.relnamespace::regnamespace::text
                in ('vault', 'transport', 'intake', 'dispatch', 'notify', 'carrier')
            """
        )
    assert open_tables == []
