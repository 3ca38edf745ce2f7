"""Use cases of a team's members for the HTTP side and the commands: who they are, who is there, what they have done."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES
from dispatch.roster.entry import responder_id
from dispatch.roster.member_record import Visit, record
from dispatch.roster.members import member_id, set_presence
from dispatch.shifts.shift import LOCAL
from dispatch.wards import check_ward
from shared.errors import NotFound
from shared.events.contract import Sealed
from shared.postgres.transaction import reading, transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault


class Membership:
    """`wake` rings after each commit. Names are opened for certificates only."""

    def __init__(self, pool: asyncpg.Pool, city: str, wake: Callable[[], None] = lambda: None) -> None:
        self._pool = pool
        self._city = city
        self._wake = wake

    async def of_team(self, external_id: str, caller: Caller | None = None) -> list[dict[str, Any]]:
        """Without names. `caller` None: a command. Raises NotFound, NotYours."""
        team = responder_id(self._city, external_id)
        async with reading(self._pool) as connection:
            row = await connection.fetchrow(QUERIES["responder"], team)
            if row is None:
                raise NotFound("responder")
            if caller is not None:
                check_ward(caller, row["commune_code"])
            return [dict(row) for row in await connection.fetch(QUERIES["members_of_team"], team)]

    async def presence(self, member: UUID, caller: Caller, *, present: bool, until: datetime | None) -> dict[str, Any]:
        """There, or not until a moment. What their team can do follows at once. Raises NotFound, NotYours."""
        async with transaction(self._pool, "dispatch.roster") as connection:
            team = await set_presence(connection, member, present=present, until=until)
            row: Any = await connection.fetchrow(QUERIES["commune_of_responder"], team)
            check_ward(caller, row["commune_code"])
            rows = await connection.fetch(QUERIES["members_of_team"], team)
        self._wake()
        return next(dict(row) for row in rows if row["id"] == member)

    async def record(
        self, member: UUID, caller: Caller, *, since: date | None = None, until: date | None = None
    ) -> dict[str, Any]:
        """Of visits that ended in these local days, both included. Without the name. Raises NotFound, NotYours."""
        async with reading(self._pool) as connection:
            commune = await connection.fetchval(QUERIES["commune_of_member"], member)
            if commune is not None:
                check_ward(caller, commune)
            who, found = await _read(connection, member, since, until)
        del who["name"]
        return {**found, **who}

    async def certificate(self, who: str, vault: Vault, *, since: date | None, until: date | None) -> dict[str, Any]:
        """`who`: TEAM/MEMBER, as the roster calls them, or an id of ours. Raises NotFound, also for whoever was erased."""
        async with reading(self._pool) as connection:
            person, found = await _read(connection, self._id(who), since, until)
            box = Sealed.model_validate(person.pop("name"))
            key = (await vault.keys(connection, [box.key_id])).get(box.key_id)
        if key is None:
            raise NotFound("member")
        return {"name": key.open(box, purpose="name").decode(), **person, **found}

    def _id(self, who: str) -> UUID:
        team, slash, member = who.partition("/")
        try:
            return member_id(responder_id(self._city, team), member) if slash else UUID(who)
        except ValueError:
            raise NotFound("member") from None


async def _read(
    connection: asyncpg.Connection, member: UUID, since: date | None, until: date | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    row = await connection.fetchrow(QUERIES["member"], member)
    if row is None:
        raise NotFound("member")
    rows = await connection.fetch(QUERIES["visits_of_member"], member, _midnight(since), _midnight(until, days=1))
    period = {"since": since, "until": until}
    found = record({"period": period}, [Visit(one["outcome"], one["on_scene_at"], one["done_at"]) for one in rows])
    return dict(row), found


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=LOCAL) + timedelta(days=days)
