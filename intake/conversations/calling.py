"""Somebody wants to be called: on which number, and how the conversation goes on. Pure; who calls is intake/hotline/."""

from dataclasses import replace
from datetime import datetime

from intake.conversations.conversation import AT_THE_CLERK, HOTLINE, Ask, Conversation, Draft, Stage
from intake.conversations.filling import filled
from intake.conversations.heard import Heard, Intent
from intake.conversations.saying import Line, Say
from intake.conversations.steps import Command, Facts, Step, again, asked, handed_over, question


def wants_a_call(talk: Conversation, heard: Heard, facts: Facts) -> bool:
    """ "Call me on 0912 345 678" is the answer where a number was asked for. Whoever has a person already is asked for none."""
    if talk.asking is Ask.CALL and heard.intent is None and heard.phone is not None:
        return True
    if heard.intent is not Intent.CALLBACK or (talk.asking is Ask.PHONE and heard.phone is not None):
        return False
    return not _is_busy(talk) or facts.own_number or _number(talk, heard, facts) is not None


def called_back(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step:
    """What they tell beside it is kept, and asked about as before."""
    phone = _number(talk, heard, facts)
    if phone is None and not facts.own_number:
        talk = replace(talk, draft=filled(talk.draft, heard, None), strikes=0).at(Stage.LISTENING, Ask.CALL, now)
        return Step(talk, (question(talk),))
    said = Say(Line.CALL_BACK, draft=Draft(phone=phone))
    after = Step(talk, (said,)) if _is_busy(talk) else _goes_on(talk, heard, facts, now, said)
    return replace(after, command=after.command or Command.CALL_BACK, phone=phone)


def not_called(talk: Conversation, now: datetime) -> Step:
    """A number that the hotline cannot call, or too many of them: a person reads it. `talk`: as if it were called."""
    if talk.stage in AT_THE_CLERK:
        return Step(replace(talk, owner=talk.owner or HOTLINE), (Say(Line.TO_PERSON),))
    return Step(talk, (Say(Line.TO_PERSON),)) if talk.stage is Stage.WITH_PERSON else handed_over(talk, Line.TO_PERSON, now)


def _number(talk: Conversation, heard: Heard, facts: Facts) -> str | None:
    """The one in the message, else the one that writes (None), else the one they have told."""
    return heard.phone or (None if facts.own_number else talk.draft.phone)


def _is_busy(talk: Conversation) -> bool:
    return talk.stage is Stage.WITH_PERSON or talk.stage in AT_THE_CLERK


def _goes_on(talk: Conversation, heard: Heard, facts: Facts, now: datetime, said: Say) -> Step:
    """The number is the request's, too, where none is known; alone it is no request."""
    told = filled(talk.draft, replace(heard, phone=None) if facts.own_number else heard, None)
    if replace(told, phone=None).is_empty:
        return Step(replace(talk.at(Stage.IDLE, None, now), strikes=0), (said,))
    if told != talk.draft or talk.asking in {None, Ask.CALL}:
        return asked(replace(talk, draft=told, strikes=0), facts, now, said)
    return again(replace(talk, strikes=0), now, said)
