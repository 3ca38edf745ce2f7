"""Drafts as rows: saved with every stroke, found again, deleted, and filed through the ordinary door, once. Sealed as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from intake import store
from intake.doors import WrongDoor, enter
from intake.filing import POISON, Filed, Filer
from intake.hotline.draft_form import DraftForm, Unfit, finished
from intake.hotline.person import in_sight
from intake.queries import QUERIES
from intake.reception import Reception, reachable
from intake.store import AuditNote
from shared.errors import DependencyDown, Invalid, NotFound, Refused, Transient
from shared.events.contract import Sealed
from shared.events.requests import Channel
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.sealing import DataKey
from shared.security.tokens import Caller
from shared.security.vault import HOUSE, Vault

MOST: Final = 100  # open at once, of one operator
PURPOSE: Final = "draft"


class DraftChanged(Refused):
    def __init__(self) -> None:
        super().__init__("draft_changed", "another window has saved it since; read it again (GET) and save with its version")


class DraftFiled(Refused):
    def __init__(self) -> None:
        super().__init__(
            "draft_filed", "it is a request by now; POST …/file tells its code, PATCH /v1/requests/{code} changes it"
        )


class TooManyDrafts(Refused):
    def __init__(self) -> None:
        super().__init__("too_many_drafts", f"{MOST} drafts are open; file or delete some of them first")


@dataclass(frozen=True, slots=True)
class Owner:
    """Under whose key it is sealed; both None of nobody we know: then it is the house's, and gone with its row."""

    contact_point_id: UUID | None
    key: DataKey


