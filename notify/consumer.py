"""Events in, letters and questions out: one table of event type → handler, one transaction a batch (laws 1, 2, 6)."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.about import About
from notify.batch import Batch
from notify.purpose import Purpose
from notify.question import QuestionStatus
from notify.routing import purpose_of
from notify.settings import NotifySettings
from notify.store import QUERIES, lock_lines
from shared.events.assignments import AssignmentChanged, OfferKind, ResponderRef
from shared.events.contract import Recipient
from shared.events.envelope import Event
from shared.events.registry import EventType, Topic
from shared.events.requests import RequestChanged, RequestStatus
from shared.postgres.transaction import app_now, transaction
from shared.security.vault import Vault
from shared.telemetry.metrics import STALE_EVENTS
from shared.transport.inbox import first_seen

JUST_FILED: Final = timedelta(minutes=10)
TOPICS: Final = (Topic.REQUESTS, Topic.ASSIGNMENTS)  # what notify itself said it knows

Handler = Callable[[Batch, About], Awaitable[None]]
Observer = Callable[[asyncpg.Connection, Sequence[Event]], Awaitable[None]]  # sees every event once, in its transaction


class Notifier:
    """The handler that the consumer runner calls. `wake` is called after the commit: there may be something to send."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        settings: NotifySettings,
        *,
        wake: Sequence[Callable[[], None]] = (),
        observers: Sequence[Observer] = (),
    ) -> None:
        self._observers = observers
        self._pool = pool
        self._vault = vault
        self._settings = settings
        self._wake = wake

    async def handle(self, events: Sequence[Event]) -> None:
        async with transaction(self._pool, "notify.consume") as connection:
            fresh = await _not_stale(connection, await first_seen(connection, events))
            abouts = [about for event in fresh if event.type in HANDLERS and (about := _about(event)) is not None]
            if abouts:
                batch = await self._open_batch(connection, abouts)
                for about in abouts:
                    await HANDLERS[about.event.type](batch, about)
                await batch.save()
            for observe in self._observers:
                await observe(connection, fresh)
        for wake in self._wake:
            wake()

    async def _open_batch(self, connection: asyncpg.Connection, abouts: Sequence[About]) -> Batch:
        """Locks every phone that the batch may touch, once and sorted; then takes back texts that have not left."""
        await _touch(connection, [recipient for about in abouts for recipient in _recipients(about)])
        jobs = [about.job_id for about in abouts if about.job_id is not None]
        rows = await connection.fetch(QUERIES["phones_of_jobs"], jobs)
        phones = {row["contact_point_id"] for row in rows} | _phones(abouts)
        lines = await lock_lines(connection, phones, await app_now(connection))
        now = await app_now(connection)
        over = [
            about.change.offer.offer_id for about in abouts if about.event.type in _OVER and about.change and about.change.offer
        ]
        taken_back = await connection.fetch(QUERIES["withdraw_texts"], over, now) if over else []
        return Batch(
            connection=connection,
            settings=self._settings,
            keys=await self._vault.keys(connection, _key_ids(abouts)),
            lines=lines,
            now=now,
            withdrawn={row["id"]: row["resends"] for row in taken_back},
        )


async def filed(batch: Batch, about: About) -> None:
    await tell(batch, about)
    if about.request is not None and about.request.status is RequestStatus.NEEDS_LOCATION:
        batch.tell(about, about.resident, Purpose.NEEDS_LOCATION)


async def located(batch: Batch, about: About) -> None:
    batch.need_no_call(about.request_id, [Purpose.NEEDS_LOCATION])


async def consent_known(batch: Batch, about: About) -> None:
    batch.need_no_call(about.request_id, [Purpose.VISIT_CONSENT])


async def cancelled(batch: Batch, about: About) -> None:
    batch.silence(about.request_id)
    batch.need_no_call(about.request_id)
    await tell(batch, about)


async def offered(batch: Batch, about: About) -> None:
    offer = about.change.offer if about.change else None
    for recipient in _recipients(about):
        purpose = purpose_of(about.event.type, recipient.role)
        if offer is not None and purpose is not None and recipient.contact_point_id == offer.contact_point_id:
            await batch.ask(about, recipient, purpose, offer)


async def offer_over(batch: Batch, about: About) -> None:
    """Who has read the offer is told that it is over; who has not is left in peace."""
    if about.change is None or about.change.offer is None:
        return
    offer, late = about.change.offer, about.change.reason == "already_taken"
    left = batch.close(offer.contact_point_id, offer.offer_id, about.request_id, _OVER[about.event.type])
    if offer.kind is OfferKind.ESCALATION:
        batch.end_job(about.change.job.job_id, only=offer.contact_point_id)  # a lead who had it: somebody goes now
    if left or late:
        await tell(batch, about)


async def accepted(batch: Batch, about: About) -> None:
    if about.change is None:
        return
    offer, number = about.change.offer, None
    if offer is not None:
        batch.close(offer.contact_point_id, offer.offer_id, about.request_id, QuestionStatus.ANSWERED)
        number = batch.take_job(offer.contact_point_id, about, offer.offer_id)
    await tell(batch, about, number=number)
    if about.change.job.visit_consent is None and about.change.job.responder is not None:
        batch.tell(about, about.resident, Purpose.VISIT_CONSENT)


async def escalated(batch: Batch, about: About) -> None:
    """Up to the next owner, or a lead said "mine": then it has a number on that phone, for "XONG 14"."""
    offer = about.change.offer if about.change else None
    if offer is None or about.change is None or about.change.reason != "owned":
        await tell(batch, about)
        return
    batch.close(offer.contact_point_id, offer.offer_id, about.request_id, QuestionStatus.ANSWERED)
    await tell(batch, about, number=batch.take_job(offer.contact_point_id, about, offer.offer_id))


