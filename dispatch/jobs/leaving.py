"""Whoever was to go is not there any more: not vetted, not of the team, or absent. The visit is given back, or named anew.

The decision is pure; its timer only suggests, and the rows are read again under their locks (law 9).
"""

from collections.abc import Sequence

import asyncpg

from dispatch.docket import QUERIES, open_docket
from dispatch.jobs.case import Case
from dispatch.jobs.going import Naming, Want
from dispatch.jobs.job import OWNED
from dispatch.jobs.offer import Offer
from dispatch.jobs.visiting import release, unname
from shared.events.assignments import JobStatus
from shared.events.registry import EventType
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
    duty may finish; who is not vetted any more may not. All requests of one visit share whoever was named.
    """
    offer = case.winning_offer()
    if offer is None or case.job.status not in OWNED or offer.responder_id is None:
        return
    visit = [one for one in (case, *case.fellows) if one.job.status in OWNED]
    nobody_there = case.responder(offer.responder_id).present_members == 0
    named = offer.member_id is not None
    gone = named and not (vetted and present)
    under_way = any(one.job.status is not JobStatus.ACCEPTED for one in visit)
    for one in visit:
        if one.job.status is JobStatus.ON_SCENE:
            if named and not vetted:
                release(one)
        elif nobody_there or (gone and under_way):
            release(one)
    if gone and not nobody_there and not under_way:
        _name_somebody_else(case, visit, offer, Naming(want=Want.ABSENT if vetted else Want.NOT_VETTED))


def _name_somebody_else(case: Case, visit: Sequence[Case], offer: Offer, naming: Naming) -> None:
    """The team is asked once; each resident is told not to open until there is another name."""
    unname(case, offer, naming)
    for fellow in visit:
        if fellow is not case:
            nameless = fellow.offers[offer.id]
            fellow.tell(EventType.ASSIGNMENT_NAME_WANTED, offer=nameless, recipients=fellow.resident(), reason=naming.want)
