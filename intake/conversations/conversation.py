"""A conversation between one person and us, as decisions see it: how far it is, and what has been understood so far. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.errors import Refused
from shared.events.conversations import TalkChannel


class Stage(StrEnum):
    LISTENING = "listening"  # something is missing, and is asked for
    CONFIRMING = "confirming"  # all is there; they say whether it is right
    FILING = "filing"  # they said yes: the clerk files it, and comes back with the code
    IDLE = "idle"  # nothing is asked, a request may be filed: whatever they want next begins here
    CANCELLING = "cancelling"  # they want no help any more: the clerk cancels it, and says so
    WITH_PERSON = "with_person"  # an operator has it; the machine keeps out of it
    ASLEEP = "asleep"  # said goodbye after a silence; the next word finds everything as it was
    OVER = "over"  # nothing is remembered; the next word begins a new one


class Ask(StrEnum):
    """The one question on the table."""

    TROUBLE = "trouble"  # what is the matter?
    KIND = "kind"  # which of these is it?
    TRIED = "tried"  # something to try first: did it help?
    PLACE = "place"  # where?
    WHICH_PLACE = "which_place"  # which of these communes, or the one question that decides
    NAME = "name"
    PHONE = "phone"
    WHOM = "whom"  # is it for somebody else, and on which number are they asked?
    RIGHT = "right"  # this is what we understood: is it right?
    WHAT_WRONG = "what_wrong"  # what of it is wrong?
    CANCEL = "cancel"  # the request that is filed: cancel it?
    CALL = "call"  # which number is to be called?


HOTLINE: Final = "hotline"  # owns a conversation that was handed over: whoever is free answers
CITY_DESK: Final = "city_desk"  # owns it when nobody has, or who did has left it
REMIND: Final = timedelta(minutes=15)  # of a silence, after which we ask once more
GOODBYE: Final = timedelta(hours=4)  # after that reminder
# How long each stage may rest. What a clerk works on has none: it is looked for until it is done.
REST: Final = {
    Stage.LISTENING: REMIND,
    Stage.CONFIRMING: REMIND,
    Stage.IDLE: timedelta(hours=24),
    Stage.ASLEEP: timedelta(days=7),
    Stage.WITH_PERSON: timedelta(minutes=15),
}
AFTER_CODE: Final = timedelta(minutes=15)
AT_THE_CLERK: Final = frozenset({Stage.FILING, Stage.CANCELLING})
LONGEST_REMINDER: Final = timedelta(hours=24)  # of an operator who has not looked yet
_DOUBLINGS: Final = 10  # beyond which it has long been the longest


class TalkTaken(Refused):
    def __init__(self) -> None:
        super().__init__("conversation_taken", "another operator is answering them; take another one from the list")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What they have told so far, masked. Sealed wherever it is kept."""

    trouble: str | None = None
    category: str | None = None
    kinds: tuple[str, ...] = ()  # it may be one of these
    tip: str | None = None  # the entry of the guidance that was offered; "": there was none
    address: str | None = None
    commune_code: str | None = None
    point: tuple[float, float] | None = None
    communes: tuple[str, ...] = ()  # it may be in one of these
    place_question: str | None = None  # … and this would decide
    place_is_open: bool = False  # they could not say it better: a person finds it
    name: str | None = None
    phone: str | None = None  # E.164; None where the account's own number is known
    behalf: str | None = None  # whom they spoke of, in their words: "mẹ tôi"
    for_other: bool | None = None  # it is for them; None: nobody has asked yet
    visited_phone: str | None = None  # E.164 of theirs
    consent: str | None = None  # the version of the text on personal data that was read with the last question

    @property
    def is_empty(self) -> bool:
        return self == Draft()

    @property
    def is_placed(self) -> bool:
        return self.commune_code is not None or self.point is not None or (self.address is not None and self.place_is_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    id: UUID
    channel: TalkChannel
    stage: Stage = Stage.LISTENING
    asking: Ask | None = None
    asked_at: datetime | None = None  # a bare "1" that was written before it answers something else
    draft: Draft = Draft()
    language: str = "vi"
    strikes: int = 0  # in a row, without a word understood
    tries: int = 0  # how often the present question was asked in a row and led to nothing new
    reminders: int = 0
    code: str | None = None  # of the last request filed here
    filings: int = 0  # how many were begun; the number of the one under way is part of its key
    version: int = 0
    heard: int = 0  # within the window that began at `heard_since`
    heard_since: datetime | None = None
    code_at: datetime | None = None  # when they or we spoke of a code or a password last: what comes next may be half of one
    wake_at: datetime | None = None
    wants_call: bool = False  # they asked to be called, and have named no number yet
    told_waiting: bool = False  # since a person has it, they heard that one does
    owner: str | None = None  # who acts while a person has it: hotline, city_desk, or who answers; at the clerk: one is wanted

    def is_after_code(self, at: datetime) -> bool:
        """A bare "123" may be half a code then, and is hidden; with a word beside it, "số nhà 123", it is what that says."""
        return self.code_at is not None and at - self.code_at <= AFTER_CODE

    @property
    def is_live(self) -> bool:
        return self.stage is not Stage.OVER

    def at(self, stage: Stage, asking: Ask | None, now: datetime) -> "Conversation":
        """In another stage, or with another question; its rest begins anew."""
        asked_at = now if asking is not None else None
        return replace(self, stage=stage, asking=asking, asked_at=asked_at, reminders=0, wake_at=rests_until(stage, now))


def is_anothers(owner: str | None, operator: str) -> bool:
    """Somebody else answers them just now."""
    return owner not in {None, HOTLINE, CITY_DESK, operator}


def rests_until(stage: Stage, now: datetime, *, reminders: int = 0) -> datetime | None:
    """None: nobody waits, or a clerk is at it."""
    rest = REST.get(stage)
    if rest is None:
        return None
    if stage is Stage.WITH_PERSON:
        return now + min(rest * (1 << min(reminders, _DOUBLINGS)), LONGEST_REMINDER)
    return now + (GOODBYE if reminders and stage in {Stage.LISTENING, Stage.CONFIRMING} else rest)
