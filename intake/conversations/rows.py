"""Conversations as rows: loaded under their lock, saved together at the end of a batch, sealed under the writer's key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from intake import store
from intake.conversations.conversation import Ask, Conversation, Draft, Stage
from intake.queries import QUERIES
from intake.store import AuditNote
from shared.events.contract import Sealed
from shared.events.conversations import TalkChannel
from shared.events.envelope import Event
from shared.moments import read_moment
from shared.security.sealing import DataKey
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

SOURCE: Final = "/intake"
TIMER: Final = "conversation"  # timer kind: its rest is over
PURPOSE: Final = "conversation"  # under which its box is sealed
MOST_TURNS: Final = 200  # of what a person is shown: a talk may go on for weeks
_ASKS: Final[Mapping[str | None, Ask]] = {ask.value: ask for ask in Ask}
_TIMES: Final = ("asked_at", "heard_since", "code_at")
_YOUNG: Final = frozenset({"behalf", "for_other", "visited_phone"})  # a process of the version before reads no draft with them
_IN_THE_ROW: Final = frozenset({"id", "channel", "stage", "language", "version", "code", "wake_at", "owner"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation with what belongs to its row. `own_number`: the writer's number is known."""

    state: Conversation
    key: bytes
    city: str
    contact_point_id: UUID
    data_key: DataKey
    phone_box: str | None
    began_at: datetime
    heard_at: datetime
    filer_ids: tuple[UUID, ...] = ()
    ended_at: datetime | None = None

    @property
    def own_number(self) -> bool:
        return self.phone_box is not None

    def moved(self, state: Conversation, now: datetime, *, heard_at: datetime | None = None) -> "Talk":
        """After a step: another version, which its timer believes in."""
        after = replace(state, version=self.state.version + 1)
        ended_at = None if state.is_live else now
        return replace(self, state=after, heard_at=heard_at or self.heard_at, ended_at=ended_at)

    def filed_for(self, filer_id: UUID) -> "Talk":
        """Their erasure takes this conversation with it, beside the writer's: from when their number is in its draft."""
        mine = filer_id == self.contact_point_id or filer_id in self.filer_ids
        return self if mine else replace(self, filer_ids=(*self.filer_ids, filer_id))


@dataclass(frozen=True, slots=True)
class Handover:
    id: UUID
    talk: Talk
    text_box: str
    at: datetime


@dataclass(slots=True)
class Ledger:
    """What a transaction makes of conversations, written once at its end."""

    talks: dict[UUID, Talk] = field(default_factory=dict)
    turns: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    notes: list[AuditNote] = field(default_factory=list)
    callbacks: dict[str, set[UUID]] = field(default_factory=dict)  # E.164 of whoever is to be called → in which conversations
    drafted: dict[str, set[UUID]] = field(default_factory=dict)  # E.164 that came into a draft → in which conversations

    def turn(
        self, talk: Talk, speaker: str, text: str, at: datetime, *, message_id: str | None = None, answers: str | None = None
    ) -> None:
        box = talk.data_key.box(text.encode(), purpose="text")
        self.turns.append(
            {
                "conversation_id": talk.state.id,
                "contact_point_id": talk.contact_point_id,
                "speaker": speaker,
                "message_id": message_id,
                "answers": answers,
                "text_box": box,
                "at": at,
            }
        )

    async def save(self, connection: asyncpg.Connection) -> None:
        if self.talks:
            rows = [_row(talk) for talk in self.talks.values()]
            await connection.execute(QUERIES["save_talks"], _json(rows))
        if self.turns:
            await connection.execute(QUERIES["add_turns"], _json(self.turns))
        for one in self.handovers:
            talk = one.talk
            box, named = one.text_box, (one.id, talk.contact_point_id, talk.state.channel, talk.data_key.id)
            await connection.execute(QUERIES["hand_over_talk"], *named, box, one.at, talk.phone_box, talk.state.id)
        await store.note(connection, self.notes)
        states = [talk.state for talk in self.talks.values()]
        rests = [
            Timer(kind=TIMER, subject=one.id, due_at=at, guard=one.version) for one in states if (at := one.wake_at) is not None
        ]
        await set_timers(connection, rests)
        await append(connection, self.events, source=SOURCE)


