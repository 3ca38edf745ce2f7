"""A team's phone says who of it is there: "CO MAT LAN, MINH", "VANG LAN". As the route does it, told to that phone alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, SOURCE
from dispatch.jobs.going import Teammate, meant_by, told_apart
from dispatch.roster.members import set_presence_of
from dispatch.roster.team import PURPOSE, roll
from dispatch.shifts.shift_news import told
from shared.events.contract import Sealed
from shared.events.duty import PresenceChanged, PresenceOutcome, PresenceSaid
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.postgres.transaction import app_now
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.transport.outbox import append

MOST_NAMES: Final = 30  # of one text; a team of more is shown as far as a text goes


async def take_presence(connection: asyncpg.Connection, event: Event, vault: Vault) -> None:
    """All names or none: whoever reads the answer knows what holds. From a phone of nobody of ours it changes nothing."""
    assert isinstance(event.body, PresenceSaid)  # noqa: S101 - the registry says so
    said = event.body
    rows = await connection.fetch(QUERIES["responders_of_phone"], said.contact_point_id)
    teams = [row["id"] for row in rows if row["is_team"]] or [row["id"] for row in rows[:1]]  # who is no team is told so
    await connection.fetch(QUERIES["lock_roster"], teams)
    asker = await connection.fetchrow(QUERIES["lock_person"], teams[0]) if teams else None
    if asker is None or asker["confirmed_at"] is None:
        return  # nobody is told names on a phone whose owner has not said that it is theirs
    text, team, keys = await roll(connection, vault, teams, said.names)
    meant = meant_by(text.split(", "), team)
    now = await app_now(connection)
    if not meant.people:
        await _say_why_not(connection, asker, meant.several or tuple(team), keys, now, several=bool(meant.several))
        return
    people = {one.id: one.team_id for one in meant.people if one.team_id}
    await set_presence_of(connection, people, present=said.present, now=now)
    await _note(connection, people, now, present=said.present)
    here = await connection.fetch(QUERIES["teammates"], sorted(set(people.values())))
    await _tell(
        connection,
        asker,
        PresenceOutcome.NOTED,
        names=[Sealed.model_validate(row["name"]) for row in here if row["vetted"] and row["present"]],
        not_counted=[one.box for one in meant.people if said.present and not one.vetted],
        now=now,
    )


async def _say_why_not(
    connection: asyncpg.Connection,
    asker: Any,
    people: Sequence[Teammate],
    keys: Mapping[UUID, DataKey],
    now: datetime,
    *,
    several: bool,
) -> None:
    """Whom the name could mean, or who is of the team at all."""
    labels = zip(people, told_apart(people), strict=True)
    names = [keys[one.box.key_id].seal(label.encode(), purpose=PURPOSE) for one, label in labels if one.box.key_id in keys]
    outcome = PresenceOutcome.AMBIGUOUS if several else PresenceOutcome.UNKNOWN
    await _tell(connection, asker, outcome, names=names, now=now)


async def _tell(
    connection: asyncpg.Connection,
    asker: Any,
    outcome: PresenceOutcome,
    *,
    names: Sequence[Sealed],
    not_counted: Iterable[Sealed] = (),
    now: datetime,
) -> None:
    key = asker["contact_point_id"]
    body = PresenceChanged(
        city=asker["city"],
        contact_point_id=key,
        recipients=told(asker),
        responder_id=asker["id"],
        outcome=outcome,
        names=tuple(names[:MOST_NAMES]),
        not_counted=tuple(not_counted),
    )
    version = await connection.fetchval(QUERIES["version_of_responder"], asker["id"])
    news = Event(type=EventType.PRESENCE_CHANGED, subject=asker["id"], version=version, key=key, body=body, time=now)
    await append(connection, [news], source=SOURCE)


async def _note(connection: asyncpg.Connection, people: Mapping[UUID, UUID], now: datetime, *, present: bool) -> None:
    members = sorted(people)
    details = [{"responder_id": str(people[one]), "present": str(present).lower()} for one in members]
    await connection.execute(QUERIES["write_audit"], now, "event", ["member.presence"] * len(members), members, details)
