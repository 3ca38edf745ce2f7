"""A machine that does anything at any time to one job, and looks whether what must always hold still holds."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dispatch.jobs import visiting, watching
from dispatch.jobs.aftercare import Alarm
from dispatch.jobs.alarming import calm, remind, sos
from dispatch.jobs.answering import accept, decline, lapse
from dispatch.jobs.escalating import escalate, own, pass_on
from dispatch.jobs.escalation import Level, Reason
from dispatch.jobs.freezing import freeze, lift
from dispatch.jobs.job import LIVE, OWNED, UNOWNED, on_hold
from dispatch.jobs.news import tell_news
from dispatch.jobs.offer import Offer
from dispatch.jobs.pausing import pause, pause_off_hours, resume, resume_now
from dispatch.jobs.promises import hand_up, widen
from dispatch.jobs.reporting import agree_on, report, turned_down
from dispatch.jobs.timer import TimerKind
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus, Outcome
from shared.events.contract import Priority
from shared.pauses import Pause
from tests.support.dispatching import a_case, an_offer, leads


class OneJob(RuleBasedStateMachine):
    @initialize(priority=st.sampled_from(Priority), capacity=st.integers(1, 2))
    def begin(self, priority: Priority, capacity: int) -> None:
        self.case = a_case(JobStatus.OFFERED, asked=3, capacity=capacity, priority=priority)
        self.leads = leads(*Level)

    def attempt(self, act: object, *arguments: object) -> None:
        """A refusal is an answer; it must not leave anything half done."""
        before = (self.case.job, dict(self.case.offers), dict(self.case.parties.responders))
        try:
            act(self.case, *arguments)  # type: ignore[operator]
        except Refused:
            assert before == (self.case.job, dict(self.case.offers), dict(self.case.parties.responders))

    @rule(place=st.integers(0, 20))
    def somebody_says_yes(self, place: int) -> None:
        offer = self.pick(place)
        self.attempt(accept if offer.kind is OfferKind.VISIT else own, offer)

    @rule(place=st.integers(0, 20), to_desk=st.booleans())
    def somebody_says_no(self, place: int, to_desk: bool) -> None:
        offer = self.pick(place)
        if offer.kind is OfferKind.VISIT:
            self.attempt(decline, offer, self.leads)
        else:
            self.attempt(lambda case: pass_on(case, offer, self.leads, to_desk=to_desk))

    @rule(place=st.integers(0, 20), status=st.sampled_from([OfferStatus.EXPIRED, OfferStatus.UNDELIVERABLE]))
    def time_is_up(self, place: int, status: OfferStatus) -> None:
        self.attempt(lapse, self.pick(place), self.leads, status)

    @precondition(lambda self: self.case.job.status is JobStatus.PENDING and self.case.job.pause is None)
    @rule()
    def the_matcher_asks_again(self) -> None:
        pending = {offer.responder_id for offer in self.case.having(OfferKind.VISIT, OfferStatus.PENDING)}
        for person in list(self.case.parties.responders.values()):
            if person.id not in pending and person.id not in self.case.job.excluded:
                self.case.put(an_offer(self.case.job, person, wave=self.case.job.wave + 1))
                self.case.job = self.case.job.__class__(**{**vars_of(self.case.job), "status": JobStatus.OFFERED})

    @rule()
    def nobody_is_found(self) -> None:
        if self.case.job.status in UNOWNED:
            self.attempt(escalate, self.leads, Reason.NOBODY_LEFT)

    @rule(outcome=st.sampled_from(Outcome))
    def it_is_over(self, outcome: Outcome) -> None:
        self.attempt(visiting.done, outcome)

    @rule(outcome=st.sampled_from(Outcome))
    def somebody_says_what_came_of_it(self, outcome: Outcome) -> None:
        self.attempt(report, outcome)

    @rule(act=st.sampled_from([watching.going, watching.well, turned_down, calm]))
    def a_word_comes_from_there(self, act: object) -> None:
        self.attempt(act)

    @rule(act=st.sampled_from([watching.look, remind]))
    def somebody_looks_after_them(self, act: object) -> None:
        self.attempt(act, self.leads)

    @rule()
    def somebody_calls_for_help(self) -> None:
        self.attempt(sos, self.leads, self.case.resident())
        assert self.case.job.aftercare.alarm is Alarm.SOS

    @rule(hours=st.integers(0, 40))
    def another_hour_is_agreed(self, hours: int) -> None:
        self.attempt(agree_on, self.case.now + timedelta(hours=hours))

    @rule(
        act=st.sampled_from(
            [
                visiting.en_route,
                visiting.on_scene,
                visiting.release,
                visiting.cancel,
                pause_off_hours,
                resume,
                resume_now,
                tell_news,
            ]
        )
    )
    def something_else_happens(self, act: object) -> None:
        self.attempt(act)

    @rule(act=st.sampled_from([lift, lambda case: freeze(case, "refused")]))
    def somebody_doubts_who_is_at_the_door(self, act: object) -> None:
        self.attempt(act)

    @rule(reason=st.sampled_from([Pause.RESIDENT_LATER, Pause.WAITING_OFFICE]), hours=st.integers(-1, 48))
    def it_is_put_off(self, reason: Pause, hours: int) -> None:
        self.attempt(pause, reason, self.case.now + timedelta(hours=hours))

    @rule(act=st.sampled_from([widen, hand_up]))
    def a_promise_is_near_or_broken(self, act: object) -> None:
        self.attempt(act, self.leads)

    @rule(hours=st.integers(0, 12))
    def time_goes_on(self, hours: int) -> None:
        self.case.now += timedelta(hours=hours)

    def pick(self, place: int) -> Offer:
        offers = list(self.case.offers.values())
        return offers[place % len(offers)]

    @invariant()
    def a_job_has_one_owner_or_none(self) -> None:
        accepted = self.case.having(OfferKind.VISIT, OfferStatus.ACCEPTED)
        assert len(accepted) == (1 if self.case.job.status in OWNED else 0)
        if accepted:
            assert accepted[0].responder_id == self.case.job.responder_id

    @invariant()
    def nobody_has_more_than_they_can(self) -> None:
        assert all(0 <= one.load <= one.capacity for one in self.case.parties.responders.values())
        assert sum(one.load for one in self.case.parties.responders.values()) == (self.case.job.status in OWNED)

    @invariant()
    def who_is_asked_is_asked_for_an_open_job(self) -> None:
        pending = self.case.having(OfferKind.VISIT, OfferStatus.PENDING)
        assert bool(pending) == (self.case.job.status is JobStatus.OFFERED)
        asked_leads = self.case.having(OfferKind.ESCALATION, OfferStatus.PENDING)
        assert len(asked_leads) <= 1
        assert not asked_leads or self.case.job.status in UNOWNED

    @invariant()
    def what_waits_has_a_timer_and_what_is_watched_is_owned(self) -> None:
        job = self.case.job
        if on_hold(job):
            assert (TimerKind.OPEN, job.not_before) in {(due.kind, due.due_at) for due in self.case.timers}
        assert job.aftercare.watch_at is None or job.status in OWNED

    @invariant()
    def what_is_over_stays_over(self) -> None:
        assert (self.case.job.closed_at is None) == (self.case.job.status in LIVE)

    @invariant()
    def what_stands_still_has_an_end_and_nobody_goes_there(self) -> None:
        job = self.case.job
        assert (job.pause is None) == (job.paused_at is None)
        if job.pause is not None:
            assert job.not_before is not None
            assert job.status not in {*OWNED, JobStatus.OFFERED}

    @invariant()
    def every_telling_is_one_version(self) -> None:
        versions = [event.version for event in self.case.events]
        assert versions == list(range(2, len(versions) + 2))


def vars_of(job: object) -> dict[str, object]:
    return {name: getattr(job, name) for name in job.__slots__}  # type: ignore[attr-defined]


TestOneJob = OneJob.TestCase
TestOneJob.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
