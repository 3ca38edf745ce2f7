"""One step of a conversation: what it is decided from, what it comes to, and the question that comes next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from intake.conversations.behalf import may_be_for_other
from intake.conversations.conversation import AT_THE_CLERK, HOTLINE, Ask, Conversation, Draft, Stage
from intake.conversations.saying import Line, Say
from intake.conversations.tip import Guide
from intake.privacy.consent_text import BRIEF
from shared.categories import FRAUD
from shared.events.conversations import TalkChannel

MOST_STRIKES: Final = 2  # messages in a row of which we understood nothing: then a person has it
MOST_TRIES: Final = 3  # of one question; it may be read back more often while they add to it


class Command(StrEnum):
    FILE = "file"
    CANCEL_REQUEST = "cancel_request"
    HAND_OVER = "hand_over"
    CALL_BACK = "call_back"


@dataclass(frozen=True, slots=True)
class Standing:
    """A request as anybody may know it."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the machine cannot know by itself. `own_number`: the account is a number's, so nobody asks for one."""

    own_number: bool = False
    open_requests: tuple[Standing, ...] = ()  # of this person, the newest first
    asked_about: Standing | None = None  # the code in the message
    door: Say | None = None  # who stands there: what is told about them
    may_guess: bool = True  # False: too many codes that were none
    guide: Guide | None = None  # what to try first; None: nothing is offered


@dataclass(frozen=True, slots=True)
class Step:
    talk: Conversation
    says: tuple[Say, ...] = ()
    command: Command | None = None
    phone: str | None = None  # E.164, to be called back; None: the number that writes here


def question(talk: Conversation) -> Say:
    words = {"code": talk.code or ""} if talk.asking is Ask.CANCEL else {}
    return Say(_LINES[talk.asking or Ask.TROUBLE], words, talk.draft)


def missing(draft: Draft, facts: Facts) -> Ask:
    if draft.trouble is None:
        return Ask.TROUBLE
    if draft.category is None:
        return Ask.KIND if draft.kinds else Ask.TROUBLE
    if not draft.is_placed:
        return Ask.WHICH_PLACE if draft.place_question or (draft.address and draft.communes) else Ask.PLACE
    if draft.name is None:
        return Ask.NAME
    if draft.phone is None and not facts.own_number:
        return Ask.PHONE
    return Ask.WHOM if may_be_for_other(draft) else Ask.RIGHT


def asked(talk: Conversation, facts: Facts, now: datetime, *says: Say) -> Step:
    """Asks what is missing next, one thing at a time; when nothing is, whether all is right. Before all: what they may try."""
    if talk.draft.tip is None and talk.draft.trouble is not None and talk.draft.category is not None:
        if talk.draft.category == FRAUD:
            says = (*says, Say(Line.FRAUD))  # it may be happening now
        talk, tip = _with_tip(talk, facts)
        if tip is not None:
            return Step(replace(talk.at(Stage.LISTENING, Ask.TRIED, now), strikes=0, tries=0), (*says, tip))
    ask = missing(talk.draft, facts)
    tries = talk.tries + 1 if ask is talk.asking and ask is not Ask.RIGHT else 0
    if tries >= MOST_TRIES:
        return handed_over(talk, Line.TO_PERSON_LOST, now)
    stage = Stage.CONFIRMING if ask is Ask.RIGHT else Stage.LISTENING
    talk = replace(talk.at(stage, ask, now), strikes=0, tries=tries)
    if ask is Ask.RIGHT:
        talk = replace(talk, draft=replace(talk.draft, consent=BRIEF))
    return Step(talk, (*says, question(talk)))


def _with_tip(talk: Conversation, facts: Facts) -> tuple[Conversation, Say | None]:
    """Once for each trouble. Not by SMS: a dozen parts that nobody reads."""
    tip = None
    if facts.guide is not None and talk.channel is not TalkChannel.SMS:
        tip = facts.guide.tip(_matter(talk.draft), talk.draft.category or "", talk.language)
    talk = replace(talk, draft=replace(talk.draft, tip="" if tip is None else tip.id))
    return talk, None if tip is None else Say(Line.TIP, {"tip": tip.text})


def _matter(draft: Draft) -> str:
    """The trouble without who and where, which stand in it when all came in one breath."""
    matter = draft.trouble or ""
    for told in (draft.address, draft.name):
        matter = matter.replace(told, " ") if told else matter
    return matter


def again(talk: Conversation, now: datetime, *says: Say) -> Step:
    """Something was said in between: the open question stands, and is asked again. Where none does, nothing is."""
    if talk.asking is not None:
        talk = talk.at(talk.stage, talk.asking, now)
        return Step(talk, (*says, question(talk)))
    if talk.stage is Stage.WITH_PERSON or talk.stage in AT_THE_CLERK:
        return Step(talk, says)
    return Step(talk.at(Stage.IDLE, None, now), says)


def handed_over(talk: Conversation, line: Line, now: datetime) -> Step:
    return Step(given_to_person(talk, now), (Say(line),), Command.HAND_OVER)


def given_to_person(talk: Conversation, now: datetime) -> Conversation:
    return replace(talk.at(Stage.WITH_PERSON, None, now), owner=talk.owner or HOTLINE, told_waiting=False, wants_call=False)


def lost(talk: Conversation, facts: Facts, now: datetime) -> Step:
    """Nothing was understood; the second time in a row a person has it."""
    talk = replace(talk, strikes=talk.strikes + 1)
    if talk.strikes >= MOST_STRIKES:
        return handed_over(talk, Line.TO_PERSON_LOST, now)
    if talk.stage is Stage.IDLE and talk.asking is None:
        return Step(talk.at(Stage.IDLE, None, now), (Say(Line.NOT_UNDERSTOOD), Say(Line.HELP)))
    talk = talk.at(talk.stage, talk.asking or missing(talk.draft, facts), now)
    return Step(talk, (Say(Line.NOT_UNDERSTOOD), question(talk)))


_LINES: Final[Mapping[Ask, Line]] = {
    Ask.TROUBLE: Line.ASK_TROUBLE,
    Ask.KIND: Line.ASK_KIND,
    Ask.TRIED: Line.ASK_TRIED,
    Ask.PLACE: Line.ASK_PLACE,
    Ask.WHICH_PLACE: Line.ASK_WHICH_PLACE,
    Ask.NAME: Line.ASK_NAME,
    Ask.PHONE: Line.ASK_PHONE,
    Ask.WHOM: Line.ASK_WHOM,
    Ask.RIGHT: Line.ASK_RIGHT,
    Ask.WHAT_WRONG: Line.ASK_WHAT_WRONG,
    Ask.CANCEL: Line.ASK_CANCEL,
    Ask.CALL: Line.ASK_CALL,
}
QUESTIONS: Final = frozenset(_LINES.values()) | {Line.TIP}  # which want an answer of the machine's
