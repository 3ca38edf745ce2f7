"""Bearer tokens: named, expiring, revocable, and asked about at most once in five seconds."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from shared.errors import DependencyDown, Invalid, Refused
from shared.postgres.pool import open_pool
from shared.security import tokens as subject
from shared.security.tokens import Role, Tokens, issue, list_tokens, new_link_token, revoke, secret_hash

DAY = timedelta(days=1)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="intake", max_size=4) as opened:
        yield opened


@pytest.fixture
async def login(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def test_a_token_says_who_calls_and_in_which_role(pool: asyncpg.Pool, login: asyncpg.Connection) -> None:
    secret = await issue(login, "desk-1", Role.OPERATOR, DAY, city="hanoi")
    caller = await Tokens(pool).check(secret)
    assert caller is not None
    assert (caller.name, caller.role, caller.city) == ("desk-1", "operator", "hanoi")


async def test_a_ward_leads_and_an_operators_token_may_be_for_one_commune(pool: asyncpg.Pool, login: asyncpg.Connection) -> None:
    secret = await issue(login, "ba-dinh", Role.WARD_LEAD, DAY, commune_code="00004")
    caller = await Tokens(pool).check(secret)
    assert caller is not None
    assert caller.commune_code == "00004"
    assert await issue(login, "desk-1", Role.OPERATOR, DAY, commune_code="00004")
    for role in (Role.ADAPTER, Role.OPS):
        with pytest.raises(Invalid):
            await issue(login, "desk-2", role, DAY, commune_code="00004")


@pytest.mark.parametrize("secret", ["", "x", "tr_operator_guess", "é" * 1000, "\ud800", "\x00"])
async def test_an_unknown_secret_is_nobody(pool: asyncpg.Pool, secret: str) -> None:
    assert await Tokens(pool).check(secret) is None


async def test_an_expired_token_is_nobody(pool: asyncpg.Pool, login: asyncpg.Connection) -> None:
    assert await Tokens(pool).check(await issue(login, "old", Role.OPS, timedelta(seconds=-1))) is None


async def test_a_revoked_token_stops_once_the_cache_is_over(
    pool: asyncpg.Pool, login: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = Tokens(pool)
    secret = await issue(login, "desk-1", Role.OPERATOR, DAY)
    now = 1000.0
    monkeypatch.setattr("shared.security.tokens.time.monotonic", lambda: now)
    assert await tokens.check(secret)
    assert await revoke(login, "desk-1")
    assert await tokens.check(secret), "still cached"
    now += 5.0
    assert await tokens.check(secret) is None
    assert not await revoke(login, "desk-1"), "there is none in use any more"


async def test_a_name_is_given_once_and_again_after_it_was_revoked(pool: asyncpg.Pool, login: asyncpg.Connection) -> None:
    await issue(login, "desk-1", Role.OPERATOR, DAY)
    with pytest.raises(Refused, match="name_taken"):
        await issue(login, "desk-1", Role.OPERATOR, DAY)
    await revoke(login, "desk-1")
    assert await Tokens(pool).check(await issue(login, "desk-1", Role.ADAPTER, DAY))


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\udcff", "x" * 65])
async def test_a_name_that_nobody_can_read_is_refused(login: asyncpg.Connection, name: str) -> None:
    with pytest.raises(Invalid, match="visible characters"):
        await issue(login, name, Role.OPERATOR, DAY)


async def test_many_at_once_ask_the_database_once(dsn: str, login: asyncpg.Connection) -> None:
    secret = await issue(login, "desk-1", Role.OPERATOR, DAY)
    async with open_pool(dsn, schema="intake", max_size=1) as pool:
        tokens = Tokens(pool)
        callers = await asyncio.gather(*(tokens.check(secret) for _ in range(200)))
        assert {caller.name for caller in callers if caller} == {"desk-1"}
        async with pool.acquire():  # the one connection is busy: the answer comes from memory
            assert await tokens.check(secret)


async def test_one_who_hangs_up_does_not_spoil_it_for_the_others(pool: asyncpg.Pool, login: asyncpg.Connection) -> None:
    tokens = Tokens(pool)
    secret = await issue(login, "desk-1", Role.OPERATOR, DAY)
    impatient = asyncio.create_task(tokens.check(secret))
    patient = asyncio.create_task(tokens.check(secret))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient


async def test_guesses_do_not_fill_the_memory(pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "CACHE_TOKENS", 5)
    tokens = Tokens(pool)
    for number in range(20):
        await tokens.check(f"guess {number}")
    assert len(tokens._known) == 5
    assert not tokens._asked


async def test_without_a_database_nobody_is_let_in_or_turned_away(pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    pool.terminate()
    with pytest.raises(DependencyDown):
        await Tokens(pool).check("whoever")


async def test_neither_the_list_nor_the_table_shows_a_secret(login: asyncpg.Connection) -> None:
    secret = await issue(login, "desk-1", Role.OPERATOR, DAY)
    rows = await list_tokens(login)
    assert [(row["name"], row["role"]) for row in rows] == [("desk-1", "operator")]
    everything = await login.fetchval("select string_agg(t::text, ' ') from vault.tokens t")
    assert secret not in f"{rows} {everything}"
    assert secret.startswith("tr_operator_")


def test_a_link_token_is_128_bit_and_stored_as_a_hash() -> None:
    text, stored = new_link_token()
    assert len(text) == 22
    assert stored == secret_hash(text)
    assert len({new_link_token()[0] for _ in range(1000)}) == 1000
