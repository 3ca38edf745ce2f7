"""A group visit: several residents of one place come at one hour, and one helper helps them all; no I/O.

It is a confirmed group (together.py) whose jobs wait for its hour. Each resident is asked whether they come, and whoever
was not there is helped at home instead. Nobody is closed as solved who was not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.faults.group import MemberStatus, with_member
from dispatch.jobs import reporting, together
from dispatch.jobs.aftercare import GIVE_UP
from dispatch.jobs.case import Case, Fellowship
from dispatch.jobs.holding import NotAsked, check_id
from dispatch.jobs.job import OPEN, OWNED, on_hold, withdrawn_wave
from dispatch.jobs.pausing import pause
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.withdrawing import end_escalation, tell_withdrawn, withdrawn_offers
from shared.errors import Misconfigured, Refused
from shared.events.assignments import OfferKind, OfferState, OfferStatus, Outcome
from shared.events.contract import Sealed
from shared.events.registry import EventType
from shared.pauses import Pause
from shared.service_levels import HOUR, starts_at

SESSION: Final = "session"  # in place of a fault: people of one place, whatever they need
MISSED: Final = "not_there"  # why somebody left it: they did not come
NOT_COMING: Final = "not_coming"  # … or said before that they would not


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """What a deployment may choose."""

    most: int = 20  # people of one session
    radius_m: float = 1000.0  # how far from the first of them the others may live
    ask_ahead_seconds: float = 2 * HOUR  # helpers are asked so long before it: earlier nobody knows who is on shift then
    soonest_seconds: float = HOUR  # residents need time to come

    def __post_init__(self) -> None:
        if self.most < 2 or min(self.radius_m, self.ask_ahead_seconds, self.soonest_seconds) <= 0:  # noqa: PLR2004 - one is none
            raise Misconfigured("a session needs two people, a radius, and time before it")


class WholeSession(Refused):
    def __init__(self) -> None:
        super().__init__("whole_session", "say of each person of the session what came of it: nobody else knows who was there")


def asked_from(case: Case, at: datetime, rules: SessionRules) -> datetime:
    """From when on helpers are asked: some time ahead, in the hours in which this tier is worked on."""
    return starts_at(case.job.priority, max(at - timedelta(seconds=rules.ask_ahead_seconds), case.now))


def check(callers: Sequence[Case], at: datetime, rules: SessionRules) -> None:
    """Raises Refused, with the rule."""
    if not 2 <= len(callers) <= rules.most:  # noqa: PLR2004 - one is none
        raise Refused("session_size", f"a session is for 2 to {rules.most} requests")
    if any(not _waits(case) for case in callers):
        raise Refused("job_not_waiting", "one of these requests is taken, over, stopped, or waits for something else")
    if any(case.job.group_id is not None for case in callers):
        raise Refused("in_a_group", "one of these requests is helped together with others already; take it out first")
    if len({frozenset(case.job.skills) for case in callers}) > 1:
        raise Refused("different_skills", "these requests need different helpers; make a session for each kind of help")
    if any(at < case.now + timedelta(seconds=rules.soonest_seconds) for case in callers):
        raise Refused("too_soon", f"a session begins {rules.soonest_seconds / HOUR:g} h from now, at the earliest")
    if any(asked_from(case, at, rules) >= at for case in callers):
        raise Refused("off_hours", "nobody is at work then; choose an hour at which these requests are worked on")


def invite(
    fellowship: Fellowship, callers: Sequence[Case], at: datetime, venues: Mapping[UUID, Sealed], rules: SessionRules
) -> None:
    """They become one visit at that hour; each is told where and when, and asked. The caller has asked `check`."""
    head = min(callers, key=lambda case: (case.job.priority, case.job.waiting_since, case.job.id))
    for case in callers:
        fellowship.cases.append(case)
        case.fellowship = fellowship
        gone = withdrawn_offers(case, OfferKind.VISIT, "regrouped") + end_escalation(case, "regrouped")
        care = replace(
            case.job.aftercare,
            session_at=at,
            venue=venues[case.job.id],
            coming=None,
            check=check_id(fellowship.group.id, case.job.id),
        )
        waiting = replace(withdrawn_wave(case.job), wave=0, waves_empty=0, escalated_to=None, escalated_at=None)
        group_id, size = fellowship.group.id, len(callers)
        case.job = replace(waiting, group_id=group_id, rides=case is not head, shared_by=size, not_before=None, aftercare=care)
        fellowship.group = with_member(fellowship.group, case.job.id, MemberStatus.IN)
        _ask(case, at)
        case.set_timer(TimerKind.SESSION, at - GIVE_UP)
        tell_withdrawn(case, gone)
        begins = asked_from(case, at, rules)
        if begins > case.now:
            pause(case, Pause.SESSION, begins)


def _ask(case: Case, at: datetime) -> None:
    job = case.job
    question = OfferState(
        offer_id=check_id(job.group_id, job.id) if job.group_id else job.id,
        kind=OfferKind.SESSION,
        status=OfferStatus.PENDING,
        wave=0,
        responder_id=None,
        contact_point_id=job.resident.contact_point_id,
        lease_seconds=(at - case.now).total_seconds(),
        not_after=at,
    )
    case.tell(EventType.JOB_QUESTIONED, question=question, recipients=case.resident(), reason=SESSION, until=at)


def answer(case: Case, *, comes: bool, ask_id: UUID | None = None) -> None:
    """They say whether they come; `ask_id` None: somebody talked to them. Who does not is helped at home, with their clock.

    Saying it twice changes nothing. Raises NotAsked.
    """
    care = case.job.aftercare
    if not in_session(case) or ask_id not in {None, care.check}:
        raise NotAsked
    if comes:
        case.job = replace(case.job, aftercare=replace(care, coming=True))
    else:
        together.part(case, NOT_COMING)


def report(case: Case, outcome: Outcome) -> None:
    """What came of it for one of them. Who was not there goes on alone: that is no absence from their own door."""
    if outcome is Outcome.ABSENT and in_session(case) and case.job.status in OWNED:
        together.part(case, MISSED)
    else:
        reporting.report(case, outcome)


def of_all(case: Case) -> None:
    """A word for the whole session says nothing of anybody: the helper is asked of whom they speak. Raises WholeSession."""
    if in_session(case) and case.visit_goes_on():
        case.tell(EventType.ASSIGNMENT_OUTCOME_WANTED, offer=case.winning_offer(), recipients=case.owner(), reason=SESSION)
        raise WholeSession


def in_session(case: Case) -> bool:
    return case.job.group_id is not None and case.job.aftercare.session_at is not None


def _waits(case: Case) -> bool:
    return case.job.status in OPEN and case.job.pause is None and on_hold(case.job) is None
