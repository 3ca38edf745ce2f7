"""Events in, letters and questions out: one table of event type → handler, one transaction a batch (laws 1, 2, 6)."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Protocol
from uuid import UUID

import asyncpg

from notify.batch import Batch, Saved
from notify.broadcasts.pages import take_page
from notify.purpose import Purpose
from notify.question import QuestionStatus
from notify.sending.claims import Claimed
from notify.sending.routes import Carriers
from notify.sending.throttle import LONGEST_WINDOW
from notify.settings import NotifySettings
from notify.store import QUERIES, read_ground
from notify.taking import note, take_in
from notify.telling import consent
from notify.telling.about import About
from notify.telling.clock_news import name_refused, news, overdue, paused
from notify.telling.concerned import about_of, key_ids, wanted
from notify.telling.drills import ABOUT_DRILLS
from notify.telling.incidents import ABOUT_INCIDENTS, end_questions, resumed
from notify.telling.inquiries import ABOUT_INQUIRIES, end_inquiries
from notify.telling.own_work import ABOUT_OWN_WORK
from notify.telling.routing import UNSAFE, is_by_phone, purpose_of
from notify.telling.said import end_talk, said
from notify.telling.sessions import asks_for_consent, which_of_them
from notify.telling.telling import tell
from notify.telling.tickets import ticket_called
from notify.telling.visit_watch import OF_ONE_VISIT, alarmed, asked, called_about, have_called, silent, well
from shared.categories import FRAUD
from shared.events.assignments import OfferKind, OfferStatus
from shared.events.drills import DrillSettled
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import RequestStatus
from shared.events.shifts import ShiftSettled
from shared.postgres.transaction import transaction
from shared.security.vault import Vault

NOT_BY_PHONE: Final = "not_by_phone"  # why an outcome is wanted: the word is for calls

Handler = Callable[[Batch, About], Awaitable[None]]


class Outlet(Protocol):
    """Who sends: takes texts over that the consumer's own transaction has claimed."""

    def carriers(self) -> Carriers:
        """The channels that would send at once just now; none while carriers are away."""
        ...

    def room(self) -> int: ...

    def take(self, claimed: Sequence[Claimed], until: float) -> None:
        """After the commit of the claim. `until`, on time.monotonic(): a send may begin."""
        ...


