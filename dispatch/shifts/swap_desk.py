"""Use cases of shifts that change hands for the HTTP side: somebody called, or stands at the desk."""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from dispatch.docket import QUERIES
from dispatch.roster.entry import EXTERNAL_ID, responder_id
from dispatch.shifts.swap_answers import agree_by_hand, refuse_by_hand
from dispatch.shifts.swaps import Wish, want
from shared.postgres.transaction import reading, transaction
from shared.security.tokens import Caller


class SwapForm(BaseModel):
    """`colleague`: what the roster's owner calls them; none: those of the commune who can do the same.

    `in_return`: a shift of theirs. `visits`: of a running shift, what becomes of the visits that the giver has in hand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    colleague: Annotated[str | None, Field(pattern=EXTERNAL_ID)] = None
    in_return: UUID | None = None
    visits: Literal["keep", "release"] = "keep"


class AgreeForm(BaseModel):
    """`responder`: who was called and agrees, as the roster's owner calls them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    responder: Annotated[str, Field(pattern=EXTERNAL_ID)]


class Swaps:
    """`wake` rings after each commit."""

    def __init__(self, pool: asyncpg.Pool, city: str, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._city = city
        self._wake = wake

    async def ask(self, shift_id: UUID, form: SwapForm, caller: Caller) -> dict[str, Any]:
        """Raises NotFound, CannotSwap, Refused."""
        named = responder_id(self._city, form.colleague) if form.colleague else None
        wish = Wish(shift_id, named, form.in_return, releases=form.visits == "release")
        async with transaction(self._pool, "dispatch.answer") as connection:
            swap = await want(connection, wish, caller)
        self._wake()
        return await self._shown(swap)

    async def agree(self, swap_id: UUID, external_id: str, caller: Caller) -> dict[str, Any]:
        """Raises NotFound, CannotSwap, Refused; Transient when the giver takes a visit in that very moment."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            swap = await agree_by_hand(connection, swap_id, responder_id(self._city, external_id), caller)
        self._wake()
        return await self._shown(swap)

    async def refuse(self, swap_id: UUID, caller: Caller) -> dict[str, Any]:
        """Raises NotFound, Refused."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            swap = await refuse_by_hand(connection, swap_id, caller)
        self._wake()
        return await self._shown(swap)

    async def _shown(self, swap: Any) -> dict[str, Any]:
        names = ("id", "shift_id", "status", "running", "starts_at", "ends_at", "answer_by")
        async with reading(self._pool) as connection:
            called = {
                name: await connection.fetchval(QUERIES["external_id_of"], swap[column])
                for name, column in (("giver", "giver_id"), ("colleague", "named_id"), ("taker", "taker_id"))
            }
        return {**{name: swap[name] for name in names}, **called}
