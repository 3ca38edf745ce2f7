"""Every (status, command) of a job stands in this table: what it becomes, or the refusal."""

from collections.abc import Callable

import pytest

from dispatch.jobs import visiting, watching
from dispatch.jobs.alarming import NoAlarm, calm, sos
from dispatch.jobs.answering import accept, decline, lapse
from dispatch.jobs.calling import NotByPhone
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Level
from dispatch.jobs.freezing import freeze, lift
from dispatch.jobs.job import LIVE, IllegalMove, NotEscalated, moved
from dispatch.jobs.offer import OfferClosed
from dispatch.jobs.reporting import NotWaiting, agree_on, report, turned_down
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferStatus, Outcome
from tests.support.dispatching import NOW, a_case, a_job, an_offer, leads, told

S = JobStatus
CLOSED = (S.DONE, S.HANDED_OFF, S.CANCELLED)

TABLE: dict[str, dict[JobStatus, JobStatus | type[Refused]]] = {
    "accept": {
        S.PENDING: S.ACCEPTED,  # a late yes
        S.OFFERED: S.ACCEPTED,
        **dict.fromkeys((S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.FROZEN, *CLOSED), OfferClosed),
    },
    "en_route": {
        S.ACCEPTED: S.EN_ROUTE,
        S.EN_ROUTE: S.EN_ROUTE,  # said twice
        **dict.fromkeys((S.PENDING, S.OFFERED, S.ON_SCENE, S.FROZEN, *CLOSED), IllegalMove),
    },
    "on_scene": {
        S.ACCEPTED: S.ON_SCENE,
        S.EN_ROUTE: S.ON_SCENE,
        S.ON_SCENE: S.ON_SCENE,
        **dict.fromkeys((S.PENDING, S.OFFERED, S.FROZEN, *CLOSED), IllegalMove),
    },
    "solved": {
        **dict.fromkeys((S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE), S.DONE),
        **dict.fromkeys((S.PENDING, S.OFFERED, S.FROZEN), NotEscalated),
        **dict.fromkeys(CLOSED, IllegalMove),
    },
    "needs_office": {
        **dict.fromkeys((S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE), S.HANDED_OFF),
        **dict.fromkeys((S.PENDING, S.OFFERED, S.FROZEN), NotEscalated),
        **dict.fromkeys(CLOSED, IllegalMove),
    },
    "release": {
        **dict.fromkeys((S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE), S.PENDING),
        **dict.fromkeys((S.PENDING, S.OFFERED, S.FROZEN, *CLOSED), IllegalMove),
    },
    **{
        f"reports_{outcome}": {
            **dict.fromkeys((S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE), becomes),
            **dict.fromkeys((S.PENDING, S.OFFERED, S.FROZEN), NotEscalated),  # the desk's word, once it owns it
            **dict.fromkeys(CLOSED, IllegalMove),
        }
        for outcome, becomes in {
            Outcome.SOLVED: S.DONE,
            Outcome.ABSENT: S.PENDING,  # put off once
            Outcome.REFUSED: S.DONE,
            Outcome.WRONG_ADDRESS: S.PENDING,
            Outcome.UNSAFE: S.FROZEN,
            Outcome.NEEDS_OFFICE: S.HANDED_OFF,
            Outcome.SECOND_VISIT: S.DONE,  # and another job follows
        }.items()
    },
    "reports_needs_visit": dict.fromkeys(S, NotByPhone),  # the word of a call, not of a visit
    "turned_down": {
        S.ACCEPTED: S.PENDING,  # their own no
        **dict.fromkeys((S.EN_ROUTE, S.ON_SCENE), S.DONE),  # the resident's
        **dict.fromkeys((S.PENDING, S.OFFERED, S.FROZEN), NotEscalated),
        **dict.fromkeys(CLOSED, IllegalMove),
    },
    "agree_on": dict.fromkeys(S, NotWaiting),
    "going": {status: status for status in S},
    "well": {status: status for status in S},
    "look": {status: status for status in S},  # its moment has not come
    "sos": {status: status for status in S},
    "calm": dict.fromkeys(S, NoAlarm),
    "freeze": {**dict.fromkeys(LIVE, S.FROZEN), **{status: status for status in CLOSED}},
    "lift": {**dict.fromkeys(set(S) - {S.FROZEN}, IllegalMove), S.FROZEN: S.PENDING},
    "cancel": {**dict.fromkeys(LIVE, S.CANCELLED), **{status: status for status in CLOSED}},
}