class Notifier:
    """The handler that the consumer runner calls. After the commit `outlet` gets what leaves at once, `wake` is called when
    something waits in the queue, and `told` when something waits in the outbox."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        settings: NotifySettings,
        *,
        outlet: Outlet | None = None,
        wake: Callable[[], None] | None = None,
        told: Callable[[], None] | None = None,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._settings = settings
        self._outlet = outlet
        self._wake = wake
        self._told = told

    async def handle(self, events: Sequence[Event]) -> None:
        pages = [event for event in events if event.type is EventType.BROADCAST_PAGE]
        await self._take([event for event in events if event not in pages] if pages else events)
        for page in pages:
            await take_page(self._pool, page, self._settings)

    async def _take(self, events: Sequence[Event]) -> None:
        if not events:
            return
        if HANDLERS.keys().isdisjoint(event.type for event in events):
            await note(self._pool, events)
            return
        until = self._settings.sending.send_until(time.monotonic())
        async with transaction(self._pool, "notify.consume") as connection:
            saved = await self._handle(connection, events)
        if self._outlet is not None and saved.claimed:
            self._outlet.take(saved.claimed, until)
        if self._wake is not None and saved.waiting:
            self._wake()
        if self._told is not None and saved.told:
            self._told()

    async def _handle(self, connection: asyncpg.Connection, events: Sequence[Event]) -> Saved:
        known = {event.id: about for event in events if event.type in HANDLERS and (about := about_of(event)) is not None}
        taken = await take_in(connection, events, wanted(known.values()))
        abouts = [known[event.id] for event in taken.fresh if event.id in known]
        if not abouts:
            return Saved()
        batch = await self._open_batch(connection, abouts, taken.phones)
        for about in abouts:
            await HANDLERS[about.event.type](batch, about)
        return await batch.save(*((self._outlet.carriers(), self._outlet.room()) if self._outlet is not None else ({}, 0)))

    async def _open_batch(self, connection: asyncpg.Connection, abouts: Sequence[About], phones: Sequence[UUID]) -> Batch:
        """One look at the locked phones; then texts that have not left, of offers that are over, are taken back."""
        keys, missing = self._vault.kept(key_ids(abouts))
        ground = await read_ground(connection, phones, sent_within=LONGEST_WINDOW, keys=missing)
        keys |= self._vault.learned(ground.wrapped)
        over = [
            about.change.offer.offer_id for about in abouts if about.event.type in _OVER and about.change and about.change.offer
        ]
        over += [about.person.ask_id for about in abouts if isinstance(about.person, ShiftSettled | DrillSettled)]
        taken_back = await connection.fetch(QUERIES["withdraw_texts"], over, ground.now) if over else []
        withdrawn = {row["id"]: row["resends"] for row in taken_back}
        return Batch(connection=connection, settings=self._settings, keys=keys, ground=ground, withdrawn=withdrawn)


async def filed(batch: Batch, about: About) -> None:
    await end_talk(batch, about)
    await tell(batch, about)
    if about.request is not None and about.request.status is RequestStatus.NEEDS_LOCATION:
        batch.tell(about, about.resident, Purpose.NEEDS_LOCATION)


async def located(batch: Batch, about: About) -> None:
    batch.need_no_call(about.request_id, [Purpose.NEEDS_LOCATION])


async def cancelled(batch: Batch, about: About) -> None:
    batch.silence(about.request_id)
    end_questions(batch, about)
    batch.need_no_call(about.request_id, _OVERTAKEN)
    consent.end_question(batch, about)
    end_inquiries(batch, about)
    await tell(batch, about)


async def offered(batch: Batch, about: About) -> None:
    offer = about.change.offer if about.change else None
    for recipient in about.recipients:
        purpose = purpose_of(about.event.type, recipient.role, by_phone=is_by_phone(about.change))
        if offer is not None and purpose is not None and recipient.contact_point_id == offer.contact_point_id:
            await batch.ask(about, recipient, purpose, offer)


async def offer_over(batch: Batch, about: About) -> None:
    """Who has read the offer is told that it is over; who has not is left in peace."""
    if about.change is None or about.change.offer is None:
        return
    offer = about.change.offer
    late = about.change.reason == "already_taken" or offer.status in _GIVEN_UP
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
    if is_by_phone(about.change):
        batch.tell(about, about.resident, Purpose.REMOTE_CALL)
    elif asks_for_consent(about.change.job) and not await consent.is_being_asked(batch, about):
        batch.tell(about, about.resident, Purpose.VISIT_CONSENT)
    if about.lacks_a_language:
        batch.tell(about, about.resident, Purpose.INTERPRETER)


async def escalated(batch: Batch, about: About) -> None:
    """Up to the next owner, or a lead said "mine" or named somebody: then it has a number on that phone, for "XONG 14"."""
    offer = about.change.offer if about.change else None
    if offer is None or about.change is None or about.change.reason not in {"owned", "assigned"}:
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


async def outcome_wanted(batch: Batch, about: About) -> None:
    """What they sent says nothing of this visit: they hear why, and what to send instead."""
    await (under_way if about.change is not None and about.change.reason == NOT_BY_PHONE else which_of_them)(batch, about)


async def over(batch: Batch, about: About) -> None:
    """The job has left this responder: done, given back, handed off, cancelled."""
    end_questions(batch, about)
    numbers = batch.end_job(about.job_id) if about.job_id is not None else {}
    batch.need_no_call(about.request_id, OF_ONE_VISIT)
    await tell(batch, about, number=next(iter(numbers.values()), None))
    have_called(batch, about)


async def frozen(batch: Batch, about: About) -> None:
    """What waits to be said (who comes, the phrase) is true no longer. The desk calls, unless it is a suspicion filed as such."""
    a_visit = about.change is not None and about.change.reason not in {FRAUD, UNSAFE}
    if a_visit:
        batch.silence(about.request_id)
        batch.need_no_call(about.request_id, _OVERTAKEN)
    await over(batch, about)
    for purpose in (Purpose.SAFETY_CALL, Purpose.POLICE_CONTACT) if a_visit else ():
        batch.tell(about, about.resident, purpose)


HANDLERS: Final[Mapping[EventType, Handler]] = {
    EventType.REQUEST_FILED: filed,
    EventType.REQUEST_LOCATED: located,
    EventType.REQUEST_CANCELLED: cancelled,
    EventType.REQUEST_VISIT_AGREED: consent.known,
    EventType.REQUEST_VISIT_REFUSED: consent.known,
    EventType.REQUEST_CONSENT_ASKED: consent.asked,
    EventType.REQUEST_CONSENT_UNANSWERED: consent.unanswered,
    EventType.REQUEST_CONSENT_NOTED: consent.noted,
    EventType.CLOCK_PAUSED: paused,
    EventType.JOB_NEWS: news,
    EventType.SLA_BREACHED: overdue,
    EventType.JOB_ESCALATED: escalated,
    EventType.JOB_ASSIGN_REFUSED: name_refused,
    EventType.OFFER_MADE: offered,
    EventType.OFFER_DECLINED: offer_over,
    EventType.OFFER_EXPIRED: offer_over,
    EventType.OFFER_WITHDRAWN: offer_over,
    EventType.ASSIGNMENT_ACCEPTED: accepted,
    EventType.ASSIGNMENT_CLEARED: under_way,
    EventType.ASSIGNMENT_NOT_AGREED: under_way,
    EventType.ASSIGNMENT_NAMED: under_way,
    EventType.ASSIGNMENT_NAME_WANTED: under_way,
    EventType.ASSIGNMENT_EN_ROUTE: under_way,
    EventType.ASSIGNMENT_LATE: under_way,
    EventType.ASSIGNMENT_RELEASED: over,
    EventType.ASSIGNMENT_DONE: over,
    EventType.ASSIGNMENT_POSTPONED: over,
    EventType.ASSIGNMENT_ASKED: asked,
    EventType.ASSIGNMENT_SILENT: silent,
    EventType.ASSIGNMENT_WELL: well,
    EventType.JOB_ALARMED: alarmed,
    EventType.JOB_OFFICE_DUE: called_about,
    EventType.ASSIGNMENT_HANDED_OFF: over,
    EventType.JOB_CANCELLED: over,
    EventType.JOB_FROZEN: frozen,
    EventType.ASSIGNMENT_OUTCOME_WANTED: outcome_wanted,
    EventType.JOB_LIFTED: tell,
    EventType.JOB_GROUPED: tell,
    EventType.JOB_UNGROUPED: resumed,
    **ABOUT_INCIDENTS,
    **ABOUT_INQUIRIES,
    **ABOUT_OWN_WORK,
    **ABOUT_DRILLS,
    EventType.CONVERSATION_SAID: said,
    EventType.TICKET_CALLED: ticket_called,
}

# Somebody who calls a request off may be made to: they are called all the same, and so are the police.
_OVERTAKEN: Final = frozenset(Purpose) - {Purpose.SAFETY_CALL, Purpose.POLICE_CONTACT, Purpose.UNSAFE_CALL, Purpose.SOS_CALL}

_GIVEN_UP: Final = frozenset({OfferStatus.DECLINED, OfferStatus.RELEASED})  # a yes after a no: always answered
# How a question ends when dispatch says this of its offer. An accept takes the text back too, if it has not left.
_OVER: Final[Mapping[EventType, QuestionStatus]] = {
    EventType.OFFER_DECLINED: QuestionStatus.ANSWERED,
    EventType.OFFER_EXPIRED: QuestionStatus.EXPIRED,
    EventType.OFFER_WITHDRAWN: QuestionStatus.WITHDRAWN,
    EventType.ASSIGNMENT_ACCEPTED: QuestionStatus.ANSWERED,
    EventType.JOB_ESCALATED: QuestionStatus.ANSWERED,
}


__all__ = ["HANDLERS", "Notifier"]
