"""The transactions of dispatch on the store in memory, as its use cases write them. Draws nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from dispatch.deadlines import ALSO_WHEN_OVER, DECISIONS
from dispatch.docket import Docket
from dispatch.faults.group import Group, Member
from dispatch.handlers import HANDLERS, offer_of, request_of
from dispatch.jobs.case import Case, Fellowship
from dispatch.jobs.going_on import ask_first, go_on_to
from dispatch.jobs.job import moved
from dispatch.jobs.offer import unsent_cap
from dispatch.jobs.pinning import Chosen
from dispatch.jobs.promises import keep_promises
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.together import accept, confirm, part
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.service_levels import SERVICE_LEVELS
from shared.timers import Timer
from tests.simulation.store import Store
from tests.support.dispatching import an_offer


def take(store: Store, now: datetime, batch: Sequence[Event]) -> None:
    fresh = [event for event in batch if event.id not in store.seen]
    store.seen |= {event.id for event in fresh}
    requests = {found for event in fresh if (found := request_of(event))}
    offers = {found for event in fresh if (found := offer_of(event))}
    docket = store.docket(now, requests=requests, offers=offers)
    for event in fresh:
        HANDLERS[event.type](event, docket)
    store.save(docket)


def ask(store: Store, now: datetime, job_id: UUID, people: Sequence[UUID]) -> None:
    """As `make_offers` writes it."""
    job, lease = store.jobs[job_id], SERVICE_LEVELS[store.jobs[job_id].priority].lease_seconds
    for one in people:
        cap = unsent_cap(now, lease)
        responder = store.responders[one]
        offer = an_offer(
            job,
            responder,
            visit=job.visit,
            wave=job.wave + 1,
            group_id=job.group_id,
            lease_seconds=lease,
            expires_at=cap,
            not_after=cap,
            made_at=now,
        )
        store.offers[offer.id] = offer
        store.timers[TimerKind.OFFER_EXPIRY, offer.id, 0] = cap
    docket = store.docket(now, jobs=[job_id])
    case = docket.case(job_id)
    case.job = moved(replace(case.job, wave=case.job.wave + 1), JobStatus.OFFERED)
    for offer in case.having(OfferKind.VISIT, OfferStatus.PENDING):
        case.tell(EventType.OFFER_MADE, offer=offer, recipients=case.asked(offer))
    store.save(docket)


def on_time(store: Store, now: datetime, timer: Timer) -> None:
    """As the handlers of `deadlines.ON_TIME` do for a job that is not over."""
    lower = lower_offers(store, timer.subject) if timer.kind == TimerKind.SLA else []
    docket = store.docket(now, jobs=[timer.subject], offers=lower)
    case = docket.cases.get(timer.subject)
    if case is None or case.job.closed_at is not None:
        return
    match timer.kind:
        case TimerKind.SLA:
            keep_promises(case, docket, timer, lower)
        case TimerKind.OPEN:
            first = go_on_to(case, docket, timer)
            if first is not None:
                ask_first(case, chosen(store, first, case))
        case _:
            {**DECISIONS, **ALSO_WHEN_OVER}[timer.kind](case, docket, timer)
    store.save(docket)


def lower_offers(store: Store, job_id: UUID) -> list[UUID]:
    """As the query has it, among people who can do everything and stay: `give_way` looks again whether they are less urgent."""
    pending = (offer for offer in store.offers.values() if offer.status is OfferStatus.PENDING and offer.kind is OfferKind.VISIT)
    return [offer.id for offer in pending if offer.job_id != job_id][:2]


def chosen(store: Store, responder_id: UUID, case: Case) -> Chosen:
    """As the query has it. Somebody of this town is here, able and awake."""
    one = store.responders[responder_id]
    pending = (offer for offer in store.offers.values() if offer.status is OfferStatus.PENDING)
    asked_for = next((offer.job_id for offer in pending if offer.contact_point_id == one.contact_point_id), None)
    return Chosen(
        responder_id=one.id,
        skills=frozenset(case.job.skills),
        distance_m=500,
        until=(case.now + timedelta(hours=8)).timestamp(),
        active=True,
        confirmed=True,
        unreachable=False,
        full=one.load >= one.capacity,
        had_enough_messages=False,
        off_duty=False,
        cooling_down=False,
        day_cap=False,
        asked_for=asked_for,
    )


def group(store: Store, now: datetime, job_ids: Sequence[UUID]) -> None:
    """A person says that these are one fault."""
    docket = store.docket(now, jobs=job_ids)
    callers = [docket.case(job_id) for job_id in job_ids]
    first = callers[0].job
    proposed = Group(
        id=uuid4(),
        city=first.city,
        fault="network",
        commune_code=first.commune_code,
        place=first.place,
        radius_m=250,
        proposed_at=now,
        last_called_at=now,
        members={case.job.id: Member(job_id=case.job.id, request_id=case.job.request_id) for case in callers},
    )
    saved(store, docket, lambda docket: confirm(docket.join(Fellowship(proposed)), callers, now))


def take_out(store: Store, now: datetime, job_id: UUID) -> None:
    saved(store, store.docket(now, jobs=[job_id]), lambda docket: part(docket.case(job_id), "split"))


def says_yes(offer_id: UUID) -> Callable[[Docket], None]:
    return lambda docket: accept(*docket.case_of_offer(offer_id))


def saved(store: Store, docket: Docket, decide: Callable[[Docket], object]) -> None:
    """A refusal is an answer, and rolls back."""
    try:
        decide(docket)
    except Refused:
        return
    store.save(docket)
