"""Who gives way to whom, whatever was read before the locks."""

from typing import Any

import pytest

from dispatch.docket import Docket
from dispatch.jobs.promises import give_way
from shared.events.assignments import JobStatus, OfferStatus
from shared.events.contract import Priority
from tests.support.dispatching import NOW, a_case, told


@pytest.mark.parametrize(
    ("mine", "theirs", "gives_way"),
    [
        (Priority.P1, Priority.P2, True),
        (Priority.P1, Priority.P3, True),
        (Priority.P3, Priority.P4, True),
        (Priority.P1, Priority.P1, False),
        (Priority.P3, Priority.P1, False),
        (Priority.P2, Priority.P1, False),
    ],
)
def test_only_the_less_urgent_gives_way(mine: Priority, theirs: Priority, gives_way: bool) -> None:
    nothing: Any = None
    urgent, other = a_case(JobStatus.PENDING, priority=mine), a_case(JobStatus.OFFERED, asked=1, priority=theirs)
    docket = Docket(nothing, "test", NOW)
    docket.add(urgent)
    docket.add(other)
    give_way(urgent, docket, list(other.offers))
    (offer,) = other.offers.values()
    assert (offer.status is OfferStatus.WITHDRAWN) is gives_way
    assert other.job.status is (JobStatus.PENDING if gives_way else JobStatus.OFFERED)
    assert told(other) == (["offer.withdrawn"] if gives_way else [])


def test_whoever_has_answered_meanwhile_is_left_alone() -> None:
    nothing: Any = None
    urgent, taken = a_case(JobStatus.PENDING, priority=Priority.P1), a_case(JobStatus.ACCEPTED, priority=Priority.P3)
    docket = Docket(nothing, "test", NOW)
    docket.add(urgent)
    docket.add(taken)
    give_way(urgent, docket, list(taken.offers))
    assert taken.job.status is JobStatus.ACCEPTED
    assert urgent.notes == []
