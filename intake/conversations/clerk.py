"""The hands of the machine: files what a conversation has confirmed, and cancels what it wants cancelled. A loop.

Each in three steps: the conversation is at the clerk (commit), the request is filed or cancelled by the ordinary use case, under
a key of this conversation (commit), the conversation has what came of it (commit). Killed between two of them, it is done again
and found done.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake.aftercare.wishes import Wishes
from intake.changes import Changes
from intake.conversations.conversation import Stage
from intake.conversations.machine import cancel_asked, cancelled, filed, not_filed
from intake.conversations.rows import Ledger, Talk, loaded, own_phone
from intake.conversations.sitting import ACTOR, settle
from intake.conversations.standing import label_of
from intake.conversations.steps import Step
from intake.draft import OnWordOf
from intake.filing import POISON, Filed
from intake.forms import Point, Requester, RequestForm
from intake.hotline.callbacks import Callbacks
from intake.public_door import PublicDoor
from intake.queries import QUERIES
from intake.reception import Reception
from intake.visit_check import VisitChecks
from shared.errors import DependencyDown, Invalid, NotFound, Refused, Transient
from shared.events.requests import Channel
from shared.http.limits import TooMany
from shared.pacing import Backoff, Bell
from shared.postgres.transaction import app_now, reading, transaction
from shared.rounds import Rounds
from shared.security.tokens import Caller, Role
from shared.security.vault import Vault
from shared.telemetry.metrics_intake import TALKS

CALLER: Final = Caller("conversations", Role.ADAPTER)
LOOK_SECONDS: Final = 1.0
AT_ONCE: Final = 50
HANDS: Final = 5  # conversations that are finished beside each other; each holds one connection of the pool at a time


@dataclass(frozen=True, slots=True)
class UseCases:
    """The ordinary ones, as every door has them; conversations need no others."""

    reception: Reception
    door: PublicDoor
    changes: Changes
    wishes: Wishes
    visit_checks: VisitChecks
    callbacks: Callbacks


class Clerk(Rounds):
    """Any number of processes: whoever comes second finds it done."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        tools: UseCases,
        *,
        wake: Callable[[], None],
    ) -> None:
        self._calls = Bell()
        super().__init__(
            every_seconds=LOOK_SECONDS, backoff=Backoff(0.2, 5.0), bell=self._calls, failed_as="intake.conversations.clerk.failed"
        )
        self._pool = pool
        self._vault = vault
        self._reception = tools.reception
        self._door = tools.door
        self._changes = tools.changes
        self._wishes = tools.wishes
        self._wake = wake

    def ring(self) -> None:
        self._calls.ring()

    async def look(self) -> float | None:
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["talks_at_the_clerk"], AT_ONCE)
        hands = asyncio.Semaphore(HANDS)
        done = await asyncio.gather(*(self._in_turn(hands, row["id"]) for row in rows), return_exceptions=True)
        for failed in done:
            if isinstance(failed, BaseException):
                raise failed  # once the others are through: one that cannot be finished keeps nobody waiting
        return 0 if len(rows) == AT_ONCE else None

    async def _in_turn(self, hands: asyncio.Semaphore, id_: UUID) -> None:
        """Beside each other their filings share transactions; one after the other a crowd would wait for the last."""
        async with hands:
            await self.finish(id_)

    async def finish(self, id_: UUID) -> None:
        """What this conversation waits for: done when this returns, by whomever."""
        talk = await self._read(id_)
        if talk is None:
            return
        if talk.state.stage is Stage.FILING:
            await self._file(talk)
        elif talk.state.stage is Stage.CANCELLING:
            await self._cancel(talk)

    async def _file(self, talk: Talk) -> None:
        try:
            done: Filed | None = await self._filed(talk)
        except (DependencyDown, Transient):
            raise  # nobody knows whether it was filed: this look, or another, finds out
        except POISON:
            done = None  # a person does it, and nobody behind it waits

        filer, by_call = talk.contact_point_id, False
        if done is not None:
            async with reading(self._pool) as connection:
                row: Any = await connection.fetchrow(QUERIES["filer_of"], UUID(str(done.answer["id"])))
            filer, by_call = row["contact_point_id"], row["by_call"]

        def step(state: Talk, now: datetime) -> Step:
            if done is None:
                return not_filed(state.state, now)
            own = filer == state.contact_point_id
            return filed(state.state, str(done.answer["code"]), own=own, by_call=by_call, now=now)

        if await self._come_back(talk, step, filer=filer) and done is not None:
            TALKS.labels(talk.state.channel, "filed").inc()

    async def _filed(self, talk: Talk) -> Filed:
        try:
            return await self._file_with(talk, with_point=True)
        except Invalid:
            if talk.state.draft.point is None:
                raise
            return await self._file_with(talk, with_point=False)  # it lies elsewhere: a person finds out where

    async def _file_with(self, talk: Talk, *, with_point: bool) -> Filed:
        key = f"conversation-{talk.state.id}-{talk.state.filings}{'' if with_point else '-elsewhere'}"
        filing = self._reception.check(_form(talk, with_point=with_point), caller=CALLER, key=key)
        own = talk.own_number and filing.phone == own_phone(talk)
        filing = replace(filing, door=talk.state.channel, on_word_of=OnWordOf.HOLDER if own else OnWordOf.SOMEBODY)
        return await self._door.file(filing, f"conversation {talk.contact_point_id}")

    async def _cancel(self, talk: Talk) -> None:
        """At once only for whoever writes from the registered number; anywhere else that number is asked."""
        code, why_not = talk.state.code or "", None
        try:
            if not await self._is_of_this_number(talk, code):
                await self._wishes.cancel(code, ACTOR, f"conversation {talk.contact_point_id}")
                await self._come_back(talk, lambda state, now: cancel_asked(state.state, now))
                return
            await self._changes.cancel(code, "resident")
        except (Refused, NotFound, Invalid, TooMany):
            async with reading(self._pool) as connection:
                row = await connection.fetchrow(QUERIES["standing_by_code"], code)
            if row is None or row["status"] != "cancelled":  # else it was us, before a kill
                why_not = "" if row is None else label_of(row["status"], talk.state.language)
        await self._come_back(talk, lambda state, now: cancelled(state.state, now, why_not=why_not))

    async def _is_of_this_number(self, talk: Talk, code: str) -> bool:
        async with reading(self._pool) as connection:
            row = await connection.fetchrow(QUERIES["numbers_of_request"], code)
        return talk.own_number and row is not None and row["registered"] == talk.contact_point_id

    async def _come_back(self, before: Talk, step: Callable[[Talk, datetime], Step], *, filer: UUID | None = None) -> bool:
        """False: somebody else did, or they were erased meanwhile. `filer`: whose erasure takes this conversation with it, beside
        the writer's."""
        async with transaction(self._pool, "intake.change") as connection:
            row = await connection.fetchrow(QUERIES["lock_talk"], before.state.id)
            if row is None:
                return False
            talk, ledger = loaded(row, before.data_key), Ledger()
            if (talk.state.stage, talk.state.filings) != (before.state.stage, before.state.filings):
                return False
            now = await app_now(connection)
            asked = await connection.fetchval(QUERIES["asked_of_clerk"], talk.state.id)
            after = await settle(connection, ledger, talk, step(talk, now), now, answers=asked or "")
            ledger.talks[after.state.id] = after if filer is None else after.filed_for(filer)
            await ledger.save(connection)
        self._wake()
        return True

    async def _read(self, id_: UUID) -> Talk | None:
        async with reading(self._pool) as connection:
            row = await connection.fetchrow(QUERIES["read_talk"], id_)
            if row is None:
                return None
            key = (await self._vault.keys(connection, [row["key_id"]])).get(row["key_id"])
        return None if key is None else loaded(row, key)


def _form(talk: Talk, *, with_point: bool) -> RequestForm:
    """Raises Invalid, ValidationError."""
    draft, point = talk.state.draft, talk.state.draft.point if with_point else None
    return RequestForm(
        channel=Channel.CHAT,
        requester=Requester(name=draft.name or "", phone=draft.phone or own_phone(talk)),
        category=draft.category or "",
        description=draft.trouble or "",
        location=None if point is None else Point(lat=point[0], lon=point[1]),
        address=draft.address,
        commune_code=draft.commune_code,
        language=talk.state.language,
        data_consent=draft.consent,
        on_behalf_of=draft.behalf if draft.for_other else None,
        visited_phone=draft.visited_phone,
    )
