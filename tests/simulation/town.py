"""One seeded day of a small town: what happens next is drawn, the clock is ours, and a crash loses whatever was not committed.

Events of one request arrive in their order, as Kafka keeps it, but late, together and more than once. Everything else may happen
at any moment. The draws depend on the seed alone, so that a seed is a story that can be told again.
"""

import gc
import random
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from dispatch.deadlines import lapse_on_clock
from dispatch.docket import Docket
from dispatch.handlers import VISITS
from dispatch.jobs.escalation import Level, is_due
from dispatch.jobs.job import OWNED, UNOWNED
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.together import do
from dispatch.jobs.visiting import done
from dispatch.roster.responder import Contact
from shared.events.assignments import JobStatus, OfferKind, OfferStatus, Outcome
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.events.requests import RequestState, RequestStatus
from shared.service_levels import SERVICE_LEVELS
from shared.timers import Timer
from tests.simulation.judge import wrong_at_rest, wrong_now
from tests.simulation.store import Store
from tests.simulation.writes import ask, group, on_time, saved, says_yes, take, take_out
from tests.support.dispatching import NOW, a_request, a_responder, leads, reply, reported, said, sealed

REQUESTS: Final = 3
PEOPLE: Final = 5
STEPS: Final = 90
LAST_STEPS: Final = 400  # within which everything must come to rest once people are helpful
CRASHES: Final = 0.1  # of transactions: before the commit, and as many after it and before the acknowledgement


class Wrong(AssertionError):
    """A promise was broken; `story` is what happened until then."""

    def __init__(self, seed: int, found: Sequence[str], story: Sequence[str]) -> None:
        super().__init__(f"seed {seed}: {'; '.join(found)}")
        self.story = list(story)


