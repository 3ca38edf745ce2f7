"""Forgetting a person behind a contact point, as far as dispatch knows them. Keys and dead letters are the caller's."""

from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, open_docket
from dispatch.jobs.answering import lapse
from dispatch.jobs.visiting import cancel, owned, release
from shared.events.assignments import OfferStatus


async def erase(connection: asyncpg.Connection, contact_point_id: UUID) -> None:
    """In the caller's transaction, which is the one that deletes the keys. Twice changes nothing.

    A resident's open job is cancelled; a responder's visits go back to the pool, and nobody asks them again.
    """
    rows = await connection.fetch(QUERIES["jobs_of_person"], contact_point_id)
    docket = await open_docket(connection, actor="erase", job_ids=[row["id"] for row in rows])
    for case in list(docket.cases.values()):
        winner = case.winning_offer()
        if case.job.resident.contact_point_id == contact_point_id:
            cancel(case, "erased")
        elif winner is not None and winner.contact_point_id == contact_point_id and owned(case):
            release(case)
        for offer in list(case.offers.values()):
            if offer.contact_point_id == contact_point_id:
                lapse(case, offer, docket.leads, OfferStatus.UNDELIVERABLE, "erased")
    await docket.save()
    await connection.execute(QUERIES["forget_roster_lines"], contact_point_id)
    gone = await connection.fetch(QUERIES["forget_responders"], contact_point_id)
    await connection.execute(QUERIES["forget_members"], [row["id"] for row in gone])
    for name in ("forget_leads", "forget_contact_point", "forget_allowance", "forget_acquaintances"):
        await connection.execute(QUERIES[name], contact_point_id)
