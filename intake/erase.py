"""What intake forgets of a person, in the transaction that deletes the person's keys. Called by `techrescue erase`."""

from dataclasses import replace
from typing import Final
from uuid import UUID

import asyncpg

from intake import store
from intake.privacy.ending import end_rights
from intake.privacy.rights import Right
from intake.queries import QUERIES
from intake.request import LIVE, Command, moved
from intake.store import AuditNote, steps_between
from intake.stored import event_of
from shared.events.registry import EventType
from shared.postgres.transaction import app_now
from shared.transport.outbox import append

SOURCE: Final = "/intake"
FORGET: Final = (
    *("forget_answers", "forget_names", "forget_reveals", "forget_boxes", "forget_messages", "forget_consents"),
    *("forget_callers", "forget_callbacks", "forget_drafts", "forget_chats", "forget_talks", "forget_tickets"),
    *("forget_why", "forget_moves", "forget_number"),
)


async def erase(connection: asyncpg.Connection, contact_point_id: UUID) -> int:
    """Ends what still runs for this person, clears stored answers, boxes and messages. Says how many requests were theirs.

    Once more does nothing but for what was filed since. The connection's search_path must lead to schema intake.
    Allowances need no care: their keyed hashes end with their window.
    """
    requests = [one for one in await store.lock_of_person(connection, contact_point_id) if one.phone_box]  # not forgotten yet
    now = await app_now(connection)
    for request in requests:
        if request.status in LIVE:
            gone = replace(request, status=moved(request.status, Command.ERASE), owner=None, version=request.version + 1)
            await store.save(connection, [gone], steps_between(request, gone, now))
            event = event_of(EventType.REQUEST_CANCELLED, gone, now, reason="erased")
            await append(connection, [event], source=SOURCE)
    await end_rights(connection, contact_point_id, (Right.ERASE, Right.EXPORT, Right.CORRECT), now)
    for query in FORGET:
        await connection.execute(QUERIES[query], contact_point_id)
    notes = [AuditNote(at=now, actor="erase", action=Command.ERASE, subject=request.id) for request in requests]
    await store.note(connection, notes)
    return len(requests)
