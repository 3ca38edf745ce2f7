"""What a conversation answers, and what comes of it: state and message in; state, lines and command out. Pure.

Every stage has an exit: a word, a clerk who comes back, a person, or the end of its rest (silence.py). One question at a time.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from intake.conversations.answers import ANSWERS, correct
from intake.conversations.calling import called_back, remembered, wants_a_call
from intake.conversations.conversation import AT_THE_CLERK, CITY_DESK, HOTLINE, Ask, Conversation, Draft, Stage
from intake.conversations.filling import filled
from intake.conversations.heard import Heard, Intent
from intake.conversations.saying import Line, Say, number_text
from intake.conversations.steps import Command, Facts, Standing, Step, again, asked, given_to_person, handed_over, lost, question

FLOOD: Final = 60  # messages within the window; no hand writes more, and what is beyond is kept unanswered
FLOOD_WINDOW: Final = timedelta(minutes=15)
MOST_STANDINGS: Final = 3


def hear(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step:
    """The one door for what somebody has written."""
    talk = _counted(talk, heard, now)
    if heard.of_code:
        talk = replace(talk, code_at=now)
    if talk.heard > FLOOD:
        return Step(talk)
    before: tuple[Say, ...] = (Say(Line.NO_SECRETS),) if heard.secret else ()
    if talk.stage is Stage.ASLEEP:
        before += (Say(Line.WELCOME_BACK),)
        talk = talk.at(Stage.LISTENING, None, now)
    if talk.version == 0 and not before:
        before = (Say(Line.HELLO),)
    calls = facts.door is None and wants_a_call(talk, heard, facts)
    step = called_back(talk, heard, facts, now) if calls else remembered(talk, _understood(talk, heard, facts, now))
    return replace(step, says=(*before, *step.says))


def _counted(talk: Conversation, heard: Heard, now: datetime) -> Conversation:
    language = heard.language or talk.language
    if talk.heard_since is None or now - talk.heard_since > FLOOD_WINDOW:
        return replace(talk, heard=1, heard_since=now, language=language)
    return replace(talk, heard=talk.heard + 1, language=language)


def _understood(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step:
    if heard.intent in {Intent.PERSON, Intent.CRY}:
        wish = _wants_a_person(talk, heard, now)
        return wish if facts.door is None else replace(wish, says=(facts.door, *wish.says))
    busy = talk.stage is Stage.WITH_PERSON or talk.stage in AT_THE_CLERK
    cancels = heard.intent is Intent.CANCEL and heard.code in _codes(facts) and not busy
    if not cancels and (facts.door is not None or heard.code is not None or heard.intent is Intent.STATUS):
        # Who waits behind a door is told that first, whatever else is going on.
        return again(replace(talk, strikes=0), now, *([facts.door] if facts.door is not None else _standing(heard, facts)))
    if busy:  # what they write is kept for the operator
        return Step(talk, (Say(Line.FILING),)) if talk.stage in AT_THE_CLERK else _waits(talk)
    greets_and_tells = heard.tells and heard.intent is Intent.GREETING
    if heard.intent in _INTENTS and not greets_and_tells and not _answers_whether_to_cancel(talk, heard):
        return _INTENTS[heard.intent](replace(talk, strikes=0), heard, facts, now)
    if talk.asking in ANSWERS and not _is_late(talk, heard):
        step = ANSWERS[talk.asking](talk, heard, facts, now)
        if step is not None:
            return step
    return _told(talk, heard, facts, now)


def _wants_a_person(talk: Conversation, heard: Heard, now: datetime) -> Step:
    """One word away, whatever else stands in the message. At the clerk they have one as soon as it is back; a cry is heard
    wherever they are, and is the city desk's at once."""
    cries = heard.intent is Intent.CRY
    says = (Say(Line.TO_PERSON_CRY if cries else Line.TO_PERSON),)
    nobody_answers = talk.owner in {None, HOTLINE}
    talk = replace(talk, owner=CITY_DESK if cries and nobody_answers else talk.owner or HOTLINE)
    if talk.stage is Stage.WITH_PERSON:
        return Step(talk, says if cries else ())
    if talk.stage in AT_THE_CLERK:
        return Step(talk, says)
    return Step(given_to_person(talk, now), says, Command.HAND_OVER)


