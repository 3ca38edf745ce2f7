"""One job: somebody must go there and help. Its states, its moves, and what each move refuses; no I/O, `now` is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from dispatch.jobs.aftercare import NOTHING, Aftercare, Wait, call_due, sign_due, unwatched, way_due, well_due
from shared.company import Company
from shared.errors import Refused
from shared.events.assignments import JobStatus, Outcome
from shared.events.contract import Place, Priority, Recipient, Sealed
from shared.pauses import Pause
from shared.service_levels import starts_at

LATE: Final = timedelta(minutes=15)  # after the hour of a session
OPEN: Final = frozenset({JobStatus.PENDING, JobStatus.OFFERED})  # nobody has it yet: a yes may win it
OWNED: Final = frozenset({JobStatus.ACCEPTED, JobStatus.EN_ROUTE, JobStatus.ON_SCENE})  # a responder has it
UNOWNED: Final = OPEN | {JobStatus.FROZEN}  # no responder has it: leads are asked, and may end it
LIVE: Final = OWNED | UNOWNED
OUT_THERE: Final = frozenset({JobStatus.EN_ROUTE, JobStatus.ON_SCENE})  # on the way, or with somebody

MOVES: Final[Mapping[JobStatus, frozenset[JobStatus]]] = MappingProxyType(
    {
        JobStatus.PENDING: frozenset(
            {
                JobStatus.OFFERED,
                JobStatus.ACCEPTED,  # a late yes
                JobStatus.DONE,  # only by the owner of an escalation: solved without a visit
                JobStatus.HANDED_OFF,
                JobStatus.CANCELLED,
                JobStatus.FROZEN,
            }
        ),
        JobStatus.OFFERED: frozenset(
            {
                JobStatus.PENDING,
                JobStatus.ACCEPTED,
                JobStatus.DONE,
                JobStatus.HANDED_OFF,
                JobStatus.CANCELLED,
                JobStatus.FROZEN,
            }
        ),
        JobStatus.ACCEPTED: frozenset(
            {
                JobStatus.EN_ROUTE,
                JobStatus.ON_SCENE,  # people forget to say that they are leaving
                JobStatus.DONE,  # helped by telephone, or nobody there
                JobStatus.PENDING,  # released
                JobStatus.HANDED_OFF,
                JobStatus.CANCELLED,
                JobStatus.FROZEN,
            }
        ),
        JobStatus.EN_ROUTE: frozenset(
            {
                JobStatus.ON_SCENE,
                JobStatus.DONE,
                JobStatus.PENDING,
                JobStatus.HANDED_OFF,
                JobStatus.CANCELLED,
                JobStatus.FROZEN,
            }
        ),
        JobStatus.ON_SCENE: frozenset(
            {JobStatus.DONE, JobStatus.PENDING, JobStatus.HANDED_OFF, JobStatus.CANCELLED, JobStatus.FROZEN}
        ),
        JobStatus.FROZEN: frozenset(
            {
                JobStatus.PENDING,  # lifted by the city desk, never by itself
                JobStatus.DONE,  # by whoever owns the escalation
                JobStatus.HANDED_OFF,
                JobStatus.CANCELLED,
            }
        ),
    }
)


class IllegalMove(Refused):
    def __init__(self, status: JobStatus, target: JobStatus) -> None:
        super().__init__(f"job_{status}", f"a job that is {status} cannot become {target}; read its state again")
        self.status = status
        self.target = target


class NotEscalated(Refused):
    def __init__(self) -> None:
        super().__init__("not_escalated", "only the owner of an escalation may close a job that nobody has accepted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The row, word for word; `schema.sql` explains the fields. Nothing is checked here: what is stored has been checked."""

    id: UUID
    request_id: UUID
    round: int = 0
    request_version: int
    city: str
    code: str
    version: int = 0  # 0: not stored yet; each told event raises it
    status: JobStatus = JobStatus.PENDING
    priority: Priority
    category: str
    skills: tuple[str, ...] = ()
    commune_code: str
    place: Place
    vulnerable: int = 0
    visit: int = 0
    wave: int = 0
    waves_empty: int = 0
    widened: bool = False
    excluded: tuple[UUID, ...] = ()
    barred: tuple[UUID, ...] = ()
    details: Sealed
    resident: Recipient
    group_id: UUID | None = None
    rides: bool = False
    shared_by: int = 1
    visit_consent: bool | None = None
    company: Company | None = None
    by_call: bool = False
    escalated_to: str | None = None
    escalated_at: datetime | None = None
    responder_id: UUID | None = None
    outcome: Outcome | None = None
    not_before: datetime | None = None
    pause: Pause | None = None
    paused_at: datetime | None = None
    held_seconds: float = 0.0
    promises_told: int = 0
    news_at: datetime | None = None
    aftercare: Aftercare = NOTHING
    filed_at: datetime
    opened_at: datetime
    waiting_since: datetime
    first_offer_at: datetime | None = None
    accepted_at: datetime | None = None
    en_route_at: datetime | None = None
    on_scene_at: datetime | None = None
    done_at: datetime | None = None
    closed_at: datetime | None = None


