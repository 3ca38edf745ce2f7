"""What did not reach the visited person: a failed text is a call at once, a call without a word is made again. Rules: consent.py.

notify says so; a call that no operator has made, because it became pointless, counts for nothing.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from intake import store
from intake.consent import MOST_CALLS, after_call, may_be_asked
from intake.consents import CONSENT, hasten, row_of
from intake.queries import QUERIES
from intake.store import AuditNote
from intake.stored import StoredRequest
from shared.events.envelope import Event
from shared.events.messages import CallChanged, MessageChanged
from shared.events.registry import EventType
from shared.postgres.transaction import app_now
from shared.timers import Timer, set_timers

NEWS: Final = frozenset({EventType.MESSAGE_FAILED, EventType.CALL_DONE})
# notify's words for these texts and calls, and for what came of a call.
QUESTION: Final = "consent_question"
CALLS: Final = frozenset({"visit_consent", "consent_unreached"})
WITHOUT_A_WORD: Final = {"told": 1, "unreached": 1, "wrong_number": MOST_CALLS}  # nobody need ring a wrong number again


def is_about_consent(event: Event) -> bool:
    if isinstance(event.body, CallChanged):
        return event.body.purpose in CALLS and event.body.outcome in WITHOUT_A_WORD
    return isinstance(event.body, MessageChanged) and event.type in NEWS and event.body.purpose == QUESTION


async def take_news(connection: asyncpg.Connection, events: Sequence[Event]) -> None:
    """Whoever has answered meanwhile is left in peace; an operator who has heard a word says so elsewhere (`visit-consent`)."""
    said = [(body.request_id, body) for event in events if isinstance(body := event.body, CallChanged | MessageChanged)]
    if not said:
        return
    requests = await store.lock_many(connection, [id_ for id_, _ in said])
    for id_, body in said:
        request = requests.get(id_)
        if request is None or not may_be_asked(request):
            continue
        if isinstance(body, MessageChanged):
            await _call_at_once(connection, request, body.offer_id)
        else:
            await _called(connection, request, body.outcome or "")


async def _call_at_once(connection: asyncpg.Connection, request: StoredRequest, ask_id: UUID | None) -> None:
    """The clock of the call is moved to now. Of an earlier question, or of a text that was said again, nothing follows."""
    row = await row_of(connection, request.id)
    if row is None or row["ask_id"] != ask_id:
        return
    now = await app_now(connection)
    await hasten(connection, {request.id: now})
    await store.note(connection, [AuditNote(at=now, actor="notify", action="consent_undelivered", subject=request.id)])


async def _called(connection: asyncpg.Connection, request: StoredRequest, outcome: str) -> None:
    now, more = await app_now(connection), WITHOUT_A_WORD[outcome]
    calls: int = await connection.fetchval(QUERIES["count_calls"], request.id, request.reopened, more)
    step, at = after_call(request, calls, now, more=more)
    await set_timers(connection, [Timer(kind=CONSENT, subject=request.id, due_at=at, guard=step)])
    detail = {"outcome": outcome, "calls": calls}
    await store.note(connection, [AuditNote(at=now, actor="notify", action="consent_call", subject=request.id, detail=detail)])
