"""Night falls between the yes and the way: nobody sets out alone then, and nobody who is on the way already is stopped."""

from datetime import timedelta

import pytest

from dispatch.jobs import visiting
from dispatch.jobs.case import Case
from dispatch.jobs.going import NameWanted, Want
from shared.company import Company
from shared.events.assignments import JobStatus
from tests.support.dispatching import NOW, a_case

DUSK = NOW + timedelta(hours=10, minutes=30)  # 20:30 in Hanoi
A_MINUTE = timedelta(minutes=1)


def accepted(company: Company | None) -> Case:
    """By somebody who is no team."""
    return a_case(JobStatus.ACCEPTED, company=company)


@pytest.mark.parametrize("move", [visiting.en_route, visiting.on_scene])
def test_from_dusk_on_nobody_sets_out_alone(move: object) -> None:
    case = accepted(Company.TWO_AT_NIGHT)
    case.now = DUSK
    with pytest.raises(NameWanted) as wanted:
        move(case)  # type: ignore[operator]
    assert wanted.value.want is Want.TOO_FEW
    assert case.job.status is JobStatus.ACCEPTED


@pytest.mark.parametrize("company", [Company.RELATIVE, None])
def test_with_a_relative_or_to_a_counter_anybody_goes_at_any_hour(company: Company | None) -> None:
    case = accepted(company)
    case.now = DUSK + timedelta(hours=3)
    visiting.en_route(case)
    assert case.job.status is JobStatus.EN_ROUTE


def test_who_set_out_by_day_may_arrive_at_dusk() -> None:
    case = accepted(Company.TWO_AT_NIGHT)
    case.now = DUSK - A_MINUTE
    visiting.en_route(case)
    case.now = DUSK + 20 * A_MINUTE
    assert not case.needs_two
    visiting.on_scene(case)
    assert case.job.status is JobStatus.ON_SCENE
    assert not case.needs_two, "as they set out"
