"""The status a resident sees, projected from what dispatch says of the job. Decides nothing about the job itself."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from intake import store
from intake.aftercare.asking import fixed_timers, is_unsent, take_unsent
from intake.aftercare.hearing import Aftercare, is_inquiry_answer
from intake.aftercare.numbers import confirm_numbers
from intake.consents import hasten_calls
from intake.conversations.conversations import Conversations
from intake.desk.clocks import clock_of
from intake.desk.keeping import OF_NOTIFY, keep_jobs, keep_messages
from intake.expecting import expected_at
from intake.hearing import Hearing, is_answer
from intake.inbox import MOST_OPEN
from intake.known import learn
from intake.places.placing import Placing
from intake.queries import QUERIES
from intake.request import on_the_board
from intake.settings import IntakeSettings
from intake.store import AuditNote, Step, steps_between
from intake.stored import StoredRequest
from intake.unreached import NEWS, is_about_consent, take_news
from shared.errors import UnreadableEvent
from shared.events.assignments import AssignmentChanged, JobState, JobStatus
from shared.events.envelope import Event
from shared.events.messages import MessageReceived, ReplyReceived
from shared.events.registry import EventType, Topic, types_of
from shared.events.requests import RequestStatus
from shared.postgres.transaction import app_now, transaction
from shared.security.vault import Vault
from shared.telemetry.metrics import STALE_EVENTS
from shared.timers import Timer, set_timers
from shared.transport.inbox import first_seen

ACTOR: Final = "dispatch"
WANTED: Final = frozenset({EventType.MESSAGE_RECEIVED, EventType.REPLY_RECEIVED, *NEWS, *OF_NOTIFY, *types_of(Topic.ASSIGNMENTS)})
OWNED: Final = frozenset({JobStatus.ACCEPTED, JobStatus.EN_ROUTE, JobStatus.ON_SCENE})
CLOCKS: Final = frozenset({EventType.CLOCK_PAUSED, EventType.CLOCK_RESUMED})
CLOSE: Final = "close"  # timer kind: nobody answered "is it fixed?"


def seen(request: StoredRequest, job: JobState) -> StoredRequest | None:
    """The request after the event, or None when the event is older than what is shown, or of an earlier round.

    A job that was never seen takes over when it was opened later: a reopening or a second visit made it.
    """
    if job.job_id in request.past_job_ids:
        return None
    past = request.past_job_ids
    if job.job_id == request.job_id:
        if job.version <= request.job_version:
            return None
    elif request.job_id is not None:
        if request.job_opened_at is not None and job.opened_at < request.job_opened_at:
            return None
        past = (*past, request.job_id)
    status = on_the_board(request.status, job.status, job.outcome)
    return replace(
        request,
        status=status,
        version=request.version + (status is not request.status),
        job_id=job.job_id,
        job_version=job.version,
        job_opened_at=job.opened_at,
        past_job_ids=past,
    )


class Board:
    """The consumer's handler: one transaction a batch, deduplicated by the inbox."""

    def __init__(
        self, pool: asyncpg.Pool, settings: IntakeSettings, conversations: Conversations, vault: Vault, placing: Placing
    ) -> None:
        self._pool = pool
        self._conversations = conversations
        self._settings = settings
        self._hearing = Hearing(settings)
        self._aftercare = Aftercare(settings, vault, placing)

    async def handle(self, events: Sequence[Event]) -> None:
        ours, told = [event for event in events if _is_ours(event)], [event for event in events if event.type in OF_NOTIFY]
        if not ours and not told:
            return
        async with transaction(self._pool, "intake.consume") as connection:
            fresh = await first_seen(connection, ours) if ours else []
            await self._project(connection, [event for event in fresh if isinstance(event.body, AssignmentChanged)])
            await self._hearing.answers(connection, [event for event in fresh if is_answer(event)])
            await _know(connection, fresh)
            await self._aftercare.take(connection, [event for event in fresh if is_inquiry_answer(event)])
            await take_unsent(connection, [event for event in fresh if is_unsent(event)])
            await take_news(connection, [event for event in fresh if is_about_consent(event)])
            await learn(connection, fresh)
            written = [event for event in fresh if event.type is EventType.MESSAGE_RECEIVED]
            await _keep(connection, await self._conversations.hear_events(connection, written))
            await keep_messages(connection, told)
        if written:
            self._conversations.committed()

    async def _project(self, connection: asyncpg.Connection, events: Sequence[Event]) -> None:
        if not events:
            return
        before, now = await store.locked_at(connection, [job_of(event).request_id for event in events])
        after, steps = self._folded(before, events)
        changed = [request for id_, request in after.items() if request is not before[id_]]
        await store.save(connection, changed, steps, [_noted(step, now) for step in steps])
        await store.expect_visits(connection, _visits(after, events))
        await store.put_pauses(connection, _pauses(after, events))
        await keep_jobs(connection, events, after)
        await hasten_calls(connection, _waiting_helpers(after, events), now)
        await set_timers(connection, [*self._closings(steps, now), *fixed_timers(steps, now, self._settings)])

    def _folded(self, before: dict[UUID, StoredRequest], events: Iterable[Event]) -> tuple[dict[UUID, StoredRequest], list[Step]]:
        """The requests after all events, and every status on the way: a batch must not swallow what the resident may read."""
        after = dict(before)
        steps: list[Step] = []
        for event in events:
            job = job_of(event)
            request = after.get(job.request_id)
            shown = None if request is None else seen(request, job)
            if request is None or shown is None:
                STALE_EVENTS.labels("intake", event.type).inc()
                continue
            expected = expected_at(event)
            if expected is not None:
                shown = replace(shown, expected_at=expected)
            was = request.clock_at if request.status is RequestStatus.FROZEN else None
            shown = replace(shown, clock_at=clock_of(shown.status, job, shown.expected_at, was, event.time))
            after[job.request_id] = shown
            steps += steps_between(request, shown, event.time)
        return after, steps

    def _closings(self, steps: Iterable[Step], now: datetime) -> list[Timer]:
        due = now + timedelta(seconds=self._settings.close_seconds)
        return [
            Timer(kind=CLOSE, subject=step.request.id, due_at=due, guard=step.request.version)
            for step in steps
            if step.request.status is RequestStatus.RESOLVED
        ]


