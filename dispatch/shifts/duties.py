"""Use cases of being on duty: by the API for somebody, and by the word somebody writes; one transaction each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.answers import actor_of
from dispatch.docket import QUERIES, SOURCE, open_docket
from dispatch.roster.entry import responder_id
from dispatch.roster.responder import recipient
from dispatch.rows import contact_of, sealed_of
from dispatch.shifts.duty import Wish, take_back, wish
from dispatch.shifts.shift import Window, merged
from dispatch.wards import check_ward
from shared.errors import NotFound, Transient
from shared.events.contract import Role
from shared.events.duty import Duty, DutyChanged, DutySaid
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.postgres.transaction import app_now, transaction
from shared.security.tokens import Caller
from shared.transport.outbox import append

TRIES: Final = 3  # somebody may be asked something new while we look what they are asked


@dataclass(frozen=True, slots=True)
class Stands:
    """How somebody stands from now on."""

    row: Any
    duty: Duty
    until: datetime | None
    on_shift_until: datetime | None
    next_shift_at: datetime | None


class Duties:
    """`wake` rings after each commit: whoever was asked is asked no more, or somebody is back."""

    def __init__(self, pool: asyncpg.Pool, city: str, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._city = city
        self._wake = wake

    async def put(self, external_id: str, said: Wish, caller: Caller) -> dict[str, Any]:
        """Raises NotFound, NotYours; Transient when the matcher is faster again and again."""
        responder = responder_id(self._city, external_id)
        for attempt in range(TRIES):
            try:
                async with transaction(self._pool, "dispatch.answer") as connection:
                    await _check_ward_of(connection, responder, caller)
                    found, withdrawn = await put_duty(connection, [responder], said, actor_of(caller))
                break
            except Transient:
                if attempt == TRIES - 1:
                    raise
        self._wake()
        return {"responder": external_id, **_shown(found[0]), "withdrawn": withdrawn}


async def _check_ward_of(connection: asyncpg.Connection, responder: UUID, caller: Caller) -> None:
    """Raises NotFound, NotYours."""
    row = await connection.fetchrow(QUERIES["commune_of_responder"], responder)
    if row is None:
        raise NotFound("responder")
    check_ward(caller, row["commune_code"])


async def take_duty(connection: asyncpg.Connection, event: Event) -> None:
    """Somebody wrote a word. It holds for everybody whom this phone reaches: a phone knows one person's word, not which."""
    assert isinstance(event.body, DutySaid)  # noqa: S101 - the registry says so
    said = event.body
    rows = await connection.fetch(QUERIES["responders_of_phone"], said.contact_point_id)
    ids = [row["id"] for row in rows]
    if ids:  # else a resident, or somebody who left: nothing to hold
        await put_duty(connection, ids, wish(said.duty, said.minutes, said.received_at), "event")


async def put_duty(connection: asyncpg.Connection, ids: Sequence[UUID], said: Wish, actor: str) -> tuple[list[Stands], int]:
    """How they stand now, told to them, and how many offers were taken back. Raises Transient when they are asked meanwhile."""
    asked = {row["job_id"] for row in await connection.fetch(QUERIES["jobs_asked_of"], ids)}
    docket = await open_docket(connection, actor=actor, job_ids=asked if said.duty is not Duty.ON else (), responder_ids=ids)
    withdrawn = 0
    if docket.cases:
        withdrawn = sum(take_back(case, set(ids), docket.leads) for case in docket.cases.values())
        await docket.save()
    until = said.until(docket.now)
    rows = await connection.fetch(QUERIES["put_duty"], ids, until, said.duty is Duty.OFF)
    if said.duty is not Duty.ON and await connection.fetch(QUERIES["jobs_asked_of"], ids):
        raise Transient("asked something new meanwhile")
    now = await app_now(connection)
    stands = await _stands(connection, rows, said.duty, until, now)
    await append(connection, [_told(one, now) for one in _one_a_phone(stands)], source=SOURCE)
    detail = {"duty": said.duty.value, **({"until": until.isoformat()} if until else {})}
    await docket.note([("responder.duty", one.row["id"], detail) for one in stands])
    return stands, withdrawn


async def _stands(
    connection: asyncpg.Connection, rows: Sequence[Any], duty: Duty, until: datetime | None, now: datetime
) -> list[Stands]:
    shifts = await connection.fetch(QUERIES["shifts_of"], [row["id"] for row in rows], now)
    found = []
    for row in sorted(rows, key=lambda one: str(one["id"])):
        windows = merged(Window(one["starts_at"], one["ends_at"]) for one in shifts if one["responder_id"] == row["id"])
        running = next((window for window in windows if window.holds(now)), None)
        ahead = next((window.starts_at for window in windows if window.starts_at > now), None)
        found.append(Stands(row, duty, until, running.ends_at if running else None, None if running else ahead))
    return found


def _one_a_phone(stands: Sequence[Stands]) -> list[Stands]:
    """Several people behind one number read one text: of those the one with most to say."""
    found: dict[UUID, Stands] = {}
    for one in stands:
        known = found.get(one.row["contact_point_id"])
        if known is None or (one.on_shift_until is not None, one.row["load"]) > (
            known.on_shift_until is not None,
            known.row["load"],
        ):
            found[one.row["contact_point_id"]] = one
    return list(found.values())


def _told(one: Stands, now: datetime) -> Event:
    row = one.row
    contact = contact_of(row, "contact_point_id")
    body = DutyChanged(
        city=row["city"],
        contact_point_id=row["contact_point_id"],
        recipients=recipient(contact if contact.confirmed_at else None, Role.RESPONDER, sealed_of(row["name"])),
        responder_id=row["id"],
        duty=one.duty,
        until=one.until,
        visits=row["load"],
        on_shift_until=one.on_shift_until,
        next_shift_at=one.next_shift_at,
    )
    key = row["contact_point_id"]
    return Event(type=EventType.DUTY_CHANGED, subject=row["id"], version=row["version"], key=key, body=body, time=now)


def _shown(one: Stands) -> dict[str, Any]:
    return {
        "duty": one.duty,
        "until": one.until,
        "visits": one.row["load"],
        "on_shift_until": one.on_shift_until,
        "next_shift_at": one.next_shift_at,
    }
