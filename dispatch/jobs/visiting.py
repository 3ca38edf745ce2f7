"""After the yes: on the way, there, done with an outcome, or given back; no I/O. Saying the same thing twice changes nothing."""

from dataclasses import replace
from typing import Final

from dispatch.jobs import job as jobs
from dispatch.jobs.aftercare import NOTHING, Aftercare, Wait, goes_on_at
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import first_due
from dispatch.jobs.going import NameWanted, Naming, Want
from dispatch.jobs.job import OPEN, OWNED, IllegalMove, Job
from dispatch.jobs.news import begin_news
from dispatch.jobs.offer import Offer, moved
from dispatch.jobs.pausing import pause_off_hours
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.withdrawing import end_escalation, tell_withdrawn, withdrawn_offers
from dispatch.roster.responder import giving_back
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus, Outcome
from shared.events.contract import Recipient
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.service_levels import Stage, deadline

NAMEABLE: Final = frozenset({JobStatus.ACCEPTED, JobStatus.EN_ROUTE})


class NotAgreed(Refused):
    def __init__(self) -> None:
        super().__init__("not_agreed", "the visited person has not agreed yet; the address comes as soon as they have")


def name(case: Case, offer: Offer, naming: Naming) -> None:
    """Who of the team goes; another name takes the place of the first until somebody is there.

    A name that fits nobody is asked for again. Raises IllegalMove when nobody has the job, or somebody is there already.
    """
    if case.job.status not in NAMEABLE or offer.status is not OfferStatus.ACCEPTED:
        raise IllegalMove(case.job.status, JobStatus.ACCEPTED)
    if naming.person is None:
        ask_who_goes(case, offer, naming)
    elif (naming.person.id, naming.partner and naming.partner.id) != (offer.member_id, offer.partner_id):
        offer = case.put(named(offer, naming))
        case.tell(EventType.ASSIGNMENT_NAMED, offer=offer, recipients=case.resident() + case.asked(offer))


def named(offer: Offer, naming: Naming | None) -> Offer:
    if naming is None or naming.person is None:
        return offer
    other = naming.partner
    named_one = replace(offer, member=naming.person.box, member_id=naming.person.id)
    return replace(named_one, partner=other.box if other else None, partner_id=other.id if other else None)


def unname(case: Case, offer: Offer, naming: Naming) -> None:
    """Who was named does not come: the resident waits for another name, and the team is asked for it."""
    offer = case.put(replace(offer, member=None, member_id=None, partner=None, partner_id=None))
    case.tell(
        EventType.ASSIGNMENT_NAME_WANTED,
        offer=offer,
        recipients=case.resident() + case.asked(offer),
        reason=naming.want,
    )


def ask_who_goes(case: Case, offer: Offer, naming: Naming) -> None:
    """By the team's own phone, the one that was asked; the clock goes on."""
    case.tell(
        EventType.ASSIGNMENT_NAME_WANTED,
        offer=offer,
        recipients=case.asked(offer),
        reason=naming.want,
        choices=naming.choices,
    )


def _may_come(case: Case) -> None:
    """Nobody travels before the visited person has agreed, who was told not to open to somebody without a name.

    Raises NotAgreed, NameWanted.
    """
    to_a_home = case.job.status in OWNED and case.job.aftercare.session_at is None  # to a session people come themselves
    if to_a_home and not case.job.visit_consent:
        raise NotAgreed
    offer = case.winning_offer()
    if offer is not None and case.unnamed(offer):
        raise NameWanted(Want.TWO if case.needs_two else Want.NEEDED)
    if to_a_home and offer is not None and offer.partner_id is None and case.needs_two:  # it has become night since they accepted
        raise NameWanted(Want.TOO_FEW)


class HelpsByPhone(Refused):
    def __init__(self) -> None:
        super().__init__("by_phone", "this help is given in a call; say needs_visit when somebody has to go there")


def _goes_there(case: Case) -> None:
    """Who only calls knows neither address nor door. Raises HelpsByPhone."""
    if case.by_phone:
        raise HelpsByPhone


def en_route(case: Case) -> None:
    """Raises NotAgreed, NameWanted, HelpsByPhone, IllegalMove."""
    if case.job.status is JobStatus.EN_ROUTE:
        return
    _goes_there(case)
    _may_come(case)
    case.job = jobs.en_route(case.job, now=case.now)
    case.tell(EventType.ASSIGNMENT_EN_ROUTE, offer=case.winning_offer(), recipients=case.resident() + case.owner())
    case.keep_watch()


def on_scene(case: Case) -> None:
    if case.job.status is JobStatus.ON_SCENE:
        return
    _goes_there(case)
    _may_come(case)
    called = case.job.aftercare.called
    case.job = jobs.on_scene(case.job, now=case.now)
    case.tell(EventType.ASSIGNMENT_ON_SCENE, offer=case.winning_offer(), recipients=case.owner())
    if called:  # nobody need telephone any more
        case.tell(EventType.ASSIGNMENT_WELL)
    case.keep_watch()


