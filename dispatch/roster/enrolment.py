"""Use cases of the roster: putting responders, their members and hours, leads and the city desk; confirming a phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import orjson

from dispatch.docket import QUERIES
from dispatch.jobs.escalation import Level
from dispatch.roster import roster_lines
from dispatch.roster.entry import RESPONDERS, Named
from dispatch.roster.members import put_members
from dispatch.rows import to_array, to_json
from dispatch.shifts.working_hours import put_hours
from shared.errors import NotFound
from shared.postgres.transaction import app_now
from shared.security.vault import ContactKey, Vault


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who answers for a ward, or (commune None) for the city."""

    level: Level
    commune_code: str | None
    name: str
    phone: str
    confirmed: bool = False

    def id(self, city: str) -> UUID:
        return uuid5(RESPONDERS, f"{city}/{self.commune_code}/{self.level}")


async def new_entries(connection: asyncpg.Connection, vault: Vault, city: str, entries: Sequence[Named]) -> list[Named]:
    """Those that say something else than the last time: the others may stay as they are."""
    news = await roster_lines.news(connection, vault, {named.id(city): _line(named) for named in entries})
    return [named for named in entries if named.id(city) in news]


async def new_seats(connection: asyncpg.Connection, vault: Vault, city: str, seats: Sequence[Seat]) -> list[Seat]:
    news = await roster_lines.news(connection, vault, {seat.id(city): _line(seat) for seat in seats})
    return [seat for seat in seats if seat.id(city) in news]


async def put_entries(connection: asyncpg.Connection, vault: Vault, city: str, entries: Sequence[Named]) -> int:
    """These responders are now exactly as written. Ids are distinct. Says how many are new."""
    ids = [named.id(city) for named in entries]
    await connection.fetch(QUERIES["lock_roster"], ids)
    now = await app_now(connection)
    keys = await vault.contact_points(connection, [named.entry.phone for named in entries])
    phones = [(named.entry.phone, named.entry.language, named.entry.confirmed) for named in entries]
    await _put_contact_points(connection, city, now, keys, phones)
    rows = [_responder_row(named, row_id, key) for named, row_id, key in zip(entries, ids, keys, strict=True)]
    made = await connection.fetch(QUERIES["put_responders"], city, *_columns(rows))
    wishes = [(named.entry.confirms_shifts(), named.entry.remote) for named in entries]
    await connection.execute(QUERIES["put_wishes"], ids, *_columns(wishes))
    await put_members(connection, now, {row_id: (named, key) for named, row_id, key in zip(entries, ids, keys, strict=True)})
    await put_hours(connection, {row_id: named.entry.hours() for named, row_id in zip(entries, ids, strict=True)}, now=now)
    await roster_lines.note(connection, vault, {row_id: _line(named) for named, row_id in zip(entries, ids, strict=True)})
    return sum(row["is_new"] for row in made)


async def put_seats(connection: asyncpg.Connection, vault: Vault, city: str, seats: Sequence[Seat]) -> None:
    """One person a seat: whoever held it before does no longer. Seats are distinct."""
    now = await app_now(connection)
    keys = await vault.contact_points(connection, [seat.phone for seat in seats])
    await _put_contact_points(connection, city, now, keys, [(seat.phone, "vi", seat.confirmed) for seat in seats])
    rows = [
        (
            seat.id(city),
            seat.commune_code,
            seat.level,
            to_json(key.key.seal(seat.name.encode(), purpose="name")),
            key.contact_point_id,
        )
        for seat, key in zip(seats, keys, strict=True)
    ]
    await connection.execute(QUERIES["put_leads"], city, *_columns(rows))
    await roster_lines.note(connection, vault, {seat.id(city): _line(seat) for seat in seats})


async def put_city_desk(connection: asyncpg.Connection, vault: Vault, city: str, phone: str) -> None:
    """The last to be asked: there is always one, and it needs no confirmation, because the deployment names it."""
    await put_seats(connection, vault, city, [Seat(Level.CITY_DESK, None, "Tổng đài thành phố", phone, confirmed=True)])


async def confirm(connection: asyncpg.Connection, contact_point_id: UUID) -> None:
    """Its owner has said that it is theirs: from now on it may be asked. Raises NotFound."""
    await connection.execute(QUERIES["touch_responders_of_contact_point"], contact_point_id)
    now = await app_now(connection)
    if await connection.fetchval(QUERIES["confirm_contact_point"], contact_point_id, now) is None:
        raise NotFound("contact point")


async def missing_from(connection: asyncpg.Connection, city: str, listed: Mapping[UUID, str]) -> dict[str, list[str]]:
    """Commune → who is on our roster there and not on the new list (id → commune)."""
    rows = await connection.fetch(QUERIES["missing_responders"], city, sorted(set(listed.values())), list(listed))
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["commune_code"], []).append(row["external_id"])
    return found


async def _put_contact_points(
    connection: asyncpg.Connection, city: str, now: datetime, keys: Sequence[ContactKey], phones: Sequence[tuple[str, str, bool]]
) -> None:
    rows = [
        (key.contact_point_id, to_json(key.key.seal(phone.encode(), purpose="phone")), language, confirmed)
        for key, (phone, language, confirmed) in zip(keys, phones, strict=True)
    ]
    await connection.execute(QUERIES["put_contact_points"], city, now, *_columns(rows))


def _line(written: Named | Seat) -> bytes:
    """All that is said of one person, in one order."""
    return orjson.dumps(written, default=lambda entry: entry.model_dump(mode="json"))


def _responder_row(named: Named, row_id: UUID, key: ContactKey) -> tuple[Any, ...]:
    entry = named.entry
    return (
        row_id,
        named.external_id,
        entry.kind,
        to_json(key.key.seal(entry.name.encode(), purpose="name")),
        key.contact_point_id,
        entry.commune_code,
        *entry.home(),
        to_array(entry.skills),
        entry.language,
        to_array(entry.spoken()),
        entry.capacity,
        entry.active,
    )


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
