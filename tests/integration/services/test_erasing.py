"""`techrescue erase` while the same person calls: what is filed either ends with the person, or starts under a new key."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.erasing import erase, has_number
from shared.errors import Transient
from shared.events.contract import ChannelKind
from shared.security.vault import Vault
from tests.integration.intake.conftest import MASTER_KEY, Desk, form, open_desk
from tests.integration.intake.test_filing import filing
from tests.integration.intake.test_talking import PLACE, TROUBLE, writer
from tests.support.eventually import eventually
from tests.support.opening import opened_in_tables

PHONE = "+84912345678"  # of `form`
BLOCKED = """
select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
"""
REQUESTS = """
select request.status, exists (select from vault.keys key where key.id = request.key_id) as readable
from intake.requests request order by request.filed_at
"""


@pytest.fixture
async def desk(dsn: str) -> AsyncIterator[Desk]:
    async with open_desk(dsn) as opened:
        yield opened


@pytest.fixture
async def login(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


@asynccontextmanager
async def held_by(desk: Desk, statement: str, *arguments: Any) -> AsyncIterator[None]:
    holder = await asyncpg.connect(desk.dsn)
    try:
        async with holder.transaction():
            await holder.execute(statement, *arguments)
            yield
            await holder.execute("delete from intake.idempotency_keys where body_hash = ''")
    finally:
        await holder.close()


async def blocked(login: asyncpg.Connection, count: int) -> None:
    async def are() -> bool:
        return await login.fetchval(BLOCKED) == count  # type: ignore[no-any-return]

    await eventually(are)


async def requests(login: asyncpg.Connection) -> list[tuple[str, bool]]:
    return [(row["status"], row["readable"]) for row in await login.fetch(REQUESTS)]


async def test_a_request_filed_while_the_rooms_forget_ends_with_the_person(desk: Desk, login: asyncpg.Connection) -> None:
    await desk.filed()
    async with held_by(desk, "lock table notify.dead_letters in exclusive mode"):  # intake has forgotten, notify has not
        erasing = asyncio.create_task(erase(desk.dsn, MASTER_KEY, PHONE))
        await blocked(login, 1)
        await desk.filed()
    await erasing
    assert await requests(login) == [("cancelled", False)] * 2
    assert [event["reason"] for event in await desk.events("request.cancelled")] == ["erased"] * 2
    assert await desk.count("audit where action = 'erase'") == 2, "nobody is forgotten twice"


async def test_a_request_being_filed_is_waited_for_and_ends_with_the_person(desk: Desk, login: asyncpg.Connection) -> None:
    await desk.filed()
    late = filing(desk, "late")
    other = """
    insert into intake.idempotency_keys (key_hash, body_hash, request_id, answer) values ($1, '', gen_random_uuid(), '{}')
    """
    async with held_by(desk, other, late.key_hash):
        calling = asyncio.create_task(desk.filer.file(late))
        await blocked(login, 1)
        erasing = asyncio.create_task(erase(desk.dsn, MASTER_KEY, PHONE))
        await blocked(login, 2)
    await asyncio.gather(calling, erasing)
    assert await requests(login) == [("cancelled", False)] * 2


async def test_an_erasing_that_loses_a_deadlock_begins_anew(desk: Desk, login: asyncpg.Connection) -> None:
    """Somebody works on the person's phone in notify and wants what intake has locked for the erasing."""
    await desk.filed()
    other = await asyncpg.connect(desk.dsn)
    try:
        async with other.transaction():
            await other.execute("lock table notify.dead_letters in exclusive mode")
            erasing = asyncio.create_task(erase(desk.dsn, MASTER_KEY, PHONE))
            await blocked(login, 1)
            await other.execute("update intake.requests set updated_at = clock_timestamp()")
    finally:
        await other.close()
    assert (await erasing).keys == 1
    assert await requests(login) == [("cancelled", False)]


async def test_texts_to_others_about_the_person_are_forgotten_by_the_carrier_too(desk: Desk, login: asyncpg.Connection) -> None:
    mine, others = await desk.filed(), await desk.filed(requester={"name": "Bình", "phone": "0987654321"})
    for request in (mine, others):
        await login.execute(
            """insert into carrier.messages (attempt_id, to_number, channel, body, request_id, kind, outcome, at)
               values (gen_random_uuid(), '+84909090909', 'sms', 'Bà Lan, 0912345678', $1, 'accepted', 'delivered', now())""",
            UUID(request["id"]),
        )
    await erase(desk.dsn, MASTER_KEY, PHONE)
    assert [str(row["request_id"]) for row in await login.fetch("select request_id from carrier.messages")] == [others["id"]]


