"""What people do with broadcasts: write one, see whom it would reach and what it would cost, start, pause, resume and stop it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg
import orjson

from notify.broadcasts.broadcast import BroadcastKind, BroadcastStatus, Order, ordered
from notify.broadcasts.counting import counted
from notify.broadcasts.handing_out import broadcast_of
from notify.broadcasts.words import Words
from notify.settings import NotifySettings
from notify.store import QUERIES, SOURCE
from shared.errors import Invalid, NotFound, Refused
from shared.events.broadcasts import Audience, BroadcastRequested
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction
from shared.transport.outbox import append

LONGEST: Final = timedelta(days=14)  # what is to be said for longer is no news
MOST_LISTED: Final = 50
MOST_NAMED: Final = 20  # of ids that are nobody's; all are counted
LONG_SECONDS: Final = 60.0  # tens of thousands of rows are counted
_KEYS: Final = UUID("0190e1d2-0000-7000-8000-62726f616463")


class KeyUsed(Refused):
    def __init__(self, id_: UUID) -> None:
        super().__init__("key_used", f"under this Idempotency-Key another form has made {id_}: look at that, or take a new key")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBroadcast:
    """`audience` a set of ids: people whom notify has written to. `key`: the same again makes no second one."""

    kind: BroadcastKind
    audience: Audience | tuple[UUID, ...]
    words: Words
    not_after: datetime
    per_second: int | None
    dry_run: bool
    key: str | None

    def form_hash(self) -> bytes:
        """Of everything that was asked for: what is a set is one, in whatever order it was named."""
        whom = sorted(map(str, self.audience)) if isinstance(self.audience, tuple) else _unordered(self.audience)
        asked = (self.kind, whom, self.words.vi, self.words.en, self.not_after.astimezone(UTC), self.per_second, self.dry_run)
        return sha256(orjson.dumps(asked)).digest()


class Broadcasts:
    """`wake` rings after each commit. `price_vnd`: of a part of a text, for what it would cost."""

    def __init__(
        self, pool: asyncpg.Pool, settings: NotifySettings, *, price_vnd: int = 0, wake: Sequence[Callable[[], None]] = ()
    ) -> None:
        self._pool = pool
        self._city = settings.city
        self._per_second = settings.broadcast_per_second
        self._price_vnd = price_vnd
        self._wake = wake

    async def make(self, new: NewBroadcast, actor: str) -> dict[str, Any]:
        """Nobody is told of a dry run before somebody starts it. Raises Invalid, KeyUsed."""
        broadcast_id = uuid5(_KEYS, f"{self._city}/{actor}/{new.key}") if new.key else uuid7()
        async with transaction(self._pool, "notify.call") as connection:
            now = await app_now(connection)
            if not now < new.not_after <= now + LONGEST:
                raise Invalid("not_after", f"must be in the next {LONGEST.days} days")
            if await self._insert(connection, broadcast_id, new, actor, now):
                await self._ask_for_people(connection, broadcast_id, new.audience, now)
                await _note(connection, now, actor, "make", broadcast_id)
            else:
                await self._check_same(connection, broadcast_id, new)
        self._ring()
        return await self.show(broadcast_id)

    async def move(self, broadcast_id: UUID, order: Order, actor: str) -> dict[str, Any]:
        """Raises NotFound, Refused."""
        async with transaction(self._pool, "notify.call") as connection:
            row = await connection.fetchrow(QUERIES["lock_broadcast"], broadcast_id, self._city)
            if row is None:
                raise NotFound("broadcast")
            before, now = broadcast_of(row), await app_now(connection)
            after = ordered(before, order, now)
            if after != before:
                state = (after.status, after.started_at, after.ended_at, now)
                await connection.execute(QUERIES["move_broadcast"], broadcast_id, *state)
                await _note(connection, now, actor, after.status, broadcast_id)
            if after.status is BroadcastStatus.STOPPED:
                await connection.execute(QUERIES["withdraw_broadcast"], broadcast_id, now)
        self._ring()
        return await self.show(broadcast_id)

    async def show(self, broadcast_id: UUID) -> dict[str, Any]:
        """With what became of it so far. Raises NotFound."""
        async with reading(self._pool, limit_seconds=LONG_SECONDS) as connection:
            row = await connection.fetchrow(QUERIES["read_broadcast"], broadcast_id, self._city)
            if row is None:
                raise NotFound("broadcast")
            people = await connection.fetch(QUERIES["count_people"], broadcast_id)
            texts = await connection.fetch(QUERIES["count_texts"], broadcast_id)
            cost = await connection.fetchval(QUERIES["cost_of_broadcast"], broadcast_id)
        return {**_view(row), **counted(row, people, texts, self._per_second, self._price_vnd), "cost_vnd": cost}

    async def list(self) -> list[dict[str, Any]]:
        """The newest first."""
        async with reading(self._pool) as connection:
            return [_view(row) for row in await connection.fetch(QUERIES["list_broadcasts"], self._city, MOST_LISTED)]

    async def _insert(self, connection: asyncpg.Connection, id_: UUID, new: NewBroadcast, actor: str, now: datetime) -> bool:
        known = isinstance(new.audience, tuple)
        shown = await _shown(connection, new.audience)
        started = (BroadcastStatus.DRAFT, None) if new.dry_run else (BroadcastStatus.RUNNING, now)
        head = (id_, self._city, new.kind, started[0], shown, new.words.vi, new.words.en, new.not_after, new.per_second)
        rest = (actor, now, started[1], now if known else None, new.form_hash())
        return bool(await connection.fetchval(QUERIES["insert_broadcast"], *head, *rest))

    async def _ask_for_people(
        self, connection: asyncpg.Connection, id_: UUID, audience: Audience | tuple[UUID, ...], now: datetime
    ) -> None:
        if isinstance(audience, tuple):
            await connection.execute(QUERIES["add_known_people"], id_, list(audience), now)
            return
        body = BroadcastRequested(city=self._city, broadcast_id=id_, audience=audience)
        event = Event(type=EventType.BROADCAST_REQUESTED, subject=id_, version=1, key=id_, body=body, time=now)
        await append(connection, [event], source=SOURCE)

    async def _check_same(self, connection: asyncpg.Connection, id_: UUID, new: NewBroadcast) -> None:
        if await connection.fetchval(QUERIES["form_of_broadcast"], id_) != new.form_hash():
            raise KeyUsed(id_)

    def _ring(self) -> None:
        for ring in self._wake:
            ring()


async def _note(connection: asyncpg.Connection, now: datetime, actor: str, word: str, id_: UUID) -> None:
    await connection.execute(QUERIES["note_broadcast"], now, actor, f"broadcast.{word}", id_)


async def _shown(connection: asyncpg.Connection, audience: Audience | tuple[UUID, ...]) -> dict[str, Any]:
    """Whom it is for, as it stands in the row: of ids how many, and which of them are nobody's."""
    if not isinstance(audience, tuple):
        return audience.model_dump(mode="json")
    ids = set(audience)
    nobodys = [str(row["id"]) for row in await connection.fetch(QUERIES["unknown_people"], list(ids))]
    unknown = {"unknown": len(nobodys), "unknown_ids": nobodys[:MOST_NAMED]} if nobodys else {}
    return {"who": "people", "ids": len(ids), **unknown}


def _unordered(audience: Audience) -> dict[str, Any]:
    asked = audience.model_dump(mode="json")
    return {name: sorted(value) if isinstance(value, list) else value for name, value in asked.items()}


def _view(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "status": row["status"],
        "audience": row["audience"],
        "text": {"vi": row["text_vi"], "en": row["text_en"]},
        "not_after": row["not_after"],
        "per_second": row["per_second"],
        "made_by": row["made_by"],
        "created_at": row["created_at"],
        "started_at": row["started_at"],
        "ended_at": row["ended_at"],
        "gathered": row["gathered_at"] is not None,
        "progressed_at": row["progressed_at"],
    }
