"""What is asked and said about shifts: bodies for both sides. A window is [starts_at, ends_at) in UTC."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.events.contract import Contract
from shared.events.duty import PersonNews


class AskKind(StrEnum):
    """What a question about a shift asks."""

    CONFIRM = "confirm"  # will you be there?
    TAKE = "take"  # will you take this place?


class ShiftOutcome(StrEnum):
    """What holds now for the person who was asked."""

    KEPT = "kept"  # they said that they will be there
    GIVEN_UP = "given_up"  # they said that they will not: somebody else is sought
    SILENT = "silent"  # they did not say in time: somebody else is sought, and their yes still counts until one is found
    TAKEN = "taken"  # the place is theirs
    FILLED = "filled"  # somebody else has it
    OVER = "over"  # there is nothing to answer any more


class ShiftNews(PersonNews):
    starts_at: datetime
    ends_at: datetime
    commune_code: str


class ShiftAsked(ShiftNews):
    """Body of shift.asked: one question to one person."""

    ask_id: UUID
    kind: AskKind
    responder_id: UUID
    about_id: UUID  # the shift, or the place that is open
    answer_by: datetime


class ShiftSettled(ShiftNews):
    """Body of shift.settled: the question is over. Without recipients nobody is told."""

    ask_id: UUID
    outcome: ShiftOutcome


class ShiftUnfilled(ShiftNews):
    """Body of shift.unfilled: nobody was found; whoever answers for the ward has to know."""

    opening_id: UUID


class ShiftAnswered(Contract):
    """Body of shift.answered: yes or no to a shift.asked."""

    city: str
    contact_point_id: UUID
    ask_id: UUID
    accepts: bool
    received_at: datetime
