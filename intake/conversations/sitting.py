"""What a step becomes: turns, events, and for a person all that was said. In the caller's transaction; decides nothing."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from intake.conversations.rows import Handover, Ledger, Talk, opened, transcript
from intake.conversations.saying import Line, Say, words_for
from intake.conversations.steps import Command, Step
from intake.store import AuditNote
from shared.events.contract import ChannelKind
from shared.events.conversations import ConversationSaid, TalkChannel
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.masking import speaks_of_code
from shared.telemetry.metrics_intake import TALKS

ACTOR: Final = "conversation"
ANSWER_WORTH: Final = timedelta(minutes=15)  # who has had no answer by then writes again
BEGUN_WORTH: Final = timedelta(hours=1)
OUTCOMES: Final = {
    Line.TO_PERSON: "handed_over",
    Line.TO_PERSON_CRY: "handed_over",
    Line.TO_PERSON_LOST: "handed_over",
    Line.TO_PERSON_FAILED: "handed_over",
    Line.CANCELLED: "cancelled",
    Line.CANCELLED_REQUEST: "cancelled",
    Line.GOODBYE: "goodbye",
    Line.FAREWELL: "goodbye",
    Line.NOT_UNDERSTOOD: "not_understood",
    Line.NO_SECRETS: "secret",
}
_STEP: Final = re.compile(r"^\d+\. .*", re.MULTILINE)
SPEAKERS: Final = {"they": "Người dân", "we": "Máy", "person": "Nhân viên"}
_BY: Final = {
    TalkChannel.ZALO: ChannelKind.ZALO,
    TalkChannel.TELEGRAM: ChannelKind.TELEGRAM,
    TalkChannel.SMS: ChannelKind.SMS,
}


async def settle(
    connection: asyncpg.Connection,
    ledger: Ledger,
    talk: Talk,
    step: Step,
    now: datetime,
    *,
    answers: str | None = None,
    heard_at: datetime | None = None,
) -> Talk:
    """The conversation after the step. `answers`: the message it answers; None: we begin."""
    state = replace(step.talk, code_at=now) if any(map(names_code, step.says)) else step.talk
    after = talk.moved(state, now, heard_at=heard_at)
    ledger.talks[after.state.id] = after
    for one in step.says:
        if (outcome := OUTCOMES.get(one.line)) is not None:
            TALKS.labels(after.state.channel, outcome).inc()
    if step.says:
        said = words_for(step.says, after.state.language, after.state.channel, own_number=talk.own_number)
        say(ledger, after, said, now, answers=answers, is_answer=answers is not None)
    if step.command is Command.HAND_OVER:
        await hand_over(connection, ledger, after, now)
        detail = {"strikes": after.state.strikes}
        ledger.notes.append(AuditNote(at=now, actor=ACTOR, action="handed_over", subject=after.state.id, detail=detail))
    return after


def names_code(said: Say) -> bool:
    """A step "… nhập mã OTP": some type it here. That nobody should read one out, as under every tip and to whoever may be in the
    hands of a swindler, asks for none. What is answered to a secret counts as the secret itself does: half a code begins no
    quarter of an hour."""
    return said.line is Line.TIP and any(map(speaks_of_code, _STEP.findall(said.words["tip"])))


def say(
    ledger: Ledger,
    talk: Talk,
    text: str,
    now: datetime,
    *,
    speaker: str = "we",
    answers: str | None = None,
    is_answer: bool = True,
) -> None:
    """A turn; and, unless it is read on our own page, an event, which notify says where they wrote."""
    ledger.turn(talk, speaker, text, now, answers=answers)
    channel = _BY.get(talk.state.channel)
    if channel is None:
        return
    body = ConversationSaid(
        conversation_id=talk.state.id,
        city=talk.city,
        contact_point_id=talk.contact_point_id,
        channel=channel,
        text=talk.data_key.seal(text.encode(), purpose="text"),
        asks=talk.state.asking is not None,
        answers=is_answer,
        not_after=now + (ANSWER_WORTH if is_answer else BEGUN_WORTH),
    )
    id_, kind = talk.state.id, EventType.CONVERSATION_SAID
    ledger.events.append(Event(type=kind, subject=id_, version=talk.state.version, key=id_, body=body, time=now))


async def hand_over(connection: asyncpg.Connection, ledger: Ledger, talk: Talk, now: datetime) -> None:
    """All that was said, for whoever reads it; the rest of the conversation waits for them."""
    id_, key = talk.state.id, talk.data_key
    turns = await transcript(connection, id_, key)
    turns += [
        (turn["speaker"], opened(turn["text_box"], key), turn["at"]) for turn in ledger.turns if turn["conversation_id"] == id_
    ]
    text = "\n".join(f"{SPEAKERS[speaker]}: {words}" for speaker, words, _ in turns)
    ledger.handovers.append(Handover(uuid7(), talk, key.box(text.encode(), purpose="text"), now))
