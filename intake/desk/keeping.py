"""What the desk keeps of what dispatch and notify tell: cards, offers, calls, the chronicle. Projects, decides nothing.

Within the transaction of the batch. Events of dispatch come here once (inbox); what notify tells is known by versions and times
of its own, so that not each text costs a row of the inbox.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake import store
from intake.queries import QUERIES
from intake.stored import StoredRequest
from shared.events.assignments import AssignmentChanged, JobStatus, OfferStatus
from shared.events.contract import Role
from shared.events.envelope import Event
from shared.events.messages import CallChanged, MessageChanged
from shared.events.registry import EventType

OF_MESSAGES: Final = frozenset({EventType.MESSAGE_DELIVERED, EventType.MESSAGE_FAILED})
OF_CALLS: Final = frozenset({EventType.CALL_REQUESTED, EventType.CALL_DONE})
OF_NOTIFY: Final = OF_MESSAGES | OF_CALLS
TOLD: Final = "told"  # notify's word for a call in which the person was told
ENDED: Final = frozenset({JobStatus.DONE, JobStatus.HANDED_OFF, JobStatus.CANCELLED, JobStatus.FROZEN})


async def keep_jobs(connection: asyncpg.Connection, events: Sequence[Event], shown: Mapping[UUID, StoredRequest]) -> None:
    """`shown`: the requests after these events, locked. What is older than what is shown is told in the chronicle only."""
    told = [(event, event.body) for event in events if isinstance(event.body, AssignmentChanged)]
    if not told:
        return
    newest = {body.job.request_id: body for _, body in told if _is_shown(body, shown)}
    broken = {body.job.job_id: body.reason for event, body in told if event.type is EventType.SLA_BREACHED}
    if newest:
        cards = [_card(body, broken.get(body.job.job_id)) for body in newest.values()]
        await connection.execute(QUERIES["put_cards"], *zip(*cards, strict=True))
    await _keep_offers(connection, [body for _, body in told])
    rows = [(event.id, body.job.request_id, event.time, event.type.value, _of_job(body)) for event, body in told]
    await connection.execute(QUERIES["chronicle"], *zip(*rows, strict=True))


async def keep_messages(connection: asyncpg.Connection, events: Sequence[Event]) -> None:
    """What residents were told, and what somebody has to tell them on the telephone."""
    texts = [(event, event.body) for event in events if isinstance(event.body, MessageChanged) and _is_to_resident(event.body)]
    calls = [(event, event.body) for event in events if isinstance(event.body, CallChanged)]
    heard = [
        *((body.request_id, body.at, body.purpose, body.channel.value) for event, body in texts if body.reason is None),
        *((body.request_id, event.time, body.purpose, "call") for event, body in calls if body.outcome == TOLD),
    ]
    if heard:
        rows = {row[0]: row for row in sorted(heard, key=lambda row: row[1])}.values()
        await connection.execute(QUERIES["put_heard"], *zip(*rows, strict=True))
        await connection.execute(QUERIES["tell_listeners"], [row[0] for row in rows])
    if calls:
        await _keep_calls(connection, calls)
    lines = [(event.id, body.request_id, body.at, event.type.value, _of_text(body)) for event, body in texts]
    lines += [(event.id, body.request_id, event.time, event.type.value, _of_call(body)) for event, body in calls]
    if lines:
        await connection.execute(QUERIES["chronicle"], *zip(*lines, strict=True))


async def _keep_calls(connection: asyncpg.Connection, calls: Sequence[tuple[Event, CallChanged]]) -> None:
    """A call has a deadline of its own, which may come before all others of its request."""
    newest: dict[UUID, tuple[Event, CallChanged]] = {}
    for event, body in calls:
        known = newest.get(body.call_id)
        if known is None or known[0].version < event.version:
            newest[body.call_id] = event, body
    rows = [
        (body.call_id, event.version, body.request_id, body.purpose, body.owner, body.due_at, _ended(event), body.outcome)
        for event, body in newest.values()
    ]
    requests = sorted({body.request_id for _, body in calls})
    await store.lock_many(connection, requests)
    await connection.execute(QUERIES["put_calls"], *zip(*rows, strict=True))
    await connection.execute(QUERIES["put_call_clocks"], requests)


def _ended(event: Event) -> Any:
    return event.time if event.type is EventType.CALL_DONE else None


async def _keep_offers(connection: asyncpg.Connection, bodies: Iterable[AssignmentChanged]) -> None:
    """In the order of the batch: an offer that was made and answered within it is gone."""
    out: dict[UUID, tuple[Any, ...]] = {}
    gone: set[UUID] = set()
    over: set[UUID] = set()
    for body in bodies:
        offer, request_id = body.offer, body.job.request_id
        if body.job.status in ENDED:
            over.add(request_id)
            out = {id_: row for id_, row in out.items() if row[1] != request_id}
        if offer is None:
            continue
        if offer.status is OfferStatus.PENDING and body.job.status not in ENDED:
            out[offer.offer_id] = (offer.offer_id, request_id, offer.kind.value, offer.not_after)
        else:
            out.pop(offer.offer_id, None)
            gone.add(offer.offer_id)
    if gone or over:
        await connection.execute(QUERIES["drop_offers"], list(gone), list(over))
    if out:
        await connection.execute(QUERIES["put_offers"], *zip(*out.values(), strict=True))


def _is_shown(body: AssignmentChanged, shown: Mapping[UUID, StoredRequest]) -> bool:
    request = shown.get(body.job.request_id)
    return request is not None and request.job_id == body.job.job_id and request.job_version == body.job.version


def _is_to_resident(body: MessageChanged) -> bool:
    return body.role is Role.RESIDENT


def _card(body: AssignmentChanged, broken: str | None) -> tuple[Any, ...]:
    job = body.job
    return job.request_id, job.job_id, job.escalated_to, job.held_seconds, broken, job.group_id, job.session_at


def _of_job(body: AssignmentChanged) -> dict[str, Any]:
    """Ids and words of ours; who it is stands sealed elsewhere."""
    job, offer = body.job, body.offer
    told: dict[str, Any] = {
        "status": job.status,
        "reason": body.reason,
        "until": body.until,
        "escalated_to": job.escalated_to,
        "outcome": job.outcome,
        "responder_kind": None if job.responder is None else job.responder.kind,
        "offer": None if offer is None else {"kind": offer.kind, "status": offer.status, "wave": offer.wave},
    }
    return {name: value for name, value in told.items() if value is not None}


def _of_text(body: MessageChanged) -> dict[str, Any]:
    told = {"purpose": body.purpose, "channel": body.channel, "reason": body.reason}
    return {name: value for name, value in told.items() if value is not None}


def _of_call(body: CallChanged) -> dict[str, Any]:
    told = {"call_id": body.call_id, "purpose": body.purpose, "owner": body.owner, "due_at": body.due_at, "outcome": body.outcome}
    return {name: value for name, value in told.items() if value is not None}