async def test_what_an_account_without_a_number_told_to_file_for_them_goes_with_them(desk: Desk) -> None:
    """Also from the topics, where it lies under the account's key; who writes from a number of their own keeps theirs."""
    for one, name in ((await writer(desk, None, ChannelKind.TELEGRAM), "Lan"), (await writer(desk, "+84987654321"), "Mai")):
        await one.writes("Không đăng nhập được VNeID")
        await one.writes("12 Kim Mã, phường Ba Đình")
        await one.writes(f"tôi tên là {name}")
        if name == "Lan":
            await one.writes("0912 345 678")
        await one.writes("1")
    assert {"Lan", "Mai"} <= await named_anywhere(desk)
    assert (await erase(desk.dsn, MASTER_KEY, PHONE)).keys == 2
    assert await named_anywhere(desk) == {"Mai"}


async def test_a_chat_that_never_filed_goes_with_the_number_in_its_draft(desk: Desk) -> None:
    """All of it, from the topics too: and what is written there afterwards neither recites it nor files it."""
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    await account.told()
    assert "0912" in await account.writes("tôi tên là Lan, số 0912 345 678"), "it is asked whether all is right"
    other = await writer(desk, "+84987654321")
    await other.writes(TROUBLE)
    await other.writes(PLACE)
    await other.writes("tôi tên là Mai")
    assert await named_anywhere(desk) == {"Lan", "Mai"}
    assert (await erase(desk.dsn, MASTER_KEY, PHONE)).keys == 2
    assert await named_anywhere(desk) == {"Mai"}
    assert "Lan" not in await account.writes("tình trạng")
    await account.writes("đúng")
    assert await desk.count("requests") == 0


async def test_a_chat_that_names_the_number_while_the_rooms_forget_goes_too(desk: Desk, login: asyncpg.Connection) -> None:
    await desk.filed(requester={"name": "Bình", "phone": PHONE})
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    await account.told()
    async with held_by(desk, "lock table notify.dead_letters in exclusive mode"):  # intake has forgotten, notify has not
        erasing = asyncio.create_task(erase(desk.dsn, MASTER_KEY, PHONE))
        await blocked(login, 1)
        await account.writes("0912 345 678")
    await erasing
    assert await named_anywhere(desk) == set()


async def test_what_was_said_to_the_account_is_forgotten_by_the_carrier_too(desk: Desk, login: asyncpg.Connection) -> None:
    account, other = await writer(desk, None, ChannelKind.TELEGRAM), await writer(desk, "+84987654321")
    await account.told()
    await account.writes("0912 345 678")
    for one in (account, other):
        attempt = await login.fetchval(
            """insert into notify.message_attempts (id, message_id, contact_point_id, number, channel, carrier, started_at)
               values (gen_random_uuid(), gen_random_uuid(), $1, 1, 'telegram', 'simulated', now()) returning id""",
            one.person.contact_point_id,
        )
        await login.execute(
            """insert into carrier.messages (attempt_id, to_number, channel, body, request_id, kind, outcome, at)
               values ($1, $2, 'telegram', 'Em hiểu: 0912 345 678', gen_random_uuid(), 'said', 'delivered', now())""",
            attempt,
            one.number or "5876543210",
        )
    await erase(desk.dsn, MASTER_KEY, PHONE)
    assert [row["to_number"] for row in await login.fetch("select to_number from carrier.messages")] == ["+84987654321"]


async def test_a_number_that_was_corrected_in_a_draft_still_takes_the_chat_with_it(desk: Desk) -> None:
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    await account.told()
    await account.writes("tôi tên là Lan, số 0912 345 678", "số điện thoại là 0987 654 321")
    await erase(desk.dsn, MASTER_KEY, PHONE)
    assert await named_anywhere(desk) == set()


