"""Groups and their members: from rows to nouns, under their lock, and back. No rules here."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.faults.group import Group, Member, MemberStatus
from dispatch.queries import QUERIES, SOURCE
from dispatch.rows import turned
from shared.events.contract import Place
from shared.events.envelope import Event
from shared.events.groups import GroupChanged, GroupStatus
from shared.transport.outbox import append


async def lock_groups(connection: asyncpg.Connection, ids: Collection[UUID]) -> dict[UUID, Group]:
    """By id, before any job of theirs (law 2)."""
    if not ids:
        return {}
    rows = await connection.fetch(QUERIES["lock_groups"], list(ids))
    members: dict[UUID, dict[UUID, Member]] = {row["id"]: {} for row in rows}
    for row in await connection.fetch(QUERIES["members_of_groups"], list(members)):
        members[row["group_id"]][row["job_id"]] = _member_of(row)
    return {row["id"]: _group_of(row, members[row["id"]]) for row in rows}


async def record_groups(
    connection: asyncpg.Connection, changed: Sequence[tuple[Group, Event]], *, actor: str, now: datetime
) -> None:
    """Locked before, or new; with what is told of them, and its audit."""
    if not changed:
        return
    await _save(connection, list({group.id: group for group, _ in changed}.values()))
    events = [event for _, event in changed]
    await append(connection, events, source=SOURCE)
    notes = [(event.type.value, event.subject, _detail_of(event)) for event in events]
    await connection.execute(QUERIES["write_audit"], now, actor, *turned(notes))


async def _save(connection: asyncpg.Connection, groups: Sequence[Group]) -> None:
    await connection.execute(QUERIES["put_groups"], *turned([_row(group) for group in groups]))
    members = [
        (group.id, member.job_id, member.request_id, member.status) for group in groups for member in group.members.values()
    ]
    await connection.execute(QUERIES["put_group_members"], *turned(members))


def _detail_of(event: Event) -> dict[str, str]:
    body = event.body
    assert isinstance(body, GroupChanged)  # noqa: S101 - group.told wrote it
    found = {
        "status": body.group.status.value,
        "requests": str(len(body.group.requests)),
        "proposed": str(len(body.group.proposed)),
    }
    return {**found, "reason": body.reason} if body.reason else found


def _group_of(row: Any, members: dict[UUID, Member]) -> Group:
    found = dict(row)
    place = Place(lat=found.pop("lat"), lon=found.pop("lon"))
    return Group(place=place, members=members, **{**found, "status": GroupStatus(found["status"])})


def _member_of(row: Any) -> Member:
    return Member(job_id=row["job_id"], request_id=row["request_id"], status=MemberStatus(row["status"]))


def _row(group: Group) -> tuple[Any, ...]:
    return (
        *(group.id, group.city, group.version, group.status, group.fault, group.commune_code, group.place.lat, group.place.lon),
        *(group.radius_m, group.proposed_at, group.last_called_at),
    )
