"""A machine that does anything at any time to one visit for three requests, and looks whether what must hold still holds."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dispatch.jobs import answering, visiting
from dispatch.jobs.case import Case
from dispatch.jobs.job import OPEN, OWNED
from dispatch.jobs.offer import Offer
from dispatch.jobs.together import accept, do, part, settle, split, stop
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus, Outcome
from shared.events.groups import GroupStatus
from tests.support.dispatching import NOW, a_responder, an_offer
from tests.unit.dispatch.groups import confirmed, waiting

S = JobStatus


def solved(case: Case) -> None:
    visiting.done(case, Outcome.SOLVED)


def doubted(case: Case) -> None:
    stop(case, "refused")


def taken_out(case: Case) -> None:
    part(case, "split")


class OneVisitForThree(RuleBasedStateMachine):
    """Anything, to any of three, in any order; `settle` after each, as before every commit."""

    @initialize()
    def begin(self) -> None:
        self.fellowship = confirmed(*waiting(3))
        self.cases = list(self.fellowship.cases)

    def attempt(self, act: Callable[[], None]) -> None:
        with suppress(Refused):
            act()
        settle(self.fellowship, NOW)

    @rule(place=st.integers(0, 2))
    def the_matcher_asks(self, place: int) -> None:
        case = self.cases[place]
        if case.job.status is S.PENDING and not case.job.rides:
            person = a_responder()
            case.put_responder(person)
            case.put(an_offer(case.job, person, group_id=case.job.group_id))
            case.job = replace(case.job, status=S.OFFERED)

    @rule(place=st.integers(0, 2), late=st.booleans())
    def somebody_says_yes(self, place: int, late: bool) -> None:
        case = self.cases[place]
        offers = [one for one in case.offers.values() if one.kind is OfferKind.VISIT and one.job_id == case.job.id]
        if offers:
            self.attempt(lambda: accept(case, offers[0 if late else -1]))

    @rule(place=st.integers(0, 2), status=st.sampled_from([OfferStatus.EXPIRED, OfferStatus.UNDELIVERABLE]))
    def time_is_up(self, place: int, status: OfferStatus) -> None:
        case = self.cases[place]
        pending = case.having(OfferKind.VISIT, OfferStatus.PENDING)
        if pending:
            self.attempt(lambda: answering.lapse(case, pending[0], [], status))

    @rule(
        place=st.integers(0, 2),
        whole=st.booleans(),
        act=st.sampled_from([visiting.en_route, visiting.on_scene, visiting.release, solved]),
    )
    def the_visit_goes_on(self, place: int, whole: bool, act: Callable[[Case], None]) -> None:
        if self.cases[place].winning_offer() is not None:
            self.attempt(lambda: do(self.cases[place], act, whole=whole))

    @rule(place=st.integers(0, 2), act=st.sampled_from([visiting.cancel, taken_out, doubted]))
    def one_of_them_leaves(self, place: int, act: Callable[[Case], None]) -> None:
        self.attempt(lambda: act(self.cases[place]))

    @rule()
    def it_is_taken_apart(self) -> None:
        if self.fellowship.group.status is GroupStatus.CONFIRMED:
            self.attempt(lambda: split(self.fellowship, NOW))

    @invariant()
    def a_visit_is_one_offer_and_nobody_has_two(self) -> None:
        accepted = {}
        for case in self.cases:
            winner = case.winning_offer()
            if case.job.closed_at is not None:  # the visit may go on for others
                continue
            assert (winner is not None and winner.responder_id == case.job.responder_id) == (case.job.status in OWNED)
            accepted |= {offer.id: offer for offer in case.having(OfferKind.VISIT, OfferStatus.ACCEPTED)}
        targets = [offer.group_id or offer.job_id for offer in accepted.values()]
        assert len(targets) == len(set(targets))
        people = self.cases[0].parties.responders.values()
        for one in people:
            assert one.load == sum(offer.responder_id == one.id for offer in accepted.values()) <= one.capacity

    @invariant()
    def nobody_rides_along_with_nobody(self) -> None:
        live = [case for case in self.cases if case.job.group_id is not None and case.job.closed_at is None]
        open_ones = [case for case in live if case.job.status in OPEN]
        assert len([case for case in live if not case.job.rides]) <= 1
        assert not open_ones or len(open_ones) == len(live)
        assert not open_ones or len([case for case in open_ones if not case.job.rides]) == 1
        assert all(case.job.group_id is not None for case in self.cases if case.job.rides)

    @invariant()
    def all_copies_of_an_offer_say_the_same(self) -> None:
        known: dict[object, Offer] = {}
        for case in self.cases:
            for offer in case.offers.values():
                assert known.setdefault(offer.id, offer) == offer

    @invariant()
    def every_telling_is_one_version(self) -> None:
        for case in self.cases:
            versions = [event.version for event in case.events]
            assert versions == list(range(2, len(versions) + 2))


TestOneVisitForThree = OneVisitForThree.TestCase
TestOneVisitForThree.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
