"""A ticket of the queue: what may become of it in which status. Pure; no SQL, no personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.errors import Refused


class TicketStatus(StrEnum):
    WAITING = "waiting"  # nobody has called it, or it comes once more after a no-show
    CALLED = "called"  # somebody sits at a desk, or should
    DONE = "done"  # served
    MISSED = "missed"  # called twice, and nobody came
    CANCELLED = "cancelled"  # its holder goes home
    UNSERVED = "unserved"  # the point closed before it was called
    UNREPORTED = "unreported"  # called, and the desk has never said what came of it


class TicketMove(StrEnum):
    CALL = "call"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCEL = "cancel"
    CLOSE = "close"


class Urgent(StrEnum):
    """Why somebody is called first. A closed set: the word stands in clear text."""

    ELDERLY = "elderly"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    SMALL_CHILD = "small_child"
    ILL = "ill"
    MERITORIOUS = "meritorious"  # người có công


class NotCalled(Refused):
    def __init__(self) -> None:
        super().__init__("ticket_not_called", "call it first: POST /v1/points/{id}/next")


class AlreadyCalled(Refused):
    def __init__(self) -> None:
        super().__init__("ticket_is_called", "it is at a desk already; say what came of it: done, no-show or cancel")


class CalledElsewhere(Refused):
    def __init__(self) -> None:
        super().__init__("called_elsewhere", "another desk has called it since; only that desk says what came of it")


class TicketIsOver(Refused):
    def __init__(self) -> None:
        super().__init__("ticket_is_over", "nobody waits on it any more; take a new ticket")


S, M = TicketStatus, TicketMove
LIVE: Final = frozenset({S.WAITING, S.CALLED})
OVER: Final = frozenset(S) - LIVE
Answer = TicketStatus | type[Refused]
MOVES: Final[Mapping[TicketMove, Mapping[TicketStatus, Answer]]] = {
    M.CALL: {S.WAITING: S.CALLED, S.CALLED: AlreadyCalled, **dict.fromkeys(OVER, TicketIsOver)},
    M.DONE: {S.WAITING: NotCalled, S.CALLED: S.DONE, **dict.fromkeys(OVER, TicketIsOver)},
    # The first time they come once more (`after_no_show`).
    M.NO_SHOW: {S.WAITING: NotCalled, S.CALLED: S.MISSED, **dict.fromkeys(OVER, TicketIsOver)},
    M.CANCEL: {S.WAITING: S.CANCELLED, S.CALLED: S.CANCELLED, **dict.fromkeys(OVER, TicketIsOver)},
    M.CLOSE: {S.WAITING: S.UNSERVED, S.CALLED: S.UNREPORTED, **dict.fromkeys(OVER, TicketIsOver)},
}
MOST_NO_SHOWS: Final = 2
# A repeated word of a desk whose answer was lost changes nothing.
_SAID: Final = {M.DONE: S.DONE, M.NO_SHOW: S.MISSED, M.CANCEL: S.CANCELLED}


def moved(status: TicketStatus, move: TicketMove) -> TicketStatus:
    """Raises the named refusal when the table says no."""
    answer = MOVES[move][status]
    if isinstance(answer, TicketStatus):
        return answer
    raise answer  # a Refused class; each takes no arguments


def after_no_show(no_shows: int) -> TicketStatus:
    """Called so often, and nobody came: once more, then no more."""
    return S.MISSED if no_shows >= MOST_NO_SHOWS else S.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The columns of intake.tickets that decide; changed by `replace`. `owner` is who has to act while it is live."""

    id: UUID
    point_id: str
    day: date
    number: int
    status: TicketStatus
    version: int
    reason: Urgent | None
    category: str | None
    language: str
    owner: str | None
    taken_at: datetime
    closes_at: datetime
    called_at: datetime | None = None
    ended_at: datetime | None = None
    desk: str | None = None
    no_shows: int = 0
    comes_after: int | None = None  # calls of the day, after a no-show
    contact_point_id: UUID | None = None
    key_id: UUID | None = None
    phone_box: str | None = None
    need_box: str | None = None
    request_code: str | None = None
    data_consent: str | None = None

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    def is_said(self, move: TicketMove) -> bool:
        """After a first no-show it waits again, and nobody has called it since."""
        waits_again = self.status is S.WAITING and self.no_shows > 0
        return _SAID.get(move) is self.status or (move is M.NO_SHOW and waits_again)
