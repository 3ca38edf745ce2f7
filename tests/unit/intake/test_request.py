"""Every (status, command) pair of a request, and what a job makes of it."""

import itertools

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from intake.request import LABELS_VI, LIVE, MOVES, Command, moved, on_the_board
from shared.errors import Refused
from shared.events.assignments import JobStatus, Outcome
from shared.events.requests import RequestStatus

S, C = RequestStatus, Command

CHANGEABLE = ["needs_location", "filed", "waiting", "assigned", "on_the_way", "frozen"]
OVER = ["resolved", "closed", "handed_off", "unreached"]

# command → status → the status after it, or the reason of the refusal; written out by hand, as a reader would expect it.
EXPECTED: dict[str, dict[str, str]] = {
    "locate": {
        "needs_location": "filed",
        **dict.fromkeys(["filed", "waiting", "assigned", "on_the_way", "in_progress", "frozen"], "already_located"),
        **dict.fromkeys(OVER, "request_is_over"),
        "cancelled": "request_is_cancelled",
    },
    **{
        command: {
            **{status: status for status in CHANGEABLE},
            "in_progress": "helper_is_there",
            **dict.fromkeys(OVER, "request_is_over"),
            "cancelled": "request_is_cancelled",
        }
        for command in ("amend", "agree")
    },
    **{
        command: {
            **dict.fromkeys(CHANGEABLE, "cancelled"),
            "in_progress": "helper_is_there",
            **dict.fromkeys(OVER, "request_is_over"),
            "cancelled": "request_is_cancelled",
        }
        for command in ("cancel", "refuse")
    },
    "reopen": {
        **dict.fromkeys([*CHANGEABLE, "in_progress"], "request_is_open"),
        **dict.fromkeys(OVER, "filed"),
        "cancelled": "request_is_cancelled",
    },
    "complain": {
        **{status: status for status in [*CHANGEABLE, "in_progress", *OVER, "cancelled"]},
        "needs_location": "needs_location",
    },
    **{
        command: {
            **dict.fromkeys([*CHANGEABLE, "in_progress"], "not_resolved"),
            "resolved": "closed",
            **dict.fromkeys(["closed", "handed_off", "unreached"], "request_is_over"),
            "cancelled": "request_is_cancelled",
        }
        for command in ("close", "confirm")
    },
    "rate": {
        **dict.fromkeys([*CHANGEABLE, "in_progress"], "not_resolved"),
        **{status: status for status in OVER},
        "cancelled": "request_is_cancelled",
    },
    "erase": {
        **dict.fromkeys([*CHANGEABLE, "in_progress"], "cancelled"),
        **{status: status for status in OVER},
        "cancelled": "cancelled",
    },
}


@pytest.mark.parametrize(("command", "status"), list(itertools.product(Command, RequestStatus)))
def test_every_command_answers_every_status(command: Command, status: RequestStatus) -> None:
    try:
        answer = moved(status, command).value
    except Refused as refusal:
        answer = refusal.reason
    assert answer == EXPECTED[command][status]


def test_the_table_is_complete() -> None:
    assert set(MOVES) == set(Command)
    assert all(set(answers) == set(RequestStatus) for answers in MOVES.values())


@pytest.mark.parametrize("status", RequestStatus)
def test_every_status_has_words_for_people(status: RequestStatus) -> None:
    assert LABELS_VI[status]


@pytest.mark.parametrize(
    ("job", "outcome", "shown"),
    [
        (JobStatus.PENDING, None, S.WAITING),
        (JobStatus.OFFERED, None, S.WAITING),
        (JobStatus.ACCEPTED, None, S.ASSIGNED),
        (JobStatus.EN_ROUTE, None, S.ON_THE_WAY),
        (JobStatus.ON_SCENE, None, S.IN_PROGRESS),
        (JobStatus.HANDED_OFF, None, S.HANDED_OFF),
        (JobStatus.CANCELLED, None, S.CANCELLED),
        (JobStatus.DONE, Outcome.SOLVED, S.RESOLVED),
        (JobStatus.DONE, Outcome.ABSENT, S.UNREACHED),
        (JobStatus.DONE, Outcome.WRONG_ADDRESS, S.UNREACHED),
        (JobStatus.DONE, Outcome.REFUSED, S.CANCELLED),
        (JobStatus.DONE, Outcome.UNSAFE, S.HANDED_OFF),
        (JobStatus.DONE, Outcome.NEEDS_OFFICE, S.HANDED_OFF),
        (JobStatus.DONE, Outcome.SECOND_VISIT, S.WAITING),
    ],
)
def test_a_job_shows_as(job: JobStatus, outcome: Outcome | None, shown: RequestStatus) -> None:
    assert on_the_board(S.FILED, job, outcome) is shown


@pytest.mark.parametrize("status", [S.CANCELLED, S.CLOSED, S.NEEDS_LOCATION])
@pytest.mark.parametrize("job", JobStatus)
def test_what_people_decided_stays(status: RequestStatus, job: JobStatus) -> None:
    assert on_the_board(status, job, Outcome.SOLVED) is status


def test_every_outcome_shows_as_something() -> None:
    assert all(on_the_board(S.IN_PROGRESS, JobStatus.DONE, outcome) in S for outcome in Outcome)


class RequestLife(RuleBasedStateMachine):
    """Any commands and any news of the job, in any order: what must hold whatever happens."""

    def __init__(self) -> None:
        super().__init__()
        self.status = S.FILED
        self.cancelled = False

    @rule(command=st.sampled_from(list(Command)))
    def somebody_commands(self, command: Command) -> None:
        before = self.status
        try:
            self.status = moved(self.status, command)
        except Refused:
            assert self.status is before
        if self.status is S.CANCELLED:
            self.cancelled = True

    @rule(job=st.sampled_from(list(JobStatus)), outcome=st.sampled_from(list(Outcome)))
    def dispatch_says(self, job: JobStatus, outcome: Outcome) -> None:
        self.status = on_the_board(self.status, job, outcome)
        self.cancelled = self.cancelled or self.status is S.CANCELLED

    @invariant()
    def cancelled_is_for_ever(self) -> None:
        assert not self.cancelled or self.status is S.CANCELLED

    @invariant()
    def a_place_is_never_forgotten(self) -> None:
        assert self.status is not S.NEEDS_LOCATION

    @invariant()
    def somebody_can_always_do_something(self) -> None:
        """A request that lives can be ended; one that is over can be reopened, unless it was cancelled."""
        if self.status in LIVE:
            assert moved(self.status, C.ERASE) is S.CANCELLED
        elif self.status is not S.CANCELLED:
            assert moved(self.status, C.REOPEN) is S.FILED


TestRequestLife = RequestLife.TestCase