def done(case: Case, outcome: Outcome, *, reason: str | None = None, hearers: tuple[Recipient, ...] | None = None) -> None:
    """It ends with this outcome; what a helper says goes through reporting.py first.

    Raises NotEscalated when nobody had the job and no lead owns it.
    """
    if case.job.outcome is outcome:
        return
    hearers = case.resident() + case.owner() if hearers is None else hearers
    case.job = jobs.done(case.job, outcome, now=case.now)
    offer = close_visit(case, OfferStatus.COMPLETED)
    gone = withdrawn_offers(case, OfferKind.VISIT, "taken") + end_escalation(case, "taken")
    if outcome is Outcome.NEEDS_OFFICE:
        _hand_off(case, offer, hearers)
    else:
        case.tell(EventType.ASSIGNMENT_DONE, offer=offer, recipients=hearers, reason=reason)
    tell_withdrawn(case, gone)
    if outcome is Outcome.SECOND_VISIT:
        case.followed_by = _another_visit(case)


def _hand_off(case: Case, offer: Offer | None, hearers: tuple[Recipient, ...]) -> None:
    """The clock of the office: when it is over somebody asks whether it was done."""
    until = deadline(case.job.priority, Stage.RESOLVE, case.now) or case.now
    case.tell(EventType.ASSIGNMENT_HANDED_OFF, offer=offer, recipients=hearers, reason="needs_office", until=until)
    case.set_timer(TimerKind.OFFICE, until)


def _another_visit(case: Case) -> Job:
    """The same request, another hour; whoever was there knows the way, and is asked first."""
    care = Aftercare(waits_for=Wait.SECOND_VISIT, first=case.job.responder_id)
    return replace(next_round(case.job, case), aftercare=care, not_before=goes_on_at(case.job.priority, case.now))


def release(case: Case, reason: str = "released") -> None:
    """Offered again to others, with the resident's clock running and a new pass phrase. `reason`: also why we take it away."""
    if case.job.status not in OWNED:
        raise IllegalMove(case.job.status, JobStatus.PENDING)
    owner = case.owner()
    offer = close_visit(case, OfferStatus.RELEASED)
    case.job = jobs.released(case.job, now=case.now)
    case.tell(EventType.ASSIGNMENT_RELEASED, offer=offer, recipients=case.resident() + owner, reason=reason)
    case.set_timer(TimerKind.ESCALATE, first_due(case.job.priority, case.now))
    begin_news(case)
    pause_off_hours(case)


def cancel(case: Case, reason: str = "cancelled") -> None:
    """The request is gone. The resident hears it from intake; whoever was asked or is on the way, from here."""
    if case.job.closed_at is not None:
        return
    owner = case.owner()
    case.job = jobs.cancelled(case.job, now=case.now)
    offer = close_visit(case, OfferStatus.RELEASED)
    gone = withdrawn_offers(case, OfferKind.VISIT, reason) + end_escalation(case, reason)
    case.tell(EventType.JOB_CANCELLED, offer=offer, recipients=owner, reason=reason)
    tell_withdrawn(case, gone)


def next_round(job: Job, case: Case) -> Job:
    """A new job of the same request: a second visit, or a reopening."""
    return replace(
        job,
        id=uuid7(),
        round=job.round + 1,
        version=0,
        status=JobStatus.PENDING,
        visit=job.visit + 1,
        wave=0,
        waves_empty=0,
        widened=False,
        excluded=(),
        escalated_to=None,
        escalated_at=None,
        responder_id=None,
        outcome=None,
        group_id=None,
        rides=False,
        shared_by=1,
        not_before=None,
        pause=None,
        paused_at=None,
        held_seconds=0.0,
        promises_told=0,
        news_at=None,
        aftercare=NOTHING,
        opened_at=case.now,
        waiting_since=case.now,
        first_offer_at=None,
        accepted_at=None,
        en_route_at=None,
        on_scene_at=None,
        done_at=None,
        closed_at=None,
    )


def owned(case: Case) -> bool:
    return case.job.status in OWNED


def waiting(case: Case) -> bool:
    return case.job.status in OPEN


def close_visit(case: Case, status: OfferStatus) -> Offer | None:
    """The winner's offer ends and their place is free again; of one visit for several requests, with the last of them."""
    if case.visit_goes_on():
        return case.winning_offer()
    offer = case.winning_offer()
    if offer is None or offer.responder_id is None:
        return None
    case.put_responder(giving_back(case.responder(offer.responder_id)))
    return case.put(moved(offer, status, now=case.now))
