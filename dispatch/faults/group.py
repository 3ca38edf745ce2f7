"""Several requests that are one fault: a group, its states and its moves; no I/O. Who looks alike: grouping.py."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from shared.errors import Refused
from shared.events.contract import Place
from shared.events.envelope import Event
from shared.events.groups import GroupChanged, GroupState, GroupStatus
from shared.events.registry import EventType

MOVES: Final[Mapping[GroupStatus, frozenset[GroupStatus]]] = MappingProxyType(
    {
        GroupStatus.PROPOSED: frozenset({GroupStatus.CONFIRMED, GroupStatus.DISMISSED, GroupStatus.OVER}),
        GroupStatus.CONFIRMED: frozenset({GroupStatus.SPLIT, GroupStatus.OVER}),
    }
)
LIVE: Final = frozenset(MOVES)


class MemberStatus(StrEnum):
    PROPOSED = "proposed"  # looks alike; is helped on its own until a person has said more
    IN = "in"  # helped by the group's one visit
    OUT = "out"  # taken out, or never let in: it is not proposed again


class IllegalGroupMove(Refused):
    def __init__(self, status: GroupStatus, target: GroupStatus) -> None:
        super().__init__(f"group_{status}", f"a group that is {status} cannot become {target}; read its state again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The row, word for word; `schema.sql` explains the fields. `members`: rows of their own, by job."""

    id: UUID
    city: str
    version: int = 0
    status: GroupStatus = GroupStatus.PROPOSED
    fault: str
    commune_code: str
    place: Place
    radius_m: float
    proposed_at: datetime
    last_called_at: datetime
    members: Mapping[UUID, "Member"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    job_id: UUID
    request_id: UUID
    status: MemberStatus = MemberStatus.PROPOSED


def moved(group: Group, target: GroupStatus) -> Group:
    """The one door to another status. Raises IllegalGroupMove."""
    if target not in MOVES.get(group.status, frozenset()):
        raise IllegalGroupMove(group.status, target)
    return replace(group, status=target)


def with_member(group: Group, job_id: UUID, status: MemberStatus) -> Group:
    return replace(group, members={**group.members, job_id: replace(group.members[job_id], status=status)})


def dismissed(group: Group) -> Group:
    """Nobody of it is proposed again."""
    members = {job_id: replace(member, status=MemberStatus.OUT) for job_id, member in group.members.items()}
    return replace(moved(group, GroupStatus.DISMISSED), members=members)


def jobs_of(group: Group, *statuses: MemberStatus) -> list[UUID]:
    return [member.job_id for member in group.members.values() if member.status in statuses]


def told(group: Group, kind: EventType, now: datetime, *, reason: str | None = None) -> tuple[Group, Event]:
    """Say what became of it, with its whole public state: each telling is one version of the group."""
    group = replace(group, version=group.version + 1)
    body = GroupChanged(group=_state(group), reason=reason)
    return group, Event(type=kind, subject=group.id, version=group.version, key=group.id, body=body, time=now)


def _state(group: Group) -> GroupState:
    requests = {
        status: tuple(member.request_id for member in group.members.values() if member.status is status)
        for status in MemberStatus
    }
    return GroupState(
        group_id=group.id,
        city=group.city,
        version=group.version,
        status=group.status,
        fault=group.fault,
        commune_code=group.commune_code,
        place=group.place,
        radius_m=group.radius_m,
        requests=requests[MemberStatus.IN],
        proposed=requests[MemberStatus.PROPOSED],
        proposed_at=group.proposed_at,
    )
