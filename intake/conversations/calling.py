"""Somebody wants to be called: on which number, and how the conversation goes on. Pure; who calls is intake/hotline/."""

from dataclasses import replace
from datetime import datetime

from intake.conversations.conversation import AT_THE_CLERK, HOTLINE, Ask, Conversation, Draft, Stage
from intake.conversations.filling import filled
from intake.conversations.heard import Heard, Intent
from intake.conversations.saying import Line, Say
from intake.conversations.steps import QUESTIONS, Command, Facts, Step, again, asked, given_to_person, question
from intake.conversations.wishes import tells_of_a_call, wishes_it_back
from shared.categories import FRAUD


def wants_a_call(talk: Conversation, heard: Heard, facts: Facts) -> bool:
    """ "Call me on 0912 345 678" is the answer where a number was asked for. Whoever has a person already is asked for none."""
    if talk.asking is Ask.CALL and heard.intent is None and heard.phone is not None:
        return heard.trouble is None and not tells_of_a_call(heard.text)  # in a story it may be anybody's
    answers = talk.asking is Ask.PHONE and heard.phone is not None and not wishes_it_back(heard.text)
    if heard.intent is not Intent.CALLBACK or answers:
        return False
    return not _is_busy(talk) or facts.own_number or _number(talk, heard, facts) is not None


def called_back(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step:
    """What they tell beside it is kept, and asked about as before."""
    phone = _number(talk, heard, facts)
    heard = replace(heard, phone=None if facts.own_number and talk.asking is not Ask.PHONE else phone)
    if phone is None and not facts.own_number:
        talk = replace(talk, draft=filled(talk.draft, heard, None), strikes=0, wants_call=True)
        talk = talk.at(Stage.LISTENING, Ask.CALL, now)
        return Step(talk, (question(talk),))
    talk, said = replace(talk, wants_call=False), _promise(phone)
    after = Step(talk, (said,)) if _is_busy(talk) else _goes_on(talk, heard, facts, now, said)
    return replace(after, command=after.command or Command.CALL_BACK, phone=phone)


def remembered(before: Conversation, step: Step) -> Step:
    """Who asked to be called first is called as soon as they answer with a number. One that came unasked may be anybody's: there
    a person has it once the request is filed."""
    talk, phone = step.talk, step.talk.draft.phone
    if not talk.wants_call:
        return step
    if step.command is Command.FILE:
        return replace(step, talk=replace(talk, wants_call=False, owner=talk.owner or HOTLINE))
    if step.command is not None or before.asking is not Ask.PHONE or phone in {None, before.draft.phone}:
        return step
    talk = replace(talk, wants_call=False)
    return replace(step, talk=talk, says=(_promise(phone), *step.says), command=Command.CALL_BACK, phone=phone)


def not_called(step: Step, now: datetime) -> Step:
    """A number that the hotline cannot call, or too many of them: a person reads it. What else was said still is, but for what
    the machine asks; at the clerk they have a person once it is back."""
    talk, says = step.talk, tuple(Say(Line.TO_PERSON) if one.line is Line.CALL_BACK else one for one in step.says)
    if talk.stage in AT_THE_CLERK:
        return Step(replace(talk, owner=talk.owner or HOTLINE), says)
    if talk.stage is Stage.WITH_PERSON:
        return Step(talk, says)
    return Step(given_to_person(talk, now), tuple(one for one in says if one.line not in QUESTIONS), Command.HAND_OVER)


def _promise(phone: str | None) -> Say:
    return Say(Line.CALL_BACK, draft=Draft(phone=phone))


def _number(talk: Conversation, heard: Heard, facts: Facts) -> str | None:
    """The one they want it on, else the one that writes (None), else the one they have told. Never one from a story of fraud."""
    named = heard.to_call or (heard.phone if talk.asking in {Ask.CALL, Ask.PHONE} else None)
    if named is not None and heard.category != FRAUD:
        return named
    return None if facts.own_number else talk.draft.phone


def _is_busy(talk: Conversation) -> bool:
    return talk.stage is Stage.WITH_PERSON or talk.stage in AT_THE_CLERK


def _goes_on(talk: Conversation, heard: Heard, facts: Facts, now: datetime, said: Say) -> Step:
    """The number is the request's, too, where none is known; alone it is no request, and any other question stands."""
    told = filled(talk.draft, heard, talk.asking if talk.asking is Ask.PHONE else None)
    is_nothing = replace(told, phone=None).is_empty
    if talk.asking not in {None, Ask.CALL} and (is_nothing or told == talk.draft):
        return again(replace(talk, strikes=0), now, said)
    if is_nothing:
        return Step(replace(talk.at(Stage.IDLE, None, now), strikes=0), (said,))
    return asked(replace(talk, draft=told, strikes=0), facts, now, said)
