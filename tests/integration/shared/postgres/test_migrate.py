"""Migrations: once, twice, two at a time, over a socket and over TCP, and back."""

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from shared.errors import Misconfigured
from shared.postgres import migrate as migrating
from shared.postgres.migrate import ROOMS, ROOT, dbmate_url, migrate, newest_versions
from shared.postgres.pool import open_pool
from shared.postgres.transaction import reading, transaction
from shared.transport.outbox import append
from tests.support.catalog import catalog_lines
from tests.support.databases import TestServer, execute
from tests.support.events import numbered
from tests.support.proxy import proxied

ALL = ("transport", "vault", "intake", "dispatch", "notify", "carrier")


async def test_migrating_again_changes_nothing(dsn: str) -> None:
    before = await catalog_lines(dsn, *ALL)
    await asyncio.to_thread(migrate, dsn)
    assert await catalog_lines(dsn, *ALL) == before


async def test_two_at_once_wait_for_each_other(dsn: str, empty_dsn: str) -> None:
    await asyncio.gather(asyncio.to_thread(migrate, empty_dsn), asyncio.to_thread(migrate, empty_dsn))
    assert await catalog_lines(empty_dsn, *ALL) == await catalog_lines(dsn, *ALL)


async def test_it_works_over_tcp_as_well(dsn: str, empty_dsn: str) -> None:
    async with proxied(empty_dsn) as (through, _):
        await asyncio.to_thread(migrate, through)
    assert await catalog_lines(empty_dsn, *ALL) == await catalog_lines(dsn, *ALL)


async def test_the_database_knows_the_version_it_has(dsn: str) -> None:
    for table, version in newest_versions().items():
        await execute(dsn, f"do $$ begin assert (select max(version) from {table}) = '{version}'; end $$")


async def test_autovacuum_looks_at_a_tenth_of_its_sample(empty_dsn: str) -> None:
    await asyncio.to_thread(migrate, empty_dsn)
    await execute(empty_dsn, "do $$ begin assert current_setting('default_statistics_target') = '10'; end $$")


async def test_a_migration_that_fails_says_why(empty_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "0001_pre_wrong.sql").write_text("-- migrate:up\nselect * from nowhere;\n-- migrate:down\n")
    monkeypatch.setattr(migrating, "ROOT", tmp_path)
    monkeypatch.setattr(migrating, "ROOMS", ((".", "wrong.schema_migrations"),))
    with pytest.raises(Misconfigured, match="nowhere"):
        await asyncio.to_thread(migrate, empty_dsn)


async def test_an_ordinary_owner_can_migrate_and_its_pools_work(postgres: TestServer) -> None:
    """No superuser, no right to make roles: an administrator made them and gave them to it."""
    fresh = await asyncio.to_thread(postgres.create_database, "template0")
    await execute(fresh, "drop role if exists plain; create role plain login")
    roles = "techrescue_intake, techrescue_dispatch, techrescue_notify, techrescue_carrier, techrescue_desk, auditor"
    await execute(fresh, f"grant {roles} to plain")
    await execute(fresh, f"alter database {fresh.split('/')[3].split('?')[0]} owner to plain")
    plain = fresh.replace("postgres@", "plain@")
    try:
        await asyncio.to_thread(migrate, plain)
        async with open_pool(plain, schema="intake") as pool, reading(pool) as connection:
            assert await connection.fetch("select * from vault.contact_points('{}', '{}', '{}', '{}')") == []
            assert await connection.fetchval("select count(*) from outbox") == 0
    finally:
        await asyncio.to_thread(postgres.drop_database, fresh)
        await execute(postgres.dsn, "drop role plain")


async def test_every_migration_can_be_taken_back(dsn: str) -> None:
    for folder, table in reversed(ROOMS):
        for _ in list((ROOT / folder).glob("*.sql")):
            done = await asyncio.to_thread(rollback, dsn, folder, table)
            assert done.returncode == 0, done.stderr
    left = await catalog_lines(dsn, *ALL)
    assert [line for line in left if not line.startswith(("schema ", "default "))] == []


async def test_what_was_published_before_it_was_told_by_one_row_stays_so_and_back_again(dsn: str) -> None:
    published = "select array_agg(id order by id) from notify.outbox where published_at is not null"
    async with open_pool(dsn, schema="notify") as pool:
        async with transaction(pool, "notify.consume") as connection:
            await append(connection, [numbered(n) for n in range(6)], source="/notify")
        await pool.execute("update publishing set up_to = 4, but_for = '{[2,3)}'")
        folder, table = ROOMS[0]
        for _ in (file for file in (ROOT / folder).glob("*.sql") if file.name >= "0007"):
            assert (await asyncio.to_thread(rollback, dsn, folder, table)).returncode == 0
        assert await pool.fetchval(published) == [1, 3, 4]
        await pool.execute("delete from outbox where id = 3")  # as one that was taken back
        await asyncio.to_thread(migrate, dsn)
        row = await pool.fetchrow("select up_to, but_for::text, (select array_agg(id) from unpublished) as waits from publishing")
        assert row is not None
        assert (row["up_to"], row["but_for"], row["waits"]) == (6, "{[2,4),[5,7)}", [2, 5, 6])


def rollback(dsn: str, folder: str, table: str) -> "subprocess.CompletedProcess[str]":
    command = [migrating._dbmate(), "-d", str(ROOT / folder), "--migrations-table", table, "--no-dump-schema", "rollback"]
    environment = {**os.environ, "DATABASE_URL": dbmate_url(dsn)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
