"""Has the provider connect helper and resident: claim, ring, record, like a message (law 10). What it cannot do the desk does.

Nothing leaves within a transaction. A process that dies after the ring leaves a claim behind; whoever finds it asks the provider
under the same id, so that nobody is rung twice.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from notify.calls.bridge import (
    BRIDGE,
    Bridged,
    BridgeDown,
    BridgeStatus,
    BridgeUncertain,
    CallBridge,
    after,
    claimed,
    has_rung_long_enough,
)
from notify.calls.call import CallTask, call_of
from notify.news import of_call
from notify.sending.settlement import call_row
from notify.store import QUERIES, SOURCE
from shared.crash import crash_point
from shared.events.contract import Sealed
from shared.events.registry import EventType
from shared.postgres.transaction import app_now, reading, transaction
from shared.rounds import Rounds
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.transport.outbox import append

SITE: Final = "notify.call"
AT_ONCE: Final = 20  # calls of one look


class Connector(Rounds):
    """`told` rings after each commit."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        bridge: CallBridge,
        *,
        told: Callable[[], None] = lambda: None,
        every_seconds: float = 1.0,
    ) -> None:
        super().__init__(every_seconds=every_seconds)
        self._pool = pool
        self._vault = vault
        self._bridge = bridge
        self._told = told

    async def look(self) -> None:
        await self._hang_up()
        async with reading(self._pool) as connection:
            due = await app_now(connection)  # once: a slow provider has what rings due again before the look is over
        for _ in range(AT_ONCE):  # one claim each: a provider takes its time with each, and the lease is for one
            found = await self._claim(due)
            if found is None:
                return
            task, call, is_new = found
            await self._record(task.id, await self._connect(task, call, is_new=is_new))

    async def _hang_up(self) -> None:
        """The helper has given it back, or the request is gone: nobody is to be rung for it any more."""
        async with reading(self._pool) as connection:
            ids = [row["id"] for row in await connection.fetch(QUERIES["calls_to_hang_up"], AT_ONCE)]
        for call_id in ids:
            with suppress(BridgeDown, BridgeUncertain):  # asked again the next time
                await self._bridge.hang_up(call_id)
                async with transaction(self._pool, SITE) as connection:
                    await connection.execute(QUERIES["hung_up"], [call_id])

    async def _claim(self, due: datetime) -> tuple[CallTask, Bridged | None, bool] | None:
        """A call that nobody has rung yet, or whose look was due at `due`; and whether it is new."""
        async with transaction(self._pool, SITE) as connection:
            row = await connection.fetchrow(QUERIES["call_to_connect"], due, BRIDGE)
            if row is None:
                return None
            before, now = call_of(row), await app_now(connection)
            mine, is_new = claimed(before, now), before.owner != BRIDGE
            await connection.execute(QUERIES["save_calls"], [call_row(mine)])
            if is_new:
                await self._tell(connection, EventType.CALL_REQUESTED, mine, "connecting")
            keys = await self._vault.keys(connection, _key_ids(mine))
        return mine, _in_clear(mine, keys), is_new

    async def _connect(self, task: CallTask, call: Bridged | None, *, is_new: bool) -> BridgeStatus | None:
        """None: it is not known yet."""
        if call is None:
            return BridgeStatus.FAILED  # somebody was erased; the desk finds it closed
        try:
            if is_new:
                return await self._ring(call)
            async with transaction(self._pool, SITE) as connection:
                over = has_rung_long_enough(task, await app_now(connection))
            found = await (self._bridge.hang_up(call.id) if over else self._bridge.look(call.id))
            return await self._ring(call) if found is None and not over else found
        except BridgeUncertain:
            return None
        except BridgeDown:
            return BridgeStatus.FAILED if is_new else None

    async def _ring(self, call: Bridged) -> BridgeStatus:
        crash_point("notify.send", "before")
        status = await self._bridge.ring(call)
        crash_point("notify.send", "after")
        return status

    async def _record(self, call_id: UUID, status: BridgeStatus | None) -> None:
        async with transaction(self._pool, SITE) as connection:
            (row,) = await connection.fetch(QUERIES["lock_calls"], [call_id])
            before, now = call_of(row), await app_now(connection)
            task = after(before, status, now)
            if task == before:
                return
            await connection.execute(QUERIES["save_calls"], [call_row(task)])
            if task.ended_at is not None:
                await self._tell(connection, EventType.CALL_DONE, task, "connected")
            elif task.owner != BRIDGE:
                await self._tell(connection, EventType.CALL_REQUESTED, task, "left_to_the_desk")
        self._told()

    async def _tell(self, connection: asyncpg.Connection, kind: EventType, task: CallTask, word: str) -> None:
        now = await app_now(connection)
        await append(connection, [of_call(kind, task, now)], source=SOURCE)
        await connection.execute(QUERIES["note_call"], now, BRIDGE, f"call.{word}", task.id, {"purpose": task.purpose})


def _key_ids(task: CallTask) -> set[UUID]:
    peer = _peer(task)
    return {task.key_id} if peer is None else {task.key_id, peer.key_id}


def _peer(task: CallTask) -> Sealed | None:
    return None if task.peer is None else Sealed.model_validate(orjson.loads(task.peer))


def _in_clear(task: CallTask, keys: dict[UUID, DataKey]) -> Bridged | None:
    peer = _peer(task)
    resident, helper = keys.get(task.key_id), keys.get(peer.key_id) if peer else None
    if resident is None or helper is None or peer is None or task.address is None:
        return None
    number = resident.open(Sealed(key_id=task.key_id, box=task.address), purpose="phone").decode()
    return Bridged(id=task.id, helper=helper.open(peer, purpose="phone").decode(), resident=number)
