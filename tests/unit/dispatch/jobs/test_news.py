"""What is true of a job at this moment, and when a resident hears it."""

from datetime import timedelta
from typing import Any

import pytest

from dispatch.jobs.aftercare import Aftercare, Wait
from dispatch.jobs.case import job_state
from dispatch.jobs.news import Truth, last_word, news_due, truth
from shared.events.assignments import JobStatus
from shared.events.contract import Priority
from shared.pauses import Pause
from tests.support.dispatching import NOW, a_case, a_job

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("status", "changes", "expected"),
    [
        (JobStatus.OFFERED, {}, Truth.ASKING),
        (JobStatus.OFFERED, {"escalated_to": "ward_lead"}, Truth.ASKING),
        (JobStatus.PENDING, {}, Truth.SEARCHING),
        (JobStatus.PENDING, {"escalated_to": "ward_lead"}, Truth.WITH_LEAD),
        (JobStatus.PENDING, {"not_before": NOW + HOUR}, Truth.PAUSED),
        (JobStatus.ACCEPTED, {}, Truth.TAKEN),
        (JobStatus.EN_ROUTE, {}, Truth.ON_THE_WAY),
    ],
)
def test_the_truth_is_computed_from_the_job(status: JobStatus, changes: dict[str, object], expected: Truth) -> None:
    assert truth(a_case(status, **changes)) is expected


def test_the_rhythm_runs_from_the_last_word_of_any_kind() -> None:
    filed = a_job(priority=Priority.P2)
    assert news_due(filed) == NOW + HOUR
    told = a_job(priority=Priority.P2, accepted_at=NOW + HOUR / 2, news_at=NOW + HOUR / 4)
    assert (last_word(told), news_due(told)) == (NOW + HOUR / 2, NOW + 1.5 * HOUR)


def test_being_handed_from_lead_to_lead_is_no_word_to_the_resident() -> None:
    assert last_word(a_job(escalated_to="deputy", escalated_at=NOW + HOUR)) == NOW


def test_waiting_again_after_a_visit_was_told() -> None:
    assert last_word(a_job(visit=1, waiting_since=NOW + HOUR)) == NOW + HOUR
    assert last_word(a_job(visit=0, waiting_since=NOW + HOUR)) == NOW  # when the job was opened


def test_booked_advice_has_no_rhythm_and_a_wished_pause_is_silent() -> None:
    assert news_due(a_job(priority=Priority.P4)) is None
    wished = a_job(pause=Pause.RESIDENT_LATER, paused_at=NOW, not_before=NOW + 5 * HOUR)
    assert news_due(wished) == NOW + 6 * HOUR
    office = a_job(pause=Pause.WAITING_OFFICE, paused_at=NOW, not_before=NOW + 5 * HOUR)
    assert news_due(office) == NOW + HOUR


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"not_before": NOW + HOUR}, Pause.OFF_HOURS),
        ({"not_before": NOW + HOUR, "pause": Pause.WAITING_OFFICE, "paused_at": NOW}, Pause.WAITING_OFFICE),
        ({"not_before": NOW + HOUR, "aftercare": Aftercare(waits_for=Wait.ABSENT)}, Pause.ABSENT),
        ({"aftercare": Aftercare(waits_for=Wait.ABSENT)}, None),  # of an earlier wait
    ],
)
def test_why_a_job_stands_still_is_told_as_it_is(changes: dict[str, Any], why: Pause | None) -> None:
    assert job_state(a_job(**changes)).pause == why


def test_every_reason_of_dispatch_has_its_row_and_an_agreed_hour_is_silent() -> None:
    assert {Pause(wait) for wait in Wait} <= set(Pause)
    agreed = a_job(priority=Priority.P1, not_before=NOW + 5 * HOUR, aftercare=Aftercare(waits_for=Wait.SLOT))
    assert news_due(agreed) == NOW + 5 * HOUR + timedelta(minutes=15)