def loaded(row: Any, key: DataKey) -> Talk:
    # Empty: somebody of whom they told was erased.
    box = orjson.loads(key.open(Sealed(key_id=row["key_id"], box=row["box"]), purpose=PURPOSE)) if row["box"] else None
    return Talk(
        state=_state(row, box),
        key=bytes(row["key"]),
        city=row["city"],
        contact_point_id=row["contact_point_id"],
        data_key=key,
        phone_box=row["phone_box"],
        began_at=row["began_at"],
        heard_at=row["heard_at"],
        filer_ids=tuple(row["filer_ids"] or ()),
    )


def own_phone(talk: Talk) -> str:
    if talk.phone_box is None:
        return ""
    return talk.data_key.open(Sealed(key_id=talk.data_key.id, box=talk.phone_box), purpose="phone").decode()


def lock_number(key: bytes) -> int:
    """Of the advisory lock that stands for a key."""
    return int.from_bytes(key[:8], "big", signed=True)


async def transcript(connection: asyncpg.Connection, id_: UUID, key: DataKey) -> list[tuple[str, str, datetime]]:
    """Who said what last, in order."""
    rows = await connection.fetch(QUERIES["turns_of_talk"], id_, MOST_TURNS)
    return [(row["speaker"], opened(row["text_box"], key), row["at"]) for row in rows]


def opened(box: str, key: DataKey) -> str:
    return key.open(Sealed(key_id=key.id, box=box), purpose="text").decode()


def _state(row: Any, box: Mapping[str, Any] | None) -> Conversation:
    known: dict[str, Any] = {
        "id": row["id"],
        "channel": TalkChannel(row["channel"]),
        "stage": Stage(row["stage"]),
        "language": row["language"],
        "code": row["code"],
        "version": row["version"],
        "wake_at": row["wake_at"],
        "owner": row["owner"],
    }
    if box is None:
        return Conversation(**known)
    draft = box["draft"]
    tuples = {name: tuple(draft[name]) for name in ("kinds", "communes")}
    point = None if draft["point"] is None else (float(draft["point"][0]), float(draft["point"][1]))
    # A box may be older than a field.
    times: dict[str, Any] = {name: read_moment(name, box[name]) for name in _TIMES if box.get(name) is not None}
    plain = {name: box[name] for name in ("strikes", "tries", "reminders", "filings", "heard")}
    return Conversation(
        **known,
        asking=_ASKS.get(box["asking"]),  # None: also what a newer version asks
        draft=Draft(**{**draft, **tuples, "point": point}),
        **times,
        told_waiting=box.get("told_waiting", False),
        wants_call=box.get("wants_call", False),
        **plain,
    )


def _row(talk: Talk) -> dict[str, Any]:
    state = talk.state
    box = {name: getattr(state, name) for name in Conversation.__dataclass_fields__ if name not in _IN_THE_ROW}
    told = {name: getattr(state.draft, name) for name in Draft.__dataclass_fields__}
    box["draft"] = {name: value for name, value in told.items() if value is not None or name not in _YOUNG}
    return {
        "id": state.id,
        "key": f"\\x{talk.key.hex()}",
        "city": talk.city,
        "channel": state.channel,
        "contact_point_id": talk.contact_point_id,
        "key_id": talk.data_key.id,
        "phone_box": talk.phone_box,
        "stage": state.stage,
        "language": state.language,
        "version": state.version,
        "box": talk.data_key.box(orjson.dumps(box), purpose=PURPOSE),
        "code": state.code,
        "filer_ids": list(talk.filer_ids) or None,
        "wake_at": state.wake_at,
        "owner": state.owner,
        "began_at": talk.began_at,
        "heard_at": talk.heard_at,
        "ended_at": talk.ended_at,
    }


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows, default=str).decode()
