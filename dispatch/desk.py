"""Use cases of people who look into one job: why it went as it did, who shall go, and who shall not."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from geopy.distance import great_circle

from dispatch.answers import actor_of
from dispatch.calling_number import if_theirs
from dispatch.docket import QUERIES, Docket, open_docket
from dispatch.jobs.case import Case
from dispatch.jobs.offer import Offer
from dispatch.jobs.pausing import pause, resume_now
from dispatch.jobs.pinning import Chosen, Consequences, consequences, lift_exclusion, pin, pin_record, row_to_chosen, rule_out
from dispatch.matching import words
from dispatch.matching.decision import coarse_m
from dispatch.matching.policy import Policy
from dispatch.wards import check_ward
from shared.errors import NotFound
from shared.pauses import Pause
from shared.postgres.transaction import reading, transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault
from shared.service_levels import POSITION_STALE_SECONDS


class Desk:
    """`wake` rings after each commit."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, policy: Policy, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._vault = vault
        self._policy = policy
        self._wake = wake

    async def decisions(self, job_id: UUID, caller: Caller) -> dict[str, Any]:
        """Every decision on this job, the oldest first, in numbers and in words. Raises NotFound, NotYours."""
        async with reading(self._pool) as connection:
            await _own_job(connection, job_id, caller)
            return await decisions_of(connection, job_id, caller.city)

    async def assign(self, job_id: UUID, responder: str, caller: Caller, *, dry_run: bool) -> dict[str, Any]:
        """What it means to ask this person, and unless it is a dry run the offer to them. Raises NotFound, Refused."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            docket, chosen = await self._opened(connection, job_id, responder, caller)
            case = docket.case(job_id)
            found = _shown(case, chosen, responder, consequences(case, chosen, self._policy))
            if dry_run:
                return {**found, "dry_run": True, "offer": None}
            known = set(case.offers)
            offer = pin(case, chosen)
            await docket.save()
            if offer.id not in known:
                await connection.execute(QUERIES["record_pin"], *pin_record(case, chosen, by=caller.role))  # who, says the audit
            await docket.note([("job.assigned", job_id, {"responder_id": str(chosen.responder_id), "offer_id": str(offer.id)})])
        self._wake()
        return {**found, "dry_run": False, "offer": _offer(offer)}

    async def rule_out(self, job_id: UUID, responder: str, caller: Caller) -> dict[str, Any]:
        """Not this person again for this request. Raises NotFound, Refused."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            job = await _own_job(connection, job_id, caller)
            chosen = await _responder(connection, job["city"], responder)
            docket = await open_docket(connection, actor=actor_of(caller), job_ids=[job_id])
            case = docket.case(job_id)
            rule_out(case, chosen, docket.leads)
            await docket.save()
            await docket.note([("job.responder_ruled_out", job_id, {"responder_id": str(chosen)})])
        self._wake()
        return {"job_id": job_id, "responder": responder, "ruled_out": True, "status": case.job.status}

    async def pause(
        self, job_id: UUID, reason: Pause, until: datetime | None, caller: Caller, caller_phone: str | None = None
    ) -> dict[str, Any]:
        """It waits, and everybody concerned hears until when. Raises NotFound, Refused."""
        act = await if_theirs(self._pool, self._vault, caller_phone, lambda case: pause(case, reason, until))
        return await self._decided(job_id, caller, "job.paused", act)

    async def resume(self, job_id: UUID, caller: Caller) -> dict[str, Any]:
        """It need not wait any longer. Raises NotFound, Refused."""
        return await self._decided(job_id, caller, "job.resumed", resume_now)

    async def _decided(self, job_id: UUID, caller: Caller, what: str, decide: Callable[[Case], None]) -> dict[str, Any]:
        async with transaction(self._pool, "dispatch.answer") as connection:
            await _own_job(connection, job_id, caller)
            docket = await open_docket(connection, actor=actor_of(caller), job_ids=[job_id])
            case = docket.case(job_id)
            decide(case)
            case.note(what, reason=case.job.pause, until=case.job.not_before)
            await docket.save()
        self._wake()
        job = case.job
        return {"job_id": job.id, "status": job.status, "pause": job.pause, "paused_until": job.not_before}

    async def lift_exclusion(self, job_id: UUID, responder: str, caller: Caller) -> dict[str, Any]:
        """This person may be asked again for this request. Raises NotFound, Refused."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            job = await _own_job(connection, job_id, caller)
            chosen = await _responder(connection, job["city"], responder)
            docket = await open_docket(connection, actor=actor_of(caller), job_ids=[job_id])
            case = docket.case(job_id)
            lift_exclusion(case, chosen)
            await docket.save()
            await docket.note([("job.exclusion_lifted", job_id, {"responder_id": str(chosen)})])
        self._wake()
        return {"job_id": job_id, "responder": responder, "ruled_out": False, "status": case.job.status}

    async def _opened(
        self, connection: asyncpg.Connection, job_id: UUID, responder: str, caller: Caller
    ) -> tuple[Docket, Chosen]:
        job = await _own_job(connection, job_id, caller)
        responder_id = await _responder(connection, job["city"], responder)
        docket = await open_docket(connection, actor=actor_of(caller), job_ids=[job_id], responder_ids=[responder_id])
        row = await connection.fetchrow(QUERIES["chosen_responder"], responder_id, *self._policy.limits, POSITION_STALE_SECONDS)
        if row is None:
            raise NotFound("responder")
        place = docket.case(job_id).job.place
        metres = coarse_m(great_circle((place.lat, place.lon), (row["lat"], row["lon"])).m)
        return docket, row_to_chosen(row, metres)


async def decisions_of(connection: asyncpg.Connection, job_id: UUID, city: str | None = None) -> dict[str, Any]:
    """Of one job, the oldest first. `city`: of whoever looks, None for all. Raises NotFound."""
    job = await _job(connection, job_id, city)
    rows = await connection.fetch(QUERIES["decisions_of_job"], job_id)
    ids = {one["responder_id"] for row in rows for one in row["candidates"]}
    named = await connection.fetch(QUERIES["names_of_responders"], list(ids))
    names = {str(row["id"]): row for row in named}
    told = ("id", "code", "status", "priority", "category", "commune_code")
    return {"job": {name: job[name] for name in told}, "decisions": [_told(row, names) for row in rows]}


async def _job(connection: asyncpg.Connection, job_id: UUID, city: str | None) -> asyncpg.Record:
    job: asyncpg.Record | None = await connection.fetchrow(QUERIES["job_of_desk"], job_id, city)
    if job is None:
        raise NotFound("job")
    return job


async def _own_job(connection: asyncpg.Connection, job_id: UUID, caller: Caller) -> asyncpg.Record:
    """To look into, or to decide about: whose token names a ward does so for that ward. Raises NotFound, NotYours."""
    job = await _job(connection, job_id, caller.city)
    check_ward(caller, job["commune_code"])
    return job


async def _responder(connection: asyncpg.Connection, city: str, external_id: str) -> UUID:
    found: UUID | None = await connection.fetchval(QUERIES["responder_by_name"], city, external_id)
    if found is None:
        raise NotFound("responder")
    return found


def _told(row: asyncpg.Record, names: Mapping[str, asyncpg.Record]) -> dict[str, Any]:
    """`candidates` are those who were offered it, `alternatives` the cheapest of the others."""
    ranking = row["ranking"]
    candidates = [_candidate(one, names, ranking) for one in row["candidates"]]
    return {
        **{name: row[name] for name in ("visit", "wave", "at", "exclusions", "ranking")},
        "candidates": [one for one in candidates if one["offered"]],
        "alternatives": [one for one in candidates if not one["offered"]],
        "sentence": words.decision(row["candidates"], row["exclusions"], ranking),
    }


def _candidate(one: Mapping[str, Any], names: Mapping[str, asyncpg.Record], ranking: Mapping[str, Any]) -> dict[str, Any]:
    name = names.get(one["responder_id"])
    who = {"responder": name["external_id"], "kind": name["kind"]} if name else {"responder": None, "kind": None}
    return {**who, **one, "minutes": _minutes(one), "until": _moment(one["until"]), "sentence": _sentence(one, ranking)}


def _minutes(one: Mapping[str, Any]) -> dict[str, float]:
    """The parts of a cost with what no part says (a cost is never nothing), so that a reader can add them up."""
    parts: dict[str, float] = dict(one.get("minutes", {}))
    rest = round(one.get("cost_minutes", 0.0) - sum(parts.values()), 2)
    return {**parts, "least": rest} if rest else parts


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _sentence(one: Mapping[str, Any], ranking: Mapping[str, Any]) -> words.Words:
    needs, speaks = ranking.get("needs", ()), words.speaks(one, ranking)
    metres = None if ranking.get("by_phone") else one["distance_m"]
    return words.candidate(metres, needs, one["until"], speaks, known=words.is_known(one))


def _shown(case: Case, chosen: Chosen, responder: str, meant: Consequences) -> dict[str, Any]:
    needs = case.job.skills
    said = ([meant.refused] if meant.refused else []) + list(meant.warnings)
    missing = [skill for skill in needs if skill not in chosen.skills]
    return {
        "job_id": case.job.id,
        "responder": responder,
        "possible": meant.refused is None,
        "refused": meant.refused,
        "warnings": meant.warnings,
        "missing_skills": words.skills(missing) if missing else None,
        "distance_m": chosen.distance_m,
        "until": _moment(chosen.until),
        "withdrawn": meant.withdrawn,
        "sentence": words.chosen(chosen.distance_m, needs, chosen.until, said, meant.withdrawn),
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {"id": offer.id, "status": offer.status, "expires_at": offer.expires_at, "lease_seconds": offer.lease_seconds}
