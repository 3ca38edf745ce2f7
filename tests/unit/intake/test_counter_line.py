"""Whose turn it is: whatever comes, nobody waits for ever, nobody is called twice, and what is said beforehand comes true."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.counter.line import MOST_IN_A_ROW, Turn, ahead_of, in_order
from intake.counter.ticket import LIVE, MOVES, Ticket, TicketMove, TicketStatus, Urgent, moved
from intake.counter.wait import FEWEST, expected_seconds
from shared.errors import Refused

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def ticket(number: int, *, first: bool = False, comes_after: int | None = None) -> Ticket:
    return Ticket(
        id=UUID(int=number),
        point_id="p",
        day=date(2026, 3, 2),
        number=number,
        status=TicketStatus.WAITING,
        version=1,
        reason=Urgent.ELDERLY if first else None,
        category=None,
        language="vi",
        owner="point:p",
        taken_at=NOW,
        closes_at=NOW,
        no_shows=0 if comes_after is None else 1,
        comes_after=comes_after,
    )


LINES = st.lists(st.tuples(st.booleans(), st.none() | st.integers(0, 30)), max_size=30).map(
    lambda people: [ticket(n + 1, first=first, comes_after=after) for n, (first, after) in enumerate(people)]
)
TURNS = st.builds(Turn, st.integers(0, 30), st.integers(0, 5))


@given(LINES, TURNS)
def test_everybody_is_called_exactly_once(line: list[Ticket], turn: Turn) -> None:
    assert sorted(one.number for one, _ in in_order(line, turn)) == [one.number for one in line]


@given(LINES, TURNS)
def test_while_ordinary_people_wait_priority_is_never_called_three_times_in_a_row(line: list[Ticket], turn: Turn) -> None:
    called = [one for one, _ in in_order(line, turn) if one.comes_after is None]
    row = turn.in_a_row
    for place, one in enumerate(called):
        row = row + 1 if one.reason else 0
        waits = any(other.reason is None for other in called[place + 1 :])
        assert row <= max(MOST_IN_A_ROW, turn.in_a_row) or not waits


@given(LINES, TURNS)
def test_within_their_kind_people_go_in_the_order_of_their_numbers(line: list[Ticket], turn: Turn) -> None:
    for first in (True, False):
        same = [one.number for one, _ in in_order(line, turn) if one.comes_after is None and (one.reason is not None) is first]
        assert same == sorted(same)


@given(LINES, TURNS)
def test_the_place_that_is_told_is_the_place_at_which_one_is_called(line: list[Ticket], turn: Turn) -> None:
    for place, (one, _) in enumerate(in_order(line, turn)):
        assert ahead_of(one.id, line, turn) == place
    assert ahead_of(UUID(int=99), line, turn) is None


def test_every_move_knows_every_status() -> None:
    for move in TicketMove:
        assert MOVES[move].keys() == set(TicketStatus)
    for status in set(TicketStatus) - LIVE:
        for move in TicketMove:
            with pytest.raises(Refused, match="ticket_is_over"):
                moved(status, move)


def test_the_wait_is_the_median_shared_by_the_desks_and_unknown_where_few_were_served() -> None:
    served = [60.0, 300.0, 300.0, 300.0, 7200.0]
    assert expected_seconds(3, served, 1) == 1050
    assert expected_seconds(3, served, 2) == 525
    assert expected_seconds(3, served, 0) == 1050
    assert expected_seconds(3, served[: FEWEST - 1], 1) is None