def moved(job: Job, target: JobStatus, /, **fields: object) -> Job:
    """The one door to another status. Raises IllegalMove."""
    if target not in MOVES.get(job.status, frozenset()):
        raise IllegalMove(job.status, target)
    return replace(job, status=target, **fields)  # type: ignore[arg-type]


def excluding(job: Job, responder_id: UUID | None) -> Job:
    """This visit is not offered to that responder again."""
    if responder_id is None or responder_id in job.excluded:
        return job
    return replace(job, excluded=(*job.excluded, responder_id))


def wave_over(job: Job) -> Job:
    """The last pending offer ended without a yes: the matcher may widen the search."""
    return moved(job, JobStatus.PENDING, waves_empty=job.waves_empty + 1)


def withdrawn_wave(job: Job) -> Job:
    """We took the offers back ourselves; that says nothing about who is willing."""
    return job if job.status is JobStatus.PENDING else moved(job, JobStatus.PENDING)


def accepted(job: Job, responder_id: UUID, *, now: datetime, by_phone: bool = False) -> Job:
    watch_at = sign_due(job.priority, now) if job.visit_consent else None  # before that they cannot set out
    if by_phone:
        watch_at = call_due(job.priority, now)
    if job.aftercare.session_at is not None:  # they go to a place, not to a home
        watch_at = job.aftercare.session_at + LATE
    return moved(
        job,
        JobStatus.ACCEPTED,
        responder_id=responder_id,
        accepted_at=now,
        escalated_to=None,
        escalated_at=None,
        not_before=None,
        aftercare=replace(unwatched(job.aftercare), watch_at=watch_at),
    )


def released(job: Job, *, now: datetime) -> Job:
    """Given back: offered again without the one who gave it back, with a new pass phrase; the resident's clock never stopped."""
    return _taken_off(job, JobStatus.PENDING, now=now)


def frozen(job: Job, *, now: datetime) -> Job:
    """Stopped: whoever had it is out, and the phrase they know is worthless from now on."""
    return _taken_off(
        job, JobStatus.FROZEN, now=now, not_before=None, pause=None, paused_at=None, escalated_to=None, escalated_at=None
    )


def postponed(job: Job, why: Wait, *, now: datetime, until: datetime) -> Job:
    """It could not be done this time. Whoever came did nothing wrong and is asked first when it goes on."""
    care = replace(job.aftercare, waits_for=why, first=job.responder_id)
    free = _set_free(replace(job, aftercare=care), JobStatus.PENDING, now=now, not_before=until)
    return replace(free, escalated_to=None, escalated_at=None)


def _taken_off(job: Job, target: JobStatus, *, now: datetime, **fields: object) -> Job:
    """Whoever had it has it no more and is not asked again."""
    return excluding(_set_free(job, target, now=now, **fields), job.responder_id)


def _set_free(job: Job, target: JobStatus, *, now: datetime, **fields: object) -> Job:
    """Nobody has it any more; the next visit has a new phrase."""
    return moved(
        job,
        target,
        visit=job.visit + 1,
        wave=0,
        waves_empty=0,
        responder_id=None,
        waiting_since=now,
        accepted_at=None,
        en_route_at=None,
        on_scene_at=None,
        aftercare=unwatched(job.aftercare),
        **fields,
    )


def en_route(job: Job, *, now: datetime) -> Job:
    return watched(moved(job, JobStatus.EN_ROUTE, en_route_at=now), now=now)


def on_scene(job: Job, *, now: datetime) -> Job:
    return watched(moved(job, JobStatus.ON_SCENE, on_scene_at=now), now=now)


def watched(job: Job, *, now: datetime) -> Job:
    """Who is on the way or there, and has just given a sign of life: when they are asked whether all is well."""
    due = way_due(job.priority, now) if job.status is JobStatus.EN_ROUTE else well_due(job.category, now)
    return replace(job, aftercare=replace(unwatched(job.aftercare), watch_at=due))


def done(job: Job, outcome: Outcome, *, now: datetime) -> Job:
    """An outcome ends the job. What only an office can do is handed off. Raises NotEscalated, IllegalMove."""
    if job.status in UNOWNED and job.escalated_to is None:
        raise NotEscalated
    target = JobStatus.HANDED_OFF if outcome is Outcome.NEEDS_OFFICE else JobStatus.DONE
    return moved(job, target, outcome=outcome, done_at=now, closed_at=now, aftercare=unwatched(job.aftercare))


def cancelled(job: Job, *, now: datetime) -> Job:
    return moved(job, JobStatus.CANCELLED, closed_at=now, aftercare=unwatched(job.aftercare))


def on_hold(job: Job) -> Wait | None:
    """What a job waits for that somebody will go on with, but not now."""
    return job.aftercare.waits_for if job.not_before is not None and job.status is JobStatus.PENDING else None


def standing_still(job: Job) -> Pause | None:
    """Why nobody is asked just now, whoever wanted it so. None: it is worked on."""
    if job.not_before is None:
        return None
    waits_for = on_hold(job)
    return job.pause or (Pause(waits_for) if waits_for else Pause.OFF_HOURS)


def paused_until(job: Job, now: datetime) -> datetime | None:
    """Off hours P3 and P4 wait: until when, or None while there is work."""
    opens = starts_at(job.priority, now)
    return opens if opens > now else None
