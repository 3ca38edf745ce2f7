"""Who is next. Priority goes first, at most twice in a row while somebody ordinary waits, so nobody waits for ever. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from intake.counter.ticket import Ticket, TicketStatus

MOST_IN_A_ROW: Final = 2  # of priority, while ordinary people wait
RECALLED_AFTER: Final = 3  # calls of others: whoever was not there when called comes once more


@dataclass(frozen=True, slots=True)
class Turn:
    """How far a point's day is: how many were called, and how many of priority in a row."""

    calls: int = 0
    in_a_row: int = 0


def in_order(tickets: Iterable[Ticket], turn: Turn) -> Iterator[tuple[Ticket, Turn]]:
    """Those who wait, as they would be called if nobody else came; with each the turn after it."""
    waiting = sorted((one for one in tickets if one.status is TicketStatus.WAITING), key=lambda one: one.number)
    first = deque(one for one in waiting if one.comes_after is None and one.reason is not None)
    ordinary = deque(one for one in waiting if one.comes_after is None and one.reason is None)
    again = deque(sorted((one for one in waiting if one.comes_after is not None), key=_due))
    while first or ordinary or again:
        turn = replace(turn, calls=turn.calls + 1)
        if again and (_due(again[0])[0] < turn.calls or not (first or ordinary)):
            yield again.popleft(), turn  # somebody's second and last call: it changes nobody's turn
        elif first and (turn.in_a_row < MOST_IN_A_ROW or not ordinary):
            turn = replace(turn, in_a_row=turn.in_a_row + 1)
            yield first.popleft(), turn
        else:
            turn = replace(turn, in_a_row=0)
            yield ordinary.popleft(), turn


def ahead_of(ticket_id: UUID, tickets: Iterable[Ticket], turn: Turn) -> int | None:
    """How many are called before this one; None: it does not wait."""
    for place, (ticket, _) in enumerate(in_order(tickets, turn)):
        if ticket.id == ticket_id:
            return place
    return None


def _due(ticket: Ticket) -> tuple[int, int]:
    return ticket.comes_after or 0, ticket.number
