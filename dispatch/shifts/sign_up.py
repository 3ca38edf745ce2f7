"""Use cases of signing up: a ward lead posts places in a window, people take them; never more than there are."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field, field_validator

from dispatch.docket import QUERIES
from dispatch.roster.entry import EXTERNAL_ID, responder_id
from dispatch.shifts.openings import close, look_at, take_by_hand
from dispatch.wards import check_ward
from shared.categories import SKILLS
from shared.errors import Invalid, NotFound, Refused
from shared.events.shifts import ShiftOutcome
from shared.geo.communes import COMMUNES
from shared.ids import uuid7
from shared.moments import Moment
from shared.postgres.transaction import app_now, transaction
from shared.security.tokens import Caller

LONGEST: Final = timedelta(hours=24)
FARTHEST: Final = timedelta(days=60)
MOST_PLACES: Final = 100
_NOT_TAKEN: Final = {
    ShiftOutcome.FILLED: "every place in this window has somebody by now",
    ShiftOutcome.OVER: "the window is over, or this responder works then already, or has left the roster",
}


class PostForm(BaseModel):
    """`starts_at` and `ends_at` with their offset from UTC. `skill` empty: anybody of the commune may come."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    commune_code: str
    starts_at: Moment
    ends_at: Moment
    skill: str | None = None
    places: Annotated[int, Field(ge=1, le=MOST_PLACES)] = 1

    @field_validator("commune_code")
    @classmethod
    def _commune(cls, value: str) -> str:
        if COMMUNES.by_code(value) is None:
            raise ValueError("is no commune of this city; use its code of five digits")
        return value

    @field_validator("skill")
    @classmethod
    def _skill(cls, value: str | None) -> str | None:
        if value is not None and value not in SKILLS:
            raise ValueError(f"is none that a category asks for; known are {', '.join(SKILLS)}")
        return value


class TakeForm(BaseModel):
    """`responder`: what the roster's owner calls them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    responder: Annotated[str, Field(pattern=EXTERNAL_ID)]


class SignUp:
    """`wake` rings after each commit."""

    def __init__(self, pool: asyncpg.Pool, city: str, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._city = city
        self._wake = wake

    async def post(self, form: PostForm, caller: Caller) -> dict[str, Any]:
        """People who are free then are asked at once, a few at a time. Twice the same is one window. Raises Invalid, Refused."""
        check_ward(caller, form.commune_code)
        async with transaction(self._pool, "dispatch.answer") as connection:
            now = await app_now(connection)
            _check(form.starts_at, form.ends_at, now)
            skills = [form.skill] if form.skill else []
            row = await connection.fetchrow(
                QUERIES["post_opening"],
                *(uuid7(), self._city, form.commune_code, skills, form.starts_at, form.ends_at, form.places, now),
            )
            assert row is not None  # noqa: S101 - an upsert returns its row
            if row["is_new"]:
                await look_at(connection, row["id"], now, wave=row["wave"])
        self._wake()
        return {"id": row["id"], "places": row["places"], "taken": row["taken"], "status": row["status"]}

    async def take(self, opening_id: UUID, external_id: str, caller: Caller) -> dict[str, Any]:
        """Raises NotFound, Refused."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            outcome = await take_by_hand(connection, responder_id(self._city, external_id), opening_id, caller)
        if outcome is None:
            raise NotFound("place or responder")
        if outcome is not ShiftOutcome.TAKEN:
            raise Refused(outcome, _NOT_TAKEN[outcome])
        self._wake()
        return {"id": opening_id, "responder": external_id, "outcome": outcome}

    async def close(self, opening_id: UUID, caller: Caller) -> dict[str, Any]:
        """Raises NotFound, Refused."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            if not await close(connection, opening_id, caller):
                raise NotFound("place")
        self._wake()
        return {"id": opening_id, "status": "closed"}


def _check(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    if ends_at <= starts_at:
        raise Invalid("ends_at", "must be after starts_at")
    if ends_at - starts_at > LONGEST:
        raise Invalid("ends_at", "must be within 24 hours of starts_at; post one window a day")
    if ends_at <= now or starts_at > now + FARTHEST:
        raise Invalid("starts_at", "must be in the next 60 days, and the window not over")
