"""How a round ended, as a table of small stories."""

import pytest

from notify.reports.endings import Ending, ending_of
from notify.reports.facts import Facts
from notify.sla.rounds import Reached
from shared.events.assignments import Outcome
from tests.unit.notify.reports.lives import at, facts, solved

DAYS = 24 * 60


@pytest.mark.parametrize(
    ("one", "ending"),
    [
        (facts(), Ending.OPEN),
        (facts(closed=at(5), outcome="cancelled"), Ending.CANCELLED),
        (facts(closed=at(5), outcome="handed_off"), Ending.HANDED_OFF),
        (facts(closed=at(5), outcome="absent", reached={Reached.DONE: at(5)}), Ending.UNREACHED),
        (facts(closed=at(5), outcome="second_visit", reached={Reached.DONE: at(5)}), Ending.SECOND_VISIT),
        (solved(30, confirmed_at=(at(60),)), Ending.CONFIRMED),
        (solved(30, done_reason="incident_over"), Ending.CONFIRMED),
        (solved(30, reopened_at=(at(60),)), Ending.REOPENED),
        (solved(30, reopened_at=(at(5 * DAYS),)), Ending.REOPENED),
        (solved(30, confirmed_at=(at(60),), reopened_at=(at(90),)), Ending.CONFIRMED),
        (solved(30, confirmed_at=(at(29),)), Ending.UNCONFIRMED),  # a word about an earlier round
        (solved(30), Ending.UNCONFIRMED),
    ],
)
def test_every_ending(one: Facts, ending: Ending) -> None:
    assert ending_of(one, at(10 * DAYS)) is ending


def test_every_outcome_has_an_ending_of_its_own_kind() -> None:
    for outcome in Outcome:
        done = facts(closed=at(5), outcome=outcome, reached={Reached.DONE: at(5)})
        expected = Ending.UNCONFIRMED if outcome is Outcome.SOLVED else ending_of(done, at(10 * DAYS))
        assert ending_of(done, at(10 * DAYS)) is expected
        assert (expected is Ending.UNCONFIRMED) == (outcome is Outcome.SOLVED)


def test_silence_closes_after_three_days_and_not_before() -> None:
    assert ending_of(solved(30), at(30 + 3 * DAYS - 1)) is Ending.AWAITING
    assert ending_of(solved(30), at(30 + 3 * DAYS)) is Ending.UNCONFIRMED