def late_yes(case: Case) -> None:
    person = next(iter(case.parties.responders.values()))
    case.put_responder(person.__class__(**{name: getattr(person, name) for name in person.__slots__} | {"load": 0}))
    accept(case, case.put(an_offer(case.job, case.responder(person.id), status=OfferStatus.EXPIRED)))


def reporting(outcome: Outcome) -> Callable[[Case], None]:
    return lambda case: report(case, outcome)


COMMANDS = {
    "accept": late_yes,
    "en_route": visiting.en_route,
    "on_scene": visiting.on_scene,
    "solved": lambda case: visiting.done(case, Outcome.SOLVED),
    "needs_office": lambda case: visiting.done(case, Outcome.NEEDS_OFFICE),
    "release": visiting.release,
    **{f"reports_{outcome}": reporting(outcome) for outcome in Outcome},
    "turned_down": turned_down,
    "agree_on": lambda case: agree_on(case, NOW),
    "going": watching.going,
    "well": watching.well,
    "look": lambda case: watching.look(case, leads(*Level)),
    "sos": lambda case: sos(case, leads(*Level), case.resident()),
    "calm": calm,
    "freeze": lambda case: freeze(case, "refused"),
    "lift": lift,
    "cancel": visiting.cancel,
}


@pytest.mark.parametrize(("command", "status"), [(command, status) for command in TABLE for status in JobStatus])
def test_every_command_knows_every_status(command: str, status: JobStatus) -> None:
    case = a_case(status)
    expected = TABLE[command][status]
    if isinstance(expected, JobStatus):
        COMMANDS[command](case)
        assert case.job.status is expected
    else:
        with pytest.raises(expected):
            COMMANDS[command](case)
        assert case.job.status is status
        assert not case.events


def test_a_refused_move_names_both_ends() -> None:
    with pytest.raises(IllegalMove) as refusal:
        moved(a_job(status=S.DONE), S.EN_ROUTE)
    assert (refusal.value.status, refusal.value.target, refusal.value.reason) == (S.DONE, S.EN_ROUTE, "job_done")


def test_a_release_counts_a_visit_and_frees_the_place_but_keeps_the_clock() -> None:
    case = a_case(S.EN_ROUTE)
    releaser, filed_at = case.job.responder_id, case.job.filed_at
    visiting.release(case)
    assert releaser is not None
    assert (case.job.visit, case.job.excluded, case.job.filed_at) == (1, (releaser,), filed_at)
    assert case.responder(releaser).load == 0
    assert told(case) == ["assignment.released"]


def test_the_last_no_of_a_wave_gives_the_job_back_to_the_matcher() -> None:
    case = a_case(S.OFFERED, asked=2)
    first, second = case.offers.values()
    decline(case, first, leads())
    assert case.job.status is S.OFFERED
    lapse(case, second, leads(), OfferStatus.EXPIRED)
    assert (case.job.status, case.job.waves_empty, len(case.job.excluded)) == (S.PENDING, 1, 2)


def test_a_second_visit_is_followed_by_a_clean_job() -> None:
    case = a_case(S.ON_SCENE)
    visiting.done(case, Outcome.SECOND_VISIT)
    new = case.followed_by
    assert new is not None
    assert (new.status, new.round, new.visit, new.version, new.responder_id) == (S.PENDING, 1, 1, 0, None)
