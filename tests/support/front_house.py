"""notify and intake on one database, with a broker between them that a test moves by hand: what lies in an outbox lies there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from intake.aftercare.wishes import Wishes
from intake.board import Board
from intake.changes import Changes
from intake.conversations.clerk import UseCases
from intake.conversations.parts import TalkParts, talk_parts
from intake.filing import Filer
from intake.hotline.callbacks import Callbacks
from intake.limits import Limits
from intake.places.placing import Placing
from intake.public_door import PublicDoor
from intake.reception import Reception, find_priority
from intake.settings import IntakeSettings
from intake.visit_check import VisitChecks
from shared.events.envelope import Event, decode
from shared.events.registry import EventType
from shared.postgres.pool import open_pool
from shared.transport.outbox import record_of
from tests.support.notifying import Bureau
from tests.support.talking import LISTENER

OUT = "select *, id as place from outbox where type = $1 and id > $2 order by id"


@dataclass
class FrontHouse:
    bureau: Bureau
    pool: asyncpg.Pool
    board: Board
    talks: TalkParts
    carried: dict[EventType, int] = field(default_factory=dict)

    async def broker_is_back(self) -> None:
        """Everything that waits in the outboxes arrives, is handled, and what is said to people has left."""
        await self.board.handle(await self._waiting(self.bureau.pool, EventType.MESSAGE_RECEIVED))
        await self.talks.clerk.look()
        for kind in (EventType.REQUEST_FILED, EventType.CONVERSATION_SAID):
            for event in await self._waiting(self.pool, kind):
                await self.bureau.hear(event)
        await self.bureau.send_all()

    async def _waiting(self, pool: asyncpg.Pool, kind: EventType) -> list[Event]:
        rows = await pool.fetch(OUT, kind.value, self.carried.get(kind, 0))
        self.carried[kind] = max([self.carried.get(kind, 0), *(row["place"] for row in rows)])
        return [decode(record_of(row)) for row in rows]


@asynccontextmanager
async def front_house(bureau: Bureau) -> AsyncIterator[FrontHouse]:
    settings = IntakeSettings()
    async with open_pool(bureau.dsn, schema="intake") as pool:
        limits, reception = Limits(pool, bureau.vault.blind_index, settings), Reception(bureau.vault.fingerprint)
        door = PublicDoor(Filer(pool, bureau.vault, settings, lambda _: None), limits)
        placing = Placing()
        changes = Changes(pool, bureau.vault, placing=placing, sort=find_priority, wake=lambda: None)
        tools = UseCases(
            reception,
            door,
            changes,
            Wishes(pool, bureau.vault, placing, limits, lambda: None),
            VisitChecks(pool, bureau.vault, limits, lambda: None),
            Callbacks(pool, bureau.vault, settings.hotline),
        )
        talks = talk_parts(pool, bureau.vault, settings, LISTENER, tools, limits=limits, wake=lambda: None)
        yield FrontHouse(bureau, pool, Board(pool, settings, talks.conversations, bureau.vault, placing), talks)
