"""A visit that waited goes on, and whoever was there last is asked first, if they could be asked anyway.

The database decides whether they can: what it refuses is left to the matcher, as any other visit.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

import asyncpg
from geopy.distance import great_circle

from dispatch.docket import QUERIES, Docket, open_docket
from dispatch.jobs.aftercare import Wait
from dispatch.jobs.case import Case
from dispatch.jobs.escalating import escalate
from dispatch.jobs.escalation import Reason
from dispatch.jobs.job import on_hold
from dispatch.jobs.pausing import resume_together
from dispatch.jobs.pinning import Chosen, consequences, pin, pin_record, row_to_chosen
from dispatch.matching.decision import coarse_m
from dispatch.matching.policy import Policy
from shared.errors import Refused, Transient
from shared.events.assignments import JobStatus
from shared.service_levels import POSITION_STALE_SECONDS
from shared.timers import Timer

POLICY: Final = Policy()
# What a person may overlook and a clock may not: nobody is asked out of turn who would not be asked otherwise.
NOT_NOW: Final = frozenset(
    {"off_hours", "off_shift", "shift_too_short", "not_able", "alone", "had_enough_messages", "cooling_down", "day_cap"}
)


def go_on(case: Case, docket: Docket, _: Timer) -> None:
    """What it waited for is over. Where nobody has found the address, somebody who knows the ward has to."""
    waited_for = on_hold(case.job)
    resume_together(case, docket.leads)
    if waited_for is Wait.WRONG_ADDRESS and case.job.not_before is None:
        escalate(case, docket.leads, Reason.NO_ADDRESS)


def go_on_to(case: Case, docket: Docket, timer: Timer) -> UUID | None:
    """It goes on; who is to be asked before others, when it waits for somebody now."""
    go_on(case, docket, timer)
    return _first(case)


def _first(case: Case) -> UUID | None:
    """Nobody, while it waits for an hour or for the end of an incident."""
    waits = case.job.status is JobStatus.PENDING and case.job.not_before is None and case.job.pause is None
    return case.job.aftercare.first if waits else None


def ask_first(case: Case, chosen: Chosen) -> bool:
    """Unless it would be out of turn."""
    meant = consequences(case, chosen, POLICY)
    may_be = meant.refused is None and NOT_NOW.isdisjoint(meant.warnings)
    if may_be:
        pin(case, chosen)
    return may_be


async def go_on_with_the_same(connection: asyncpg.Connection, timer: Timer) -> None:
    """The handler of the timer. Raises Transient when the guards say no: somebody asked them since we looked, so look again."""
    docket = await open_docket(connection, actor="clock", job_ids=[timer.subject])
    case = docket.cases.get(timer.subject)
    if case is None or case.job.closed_at is not None:
        return
    first = go_on_to(case, docket, timer)
    if first is not None:
        await _ask(connection, case, first)
    try:
        await docket.save()
    except Refused as refusal:
        raise Transient(f"asked meanwhile: {refusal.reason}") from refusal


async def ask_the_same(docket: Docket, request_ids: Collection[UUID]) -> None:
    """Of requests that were opened anew: whoever did not fix it, where they are at work."""
    for request_id in request_ids:
        case = docket.of_request(request_id)
        first = _first(case) if case is not None else None
        if case is not None and first is not None:
            await _ask(docket.connection, case, first)


async def _ask(connection: asyncpg.Connection, case: Case, first: UUID) -> None:
    row = await connection.fetchrow(QUERIES["chosen_responder"], first, *POLICY.limits, POSITION_STALE_SECONDS)
    if row is None:
        return
    place = case.job.place
    chosen = row_to_chosen(row, coarse_m(great_circle((place.lat, place.lon), (row["lat"], row["lon"])).m))
    if ask_first(case, chosen):
        await connection.execute(QUERIES["record_pin"], *pin_record(case, chosen, by="same_helper"))