def _waits(talk: Conversation) -> Step:
    """Once, while nobody has answered: silence would look as if nothing had arrived. Between them and a person we keep out."""
    if talk.told_waiting or talk.owner not in {None, HOTLINE, CITY_DESK}:
        return Step(talk)
    return Step(replace(talk, told_waiting=True), (Say(Line.WITH_PERSON),))


def _answers_whether_to_cancel(talk: Conversation, heard: Heard) -> bool:
    """ "1 hủy, 2 giữ" in its own word, not the same word sent twice before it was asked."""
    cancels = heard.intent is Intent.CANCEL and heard.code in {None, talk.code}
    return cancels and talk.asking is Ask.CANCEL and not _is_late(talk, heard)


def _is_late(talk: Conversation, heard: Heard) -> bool:
    """Written before the present question was asked: a bare figure answers another one."""
    bare = heard.number is not None or heard.intent in {Intent.YES, Intent.NO, Intent.CANCEL}
    return bare and talk.asked_at is not None and heard.at < talk.asked_at


def _standing(heard: Heard, facts: Facts) -> list[Say]:
    if heard.code is not None:
        known = facts.asked_about if facts.may_guess else None
        return [Say(Line.NO_SUCH_CODE) if known is None else _stands(known)]
    if not facts.open_requests:
        return [Say(Line.STANDS_NOWHERE)]
    return [_stands(one) for one in facts.open_requests[:MOST_STANDINGS]]


def _stands(known: Standing) -> Say:
    return Say(Line.STANDS, {"code": known.code, "status": known.label})