class Drafts:
    def __init__(self, pool: asyncpg.Pool, vault: Vault, filer: Filer, reception: Reception) -> None:
        self._pool = pool
        self._vault = vault
        self._filer = filer
        self._reception = reception

    async def save(self, key: str, draft: DraftForm, who: Caller) -> dict[str, Any]:
        """Raises DraftChanged, DraftFiled, TooManyDrafts, Invalid. The same again is no change, so that it may be sent twice."""
        async with transaction(self._pool, "intake.change") as connection:
            row = await self._locked(connection, key, who.name)
            if row is None:
                begun = await self._begin(connection, key, draft, who)
                if begun is not None:
                    return begun
                row = await self._locked(connection, key, who.name)  # another window has begun it meanwhile …
            if row is None:
                raise DraftChanged  # … and deleted it
            if row["status"] != "open":
                raise DraftFiled
            known = await self._opened(connection, row)
            if known is not None and (known["form"], row["call_id"]) == (draft.form, draft.call or row["call_id"]):
                return _view(row, known)
            if draft.version != row["version"]:
                raise DraftChanged
            return await self._change(connection, row, key, draft, who)

    async def mine(self, operator: str) -> list[dict[str, Any]]:
        """What is no request yet, the newest first."""
        async with reading(self._pool) as connection:
            return await self._shown(connection, await connection.fetch(QUERIES["drafts_of_operator"], operator, MOST))

    async def of_callers(self, connection: asyncpg.Connection, people: Sequence[UUID]) -> list[dict[str, Any]]:
        return await self._shown(connection, await connection.fetch(QUERIES["drafts_of_callers"], people, MOST))

    async def one(self, key: str, operator: str) -> dict[str, Any]:
        async with reading(self._pool) as connection:
            row = await connection.fetchrow(QUERIES["read_draft"], self._hash(key, operator))
            known = None if row is None else await self._opened(connection, row)
        if known is None:
            raise NotFound("draft")
        return _view(row, known)

    async def delete(self, key: str, operator: str) -> None:
        """Raises NotFound, DraftFiled."""
        async with transaction(self._pool, "intake.change") as connection:
            row = await self._locked(connection, key, operator)
            if row is None:
                raise NotFound("draft")
            if row["status"] != "open":
                raise DraftFiled
            await connection.execute(QUERIES["delete_draft"], row["id"])
            note = AuditNote(at=row["now"], actor=operator, action="draft.deleted", subject=row["id"])
            await store.note(connection, [note])

    async def file(self, key: str, caller: Caller, traceparent: str | None = None) -> Filed:
        """Raises Unfit with all that is missing, and keeps the draft; NotFound. Twice gives the one result."""
        async with transaction(self._pool, "intake.change") as connection:
            row = await self._locked(connection, key, caller.name)
            known = None if row is None else await self._opened(connection, row)
            if row is None or known is None:
                raise NotFound("draft")
            form = finished(known["form"])
            _check_door(form.channel, caller)
            # The id and not the operator's key: who deletes a draft and begins another under the same key files another request.
            key = f"draft-{row['id']}"
            filing = self._reception.check(form, caller=caller, key=key, traceparent=traceparent, talks=True)
            if row["status"] == "open":  # from here on nobody changes what is being filed
                await connection.execute(QUERIES["move_draft"], row["id"], "filing", None)
        try:
            filed = await self._filer.file(filing)
        except (DependencyDown, Transient):
            raise  # nobody knows whether it was filed: who asks again hears it
        except POISON:  # it was not, and the form can be mended
            await self._move(row["id"], "open", None, caller.name)
            raise
        if row["status"] != "filed":
            await self._move(row["id"], "filed", str(filed.answer["code"]), caller.name)
        return filed

    async def _begin(self, connection: asyncpg.Connection, key: str, draft: DraftForm, who: Caller) -> dict[str, Any] | None:
        """None: another window was first."""
        if draft.version:
            raise NotFound("draft")  # deleted in another window, or its time was over: it is not begun again by a save
        if await connection.fetchval(QUERIES["count_drafts"], who.name) >= MOST:
            raise TooManyDrafts
        now, owner = await app_now(connection), await self._owner(connection, draft.call, draft.form, who)
        made = (owner.contact_point_id, owner.key.id, _box(owner.key, key, draft.form), now)
        row_id = await connection.fetchval(
            QUERIES["begin_draft"], uuid7(), self._hash(key, who.name), who.name, draft.call, *made
        )
        if row_id is None:
            return None
        if draft.continues is not None:
            await self._take_over(connection, draft.continues, owner, who, now)
        await store.note(connection, [AuditNote(at=now, actor=who.name, action="draft.begun", subject=row_id)])
        return await self._read(connection, key, who.name)

    async def _take_over(self, connection: asyncpg.Connection, draft_id: UUID, owner: Owner, who: Caller, now: datetime) -> None:
        """Of the same caller only, and one in sight: who begins a draft for somebody else leaves theirs alone. Raises NotFound,
        DraftFiled."""
        row: Any = await connection.fetchrow(QUERIES["lock_draft_by_id"], draft_id)
        if row is None or row["contact_point_id"] is None or row["contact_point_id"] != owner.contact_point_id:
            raise NotFound("draft")
        if not await in_sight(connection, owner.contact_point_id, who.commune_code):
            raise NotFound("draft")
        if row["status"] != "open":
            raise DraftFiled
        await connection.execute(QUERIES["delete_draft"], draft_id)
        detail = {"from": row["operator"]}
        await store.note(
            connection, [AuditNote(at=now, actor=who.name, action="draft.continued", subject=draft_id, detail=detail)]
        )

    async def _change(self, connection: asyncpg.Connection, row: Any, key: str, draft: DraftForm, who: Caller) -> dict[str, Any]:
        call = draft.call or row["call_id"]
        owner = await self._owner(connection, call, draft.form, who)
        box = _box(owner.key, key, draft.form)
        await connection.execute(
            QUERIES["save_draft"], row["id"], call, owner.contact_point_id, owner.key.id, box, row["version"] + 1, row["now"]
        )
        return await self._read(connection, key, who.name)

    async def _owner(self, connection: asyncpg.Connection, call: UUID | None, form: dict[str, Any], who: Caller) -> Owner:
        """The caller of its call; else whoever is known behind the typed number. Raises Invalid for no call in their sight."""
        if call is not None:
            row: Any = await connection.fetchrow(QUERIES["read_call"], call)
            if row is None or not await in_sight(connection, row["contact_point_id"], who.commune_code):
                raise Invalid("call", "there is no such call")
            if row["key_id"] is not None:
                key = (await self._vault.keys(connection, [row["key_id"]])).get(row["key_id"])
                if key is not None:
                    return Owner(row["contact_point_id"], key)
        phone = _phone_in(form)
        if phone is not None and await self._vault.find_contact_point(connection, phone) is not None:
            (person,) = await self._vault.contact_points(connection, [phone])
            return Owner(person.contact_point_id, person.key)
        return Owner(None, self._vault.house)

    async def _move(self, draft_id: UUID, status: str, code: str | None, operator: str) -> None:
        async with transaction(self._pool, "intake.change") as connection:
            await connection.execute(QUERIES["move_draft"], draft_id, status, code)
            note = AuditNote(
                at=await app_now(connection), actor=operator, action=f"draft.{status}", subject=draft_id, detail={"code": code}
            )
            await store.note(connection, [note])

    async def _locked(self, connection: asyncpg.Connection, key: str, operator: str) -> Any:
        return await connection.fetchrow(QUERIES["lock_draft"], self._hash(key, operator))

    async def _read(self, connection: asyncpg.Connection, key: str, operator: str) -> dict[str, Any]:
        row = await self._locked(connection, key, operator)
        known = await self._opened(connection, row)
        if known is None:
            raise NotFound("draft")
        return _view(row, known)

    async def _shown(self, connection: asyncpg.Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
        found = [(row, await self._opened(connection, row)) for row in rows]
        return [_view(row, known) for row, known in found if known is not None]

    async def _opened(self, connection: asyncpg.Connection, row: Any) -> dict[str, Any] | None:
        """None: the person was erased."""
        house = self._vault.house
        key = house if row["key_id"] == HOUSE else (await self._vault.keys(connection, [row["key_id"]])).get(row["key_id"])
        if key is None:
            return None
        known: dict[str, Any] = orjson.loads(key.open(Sealed(key_id=row["key_id"], box=row["box"]), purpose=PURPOSE))
        return known

    def _hash(self, key: str, operator: str) -> bytes:
        return self._vault.blind_index(f"draft of {operator}: {key}")


def _check_door(channel: Channel, caller: Caller) -> None:
    """An operator files what they have heard; a door that counts its visitors is none of theirs."""
    try:
        limited = enter(channel, caller.role).limited
    except WrongDoor:
        limited = True
    if limited:
        raise Unfit(None, [Invalid("channel", "is not one that an operator files through; leave it out")])


def _box(key: DataKey, name: str, form: dict[str, Any]) -> str:
    return key.box(orjson.dumps({"key": name, "form": form}), purpose=PURPOSE)


def _phone_in(form: dict[str, Any]) -> str | None:
    requester = form.get("requester")
    told = requester.get("phone") if isinstance(requester, dict) else None
    try:
        return reachable(told).e164 if isinstance(told, str) else None
    except Invalid:
        return None  # not finished yet


def _view(row: Any, known: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "key": known["key"],
        "version": row["version"],
        "status": row["status"],
        "code": row["code"],
        "call": row["call_id"],
        "operator": row["operator"],
        "touched_at": row["touched_at"],
        "form": known["form"],
    }