class Town:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.dice = random.Random(seed)  # noqa: S311 - a simulation
        self.now = NOW + timedelta(hours=self.dice.choice((0, 0, 5, 12)))
        self.store = Store()
        self.story: list[str] = []
        self.lanes: dict[UUID, deque[Event]] = {}
        self.requests: list[RequestState] = []
        self._people()
        for _ in range(REQUESTS):
            self._file()

    def live(self) -> None:
        """Raises Wrong."""
        steps: list[tuple[int, Callable[[], None]]] = [
            (5, self.something_arrives),
            (4, self.the_matcher_asks),
            (3, self.a_timer_fires),
            (2, self.time_goes_on),
            (4, self.somebody_answers),
            (2, self.the_carrier_reports),
            (1, self.the_resident_changes_something),
            (3, self.the_visit_goes_on),
            (1, self.a_person_looks_at_what_is_alike),
        ]
        weights, deeds = [weight for weight, _ in steps], [deed for _, deed in steps]
        for _ in range(STEPS):
            self.dice.choices(deeds, weights)[0]()
        self._come_to_rest()

    # What happens -----------------------------------------------------------------------------------------------------

    def something_arrives(self) -> None:
        """The next events of a lane in one transaction; after a crash behind the commit they come again."""
        waiting = [lane for lane in self.lanes.values() if lane]
        if not waiting:
            return
        lane = self.dice.choice(waiting)
        batch = list(lane)[: self.dice.randint(1, 3)]
        if self._committed(f"{[event.type.value for event in batch]} arrive", lambda store: take(store, self.now, batch)):
            for _ in batch:
                lane.popleft()

    def the_matcher_asks(self) -> None:
        pending = [job for job in self.store.jobs.values() if job.status is JobStatus.PENDING and not job.rides]
        waiting = [job for job in pending if job.not_before is None]
        if not waiting:
            return
        job = self.dice.choice(waiting)
        busy = {offer.responder_id for offer in self.store.offers.values() if offer.status is OfferStatus.PENDING}
        free = [
            one
            for one in self.store.responders.values()
            if one.load < one.capacity and one.id not in busy and one.id not in job.excluded
        ]
        wave = free[: min(len(free), SERVICE_LEVELS[job.priority].wave_size, self.dice.randint(1, 3))]
        if wave:
            self._committed(f"the matcher asks {len(wave)}", lambda store: ask(store, self.now, job.id, [one.id for one in wave]))
        elif job.escalated_to is None and not busy:
            self.store.timers[self.dice.choice((TimerKind.NOBODY_LEFT, TimerKind.NOBODY_ON_SHIFT)), job.id, job.version] = (
                self.now
            )

    def a_timer_fires(self) -> None:
        due = [key for key, at in self.store.timers.items() if at <= self.now]
        if due:
            key = self.dice.choice(due)
            self._committed(f"timer {key[0]}", lambda store: self._fire(store, key))

    def time_goes_on(self) -> None:
        coming = min((at for at in self.store.timers.values() if at > self.now), default=self.now)
        self.now = (
            max(coming, self.now) if self.dice.random() < 0.6 else self.now + timedelta(seconds=self.dice.choice((1, 40, 300)))
        )

    def somebody_answers(self) -> None:
        """By message, perhaps late, perhaps twice; or over the API at once."""
        offers = list(self.store.offers.values())
        if not offers:
            return
        offer = self.dice.choice(offers[-6:])
        if offer.kind is OfferKind.VISIT and self.dice.random() < 0.2:
            self._committed("a yes over the API", lambda store: self._decide(store, offer.id, says_yes(offer.id)))
            return
        answer = self.dice.choice((Answer.ACCEPT, Answer.ACCEPT, Answer.DECLINE, Answer.RELEASE, Answer.DONE, Answer.CITY_DESK))
        whole = self.dice.random() < 0.5
        self._say(offer.contact_point_id, reply(offer, answer, received_at=self.now, whole=whole))

    def the_carrier_reports(self) -> None:
        pending = [offer for offer in self.store.offers.values() if offer.status is OfferStatus.PENDING]
        if not pending:
            return
        offer = self.dice.choice(pending)
        if self.dice.random() < 0.8:
            self._committed("a text has left", lambda store: store.submitted(offer.id, self.now))
        else:
            failed = reported(EventType.MESSAGE_FAILED, offer.id, offer.contact_point_id, at=self.now, reason="undeliverable")
            self._say(offer.contact_point_id, failed)

    def the_resident_changes_something(self) -> None:
        place = self.dice.randrange(len(self.requests))
        request = self.requests[place]
        kind, changes = self.dice.choice(
            (
                (EventType.REQUEST_AMENDED, {"priority": self.dice.choice(list(Priority))}),
                (EventType.REQUEST_AMENDED, {"vulnerable": ("elderly",)}),
                (EventType.REQUEST_VISIT_AGREED, {"visit_consent": True}),
                (EventType.REQUEST_VISIT_REFUSED, {"visit_consent": False}),
                (EventType.REQUEST_CANCELLED, {"status": RequestStatus.CANCELLED}),
                (EventType.REQUEST_REOPENED, {"status": RequestStatus.WAITING, "reopened": request.reopened + 1}),
            )
        )
        changed = request.model_copy(update={"version": request.version + 1, **changes})
        self.requests[place] = changed
        self._say(request.request_id, said(kind, changed, at=self.now))

    def the_visit_goes_on(self) -> None:
        owned = [job for job in self.store.jobs.values() if job.status in OWNED]
        if not owned:
            return
        job, deed = self.dice.choice(owned), self.dice.choice([*VISITS.values(), *[None] * 2])
        outcome, whole = self.dice.choice(list(Outcome)), self.dice.random() < 0.5

        def decide(docket: Docket) -> None:
            case = docket.case(job.id)
            done(case, outcome) if deed is None else do(case, deed, whole=whole)

        self._committed("the visit goes on", lambda store: self._decide_job(store, job.id, decide))

    def a_person_looks_at_what_is_alike(self) -> None:
        """Says that some are one fault, or takes one out again."""
        live = [job for job in self.store.jobs.values() if job.closed_at is None]
        alone, together = [job.id for job in live if not job.group_id], [job.id for job in live if job.group_id]
        if len(alone) > 1 and self.dice.random() < 0.7:
            some = self.dice.sample(alone, self.dice.randint(2, len(alone)))
            self._committed(f"{len(some)} are one fault", lambda store: group(store, self.now, some))
        elif together:
            out = self.dice.choice(together)
            self._committed("one is taken out", lambda store: take_out(store, self.now, out))

    # How it is done ----------------------------------------------------------------------------------------------------

    def _committed(self, what: str, work: Callable[[Store], None]) -> bool:
        """False: it has to be done again, as far as whoever wanted it knows."""
        transaction, luck = self.store.begun(), self.dice.random()
        work(transaction)
        self.story.append(f"{self.now:%H:%M:%S} {what}{' (crash)' if luck < 2 * CRASHES else ''}")
        if luck < CRASHES:
            return False
        self.store = transaction
        found = wrong_now(self.store)
        if found:
            raise Wrong(self.seed, found, self.story)
        return luck >= 2 * CRASHES

    def _fire(self, store: Store, key: tuple[str, UUID, int]) -> None:
        kind, subject, guard = key
        due_at = store.timers.pop(key)
        if kind == TimerKind.OFFER_EXPIRY:
            self._decide(store, subject, lambda docket: lapse_on_clock(docket, subject))
            return
        before = store.jobs.get(subject)
        on_time(store, self.now, Timer(kind=kind, subject=subject, due_at=due_at, guard=guard))
        if before is not None and kind == TimerKind.ESCALATE:
            after = store.jobs[subject]
            if before.escalated_at not in {None, after.escalated_at} and not is_due(before, self.now):
                raise Wrong(self.seed, ["the time of those who were asked was cut short"], self.story)

    def _decide(self, store: Store, offer_id: UUID, decide: Callable[[Docket], object]) -> None:
        saved(store, store.docket(self.now, offers=[offer_id]), decide)

    def _decide_job(self, store: Store, job_id: UUID, decide: Callable[[Docket], object]) -> None:
        saved(store, store.docket(self.now, jobs=[job_id]), decide)

    def _say(self, lane: UUID, event: Event) -> None:
        """On its way; now and then twice."""
        self.lanes.setdefault(lane, deque()).extend([event] * (2 if self.dice.random() < 0.2 else 1))

    def _file(self) -> None:
        request = a_request(
            priority=self.dice.choice(list(Priority)), visit_consent=self.dice.choice((None, True)), filed_at=self.now
        )
        self.requests.append(request)
        self._say(request.request_id, said(EventType.REQUEST_FILED, request, at=self.now))

    def _people(self) -> None:
        for place in range(PEOPLE):
            one = a_responder(capacity=1 + place % 2, declared_capacity=1 + place % 2)
            self.store.responders[one.id] = one
            self.store.contacts[one.contact_point_id] = Contact(id=one.contact_point_id, address=sealed(), confirmed_at=NOW)
        seats = self.dice.choice(((), (Level.CITY_DESK,), tuple(Level)))
        self.store.leads = leads(*seats)
        self.store.contacts.update({seat.contact.id: seat.contact for seat in self.store.leads})

    def _come_to_rest(self) -> None:
        """From now on people are helpful and nobody changes their mind: everything must end, and nothing be forgotten."""
        for _ in range(LAST_STEPS):
            if all(job.closed_at for job in self.store.jobs.values()) and not any(self.lanes.values()):
                break
            self.something_arrives()
            self.the_matcher_asks()
            self.a_timer_fires()
            self._help()
            self.time_goes_on()
        found = wrong_at_rest(self.store)
        if found:
            raise Wrong(self.seed, found, self.story)

    def _help(self) -> None:
        """Whoever is asked says yes; whoever has a job ends it; a lead who owns one solves it by telephone.

        Where no seat is taken, the desk sees on its list what was escalated, and solves it.
        """
        for offer in list(self.store.offers.values()):
            job = self.store.helped_by(offer)
            if job is None:
                continue
            if offer.status is OfferStatus.PENDING:
                self._say(offer.contact_point_id, reply(offer, Answer.ACCEPT, received_at=self.now))
            elif offer.status is OfferStatus.ACCEPTED and (offer.kind is OfferKind.VISIT or job.status in UNOWNED):
                self._say(offer.contact_point_id, reply(offer, Answer.DONE, received_at=self.now, job_id=job.id, whole=True))
        for job in list(self.store.jobs.values()):
            if job.status in UNOWNED and job.escalated_to is not None and not self.store.leads:
                self._end(job.id)

    def _end(self, job_id: UUID) -> None:
        self._committed(
            "the desk solves it",
            lambda store: self._decide_job(store, job_id, lambda docket: done(docket.case(job_id), Outcome.SOLVED)),
        )


def first_wrong(seeds: Sequence[int]) -> Wrong | None:
    """The first of these stories that ends badly, if any; in a process of its own.

    A town keeps nothing of the one before: to look for garbage often, in all that was there before, was a fifth of the work.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    for seed in seeds:
        try:
            Town(seed).live()
        except Wrong as wrong:
            return wrong
    return None