async def under_way(batch: Batch, about: About) -> None:
    """Cleared, or on the way: the job keeps its number, and gets one if this phone has none yet."""
    responder = about.change.job.responder if about.change else None
    offer = about.change.offer if about.change else None
    number = None
    if responder is not None and about.job_id is not None:
        number = batch.take_job(responder.contact_point_id, about, offer.offer_id if offer else about.job_id)
    await tell(batch, about, number=number)


async def over(batch: Batch, about: About) -> None:
    """The job has left this responder: done, given back, handed off, cancelled."""
    numbers = batch.end_job(about.job_id) if about.job_id is not None else {}
    batch.need_no_call(about.request_id, [Purpose.VISIT_CONSENT])
    await tell(batch, about, number=next(iter(numbers.values()), None))


async def paused(batch: Batch, about: About) -> None:
    """Who has just filed was told the hour in the same breath (`opens` of the first text); later it is news."""
    if about.change is not None and batch.now - about.change.job.filed_at > JUST_FILED:
        await tell(batch, about)


async def tell(batch: Batch, about: About, *, number: int | None = None) -> None:
    reason = about.change.reason if about.change else None
    for recipient in _recipients(about):
        purpose = purpose_of(about.event.type, recipient.role, reason)
        if purpose is not None:
            batch.tell(about, recipient, purpose, number=number)


HANDLERS: Final[Mapping[EventType, Handler]] = {
    EventType.REQUEST_FILED: filed,
    EventType.REQUEST_LOCATED: located,
    EventType.REQUEST_CANCELLED: cancelled,
    EventType.REQUEST_REOPENED: tell,
    EventType.REQUEST_VISIT_AGREED: consent_known,
    EventType.REQUEST_VISIT_REFUSED: consent_known,
    EventType.CLOCK_PAUSED: paused,
    EventType.JOB_ESCALATED: escalated,
    EventType.OFFER_MADE: offered,
    EventType.OFFER_DECLINED: offer_over,
    EventType.OFFER_EXPIRED: offer_over,
    EventType.OFFER_WITHDRAWN: offer_over,
    EventType.ASSIGNMENT_ACCEPTED: accepted,
    EventType.ASSIGNMENT_CLEARED: under_way,
    EventType.ASSIGNMENT_EN_ROUTE: under_way,
    EventType.ASSIGNMENT_RELEASED: over,
    EventType.ASSIGNMENT_DONE: over,
    EventType.ASSIGNMENT_HANDED_OFF: over,
    EventType.JOB_CANCELLED: over,
}

# How a question ends when dispatch says this of its offer. An accept takes the text back too, if it has not left.
_OVER: Final[Mapping[EventType, QuestionStatus]] = {
    EventType.OFFER_DECLINED: QuestionStatus.ANSWERED,
    EventType.OFFER_EXPIRED: QuestionStatus.EXPIRED,
    EventType.OFFER_WITHDRAWN: QuestionStatus.WITHDRAWN,
    EventType.ASSIGNMENT_ACCEPTED: QuestionStatus.ANSWERED,
    EventType.JOB_ESCALATED: QuestionStatus.ANSWERED,
}


def _about(event: Event) -> About | None:
    if isinstance(event.body, RequestChanged):
        return About(event=event, request=event.body.request)
    return About(event=event, change=event.body) if isinstance(event.body, AssignmentChanged) else None


def _recipients(about: About) -> tuple[Recipient, ...]:
    body = about.event.body
    return body.recipients if isinstance(body, RequestChanged | AssignmentChanged) else ()


def _phones(abouts: Iterable[About]) -> set[UUID]:
    found: set[UUID] = set()
    for about in abouts:
        found.update(recipient.contact_point_id for recipient in _recipients(about))
        if about.change is not None and about.change.offer is not None:
            found.add(about.change.offer.contact_point_id)
        if about.change is not None and about.change.job.responder is not None:
            found.add(about.change.job.responder.contact_point_id)
    return found


def _key_ids(abouts: Iterable[About]) -> set[UUID]:
    found: set[UUID] = set()
    for about in abouts:
        found.update({about.details.key_id, about.resident.address.key_id})
        found.update(recipient.address.key_id for recipient in _recipients(about))
        if about.change is not None and about.change.job.responder is not None:
            found.update(_keys_of(about.change.job.responder))
    return found


def _keys_of(responder: ResponderRef) -> set[UUID]:
    return {box.key_id for box in (responder.name, responder.phone, responder.member) if box is not None}


async def _touch(connection: asyncpg.Connection, recipients: Iterable[Recipient]) -> None:
    known = {recipient.contact_point_id: recipient for recipient in recipients}
    if known:
        columns = zip(*((id_, r.address.key_id, r.address.box, r.language) for id_, r in known.items()), strict=True)
        await connection.execute(QUERIES["touch_contact_points"], *map(list, columns))


async def _not_stale(connection: asyncpg.Connection, events: Sequence[Event]) -> list[Event]:
    """Drops what is older than what was seen of the same request or job (law 6). Events of one change share a version."""
    if not events:
        return []
    rows = await connection.fetch(QUERIES["known_subjects"], list({event.subject for event in events}))
    newest = {row["id"]: row["version"] for row in rows}
    fresh = []
    for event in events:
        if event.version < newest.get(event.subject, event.version):
            STALE_EVENTS.labels("notify", event.type).inc()
            continue
        newest[event.subject] = event.version
        fresh.append(event)
    subjects = sorted(newest)
    await connection.execute(QUERIES["remember_subjects"], subjects, [newest[subject] for subject in subjects])
    return fresh


__all__ = ["HANDLERS", "TOPICS", "Notifier"]
