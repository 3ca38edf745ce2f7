"""What is asked and said about shifts: bodies for both sides. A window is [starts_at, ends_at) in UTC."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.events.contract import Contract, Sealed
from shared.events.duty import PersonNews


class AskKind(StrEnum):
    """What a question about a shift asks."""

    CONFIRM = "confirm"  # will you be there?
    TAKE = "take"  # will you take this place?
    SWAP = "swap"  # will you work in a colleague's place?
    TAKE_OVER = "take_over"  # … from now on, until their shift is over?


class ShiftOutcome(StrEnum):
    """What holds now for the person who was asked."""

    KEPT = "kept"  # they said that they will be there
    GIVEN_UP = "given_up"  # they said that they will not: somebody else is sought
    SILENT = "silent"  # they did not say in time: somebody else is sought, and their yes still counts until one is found
    TAKEN = "taken"  # the place is theirs
    FILLED = "filled"  # somebody else has it
    OVER = "over"  # there is nothing to answer any more


class ShiftNews(PersonNews):
    """`return_…`: of the shift that somebody gives for it."""

    starts_at: datetime
    ends_at: datetime
    commune_code: str
    return_starts_at: datetime | None = None
    return_ends_at: datetime | None = None


class ShiftAsked(ShiftNews):
    """Body of shift.asked: one question to one person."""

    ask_id: UUID
    kind: AskKind
    responder_id: UUID
    about_id: UUID  # the shift, the place that is open, or the swap
    answer_by: datetime
    colleague: Sealed | None = None  # purpose "name": in whose place


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


class SwapSaid(Contract):
    """Body of shift.swap_said: "DOI 27 LAN", "GIAO CA". Whose shift it is, and whether it can be, is for dispatch to know."""

    city: str
    contact_point_id: UUID
    take_over: bool  # of the shift that runs now
    ask_id: UUID | None = None  # of the question by whose code the shift was named
    day: date | None = None  # … or the local day on which it starts; neither: the next one
    name: Sealed | None = None  # purpose "name": the colleague; None: whoever can
    return_day: date | None = None  # the local day of the colleague's shift that is wanted for it
    releases: bool = False  # the visits in hand go to others
    received_at: datetime


class SwapStage(StrEnum):
    """What holds now for whoever wants to give a shift."""

    ASKED = "asked"  # others are asked; it is still theirs
    AGREED = "agreed"  # it is the colleague's
    REFUSED = "refused"  # the colleague said no: it stays theirs
    SILENT = "silent"  # nobody said yes in time: it stays theirs
    NOBODY = "nobody"  # nobody could be asked: it stays theirs
    OVER = "over"  # there is nothing to give any more
    IMPOSSIBLE = "impossible"  # nobody was asked, `reason` says by which rule


class SwapChanged(PersonNews):
    """Body of shift.swap: to whoever wants to give a shift. Of one that is impossible nobody may know which was meant."""

    swap_id: UUID
    stage: SwapStage
    take_over: bool = False
    releases: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    return_starts_at: datetime | None = None
    return_ends_at: datetime | None = None
    answer_by: datetime | None = None
    colleague: Sealed | None = None  # purpose "name"
    reason: str | None = None
