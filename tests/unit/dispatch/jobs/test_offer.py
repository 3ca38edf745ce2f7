"""Every (status, command) of an offer, its lease, and what the losers hear."""

from datetime import timedelta

import pytest

from dispatch.jobs.answering import accept, decline, lapse
from dispatch.jobs.offer import MOVES, OfferClosed, is_lapsed, moved
from dispatch.roster.responder import CapacityFull, Inactive, effective_capacity, giving_back, taking
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferStatus
from shared.pauses import Pause
from tests.support.dispatching import NOW, a_case, a_job, a_responder, an_offer, leads, told

O = OfferStatus  # noqa: E741 - the table is read as a table
UNCHANGED = None

ANSWERS: dict[str, dict[OfferStatus, OfferStatus | type[Refused] | None]] = {
    "yes": {
        O.PENDING: O.ACCEPTED,
        O.EXPIRED: O.ACCEPTED,
        O.ACCEPTED: UNCHANGED,
        **dict.fromkeys((O.DECLINED, O.WITHDRAWN, O.UNDELIVERABLE, O.RELEASED, O.COMPLETED), OfferClosed),
    },
    "no": {
        O.PENDING: O.DECLINED,
        O.DECLINED: UNCHANGED,
        O.EXPIRED: UNCHANGED,
        **dict.fromkeys((O.ACCEPTED, O.WITHDRAWN, O.UNDELIVERABLE, O.RELEASED, O.COMPLETED), OfferClosed),
    },
    "time": {O.PENDING: O.EXPIRED, **dict.fromkeys(set(OfferStatus) - {O.PENDING}, UNCHANGED)},
}


@pytest.mark.parametrize(("command", "status"), [(command, status) for command in ANSWERS for status in OfferStatus])
def test_every_answer_knows_every_status(command: str, status: OfferStatus) -> None:
    case = a_case(JobStatus.OFFERED)
    first = next(iter(case.offers.values()))
    offer = case.put(an_offer(case.job, case.responder(first.responder_id), id=first.id, status=status))  # type: ignore[arg-type]
    act = {
        "yes": lambda: accept(case, offer),
        "no": lambda: decline(case, offer, leads()),
        "time": lambda: lapse(case, offer, leads(), O.EXPIRED),
    }[command]
    expected = ANSWERS[command][status]
    if isinstance(expected, type):
        with pytest.raises(expected):
            act()
    else:
        act()
        assert case.offers[offer.id].status is (expected or status)
    assert bool(case.events) is isinstance(expected, OfferStatus)


@pytest.mark.parametrize("status", list(OfferStatus))
@pytest.mark.parametrize("target", list(OfferStatus))
def test_only_moves_of_the_table_are_possible(status: OfferStatus, target: OfferStatus) -> None:
    offer = an_offer(a_job(), a_responder(), status=status)
    if target in MOVES.get(status, frozenset()):
        assert moved(offer, target, now=NOW).status is target
    else:
        with pytest.raises(OfferClosed):
            moved(offer, target, now=NOW)


def test_the_winner_and_the_resident_hear_of_the_yes_and_each_loser_of_the_end() -> None:
    case = a_case(JobStatus.OFFERED, asked=4)
    accept(case, next(iter(case.offers.values())))
    assert told(case) == ["assignment.accepted", *["offer.withdrawn"] * 3]
    won = case.events[0].body
    assert sorted(one.role for one in won.recipients) == ["resident", "responder"]  # type: ignore[attr-defined]
    assert won.job.responder is not None  # type: ignore[attr-defined]
    assert {event.body.reason for event in case.events[1:]} == {"taken"}  # type: ignore[attr-defined]


def test_a_timer_that_comes_early_finds_nothing_to_do() -> None:
    offer = an_offer(a_job(), a_responder())
    assert not is_lapsed(offer, offer.expires_at - timedelta(microseconds=1))
    assert is_lapsed(offer, offer.expires_at)


@pytest.mark.parametrize(
    ("declared", "present", "load", "capacity"), [(3, None, 0, 3), (3, 2, 0, 2), (2, 5, 0, 2), (3, 1, 2, 2), (0, None, 1, 1)]
)
def test_a_team_can_do_what_its_present_members_can(declared: int, present: int | None, load: int, capacity: int) -> None:
    assert effective_capacity(declared, present, load) == capacity


def test_taking_and_giving_back_keep_the_guard() -> None:
    one = a_responder()
    full = taking(one)
    with pytest.raises(CapacityFull):
        taking(full)
    assert giving_back(full) == one
    shrinking = a_responder(load=2, capacity=2, declared_capacity=1)
    assert giving_back(shrinking).capacity == 1
    with pytest.raises(Inactive):
        taking(a_responder(active=False))


def test_a_yes_between_the_end_of_a_pause_and_its_clock_counts() -> None:
    """The matcher looks at the hour as the clock does, and may be a moment faster."""
    case = a_case(JobStatus.OFFERED, pause=Pause.RESIDENT_LATER, paused_at=NOW - timedelta(hours=1), not_before=NOW)
    accept(case, next(iter(case.offers.values())))
    assert (case.job.status, case.job.pause, case.job.not_before) == (JobStatus.ACCEPTED, None, None)
    assert told(case)[:2] == ["clock.resumed", "assignment.accepted"]