def _told(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step:
    """Whatever a request is made of, in any order."""
    draft = filled(talk.draft, heard, talk.asking)
    if draft != talk.draft:
        return asked(replace(talk, draft=draft), facts, now)
    if _repeats(talk.draft, heard):  # sent twice, or said again to be sure
        return asked(talk, facts, now)
    if heard.secret and not heard.tells:  # nothing but what nobody should send: that is said, and the question stands
        return asked(talk, facts, now) if talk.stage is not Stage.IDLE else Step(talk.at(Stage.IDLE, None, now))
    if _is_late(talk, heard):
        return Step(talk)
    if talk.stage is Stage.IDLE and talk.asking is None and heard.intent in {Intent.YES, Intent.NO}:
        return Step(talk.at(Stage.IDLE, None, now))  # a last "vâng" after all is said
    return lost(talk, facts, now)


def _repeats(draft: Draft, heard: Heard) -> bool:
    told = heard.trouble is None or (draft.trouble is not None and heard.trouble in draft.trouble)
    return heard.tells and told and not draft.is_empty


# Words about the conversation itself -------------------------------------------------------------------------------------------


def _cancel(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step:
    """Whoever is still telling stops; else it is about a request: the one they name, that was filed here, or is the only one."""
    codes, talk = _codes(facts), replace(talk, wants_call=False)
    if heard.code in codes:
        return _ask_whether(talk, heard.code, now)
    if not codes:
        return Step(replace(talk.at(Stage.OVER, None, now), draft=Draft()), (Say(Line.CANCELLED),))
    code = talk.code if talk.code in codes else codes[0]
    if not talk.draft.is_empty:  # what they were telling is dropped; that nothing was sent would not be true
        return Step(replace(talk.at(Stage.IDLE, None, now), draft=Draft()), (Say(Line.DROPPED, {"code": code or ""}),))
    if talk.code in codes or len(codes) == 1:
        return _ask_whether(talk, code, now)
    standings = [_stands(one) for one in facts.open_requests[:MOST_STANDINGS]]
    return Step(talk.at(Stage.IDLE, None, now), (*standings, Say(Line.CANCEL_WHICH, {"code": codes[0]})))


def _ask_whether(talk: Conversation, code: str | None, now: datetime) -> Step:
    talk = replace(talk.at(Stage.IDLE, Ask.CANCEL, now), code=code, strikes=0)
    return Step(talk, (question(talk),))


def _codes(facts: Facts) -> list[str]:
    return [one.code for one in facts.open_requests]


def _help(talk: Conversation, _: Heard, facts: Facts, now: datetime) -> Step:
    return _told_between(talk, facts, now, Line.HELP)


def _who_we_are(talk: Conversation, _: Heard, facts: Facts, now: datetime) -> Step:
    """Residents are the prey of false helpers: who asks is told the truth, as often as they ask, and loses nothing by it."""
    return _told_between(talk, facts, now, Line.WHO_WE_ARE)


def _why_we_ask(talk: Conversation, _: Heard, facts: Facts, now: datetime) -> Step:
    return _told_between(talk, facts, now, Line.WHY_WE_ASK)


def _told_between(talk: Conversation, facts: Facts, now: datetime, line: Line) -> Step:
    if talk.asking is None and talk.stage is not Stage.IDLE:
        return asked(talk, facts, now, Say(line))
    return again(replace(talk, strikes=0), now, Say(line))


def _greeting(talk: Conversation, _: Heard, facts: Facts, now: datetime) -> Step:
    hello = () if talk.version == 0 else (Say(Line.HELLO),)
    if talk.stage is Stage.IDLE:
        return Step(talk.at(Stage.IDLE, talk.asking, now), (*hello, Say(Line.HELP)))
    return asked(talk, facts, now, *hello)


def _thanks(talk: Conversation, _: Heard, __: Facts, now: datetime) -> Step:
    return again(talk, now, Say(Line.THANKS))


Handler = Callable[[Conversation, Heard, Facts, datetime], Step]
_INTENTS: Final[Mapping[Intent | None, Handler]] = {
    Intent.CANCEL: _cancel,
    Intent.CORRECT: correct,
    Intent.DOUBT: _who_we_are,
    Intent.WHY: _why_we_ask,
    Intent.HELP: _help,
    Intent.GREETING: _greeting,
    Intent.THANKS: _thanks,
}


# What a clerk comes back with ---------------------------------------------------------------------------------------------------


def filed(talk: Conversation, code: str, *, own: bool, by_call: bool, now: datetime) -> Step:
    """`own`: it is under the number that writes here. There every filing is confirmed, with code, time and phrase, unless by a
    call: that is the answer, and nobody pays for another."""
    phone, after = talk.draft.phone, replace(talk, code=code, draft=Draft())
    if own and not by_call:
        return _back(after, (), now)
    said = Say(Line.FILED, {"code": code})
    if not own and phone is not None:
        said = Say(Line.FILED_ELSEWHERE, {"code": code, "phone": number_text(phone)})
    return _back(after, (said,), now)


def not_filed(talk: Conversation, now: datetime) -> Step:
    return handed_over(talk, Line.TO_PERSON_FAILED, now)


def cancel_asked(talk: Conversation, now: datetime) -> Step:
    """Who writes here is not known to hold the number under which it was filed: that is asked, and says yes or no."""
    return Step(talk.at(Stage.IDLE, None, now), (Say(Line.CANCEL_ASKED, {"code": talk.code or ""}),))


def cancelled(talk: Conversation, now: datetime, *, why_not: str | None = None) -> Step:
    """`why_not`: how the request stands that cannot be cancelled any more."""
    words = {"code": talk.code or "", "status": why_not or ""}
    line = Line.CANCELLED_REQUEST if why_not is None else Line.NOT_CANCELLED
    return _back(talk, (Say(line, words),), now)


def _back(talk: Conversation, says: tuple[Say, ...], now: datetime) -> Step:
    """Whoever has asked for a person meanwhile has one now."""
    if talk.owner is not None:
        return Step(given_to_person(talk, now), says, Command.HAND_OVER)
    return Step(talk.at(Stage.IDLE, None, now), says)
