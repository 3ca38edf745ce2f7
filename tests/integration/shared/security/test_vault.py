"""Whose key is it: one contact point a number, keys that come and go, and people who are forgotten."""

import asyncio
import os
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.errors import Misconfigured
from shared.postgres.pool import open_pool
from shared.postgres.transaction import reading, transaction
from shared.security import vault as vaults
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from tests.support.databases import execute
from tests.support.eventually import eventually

BLOCKED = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
AN, BINH, CHI = "+84912345678", "+84987654321", "+842438251234"


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="intake", max_size=8) as opened:
        yield opened


@pytest.fixture
async def login(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """The login that migrates and erases."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def counts(login: asyncpg.Connection) -> tuple[int, int]:
    """(contact points, keys)."""
    return await login.fetchval("select count(*) from vault.contact_points"), await login.fetchval(
        "select count(*) from vault.keys"
    )


async def test_a_number_has_one_contact_point_and_one_key_for_everybody(
    pool: asyncpg.Pool, vault: Vault, master_key: bytes
) -> None:
    async with transaction(pool, "intake.file") as connection:
        (first,) = await vault.contact_points(connection, [AN])
        sealed = first.key.seal(b"An", purpose="name")
    async with transaction(pool, "intake.file") as connection:
        (again,) = await Vault(master_key).contact_points(connection, [AN])
    assert again.contact_point_id == first.contact_point_id
    assert again.key.open(sealed, purpose="name") == b"An"


async def test_a_batch_keeps_its_order_and_doubles_share(pool: asyncpg.Pool, vault: Vault, login: asyncpg.Connection) -> None:
    async with transaction(pool, "intake.file") as connection:
        (known,) = await vault.contact_points(connection, [BINH])
        batch = await vault.contact_points(connection, [AN, BINH, AN, CHI, BINH])
    assert batch[0].contact_point_id == batch[2].contact_point_id
    assert batch[1].contact_point_id == batch[4].contact_point_id == known.contact_point_id
    assert len({key.contact_point_id for key in batch}) == 3
    assert await counts(login) == (3, 3)


async def test_what_is_rolled_back_never_was(pool: asyncpg.Pool, vault: Vault, login: asyncpg.Connection) -> None:
    with pytest.raises(KeyError):
        async with transaction(pool, "intake.file") as connection:
            await vault.contact_points(connection, [AN])
            raise KeyError
    assert await counts(login) == (0, 0)
    assert await vault.find_contact_point(login, AN) is None


async def test_many_at_once_with_the_same_numbers_agree_and_never_deadlock(pool: asyncpg.Pool, vault: Vault) -> None:
    phones = [f"+8491234{number:04}" for number in range(40)]

    async def file(turn: int) -> dict[str, object]:
        mine = phones[turn % 7 :] + phones[: turn % 7]
        async with transaction(pool, "intake.file") as connection:
            found = await vault.contact_points(connection, mine[::-1] if turn % 2 else mine)
        order = mine[::-1] if turn % 2 else mine
        return {phone: key.contact_point_id for phone, key in zip(order, found, strict=True)}

    answers = await asyncio.gather(*(file(turn) for turn in range(40)))
    assert all(answer == answers[0] for answer in answers)
    assert len(set(answers[0].values())) == len(phones)


async def test_an_empty_batch_asks_nobody(vault: Vault) -> None:
    assert await vault.contact_points(None, []) == []
    assert await vault.new_keys(None, []) == []
    assert await vault.keys(None, []) == {}


async def test_keys_are_found_by_id_and_cached(pool: asyncpg.Pool, vault: Vault) -> None:
    async with transaction(pool, "intake.file") as connection:
        (contact,) = await vault.contact_points(connection, [AN])
        (own,) = await vault.new_keys(connection, [contact.contact_point_id])
        (loose,) = await vault.new_keys(connection, [None])
    wanted = [contact.key.id, own.id, loose.id]
    async with reading(pool) as connection:
        found = await vault.keys(connection, [*wanted, uuid4()])
    assert set(found) == set(wanted)
    assert found[own.id].open(own.seal(b"x", purpose="text"), purpose="text") == b"x"
    assert await vault.keys(None, wanted) == found, "asked again, the database is not"


async def test_the_cache_forgets_after_a_minute_and_stays_small(
    pool: asyncpg.Pool, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vaults, "CACHE_KEYS", 10)
    async with transaction(pool, "intake.file") as connection:
        keys = await vault.new_keys(connection, [None] * 30)
        await vault.keys(connection, [key.id for key in keys])
    assert len(vault._cache) == 10
    assert vaults.CACHE_SECONDS <= 60
    monkeypatch.setattr(vaults, "CACHE_SECONDS", -1.0)
    with pytest.raises(AttributeError):
        await vault.keys(None, list(vault._cache))  # too old: the database would have to be asked


async def test_an_erased_person_is_gone_and_the_number_starts_anew(
    pool: asyncpg.Pool, vault: Vault, login: asyncpg.Connection, master_key: bytes
) -> None:
    async with transaction(pool, "intake.file") as connection:
        an, binh = await vault.contact_points(connection, [AN, BINH])
        (second,) = await vault.new_keys(connection, [an.contact_point_id])
    assert await vault.erase(login, an.contact_point_id) == 2
    assert await vault.erase(login, an.contact_point_id) == 0, "once more changes nothing"
    assert set(await Vault(master_key).keys(login, [an.key.id, second.id, binh.key.id])) == {binh.key.id}
    assert await vault.find_contact_point(login, AN) is None
    async with transaction(pool, "intake.file") as connection:
        (anew,) = await vault.contact_points(connection, [AN])
    assert anew.contact_point_id != an.contact_point_id


async def test_an_erased_contact_point_gets_no_new_keys(pool: asyncpg.Pool, vault: Vault, login: asyncpg.Connection) -> None:
    async with transaction(pool, "intake.file") as connection:
        (an,) = await vault.contact_points(connection, [AN])
    await vault.erase(login, an.contact_point_id)
    async with transaction(pool, "intake.file") as connection:
        (late,) = await vault.new_keys(connection, [an.contact_point_id])
        assert await vault.keys(connection, [late.id]) == {}


async def test_whoever_is_being_erased_gets_no_new_keys_either(
    pool: asyncpg.Pool, vault: Vault, login: asyncpg.Connection
) -> None:
    async with transaction(pool, "intake.file") as connection:
        (an,) = await vault.contact_points(connection, [AN])

    async def late() -> dict[UUID, DataKey]:
        async with transaction(pool, "intake.file") as connection:
            (key,) = await vault.new_keys(connection, [an.contact_point_id])
            return await vault.keys(connection, [key.id])

    async with login.transaction():
        await vault.erase(login, an.contact_point_id)
        asking = asyncio.create_task(late())
        await eventually(lambda: login.fetchval(BLOCKED))
    assert await asking == {}


async def test_a_loose_key_can_be_erased_but_not_that_of_a_living_contact_point(
    pool: asyncpg.Pool, vault: Vault, login: asyncpg.Connection
) -> None:
    async with transaction(pool, "intake.file") as connection:
        (an,) = await vault.contact_points(connection, [AN])
        (loose,) = await vault.new_keys(connection, [None])
    assert await vault.erase_keys(login, [loose.id, an.key.id]) == 1
    assert set(await vault.keys(login, [loose.id, an.key.id])) == {an.key.id}


async def test_the_database_holds_neither_numbers_nor_usable_keys(
    pool: asyncpg.Pool, vault: Vault, login: asyncpg.Connection
) -> None:
    async with transaction(pool, "intake.file") as connection:
        (an,) = await vault.contact_points(connection, [AN])
    (row,) = await login.fetch(
        "select blind_index, wrapped from vault.contact_points point join vault.keys key on key.id = point.key_id"
    )
    assert AN.encode() not in row["blind_index"]
    assert len(row["wrapped"]) == 1 + 12 + 32 + 16
    with pytest.raises(Misconfigured, match="another master key"):
        await Vault(os.urandom(32)).keys(login, [an.key.id])


async def test_wrapped_keys_cannot_be_swapped_between_people(
    pool: asyncpg.Pool, dsn: str, vault: Vault, login: asyncpg.Connection
) -> None:
    async with transaction(pool, "intake.file") as connection:
        an, binh = await vault.contact_points(connection, [AN, BINH])
    await execute(
        dsn,
        f"update vault.keys set wrapped = (select wrapped from vault.keys where id = '{binh.key.id}') where id = '{an.key.id}'",
    )
    with pytest.raises(Misconfigured):
        await vault.keys(login, [an.key.id])


def test_the_blind_index_depends_on_the_master_key_only(vault: Vault, master_key: bytes) -> None:
    assert vault.blind_index(AN) == Vault(master_key).blind_index(AN) != vault.blind_index(BINH)
    assert vault.blind_index(AN) != Vault(os.urandom(32)).blind_index(AN)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_master_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(Misconfigured, match="32 bytes"):
        Vault(bytes(size))
