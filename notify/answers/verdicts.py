"""What a text turned out to be, on the phone that it came from: which question, job or wish it speaks of.

Shapes only; matching.py decides, replies.py acts.
"""

from dataclasses import dataclass
from uuid import UUID

from notify.answers.duty_words import DutyWord
from notify.answers.presence_words import PresenceWord
from notify.answers.swap_words import SwapWord
from notify.phone import AskedBack, JobOnPhone
from notify.question import AskedOffer, Question
from shared.events.messages import Answer, DeclineReason


@dataclass(frozen=True, slots=True)
class ToQuestion:
    question: Question
    answer: Answer
    member: str | None
    reason: DeclineReason | None = None


@dataclass(frozen=True, slots=True)
class ToJob:
    """`whole`: without a number, and everything this phone has belongs to one visit: all of it is meant."""

    job: JobOnPhone | AskedOffer  # as this phone has it, or the offer it said yes to, when dispatch has not spoken yet
    answer: Answer
    member: str | None = None
    whole: bool = False
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class ToDuty:
    """Nothing of ours is answered: this person rests, or is back."""

    word: DutyWord


@dataclass(frozen=True, slots=True)
class ToTeam:
    """Nothing of ours is answered: who of a team is there."""

    word: PresenceWord


@dataclass(frozen=True, slots=True)
class ToShift:
    """A colleague shall take a shift of this person; `ask_id`: of the question by whose code it was named."""

    word: SwapWord
    ask_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AskWhoIsAbsent:
    """ "VANG LAN", with a visit in hand: nobody at home, or somebody of the team? Asked once a visit."""

    jobs: tuple[JobOnPhone, ...]
    names: str


@dataclass(frozen=True, slots=True)
class AskBack:
    """It fits several; `numbers` are the codes or job numbers to choose from."""

    numbers: tuple[int, ...]
    jobs: bool = False


@dataclass(frozen=True, slots=True)
class AskOutcome:
    """Something came of this visit, but what? They come later, but by how much? Do they come at all? Each asked once."""

    job: JobOnPhone
    what: AskedBack = AskedBack.OUTCOME


@dataclass(frozen=True, slots=True)
class Help:
    """ "SOS": at once, for every visit this phone has, or the one that it names."""

    jobs: tuple[JobOnPhone, ...]


@dataclass(frozen=True, slots=True)
class ToTexts:
    """Our texts to this phone are wanted from now on, or no more. `refused`: what is asked there, and ends with it."""

    wanted: bool
    refused: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class ToWords:
    """Somebody asks what they can answer, or `rang` where a missed call says nothing. `read_too`: a person reads it as well."""

    rang: bool = False
    read_too: bool = False


@dataclass(frozen=True, slots=True)
class UnknownNumber:
    """No question and no job of this phone has this number."""


@dataclass(frozen=True, slots=True)
class Doubled:
    """The same answer as before."""

    question: Question


@dataclass(frozen=True, slots=True)
class NoQuestion:
    """Nothing of ours is being answered: somebody writes to us of their own accord."""


Verdict = ToQuestion | ToJob | ToWords | AskBack | AskOutcome | AskWhoIsAbsent | Help | UnknownNumber | Doubled | NoQuestion
OfOneself = ToDuty | ToTeam | ToShift | ToTexts
