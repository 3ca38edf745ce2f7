"""Use cases of a team's members: who they are, who of them is there, and what that makes of their team. Names stand sealed.

The matcher reads rows of teams, never of people: whenever a member changes, by hand or by time, what their team can do is written
again, if it is news. A timer a team waits for whatever ends first.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import orjson

from dispatch.docket import QUERIES
from dispatch.jobs.timer import TimerKind
from dispatch.roster.entry import Member, Named
from dispatch.rows import to_array, to_json, turned
from shared.errors import NotFound
from shared.postgres.transaction import app_now
from shared.security.sealing import DataKey
from shared.security.vault import ContactKey
from shared.timers import Timer, set_timers


async def put_members(connection: asyncpg.Connection, now: datetime, teams: Mapping[UUID, tuple[Named, ContactKey]]) -> None:
    """These teams have exactly these members; who is left out has left. Their rows are locked by the caller."""
    rows = [_row(team, member, key.key) for team, (named, key) in teams.items() for member in named.entry.members]
    await connection.execute(QUERIES["part_members"], now, list(teams), [row[0] for row in rows])
    if rows:
        await connection.execute(QUERIES["put_members"], now, *turned(rows))
    await refresh(connection, teams, now=now)


async def set_presence(connection: asyncpg.Connection, member_id: UUID, *, present: bool, until: datetime | None = None) -> UUID:
    """`until`: an absence ends then by itself. Says whose member it is. Raises NotFound."""
    team: UUID | None = await connection.fetchval(QUERIES["team_of_member"], member_id)
    if team is None:
        raise NotFound("member")
    await connection.fetch(QUERIES["lock_roster"], [team])
    if await connection.fetchval(QUERIES["set_presence"], member_id, present, None if present else until) is None:
        raise NotFound("member")
    await refresh(connection, [team], now=await app_now(connection))
    return team


async def set_presence_of(connection: asyncpg.Connection, people: Mapping[UUID, UUID], *, present: bool, now: datetime) -> None:
    """Several at once, member → team; the teams are locked by the caller."""
    for member_id in sorted(people):
        await connection.execute(QUERIES["set_presence"], member_id, present, None)
    await refresh(connection, sorted(set(people.values())), now=now)


async def change_by_time(connection: asyncpg.Connection, timer: Timer) -> None:
    """Somebody is back, or a vetting or a course is over."""
    await connection.fetch(QUERIES["lock_roster"], [timer.subject])
    await refresh(connection, [timer.subject], now=await app_now(connection))


async def refresh(connection: asyncpg.Connection, teams: Collection[UUID], *, now: datetime) -> None:
    """What these teams can do now. Visits that nobody is there for any more are given back by timers that are due at once:
    jobs are locked before responders (law 2), and these are locked already."""
    ids = list(teams)
    await connection.execute(QUERIES["refresh_teams"], ids)
    doubtful = await connection.fetch(QUERIES["visits_in_doubt"], ids)
    changes = await connection.fetch(QUERIES["next_change_of_teams"], ids)
    timers = [Timer(kind=TimerKind.IN_DOUBT, subject=row["id"], due_at=now, guard=row["version"]) for row in doubtful]
    await set_timers(connection, timers + [_next(row["responder_id"], row["due_at"]) for row in changes])


def _next(team: UUID, at: datetime) -> Timer:
    return Timer(kind=TimerKind.MEMBERS, subject=team, due_at=at, guard=int(at.timestamp()))


def _row(team: UUID, member: Member, key: DataKey) -> tuple[Any, ...]:
    """As `put_members` takes it."""
    courses = [course.model_dump(mode="json") for course in member.courses]
    skills = member.own_skills
    return (
        *(member_id(team, member.id), team, member.id, to_json(key.seal(member.name.encode(), purpose="name"))),
        *(member.vetted, member.vetted_on, member.vetted_until, member.trained),
        *(None if skills is None else to_array(skills), orjson.dumps(courses), member.present),
        member.absent_until,
    )


def member_id(team: UUID, external_id: str) -> UUID:
    """The same person of the same team always has the same id, however often they are listed."""
    return uuid5(team, external_id)
