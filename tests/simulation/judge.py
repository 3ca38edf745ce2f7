"""What must hold after every commit, and what must hold when everything has come to rest. Says what is wrong, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator

from dispatch.jobs.job import LIVE, OPEN, OWNED
from dispatch.jobs.timer import TimerKind
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from tests.simulation.store import Store

_OUT_THERE = (JobStatus.EN_ROUTE, JobStatus.ON_SCENE)
_OWNER_CLOCKS = (TimerKind.ESCALATE, TimerKind.OPEN, TimerKind.FROZEN)


def wrong_now(store: Store) -> list[str]:
    """Empty while all is well. Its cost matters: this runs after each of some hundred thousand commits."""
    visits = [offer for offer in store.offers.values() if offer.kind is OfferKind.VISIT]
    accepted = [offer for offer in visits if offer.status is OfferStatus.ACCEPTED]
    asked = {offer.job_id for offer in visits if offer.status is OfferStatus.PENDING}
    return [
        *_owners(store, Counter(offer.group_id or offer.job_id for offer in accepted)),
        *_riders(store),
        *_loads(store),
        *_clocks(store),
        *_offered(store, asked),
    ]


def wrong_at_rest(store: Store) -> list[str]:
    """Nobody is forgotten, and every telling of a job was the next version."""
    found = [f"a job is {job.status} for ever" for job in store.jobs.values() if job.closed_at is None]
    versions: dict[object, list[int]] = {}
    for event in store.told:
        versions.setdefault(event.subject, []).append(event.version)
    found += [f"the versions of a job were told as {said}" for said in versions.values() if said != list(range(1, len(said) + 1))]
    return found


def _owners(store: Store, accepted: Counter[object]) -> Iterator[str]:
    live = Counter(job.request_id for job in store.jobs.values() if job.status in LIVE)
    if any(count > 1 for count in live.values()):
        yield "a request has two live jobs"
    for job in store.jobs.values():
        target = job.group_id if job.group_id and job.closed_at is None else job.id
        if accepted[target] != (job.status in OWNED):
            yield f"a job that is {job.status} has {accepted[target]} accepted offers"
        if (job.responder_id is None) and job.status in OWNED:
            yield f"a job that is {job.status} has nobody"


def _riders(store: Store) -> Iterator[str]:
    offered = Counter(job.group_id for job in store.jobs.values() if job.status in OPEN and not job.rides)
    for job in store.jobs.values():
        if job.rides and job.status in OPEN and offered[job.group_id] != 1:
            yield f"a job rides along, and {offered[job.group_id]} of its group are offered"


def _loads(store: Store) -> Iterator[str]:
    work = Counter(
        offer.responder_id
        for offer in store.offers.values()
        if offer.kind is OfferKind.VISIT and offer.status is OfferStatus.ACCEPTED
    )
    for one in store.responders.values():
        if one.load > one.capacity:
            yield f"somebody has {one.load} visits and can do {one.capacity}"
        if one.load != work[one.id]:
            yield f"somebody counts {one.load} visits and has {work[one.id]}"


def _clocks(store: Store) -> Iterator[str]:
    ticking = {(kind, subject) for kind, subject, _ in store.timers}
    for job in store.jobs.values():
        if job.closed_at is None and job.status not in OWNED and not any((kind, job.id) in ticking for kind in _OWNER_CLOCKS):
            yield f"a job that is {job.status} has neither owner nor clock"
        if job.status in _OUT_THERE and job.aftercare.alarm is None and (TimerKind.WATCH, job.id) not in ticking:
            yield f"nobody looks after a helper who is {job.status}"
    for offer in store.offers.values():
        if offer.status is OfferStatus.PENDING and (TimerKind.OFFER_EXPIRY, offer.id) not in ticking:
            yield "a question has no end"


def _offered(store: Store, asked: Iterable[object]) -> Iterator[str]:
    asked = set(asked)
    for job in store.jobs.values():
        if (job.status is JobStatus.OFFERED) != (job.id in asked):
            yield f"a job is {job.status}, and somebody is{'' if job.id in asked else ' not'} asked about it"