def _is_ours(event: Event) -> bool:
    """Answers to offers come back as what dispatch makes of them; texts and calls change a request only where they are about
    consent. Of all others the desk keeps what it shows."""
    if event.type in OF_NOTIFY:
        return is_about_consent(event) or is_unsent(event)
    return event.type is not EventType.REPLY_RECEIVED or is_answer(event) or is_inquiry_answer(event)


async def _know(connection: asyncpg.Connection, events: Iterable[Event]) -> None:
    """Whoever answers from a number has it."""
    people = {event.body.contact_point_id for event in events if isinstance(event.body, ReplyReceived)}
    if people:
        await confirm_numbers(connection, sorted(people), await app_now(connection), "answer")


def job_of(event: Event) -> JobState:
    """Every event on the assignments topic carries its job."""
    if not isinstance(event.body, AssignmentChanged):
        raise UnreadableEvent(f"{event.type} carries no job")
    return event.body.job


def _visits(after: dict[UUID, StoredRequest], events: Iterable[Event]) -> list[JobState]:
    """Of each request the newest word on who comes, as far as it is what is shown now."""
    jobs = {job.request_id: job for job in map(job_of, events) if job.responder is not None and job.status in OWNED}
    return [
        job
        for id_, job in jobs.items()
        if (shown := after.get(id_)) is not None and (shown.job_id, shown.job_version) == (job.job_id, job.version)
    ]


def _waiting_helpers(after: dict[UUID, StoredRequest], events: Iterable[Event]) -> list[StoredRequest]:
    """Somebody has accepted, and nobody has said yet whether they may come."""
    jobs = [job_of(event) for event in events if event.type is EventType.ASSIGNMENT_ACCEPTED]
    taken = {job.request_id for job in jobs if job.responder is None or not job.responder.by_phone}
    return [after[id_] for id_ in taken if id_ in after and after[id_].visit_consent is None]


def _pauses(after: dict[UUID, StoredRequest], events: Iterable[Event]) -> list[JobState]:
    """Of each request the newest word on whether it stands still, as far as it is what is shown now."""
    jobs = {job_of(event).request_id: job_of(event) for event in events if event.type in CLOCKS}
    return [job for id_, job in jobs.items() if (shown := after.get(id_)) is not None and shown.job_id == job.job_id]


def _noted(step: Step, now: datetime) -> AuditNote:
    return AuditNote(at=now, actor=ACTOR, action="shown", subject=step.request.id, detail={"to": step.request.status})


async def _keep(connection: asyncpg.Connection, events: Sequence[Event]) -> None:
    """What people wrote that answers no question is kept, sealed, until an operator has read it (inbox.py)."""
    rows = [
        (event.id, body.contact_point_id, body.channel, body.text.key_id, body.text.box, body.received_at, _phone_of(body))
        for event in events
        if isinstance(body := event.body, MessageReceived)
    ]
    if not rows:
        return
    await connection.execute(QUERIES["keep_message"], *zip(*rows, strict=True), MOST_OPEN)
    notes = [
        AuditNote(at=row[5], actor="resident", action="wrote", subject=row[1], detail={"event": str(row[0]), "channel": row[2]})
        for row in rows
    ]
    await store.note(connection, notes)


def _phone_of(body: MessageReceived) -> str | None:
    """Under the key of the text, which opens both or neither."""
    return body.phone.box if body.phone is not None and body.phone.key_id == body.text.key_id else None
