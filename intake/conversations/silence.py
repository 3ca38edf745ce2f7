"""What a conversation does when nobody says anything: a reminder once, a goodbye, and then nothing is remembered. Pure."""

from dataclasses import replace
from datetime import datetime

from intake.conversations.conversation import CITY_DESK, Ask, Conversation, Draft, Stage, rests_until
from intake.conversations.saying import Line, Say
from intake.conversations.steps import Step, handed_over, question


def silent(talk: Conversation, now: datetime) -> Step:
    """Its rest is over."""
    if talk.stage in {Stage.LISTENING, Stage.CONFIRMING}:
        return _reminded(talk, now) if talk.reminders == 0 else _left(talk, now)
    if talk.stage is Stage.WITH_PERSON:
        again = talk.reminders + 1  # nobody has answered, or gone on: the city desk's, noted ever more rarely, never dropped
        wake_at = rests_until(talk.stage, now, reminders=again)
        return Step(replace(talk, reminders=again, owner=CITY_DESK, wake_at=wake_at))
    if talk.stage in {Stage.IDLE, Stage.ASLEEP}:
        return Step(replace(talk.at(Stage.OVER, None, now), draft=Draft()))
    return Step(talk)


def _reminded(talk: Conversation, now: datetime) -> Step:
    wake_at = rests_until(talk.stage, now, reminders=1)
    return Step(replace(talk, reminders=1, wake_at=wake_at), (Say(Line.REMINDER), question(talk)))


def _left(talk: Conversation, now: datetime) -> Step:
    """Who wanted to be called, and named no number, a person finds. Who has told us nothing is not told that we remember it."""
    if talk.wants_call or talk.asking is Ask.CALL:
        return handed_over(talk, Line.TO_PERSON, now)
    if talk.draft.is_empty:
        return Step(talk.at(Stage.OVER, None, now), (Say(Line.FAREWELL),))
    return Step(talk.at(Stage.ASLEEP, None, now), (Say(Line.GOODBYE),))
