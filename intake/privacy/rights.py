"""What a person may ask about their own data, and by when it has to be done. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.calendar import OFFICE_HOURS
from shared.errors import Refused

WORKING_DAYS: Final = 2  # the legal clock
DESK: Final = "city_desk"
RAISED_TO: Final = "ops"  # who has it once half of the clock is over: only they can export and erase


class Right(StrEnum):
    EXPORT = "export"  # all that is kept of them
    CORRECT = "correct"  # their name, number or address is wrong
    ERASE = "erase"  # all that is kept of them goes


class Identified(StrEnum):
    """How somebody has made sure that it is this person who asks."""

    CALLBACK = "callback"  # rung back on the number that it is about
    IN_PERSON = "in_person"  # with a document, which is looked at and not copied
    ANSWERED = "answered"  # a text to the number was answered from there
    CHAT = "chat"  # they said it in the chat that it is about; enough where that is all there is of them


class Why(StrEnum):
    """Why it is not done."""

    NOT_THEM = "not_them"  # it was not this person who asked
    TAKEN_BACK = "taken_back"
    LAW = "law"  # another law wants it kept


class RightIsOver(Refused):
    def __init__(self) -> None:
        super().__init__("right_is_over", "this has been done, or refused, already; open a new one")


class ChatProvesNoNumber(Refused):
    def __init__(self) -> None:
        super().__init__("chat_proves_no_number", "they have a number, and all of that person goes: make sure there who it is")


class NotThisRight(Refused):
    def __init__(self, right: str) -> None:
        super().__init__("not_this_right", f"this person has asked for something else: {right}")


def due_at(asked_at: datetime, days: float = WORKING_DAYS) -> datetime:
    """So many working days later, by the calendar of the offices."""
    day = datetime.combine(asked_at.date(), OFFICE_HOURS.closes) - datetime.combine(asked_at.date(), OFFICE_HOURS.opens)
    return OFFICE_HOURS.add_staffed(asked_at, (day * days) / timedelta(seconds=1))
