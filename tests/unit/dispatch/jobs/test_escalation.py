"""Who is asked when nobody was found, in which order, and when."""

from datetime import timedelta

import pytest

from dispatch.deadlines import ON_TIME
from dispatch.handlers import HANDLERS
from dispatch.jobs.escalation import Level, first_due, is_due, next_due, next_level, seats_for
from dispatch.jobs.sla import STAGES, is_missed, milestones
from dispatch.jobs.timer import TimerKind
from shared.events.assignments import JobStatus
from shared.events.contract import Priority
from shared.events.registry import EventType
from tests.support.dispatching import NIGHT, NOW, a_job, leads

ALL = (Level.WARD_LEAD, Level.DEPUTY, Level.CITY_DESK)


@pytest.mark.parametrize(
    ("current", "seated", "asked"),
    [
        (None, ALL, Level.WARD_LEAD),
        (Level.WARD_LEAD, ALL, Level.DEPUTY),
        (Level.DEPUTY, ALL, Level.CITY_DESK),
        (Level.CITY_DESK, ALL, Level.CITY_DESK),  # again
        (None, (Level.CITY_DESK,), Level.CITY_DESK),  # a ward without a lead
        (Level.WARD_LEAD, (Level.WARD_LEAD, Level.CITY_DESK), Level.CITY_DESK),
    ],
)
def test_the_next_one_up_who_is_there(current: Level | None, seated: tuple[Level, ...], asked: Level) -> None:
    level, seat = next_level(current, leads(*seated))
    assert level is asked
    assert seat is not None
    assert seat.level is asked


def test_without_anybody_the_city_desk_owns_it() -> None:
    assert next_level(None, []) == (Level.CITY_DESK, None)


def test_the_lead_of_another_ward_is_not_asked() -> None:
    job = a_job()
    assert [seat.level for seat in seats_for(job, leads(*ALL, commune="00008"))] == [Level.CITY_DESK]


@pytest.mark.parametrize("priority", list(Priority))
def test_every_tier_has_a_moment_to_escalate_and_another_after_it(priority: Priority) -> None:
    for moment in (NOW, NIGHT):
        assert first_due(priority, moment) > moment
        assert next_due(priority, moment) > moment


def test_an_old_timer_finds_that_the_moment_was_moved() -> None:
    job = a_job(waiting_since=NOW)
    due = first_due(job.priority, NOW)
    assert is_due(job, due)
    assert not is_due(a_job(waiting_since=NOW + timedelta(minutes=1)), due)
    assert not is_due(a_job(escalated_to="ward_lead", escalated_at=due), due)


@pytest.mark.parametrize("priority", list(Priority))
def test_milestones_warn_before_they_break_and_come_in_order(priority: Priority) -> None:
    found = milestones(priority, NOW)
    assert list(found) == sorted(found)
    assert len(found) == 2 * len(STAGES)
    for stage in STAGES:
        warning, breach = [one for one in found if one.stage is stage]
        assert (warning.type, breach.type) == (EventType.SLA_WARNING, EventType.SLA_BREACHED)
        assert NOW < warning.at < breach.at == breach.until


def test_what_was_reached_or_is_over_is_not_missed() -> None:
    accept, *_ = milestones(Priority.P1, NOW)
    assert is_missed(a_job(status=JobStatus.OFFERED), accept)
    assert not is_missed(a_job(status=JobStatus.ON_SCENE), accept)
    assert not is_missed(a_job(status=JobStatus.DONE), accept)


def test_every_kind_of_timer_has_a_handler() -> None:
    assert set(ON_TIME) == set(TimerKind)


def test_every_change_of_a_request_has_a_handler_except_that_it_was_fixed() -> None:
    fixed = {
        EventType.REQUEST_CONFIRMED,
        EventType.REQUEST_RATED,
        EventType.REQUEST_PHRASE_WANTED,
        EventType.REQUEST_NUMBER_ASKED,
    }
    requests = {kind for kind in EventType if kind.startswith("request.")} - fixed
    # A question goes on; its answer is told as such.
    requests -= {kind for kind in requests if kind.startswith(("request.consent_", "request.inquir"))}
    assert requests <= set(HANDLERS)
