"""Use cases of whoever invites several residents to one place at one hour. Cancelling and taking one out is Groups.split."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from geopy.distance import great_circle

from dispatch.answers import actor_of
from dispatch.docket import QUERIES, Docket, open_docket
from dispatch.faults import session
from dispatch.faults.group import Group, Member, MemberStatus, jobs_of, told, with_member
from dispatch.faults.group_rows import lock_groups, record_groups
from dispatch.faults.session import SESSION, SessionRules
from dispatch.jobs.case import Case, Fellowship
from dispatch.routes.forms import SessionForm
from dispatch.wards import check_ward
from shared.errors import NotFound, Refused
from shared.events.contract import Sealed
from shared.events.groups import GroupStatus
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.postgres.transaction import transaction
from shared.security.codes import normalise_code
from shared.security.tokens import Caller
from shared.security.vault import Vault


class Sessions:
    """`wake` rings after each commit."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, rules: SessionRules, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._vault = vault
        self._rules = rules
        self._wake = wake

    async def make(self, form: SessionForm, caller: Caller) -> dict[str, Any]:
        """Each of them is told where and when, and asked whether they come. Raises NotFound, Refused."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            asked = form.jobs or await _of_codes(connection, form.requests)
            proposed = await self._proposed(connection, form, asked)
            wanted = asked or _members(proposed, form.group)
            docket = await open_docket(connection, actor=actor_of(caller), job_ids=wanted)
            callers = [docket.case(job_id) for job_id in wanted]
            _check_whose(callers, caller)
            session.check(callers, form.at, self._rules)
            self._check_near(callers)
            await _take_out(connection, proposed, wanted, docket)
            fellowship = docket.join(Fellowship(_group_of(callers, self._rules)))
            venues = await self._venues(connection, callers, form.venue)
            session.invite(fellowship, callers, form.at, venues, self._rules)
            fellowship.tell(EventType.GROUP_CONFIRMED, docket.now, reason=SESSION)
            await docket.save()
        self._wake()
        return _shown(fellowship, form.at)

    async def answer(self, job_id: UUID, caller: Caller, *, comes: bool) -> dict[str, Any]:
        """Somebody has talked to the resident. Raises NotFound, NotAsked."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            docket = await open_docket(connection, actor=actor_of(caller), job_ids=[job_id])
            case = docket.case(job_id)
            _check_whose([case], caller)
            session.answer(case, comes=comes)
            await docket.save()
        self._wake()
        return {"job_id": job_id, "status": case.job.status, "group_id": case.job.group_id, "coming": case.job.aftercare.coming}

    async def _proposed(self, connection: asyncpg.Connection, form: SessionForm, asked: Sequence[UUID]) -> dict[UUID, Group]:
        """Groups that lose members to the session, locked before their jobs (law 2)."""
        ids = [form.group] if form.group else []
        if asked:
            ids = [row["group_id"] for row in await connection.fetch(QUERIES["groups_of_jobs"], list(asked))]
        return await lock_groups(connection, ids)

    def _check_near(self, callers: Sequence[Case]) -> None:
        first = callers[0].job.place
        for case in callers:
            place = case.job.place
            if great_circle((first.lat, first.lon), (place.lat, place.lon)).m > self._rules.radius_m:
                raise Refused("too_far", f"a session is for people within {self._rules.radius_m:g} m of each other")

    async def _venues(self, connection: asyncpg.Connection, callers: Sequence[Case], venue: str) -> dict[UUID, Sealed]:
        """Sealed for each of them: where people meet is an address (law 12)."""
        keys = await self._vault.keys(connection, {case.job.details.key_id for case in callers})
        if any(case.job.details.key_id not in keys for case in callers):
            raise Refused("erased", "one of these people is being erased; leave them out")
        return {case.job.id: keys[case.job.details.key_id].seal(venue.encode(), purpose="venue") for case in callers}


async def _of_codes(connection: asyncpg.Connection, codes: Sequence[str]) -> tuple[UUID, ...]:
    """In the order in which they were named. Raises NotFound."""
    wanted = [normalise_code(code) for code in codes]
    rows = await connection.fetch(QUERIES["live_jobs_of_codes"], wanted) if wanted else []
    found = {row["code"]: row["id"] for row in rows}
    if found.keys() != set(wanted):
        raise NotFound("request that waits")
    return tuple(found[code] for code in wanted)


def _members(proposed: dict[UUID, Group], group_id: UUID | None) -> tuple[UUID, ...]:
    group = proposed.get(group_id) if group_id else None
    if group is None or group.status is not GroupStatus.PROPOSED:
        raise NotFound("proposed group")
    return tuple(jobs_of(group, MemberStatus.PROPOSED))


def _check_whose(callers: Sequence[Case], caller: Caller) -> None:
    for case in callers:
        if caller.city not in {None, case.job.city}:
            raise NotFound("assignment")
        check_ward(caller, case.job.commune_code)


async def _take_out(connection: asyncpg.Connection, proposed: dict[UUID, Group], wanted: Sequence[UUID], docket: Docket) -> None:
    """Before they are let in elsewhere: a job is in one live group."""
    left: list[Group] = []
    for group in proposed.values():
        for job_id in wanted:
            if job_id in group.members:
                group = with_member(group, job_id, MemberStatus.OUT)  # noqa: PLW2901 - the same group, a member less
        left.append(group)
    changed = [told(group, EventType.GROUP_PROPOSED, docket.now, reason=SESSION) for group in left]
    await record_groups(connection, changed, actor=docket.actor, now=docket.now)


def _group_of(callers: Sequence[Case], rules: SessionRules) -> Group:
    job, now = callers[0].job, callers[0].now
    members = {case.job.id: Member(job_id=case.job.id, request_id=case.job.request_id) for case in callers}
    return Group(
        id=uuid7(),
        city=job.city,
        status=GroupStatus.CONFIRMED,
        fault=SESSION,
        commune_code=job.commune_code,
        place=job.place,
        radius_m=rules.radius_m,
        proposed_at=now,
        last_called_at=now,
        members=members,
    )


def _shown(fellowship: Fellowship, at: datetime) -> dict[str, Any]:
    """No personal data; `id` is that of the group, by which it is split or cancelled."""
    jobs = [{"id": case.job.id, "code": case.job.code, "status": case.job.status} for case in fellowship.cases]
    return {"id": fellowship.group.id, "at": at, "state": fellowship.group.status, "jobs": jobs}
