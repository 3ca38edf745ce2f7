"""Made-up people go through the whole system; where is anything of theirs to be read? And after one of them is erased?"""

import base64
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from shared.events.contract import Sealed
from shared.postgres.embedded import start_embedded
from shared.security.sealing import SealBroken
from shared.security.vault import Vault
from tests.support.canaries import canary, chat_account, found_in, found_in_tables, phone
from tests.support.crowd import Crowd
from tests.support.eventually import eventually
from tests.support.journal import CONTEXTS
from tests.support.opening import living_keys, opened_in, opened_in_tables
from tests.support.outages import crowd_in
from tests.support.town import Town
from tests.support.wire import Wire, wire_of

SETTLED_SECONDS = 240.0
PURPOSES = ("phone", "name", "details", "text", "code")


@asynccontextmanager
async def inhabited(town: Town, people: int) -> AsyncIterator[Crowd]:
    """Everybody has called, been helped or not, written something of their own, and been called back."""
    async with crowd_in(town, canary) as crowd:
        await crowd.file(people)
        codes = [answer["code"] for answer in crowd.accepted.values()]
        for number, code in enumerate(codes[:: max(1, people // 20)]):
            change = {"description": f"zyxwqvuk nhắn thêm {number}", "address": f"Zyxwqvuk {number}", "commune_code": "00004"}
            town.http.patch(f"/v1/requests/{code}", json=change, headers=town.token("operator"))
            town.answer(phone(number), f"zyxwqvuk viết từ 0900 4{number:05d}")
        operator = town.token("operator")
        for call in town.http.get("/v1/calls", headers=operator).json()["calls"][:20]:
            town.http.post(f"/v1/calls/{call['id']}/take", headers=operator)
            town.http.post(f"/v1/calls/{call['id']}/done", headers=operator, json={"outcome": "told"})
        await crowd.quiet()
        await _link_a_chat(town)
        await crowd.quiet()
        await town.holds(drained=True, within=SETTLED_SECONDS)
        await crowd.leave()
        yield crowd


async def _link_a_chat(town: Town) -> None:
    """Somebody links the chat in which they have written as a stranger, calls again, and hears of it there."""
    text = {"from": chat_account(1), "channel": "telegram"}
    assert town.http.post("/dev/replies", json={**text, "text": f"zyxwqvuk {phone(1)}"}).is_success, "nobody's yet"
    assert town.http.post("/dev/replies", json={**text, "text": await _code(town, 1)}).is_success
    headers = {**town.token("operator"), "Idempotency-Key": "again"}
    assert town.http.post("/v1/requests", json=canary(1), headers=headers).is_success


async def _code(town: Town, number: int) -> str:
    town.answer(phone(number), "LIEN KET")
    told = await eventually(lambda: [sms for sms in town.to(phone(number)) if sms.kind == "link_code"], SETTLED_SECONDS)
    return str(told[-1].text.split("kết ")[1][:6])


async def readable_anywhere(town: Town, crowd: Crowd) -> list[str]:
    """What of anybody stands where it must not: tables, topics, logs, metrics, commands, what is told to the public."""
    found = await found_in_tables(dsn_of(town.home))
    entries = await wire_of(town).entries()
    assert entries
    found += [f"topic {entry.topic}: {hit}" for entry in entries for hit in found_in(entry.body.decode() + entry.key)]
    shown = {"/metrics": town.http.get("/metrics").text, "/": town.http.get("/").text}
    shown["log"] = (town.home / "process.log").read_text(encoding="utf-8")
    for answer in list(crowd.accepted.values())[:2]:
        shown[answer["code"]] = town.http.get(f"/v1/requests/{answer['code']}").text
        shown[f"case {answer['code']}"] = town.command("case", answer["code"], "--json")[1]
    shown["check"] = town.command("check", "--json")[1]
    return found + [f"{where}: {hit}" for where, text in shown.items() for hit in found_in(text)]


async def readable_at_all(town: Town) -> bool:
    """The other side of the proof: on the phones of this town all of it can be read, so the search does find things."""
    hits = await found_in_tables(dsn_of(town.home), schemas=["carrier"])
    return all(any(word in hit for hit in hits) for word in ("Zyxwqvuk Tên", "9004", chat_account(1)))


async def erased_for_good(town: Town, number: int) -> int:
    """Erases one person, replays everything there ever was, and looks for them. How many boxes of theirs stay shut."""
    vault = Vault(base64.urlsafe_b64decode((town.home / "master.key").read_text()))
    connection = await asyncpg.connect(dsn_of(town.home))
    try:
        person = await vault.find_contact_point(connection, phone(number))
        rows = await connection.fetch("select id from vault.keys where contact_point_id = $1", person)
        keys = {str(row["id"]) for row in rows}
        assert keys
        assert await _opened(connection, vault, town, keys), "before, they can be read"
        assert {"intake.requests", "dispatch.jobs", "notify.messages"} <= {where for where, _ in await _said_of(town, number)}
        status, said = town.command("erase", phone(number), "--yes", "--json")
        assert status == 0, said
        before = await _told(connection, number)
        await town.holds(drained=True, within=SETTLED_SECONDS)
    finally:
        connection.terminate()
    await replay_everything(town)
    connection = await asyncpg.connect(dsn_of(town.home))
    try:
        assert await vault.find_contact_point(connection, phone(number)) is None
        fresh = Vault(base64.urlsafe_b64decode((town.home / "master.key").read_text()))  # nothing kept in memory
        assert await _opened(connection, fresh, town, keys) == []
        assert await _told(connection, number) == before, "nothing of theirs is told again"
        assert await _said_of(town, number) == [], "under no key that there still is, whosever it is"
        return len(await _boxes(town, keys))
    finally:
        await connection.close()


async def _said_of(town: Town, number: int) -> list[tuple[str, str]]:
    """Where something opens that names this person."""
    theirs = re.compile(rf"Tên{number}\b|chữ {number}\b|{phone(number)[3:]}\b")
    return [(where, words) for where, words in await opens(town) if theirs.search(words)]


async def opens(town: Town) -> list[tuple[str, str]]:
    """Where something opens, and what: in any table of any schema, in any event."""
    vault = Vault(base64.urlsafe_b64decode((town.home / "master.key").read_text()))
    found = await opened_in_tables(dsn_of(town.home), vault)
    connection = await asyncpg.connect(dsn_of(town.home))
    try:
        keys = await living_keys(connection, vault)
    finally:
        await connection.close()
    for entry in await wire_of(town).entries():
        found += [(f"topic {entry.topic}", words) for words in opened_in(entry.body.decode(), keys)]
    return found


async def replay_everything(town: Town) -> None:
    """All readers begin at the beginning, and have forgotten what they have seen."""
    town.stop()
    start_embedded(town.home)
    connection = await asyncpg.connect(dsn_of(town.home))
    try:
        for context in CONTEXTS:
            await connection.execute(f"truncate {context}.inbox")
    finally:
        await connection.close()
    wire = wire_of(town)
    await wire.rewind()
    assert await wire.unread()
    town.start()
    await eventually(lambda: _all_read(wire), SETTLED_SECONDS, what="everybody has read it all")
    await town.holds(drained=True, within=SETTLED_SECONDS)


async def _all_read(wire: Wire) -> bool:
    return not await wire.unread()


async def _told(connection: asyncpg.Connection, number: int) -> int:
    """SMS to this person, or with their name in them."""
    query = "select count(*) from carrier.messages where to_number = $1 or body ~ ('Zyxwqvuk Tên' || $2 || '\\M')"
    count: int = await connection.fetchval(query, phone(number), str(number))
    return count


async def _opened(connection: asyncpg.Connection, vault: Vault, town: Town, keys: set[str]) -> list[bytes]:
    """What can be read of everything that was ever published under these keys."""
    known = await vault.keys(connection, [UUID(key) for key in keys])
    texts = []
    for sealed in await _boxes(town, keys):
        for purpose in PURPOSES if sealed.key_id in known else ():
            try:
                texts.append(known[sealed.key_id].open(sealed, purpose=purpose))
            except SealBroken:
                continue
    return texts


async def _boxes(town: Town, keys: set[str]) -> list[Sealed]:
    bodies = [orjson.loads(entry.body) for entry in await wire_of(town).entries()]
    return [Sealed(**box) for body in bodies for box in _sealed(body) if box["key_id"] in keys]


def _sealed(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.keys() == {"key_id", "box"}:
            yield value
        for item in value.values():
            yield from _sealed(item)
    elif isinstance(value, list):
        for item in value:
            yield from _sealed(item)


def dsn_of(home: Path) -> str:
    return start_embedded(home).dsn