async def test_a_draft_of_nobody_yet_known_goes_with_whom_it_became(desk: Desk) -> None:
    await desk.send("PUT", "/v1/drafts/d1", {"form": {name: value for name, value in form().items() if name != "channel"}})
    assert (await desk.post("/v1/drafts/d1/file")).status_code == 202
    assert await named_anywhere(desk) == {"Bình"}
    await erase(desk.dsn, MASTER_KEY, PHONE)
    assert await named_anywhere(desk) == set()


async def test_a_chat_that_gave_no_number_is_erased_by_its_conversation_alone(desk: Desk) -> None:
    """With the draft, what a person was to read and the call it had asked for."""
    account, other = await writer(desk, None, ChannelKind.TELEGRAM), await writer(desk, "+84987654321")
    for one, name in ((account, "Lan"), (other, "Mai")):
        await one.writes(TROUBLE)
        await one.writes(PLACE)
        await one.writes(f"tôi tên là {name}")
    await account.writes("gọi lại cho tôi số 0912 345 678")
    await account.writes("xóa dữ liệu của tôi")
    assert await desk.count("callbacks") == 1
    done = await erase(desk.dsn, MASTER_KEY, (await account.talk())["id"])
    assert (done.keys, done.has_number) == (1, False)
    assert await named_anywhere(desk) == {"Mai"}
    assert [await desk.count(table) for table in ("callbacks", "incoming_messages", "conversations")] == [0, 0, 1]


async def test_by_a_chat_that_has_filed_the_whole_person_is_erased(desk: Desk, login: asyncpg.Connection) -> None:
    """Also what they filed by other doors; who only has a number of their own in common with nobody, stays."""
    await desk.filed()
    account, other = await writer(desk, None, ChannelKind.TELEGRAM), await writer(desk, "+84987654321")
    await account.told()
    await account.writes("0912 345 678")
    await account.writes("1")
    await other.told()
    await other.writes("1")
    done = await erase(desk.dsn, MASTER_KEY, (await account.talk())["id"])
    assert (done.keys, done.has_number) == (2, True), "that of the number, and that of the account"
    assert await requests(login) == [("cancelled", False)] * 2 + [("filed", True)]
    assert (await erase(desk.dsn, MASTER_KEY, (await other.talk())["id"])).has_number, "theirs is the number that writes"
    assert await requests(login) == [("cancelled", False)] * 3


async def test_a_chat_that_names_anothers_request_is_not_that_person(desk: Desk, login: asyncpg.Connection) -> None:
    code = (await desk.filed())["code"]
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    for text in (f"tình trạng {code}", f"hủy {code}", "1", TROUBLE, PLACE, "tôi tên là Lan, số 0912 345 678"):
        await account.writes(text)
    done = await erase(desk.dsn, MASTER_KEY, (await account.talk())["id"])
    assert (done.keys, done.has_number) == (1, False), "a number that was only typed is nobody's"
    assert await requests(login) == [("filed", True)]


async def test_a_chat_that_is_being_filed_is_erased_once_it_has_its_number(desk: Desk, login: asyncpg.Connection) -> None:
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    await account.told()
    await account.writes("0912 345 678")
    await desk.board.handle([await account.event("1")])
    id_ = (await account.talk())["id"]
    assert (await account.talk())["stage"] == "filing"
    with pytest.raises(Transient):
        await has_number(desk.dsn, id_)
    with pytest.raises(Transient):
        await erase(desk.dsn, MASTER_KEY, id_)
    await desk.talks.clerk.look()
    assert (await erase(desk.dsn, MASTER_KEY, id_)).has_number
    assert await requests(login) == [("cancelled", False)]


async def named_anywhere(desk: Desk) -> set[str]:
    """Who is named by anything that some key opens, in any table."""
    opened = [words for _, words in await opened_in_tables(desk.dsn, Vault(MASTER_KEY))]
    return {name for name in ("Lan", "Mai", "Bình") if any(name in words for words in opened)}


async def test_who_calls_after_the_vault_let_go_is_a_stranger(desk: Desk, login: asyncpg.Connection) -> None:
    await desk.filed()
    async with held_by(desk, "lock table carrier.messages in exclusive mode"):  # the last that erase touches
        erasing = asyncio.create_task(erase(desk.dsn, MASTER_KEY, PHONE))
        await blocked(login, 1)
        calling = asyncio.create_task(desk.filed())
        await blocked(login, 2)
    await asyncio.gather(calling, erasing)
    assert await requests(login) == [("cancelled", False), ("filed", True)]
