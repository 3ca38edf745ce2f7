"""What a request asks of us: a new job, a changed one, or one less; no I/O."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from dispatch.jobs.aftercare import NOTHING, Aftercare, Wait, sign_due
from dispatch.jobs.answering import after_wave
from dispatch.jobs.case import Case, Parties
from dispatch.jobs.escalation import Lead, due_at
from dispatch.jobs.freezing import freeze
from dispatch.jobs.job import OPEN, OWNED, Job, on_hold, withdrawn_wave
from dispatch.jobs.pausing import hold, pause_off_hours, resume_now
from dispatch.jobs.reporting import found_again
from dispatch.jobs.sla import milestones
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.visiting import cancel, done, next_round
from dispatch.jobs.withdrawing import tell_withdrawn, withdrawn_offers
from shared.categories import BY_PHONE, CATEGORIES, FRAUD
from shared.company import Company, company_of, needs_two
from shared.events.assignments import JobStatus, OfferKind, OfferStatus, Outcome
from shared.events.contract import Place
from shared.events.registry import EventType
from shared.events.requests import RequestState, RequestStatus
from shared.ids import uuid7
from shared.pauses import Pause

# The states in which somebody must go; `needs_location` belongs to the desk until somebody knows where.
WANTS_A_JOB: Final = frozenset({RequestStatus.FILED, RequestStatus.WAITING})
NOT_FIXED: Final = "not_fixed"  # the reason of request.reopened: the resident says that it does not work
NO_SMARTPHONE: Final = "no_smartphone"  # of the reasons to go first
# A change of these makes an offer untrue.
NEEDS_NEW_OFFERS: Final = ("priority", "category", "skills", "commune_code", "place", "company")


def company_in(request: RequestState) -> Company | None:
    known = CATEGORIES.get(request.category)
    return company_of(known.group if known else None, request.someone_present, request.vulnerable)


def wants_a_job(request: RequestState) -> bool:
    placed = request.commune_code is not None and request.place is not None
    return request.status in WANTS_A_JOB and placed and not request.held


def no_call(request: RequestState) -> bool:
    """Of a kind that a call may solve, for somebody whom no call can help: the form says so, or an operator who has asked."""
    return request.category in BY_PHONE and NO_SMARTPHONE in request.vulnerable


def new_job(request: RequestState, *, now: datetime) -> Job:
    """The first job of a request; the caller has asked `wants_a_job`."""
    return Job(
        id=uuid7(),
        request_id=request.request_id,
        request_version=request.version,
        city=request.city,
        code=request.code,
        priority=request.priority,
        category=request.category,
        skills=request.skills,
        commune_code=request.commune_code or "",
        place=request.place or Place(lat=0, lon=0),
        vulnerable=len(request.vulnerable),
        details=request.details,
        resident=request.resident,
        visit_consent=request.visit_consent,
        company=company_in(request),
        by_call=request.by_call,
        aftercare=Aftercare(travels=True) if no_call(request) else NOTHING,
        filed_at=request.filed_at,
        opened_at=now,
        waiting_since=now,
    )


def open_case(job: Job, *, now: datetime, parties: Parties) -> Case:
    """A new job is told, its clocks are set; off hours P3 and P4 wait from the start. Suspected fraud goes to leads alone."""
    case = Case(job=job, offers={}, parties=parties, now=now)
    case.tell(EventType.JOB_OPENED)
    _set_clocks(case)
    if job.category == FRAUD:
        freeze(case, FRAUD)
    elif on_hold(job):
        hold(case)
    else:
        pause_off_hours(case)
    return case


def reopened_job(case: Case, request: RequestState, why: str | None) -> Job:
    """The request came back after its job was over: a new round, with its own clock. Whoever did not fix it is asked first."""
    changed = _as_filed(case.job, request)
    care = Aftercare(first=case.job.responder_id) if why == NOT_FIXED else NOTHING
    return replace(next_round(changed, case), filed_at=case.now, aftercare=care)


def amend(case: Case, request: RequestState, leads: Sequence[Lead]) -> None:
    """Take over what changed. Offers that have become untrue are withdrawn, the winner gets the new facts."""
    before, case.job = case.job, _as_filed(case.job, request)
    if before.pause is Pause.NIGHT and not needs_two(case.job.company, case.now):
        resume_now(case)
    if case.job.category == FRAUD != before.category:
        freeze(case, FRAUD)
    if case.job.pause is Pause.INCIDENT and case.job.category != before.category:
        resume_now(case)  # it is about something that works
    untrue = any(getattr(before, name) != getattr(case.job, name) for name in NEEDS_NEW_OFFERS)
    untrue |= case.job.aftercare.travels and any(offer.by_phone for offer in case.having(OfferKind.VISIT, OfferStatus.PENDING))
    if on_hold(case.job):
        if on_hold(case.job) is Wait.WRONG_ADDRESS and (untrue or before.details != case.job.details):
            found_again(case)
    elif case.job.status in OPEN and untrue:
        _ask_anew(case, leads)
    elif case.job.status in OWNED and (untrue or before.details != case.job.details):
        _tell_winner(case, "amended")
    if before.priority is not case.job.priority:
        case.clocks_restarted = True
        case.job = replace(case.job, promises_told=0)
        _set_clocks(case)


def agree(case: Case, request: RequestState) -> None:
    """The resident lets the helper come: from now on the winner may know name, number and address."""
    agreed_before = case.job.visit_consent
    case.job = _as_filed(case.job, request)
    if case.job.status in OWNED and not agreed_before:
        _tell_winner(case, None)
    if case.job.status is JobStatus.ACCEPTED and not agreed_before and not case.by_phone:
        watch_at = sign_due(case.job.priority, case.now)
        case.job = replace(case.job, aftercare=replace(case.job.aftercare, watch_at=watch_at))
        case.keep_watch()


def refuse(case: Case, request: RequestState) -> None:
    """The resident does not want the visit: whoever has it, or was asked, is told; nobody goes."""
    case.job = _as_filed(case.job, request)
    if case.job.status in OWNED:
        done(case, Outcome.REFUSED, hearers=case.owner())  # the resident hears it from intake
    else:
        cancel(case, "cancelled")


def _set_clocks(case: Case) -> None:
    """The escalation and the promises, as the tier has them; what is over already is due at once."""
    job = case.job
    case.set_timer(TimerKind.ESCALATE, due_at(job))
    first, *_ = milestones(job.priority, job.filed_at, held_seconds=job.held_seconds)
    case.set_timer(TimerKind.SLA, first.at, guard=1)


def _ask_anew(case: Case, leads: Sequence[Lead]) -> None:
    gone = withdrawn_offers(case, OfferKind.VISIT, "amended")
    until = case.job.not_before if case.job.pause else None  # whoever asked for another time still wants it
    case.job = replace(withdrawn_wave(case.job), wave=0, waves_empty=0, excluded=(), not_before=until)
    tell_withdrawn(case, gone)
    after_wave(case, leads)


def _tell_winner(case: Case, reason: str | None) -> None:
    """Who helps by phone goes nowhere, and needs no address."""
    if not case.by_phone:
        case.tell(EventType.ASSIGNMENT_CLEARED, offer=case.winning_offer(), recipients=case.owner(), reason=reason)


def _as_filed(job: Job, request: RequestState) -> Job:
    """The facts of the request; where and how it goes stays as it was if the request no longer says."""
    return replace(
        job,
        request_version=request.version,
        priority=request.priority,
        category=request.category,
        skills=request.skills,
        commune_code=request.commune_code or job.commune_code,
        place=request.place or job.place,
        vulnerable=len(request.vulnerable),
        details=request.details,
        resident=request.resident,
        visit_consent=request.visit_consent,
        company=company_in(request),
        by_call=request.by_call,
        aftercare=replace(job.aftercare, travels=no_call(request)),
    )
