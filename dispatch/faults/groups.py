"""Use cases of people who decide whether several requests are one fault."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.answers import actor_of
from dispatch.docket import QUERIES, Docket, open_docket
from dispatch.faults.group import Group, MemberStatus, dismissed, jobs_of, with_member
from dispatch.faults.group_rows import lock_groups
from dispatch.jobs.case import Fellowship
from dispatch.jobs.together import confirm, part, split
from dispatch.wards import check_ward
from shared.categories import CATEGORIES
from shared.errors import Invalid, NotFound
from shared.events.groups import GroupStatus
from shared.events.registry import EventType
from shared.postgres.transaction import reading, transaction
from shared.security.tokens import Caller


class Groups:
    """`wake` rings after each commit."""

    def __init__(self, pool: asyncpg.Pool, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._wake = wake

    async def show(self, state: str, caller: Caller) -> dict[str, Any]:
        """The groups in this state, the newest first, at most 200. Raises Invalid."""
        if state not in set(GroupStatus):
            raise Invalid("state", f"is none; known are {', '.join(GroupStatus)}")
        async with reading(self._pool) as connection:
            groups = await connection.fetch(QUERIES["groups_of_city"], caller.city, state, caller.commune_code)
            jobs = await connection.fetch(QUERIES["jobs_of_groups"], [row["id"] for row in groups])
        return {"groups": [_group_view(row, [job for job in jobs if job["group_id"] == row["id"]]) for row in groups]}

    async def confirm(self, group_id: UUID, caller: Caller) -> dict[str, Any]:
        """One visit for all of them that wait. Saying it twice changes nothing. Raises NotFound, Refused."""
        async with self._decided(group_id, caller, MemberStatus.PROPOSED, MemberStatus.IN) as (docket, group):
            callers = [docket.cases[job_id] for job_id in jobs_of(group, MemberStatus.PROPOSED)]
            if callers or group.status is not GroupStatus.CONFIRMED:
                confirm(docket.fellowships.get(group_id) or docket.join(Fellowship(group)), callers, docket.now)
        return await self._shown(group_id)

    async def split(self, group_id: UUID, job_id: UUID | None, caller: Caller) -> dict[str, Any]:
        """One request out of it, or (None) all of them on their own again. Raises NotFound, Refused."""
        async with self._decided(group_id, caller, MemberStatus.IN) as (docket, group):
            fellowship = docket.fellowships.get(group_id) or docket.join(Fellowship(group))
            if job_id is None:
                split(fellowship, docket.now)
            elif job_id not in jobs_of(group, MemberStatus.PROPOSED, MemberStatus.IN):
                raise NotFound("request in this group")
            elif job_id in docket.cases:
                part(docket.cases[job_id], "split")
            else:
                fellowship.group = with_member(group, job_id, MemberStatus.OUT)
                if group.status is GroupStatus.PROPOSED:  # of a confirmed one it is told when it is settled
                    fellowship.tell(EventType.GROUP_PROPOSED, docket.now, reason="split")
        return await self._shown(group_id)

    async def dismiss(self, group_id: UUID, caller: Caller) -> dict[str, Any]:
        """They are not one fault; they are not proposed again. Saying it twice changes nothing. Raises NotFound, Refused."""
        async with self._decided(group_id, caller) as (docket, group):
            if group.status is not GroupStatus.DISMISSED:
                fellowship = docket.join(Fellowship(dismissed(group)))
                fellowship.tell(EventType.GROUP_ENDED, docket.now, reason="dismissed")
        return await self._shown(group_id)

    @asynccontextmanager
    async def _decided(self, group_id: UUID, caller: Caller, *concerned: MemberStatus) -> AsyncIterator[tuple[Docket, Group]]:
        """The group, locked before its jobs (law 2), and those of them that the decision is about."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            group = (await lock_groups(connection, [group_id])).get(group_id)
            if group is None or caller.city not in {None, group.city}:
                raise NotFound("group")
            check_ward(caller, group.commune_code)
            docket = await open_docket(connection, actor=actor_of(caller), job_ids=jobs_of(group, *concerned))
            yield docket, group
            await docket.save()
        self._wake()

    async def _shown(self, group_id: UUID) -> dict[str, Any]:
        async with reading(self._pool) as connection:
            row = await connection.fetchrow(QUERIES["group_by_id"], group_id)
            return _group_view(row, await connection.fetch(QUERIES["jobs_of_groups"], [group_id]))


def _group_view(row: Any, jobs: list[Any]) -> dict[str, Any]:
    """No personal data: places are coarse, and what somebody said stays sealed."""
    told = ("id", "fault", "commune_code", "lat", "lon", "radius_m", "proposed_at", "last_called_at")
    return {**{name: row[name] for name in told}, "state": row["status"], "jobs": [_job_view(job) for job in jobs]}


def _job_view(job: Any) -> dict[str, Any]:
    told = (
        "id",
        "code",
        "status",
        "priority",
        "category",
        "commune_code",
        "lat",
        "lon",
        "opened_at",
        "belongs",
        "session_at",
        "coming",
    )
    category = CATEGORIES.get(job["category"])
    return {**{name: job[name] for name in told}, "category_label": category.label_vi if category else job["category"]}
