"""Off duty and on a break: what may be said, and what becomes of questions that are open."""

from datetime import timedelta

import pytest

from dispatch.jobs.answering import OfferClosed, accept, thank
from dispatch.jobs.offer import OFF_DUTY
from dispatch.shifts.duty import take_back, wish
from shared.errors import Invalid
from shared.events.assignments import JobStatus, OfferStatus
from shared.events.duty import Duty
from tests.support.dispatching import NOW, a_case, told


@pytest.mark.parametrize(
    ("duty", "minutes"),
    [(Duty.BREAK, None), (Duty.ON, 5), (Duty.OFF, 5), (Duty.BREAK, 0), (Duty.BREAK, -3), (Duty.BREAK, 721)],
)
def test_minutes_belong_to_a_break_of_at_most_twelve_hours(duty: Duty, minutes: int | None) -> None:
    with pytest.raises(Invalid):
        wish(duty, minutes)


def test_a_break_runs_from_when_it_was_said() -> None:
    assert wish(Duty.BREAK, 30).until(NOW) == NOW + timedelta(minutes=30)
    said_at = NOW - timedelta(minutes=10)
    assert wish(Duty.BREAK, 30, said_at).until(NOW) == NOW + timedelta(minutes=20)
    assert wish(Duty.OFF, None).until(NOW) is None


def test_what_somebody_was_asked_is_taken_back_and_the_others_keep_theirs() -> None:
    case = a_case(JobStatus.OFFERED, asked=2)
    an = next(iter(case.offers.values()))
    assert an.responder_id is not None
    assert take_back(case, {an.responder_id}, []) == 1
    assert (case.offers[an.id].status, case.offers[an.id].reason) == (OfferStatus.WITHDRAWN, OFF_DUTY)
    assert (case.job.status, told(case)) == (JobStatus.OFFERED, ["offer.withdrawn"])
    assert case.job.excluded == (), "they have refused nothing, and may be asked when they are back"
    assert [event.body.recipients for event in case.events] == [()], "their own word is answered elsewhere"  # type: ignore[attr-defined]


def test_the_last_one_who_was_asked_leaves_the_job_waiting() -> None:
    case = a_case(JobStatus.OFFERED, asked=1)
    [offer] = case.offers.values()
    take_back(case, {offer.responder_id} - {None}, [])  # type: ignore[arg-type]
    assert (case.job.status, case.job.waves_empty) == (JobStatus.PENDING, 0)


def test_what_somebody_has_accepted_stays_theirs() -> None:
    case = a_case(JobStatus.ACCEPTED, asked=1)
    [offer] = case.offers.values()
    assert take_back(case, {offer.responder_id} - {None}, []) == 0  # type: ignore[arg-type]
    assert (case.job.status, told(case)) == (JobStatus.ACCEPTED, [])


def test_a_yes_after_the_break_began_hears_why_it_does_not_count() -> None:
    case = a_case(JobStatus.OFFERED, asked=2)
    an = next(iter(case.offers.values()))
    take_back(case, {an.responder_id} - {None}, [])  # type: ignore[arg-type]
    with pytest.raises(OfferClosed) as refused:
        accept(case, case.offers[an.id])
    thank(case, case.offers[an.id], refused.value, [], received_at=NOW + timedelta(seconds=30))
    assert (refused.value.reason, case.events[-1].body.reason) == (OFF_DUTY, OFF_DUTY)  # type: ignore[attr-defined]
