"""Whoever was to go is not there any more: not vetted, not of the team, or absent. The visit is given back, or named anew.

The decision is pure; its timer only suggests, and the rows are read again under their locks (law 9).
"""

from collections.abc import Sequence

import asyncpg

from dispatch.docket import QUERIES, open_docket
from dispatch.jobs.case import Case
from dispatch.jobs.going import Naming, Want
from dispatch.jobs.job import OWNED
from dispatch.jobs.visiting import release, unname
from shared.events.assignments import JobStatus
from shared.timers import Timer


async def leave_visit(connection: asyncpg.Connection, timer: Timer) -> None:
    docket = await open_docket(connection, actor="clock", job_ids=[timer.subject])
    case = docket.cases.get(timer.subject)
    offer = case.winning_offer() if case is not None else None
    if case is None or offer is None:
        return
    named = [member for member in (offer.member_id, offer.partner_id) if member is not None]
    rows = [await connection.fetchrow(QUERIES["standing_of_member"], member) for member in named]
    decide(case, vetted=_all(rows, "vetted"), present=_all(rows, "present"))
    await docket.save()


def _all(rows: Sequence[asyncpg.Record | None], what: str) -> bool:
    return bool(rows) and all(row is not None and row[what] for row in rows)


def decide(case: Case, *, vetted: bool, present: bool) -> None:
    """`vetted`, `present`: of the member who was named, or of both. Nothing when all is well.

    Who is on the way knows the phrase: only giving the visit back makes a new one. Who stands in the flat and has only gone off
    duty may finish; who is not vetted any more may not.
    """
    offer = case.winning_offer()
    if offer is None or case.job.status not in OWNED or offer.responder_id is None:
        return
    nobody_there = case.responder(offer.responder_id).present_members == 0
    named, gone = offer.member_id is not None, not (vetted and present)
    if case.job.status is JobStatus.ON_SCENE:
        if named and not vetted:
            release(case)
    elif nobody_there or (named and gone and case.job.status is JobStatus.EN_ROUTE):
        release(case)
    elif named and gone:
        unname(case, offer, Naming(want=Want.ABSENT if vetted else Want.NOT_VETTED))
