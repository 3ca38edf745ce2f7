"""The loop that notices: every few seconds it looks at what was opened lately, and proposes groups. It decides nothing else.

Filing and matching know nothing of it: one cheap look at the newest jobs, in any process, and a commit only when there is news.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES
from dispatch.faults.group import LIVE, Group, Member, moved, told
from dispatch.faults.group_rows import lock_groups, record_groups
from dispatch.faults.grouping import Call, GroupRules, Known, Proposal, proposals
from shared.categories import FAULTS
from shared.events.contract import Place
from shared.events.envelope import Event
from shared.events.groups import GroupStatus
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction
from shared.rounds import Rounds

LOOK_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """`rows`: of the calls, by job."""

    rows: dict[UUID, Any]
    proposals: Sequence[Proposal]
    dead: Sequence[UUID]

    @property
    def is_news(self) -> bool:
        return bool(self.proposals or self.dead)


class GroupWatch(Rounds):
    """Every dispatch process may run it: a lock lets one look at a time propose. `told` rings after a commit."""

    def __init__(self, pool: asyncpg.Pool, city: str, rules: GroupRules, told: Callable[[], None] = lambda: None) -> None:
        super().__init__(every_seconds=LOOK_SECONDS)
        self._pool = pool
        self._city = city
        self._rules = rules
        self._told = told

    async def look(self) -> None:
        async with reading(self._pool) as connection:
            if not (await self._seen(connection)).is_news:
                return
        async with transaction(self._pool, "dispatch.match") as connection:
            if not await connection.fetchval(QUERIES["try_group_lock"], self._city):
                return
            await self._propose(connection, await self._seen(connection))
        self._told()

    async def _seen(self, connection: asyncpg.Connection) -> _Seen:
        rules = self._rules
        window = rules.window_seconds
        rows = await connection.fetch(QUERIES["ungrouped_calls"], self._city, window, list(FAULTS), rules.look_at)
        known = await connection.fetch(QUERIES["live_groups"], self._city, window)
        dead = await connection.fetch(QUERIES["dead_proposals"], self._city)
        calls = [_call_of(row) for row in rows]
        found = await asyncio.to_thread(proposals, calls, [_known_of(row) for row in known], rules)
        return _Seen({row["id"]: row for row in rows}, found, [row["id"] for row in dead])

    async def _propose(self, connection: asyncpg.Connection, seen: _Seen) -> None:
        known = await lock_groups(connection, {*(one.group_id for one in seen.proposals if one.group_id), *seen.dead})
        now = await app_now(connection)
        changed: list[tuple[Group, Event]] = []
        for proposal in seen.proposals:
            group = known.get(proposal.group_id) if proposal.group_id else self._new(proposal, seen)
            if group is not None and group.status in LIVE:  # nobody has said no meanwhile
                changed.append(told(_joined(group, proposal, seen), EventType.GROUP_PROPOSED, now))
        for group_id in seen.dead:
            group = known[group_id]
            if group.status is GroupStatus.PROPOSED:
                changed.append(told(moved(group, GroupStatus.OVER), EventType.GROUP_ENDED, now, reason="nobody_waits"))
        await record_groups(connection, changed, actor="watch", now=now)

    def _new(self, proposal: Proposal, seen: _Seen) -> Group:
        first = proposal.calls[0]
        return Group(
            id=uuid7(),
            city=self._city,
            fault=first.fault,
            commune_code=seen.rows[first.job_id]["commune_code"],
            place=Place(lat=first.lat, lon=first.lon),
            radius_m=self._rules.radius_m,
            proposed_at=first.at,
            last_called_at=first.at,
            members={},
        )


def _joined(group: Group, proposal: Proposal, seen: _Seen) -> Group:
    members = {
        call.job_id: Member(job_id=call.job_id, request_id=seen.rows[call.job_id]["request_id"]) for call in proposal.calls
    }
    last = max(group.last_called_at, proposal.last_called_at)
    return replace(group, members={**group.members, **members}, last_called_at=last)


def _call_of(row: Any) -> Call:
    return Call(job_id=row["id"], fault=FAULTS[row["category"]], lat=row["lat"], lon=row["lon"], at=row["opened_at"])


def _known_of(row: Any) -> Known:
    return Known(
        group_id=row["id"],
        fault=row["fault"],
        lat=row["lat"],
        lon=row["lon"],
        last_called_at=row["last_called_at"],
        size=row["size"],
    )
