"""Somebody has a visit: are they on their way, and is all well there? Asked by a clock, and what silence leads to; no I/O.

One moment of each visit counts (`watch_at`); a timer that comes at any other one is old, early or doubled, and changes nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from dispatch.jobs.aftercare import ANSWER_SECONDS, CALL_ANSWER_SECONDS, Asked, after, call_due, sign_due, way_due
from dispatch.jobs.alarming import silent
from dispatch.jobs.calling import travel
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Lead
from dispatch.jobs.job import OUT_THERE, IllegalMove, watched
from dispatch.jobs.visiting import NAMEABLE, en_route, release
from shared.events.assignments import JobStatus
from shared.events.registry import EventType

NO_SIGN: Final = "no_sign"  # why a visit was taken from somebody: no sign of life
WELL_ANSWER: Final = timedelta(minutes=10)  # for an answer, and again for a call


def look(case: Case, leads: Sequence[Lead]) -> None:
    """The moment has come."""
    due = case.job.aftercare.watch_at
    if due is None or due > case.now:
        return
    if case.job.status is JobStatus.ACCEPTED or case.by_phone:  # of a call nobody is in a flat: it is not known how it ended
        _no_sign(case)
    elif case.job.status is JobStatus.EN_ROUTE and not _watched_on_the_way(case):
        _watch(case, watch_at=way_due(case.job.priority, case.now))
    elif case.job.status in OUT_THERE:
        _still_there(case, leads)


def _watched_on_the_way(case: Case) -> bool:
    """One person goes to all requests of a visit, and is asked about one of them; who is with somebody is asked there."""
    of_them = [one for one in (case, *case.fellows) if one.job.status in OUT_THERE]
    return all(one.job.status is JobStatus.EN_ROUTE for one in of_them) and case.job.id == min(one.job.id for one in of_them)


def on_the_way(case: Case) -> None:
    """They set out. Said once more to our question it is a sign of life. Raises as visiting.en_route."""
    if case.job.status is JobStatus.EN_ROUTE and case.job.aftercare.asked is Asked.WELL:
        well(case)
    else:
        en_route(case)


def going(case: Case) -> None:
    """They will go: the clock begins anew. Unasked it says nothing that we did not know."""
    for one in (case, *_of_the_session(case)):
        if one.job.aftercare.asked is Asked.GOING:
            next_due = call_due if one.by_phone else sign_due
            _watch(one, asked=None, watch_at=next_due(one.job.priority, one.now))


def late(case: Case, minutes: int) -> None:
    """They will come, later: a sign of life, and the resident is told. No promise is moved by it. Raises IllegalMove."""
    if case.job.status not in NAMEABLE or case.by_phone:
        raise IllegalMove(case.job.status, JobStatus.ON_SCENE)
    going(case)
    recipients = case.resident() + case.owner()  # both, always: the helper reads that the resident knows
    case.tell(EventType.ASSIGNMENT_LATE, offer=case.winning_offer(), recipients=recipients, minutes=minutes)


def _of_the_session(case: Case) -> list[Case]:
    """The others of a group visit at one hour, whom the same person helps."""
    if case.job.aftercare.session_at is None:
        return []
    return [one for one in case.fellows if one.job.status is JobStatus.ACCEPTED]


def well(case: Case) -> None:
    """All is well there, or on the way; asked again after as long. An alarm is not ended by it."""
    called = case.job.aftercare.called
    if case.job.status not in OUT_THERE:
        return
    case.job = watched(case.job, now=case.now)
    case.keep_watch()
    if called:
        case.tell(EventType.ASSIGNMENT_WELL)


def _no_sign(case: Case) -> None:
    """Asked once; who stays silent is replaced, and everybody is told."""
    if case.job.aftercare.asked is Asked.GOING:
        if case.by_phone:
            travel(case, NO_SIGN)
            return
        silent_too = [one for one in case.fellows if one.job.status is JobStatus.ACCEPTED]  # the same person goes to them
        for one in (case, *silent_too):
            release(one, NO_SIGN)
        return
    asked = next((one for one in _of_the_session(case) if one.job.aftercare.asked is Asked.GOING), None)
    if asked is not None:  # one person goes to all of them, and is asked once
        _watch(case, asked=Asked.GOING, watch_at=asked.job.aftercare.watch_at)
        return
    seconds = CALL_ANSWER_SECONDS if case.by_phone else ANSWER_SECONDS[case.job.priority]
    if case.job.aftercare.session_at is not None:  # people wait there
        seconds = min(seconds, WELL_ANSWER.total_seconds())
    until = after(case.job.priority, case.now, seconds)
    _ask(case, Asked.GOING, until)
    _watch(case, asked=Asked.GOING, watch_at=until)


def _still_there(case: Case, leads: Sequence[Lead]) -> None:
    """Asked, then called, then those who answer for the ward are told: each after the other was silent."""
    care = case.job.aftercare
    if care.asked is not Asked.WELL:
        _ask(case, Asked.WELL, case.now + WELL_ANSWER)
        _watch(case, asked=Asked.WELL, watch_at=case.now + WELL_ANSWER)
    elif not care.called:
        case.tell(EventType.ASSIGNMENT_SILENT, offer=case.winning_offer(), recipients=case.owner(), reason=Asked.WELL.value)
        _watch(case, called=True, watch_at=case.now + WELL_ANSWER)
    else:
        _watch(case, watch_at=None)
        silent(case, leads)


def _ask(case: Case, what: Asked, until: datetime) -> None:
    offer = case.winning_offer()
    case.tell(EventType.ASSIGNMENT_ASKED, offer=offer, recipients=case.owner(), reason=what.value, until=until)


def _watch(case: Case, **changes: object) -> None:
    case.job = replace(case.job, aftercare=replace(case.job.aftercare, **changes))  # type: ignore[arg-type]
    case.keep_watch()
