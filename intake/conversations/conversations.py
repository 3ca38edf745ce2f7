"""The use case of talking: a message is heard once, in one transaction with what it comes to. Chats and SMS come as events, the
web chat by call; whoever files or cancels afterwards is clerk.py."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from intake.conversations.calling import not_called
from intake.conversations.clerk import Clerk
from intake.conversations.conversation import Conversation, Stage
from intake.conversations.door import Doorstep
from intake.conversations.door_words import at_the_door
from intake.conversations.heard import Heard, Intent
from intake.conversations.listening import Listener
from intake.conversations.machine import hear
from intake.conversations.rows import Ledger, Talk, loaded, lock_number, opened, own_phone
from intake.conversations.sitting import ACTOR, hand_over, settle
from intake.conversations.standing import facts_about
from intake.conversations.steps import Command, Facts, Step
from intake.conversations.tip import Guide
from intake.conversations.tips import outcome_of
from intake.guidance.counting import count
from intake.hotline.callback import Reason
from intake.hotline.callbacks import Callbacks
from intake.limits import Limits
from intake.queries import QUERIES
from intake.reception import reachable
from shared.errors import Invalid
from shared.events.contract import ChannelKind
from shared.events.conversations import TalkChannel
from shared.events.envelope import Event
from shared.events.messages import MessageReceived
from shared.http.limits import TooMany
from shared.ids import uuid7
from shared.masking import mask_message
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.sealing import DataKey
from shared.security.vault import Vault

CHANNELS: Final[Mapping[ChannelKind, TalkChannel]] = {
    ChannelKind.ZALO: TalkChannel.ZALO,
    ChannelKind.TELEGRAM: TalkChannel.TELEGRAM,
    ChannelKind.SMS: TalkChannel.SMS,
}
_WANT_STANDINGS: Final = frozenset({Intent.STATUS, Intent.CANCEL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`key`: which conversation it belongs to; `id`: as its channel names it. `phone_box`: the writer's number, if known;
    `address`: of the network they write from, on our page."""

    key: bytes
    channel: TalkChannel
    contact_point_id: UUID
    data_key: DataKey
    text: str
    id: str
    at: datetime
    city: str
    phone_box: str | None = None
    point: tuple[float, float] | None = None
    address: str | None = None


class Conversations:
    """One per process. `wake` is called after a commit: there are events."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        listener: Listener,
        clerk: Clerk,
        limits: Limits,
        *,
        callbacks: Callbacks,
        door: Doorstep,
        city: str,
        wake: Callable[[], None],
        guide: Guide | None = None,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._listener = listener
        self._clerk = clerk
        self._limits = limits
        self._callbacks = callbacks
        self._door = door
        self._city = city
        self._wake = wake
        self._guide = guide

    async def hear(
        self,
        key: str,
        channel: TalkChannel,
        text: str,
        message_id: str,
        at: datetime | None = None,
        *,
        point: tuple[float, float] | None = None,
        address: str | None = None,
    ) -> list[str]:
        """Of a visitor who is known by nothing but `key`: what is said to them. The same message again has the same answer."""
        async with transaction(self._pool, "intake.change") as connection:
            (writer,) = await self._vault.contact_points(connection, [f"conversation:{channel}:{key}"])
            now = await app_now(connection)
            message = Message(
                key=self._vault.fingerprint(f"conversation {channel} {key}".encode()),
                channel=channel,
                contact_point_id=writer.contact_point_id,
                data_key=writer.key,
                text=text,
                id=message_id,
                at=at or now,
                city=self._city,
                point=point,
                address=address,
            )
            ledger = Ledger()
            if await self._hear_each(connection, [message], ledger, now):
                for talk in ledger.talks.values():
                    await hand_over(connection, ledger, talk, now)  # of our own page nothing else brings it before a person
            await ledger.save(connection)
        self.committed()
        await self._filed_by_now(message.key)
        return await self._replies(writer.contact_point_id, message_id, writer.key)

    async def hear_events(self, connection: asyncpg.Connection, events: Sequence[Event]) -> list[Event]:
        """In the consumer's transaction. Those that people have to read are given back, as they may be kept: masked."""
        bodies = {event.id: event.body for event in events if isinstance(event.body, MessageReceived)}
        spoken = {id_: body for id_, body in bodies.items() if not body.for_people and body.channel in CHANNELS}
        keys = await self._vault.keys(connection, {body.text.key_id for body in bodies.values()})
        if not spoken:
            return [_masked(event, keys, after_code=False) for event in events]
        messages = {
            id_: self._message(id_, body, keys[body.text.key_id]) for id_, body in spoken.items() if body.text.key_id in keys
        }
        ledger = Ledger()
        now = await app_now(connection)
        left = await self._hear_each(connection, list(messages.values()), ledger, now)
        await ledger.save(connection)
        unheard = [event for event in events if event.id not in spoken or (event.id in messages and str(event.id) in left)]
        return [_masked(event, keys, after_code=left.get(str(event.id), False)) for event in unheard]

    def committed(self) -> None:
        """After the caller's commit."""
        self._wake()
        self._clerk.ring()

    def _message(self, id_: UUID, body: MessageReceived, key: DataKey) -> Message:
        channel = CHANNELS[body.channel]
        phone = body.phone.box if body.phone is not None and body.phone.key_id == key.id else None
        return Message(
            key=self._vault.fingerprint(f"conversation {channel} {body.contact_point_id}".encode()),
            channel=channel,
            contact_point_id=body.contact_point_id,
            data_key=key,
            text=key.open(body.text, purpose="text").decode(),
            id=str(id_),
            at=body.received_at,
            city=body.city,
            phone_box=phone,
        )

    async def _hear_each(
        self, connection: asyncpg.Connection, messages: Sequence[Message], ledger: Ledger, now: datetime
    ) -> dict[str, bool]:
        """In their order; then whoever they named. The ids of those a person has to read; true: after a word of a code."""
        live = await self._live(connection, messages)
        known = await _known(connection, messages)
        left: dict[str, bool] = {}
        for message in messages:
            if (message.contact_point_id, message.id) in known:
                continue
            known.add((message.contact_point_id, message.id))
            talk = live.get(message.key) or _begun(message, now)
            with_person, after_code = talk.state.stage is Stage.WITH_PERSON, talk.state.is_after_code(message.at)
            after = await self._hear_one(connection, talk, message, ledger, now)
            if with_person and at_the_door(message.text)[0] is None:  # what a visitor said nobody need read
                left[message.id] = after_code
            if after.state.is_live:
                live[message.key] = after
            else:
                live.pop(message.key, None)
        await self._know_who_was_named(connection, ledger)
        return left

    async def _know_who_was_named(self, connection: asyncpg.Connection, ledger: Ledger) -> None:
        """Whose number is in a draft, or is to be called, can be erased from then on, also where nothing is ever filed."""
        phones = sorted(ledger.callbacks.keys() | ledger.drafted.keys())  # in order: law 2
        people = await self._vault.contact_points(connection, phones)  # all at once, in the order of the vault
        for phone, named in zip(phones, people, strict=True):
            called_in = ledger.callbacks.get(phone, set())
            if called_in:
                await self._callbacks.ask_in(connection, phone, Reason.CHAT, actor=ACTOR, conversations=called_in)
            for id_ in called_in | ledger.drafted.get(phone, set()):
                ledger.talks[id_] = ledger.talks[id_].filed_for(named.contact_point_id)

    async def _hear_one(
        self, connection: asyncpg.Connection, talk: Talk, message: Message, ledger: Ledger, now: datetime
    ) -> Talk:
        heard = self._listener.listen(message.text, talk.state, at=message.at, point=message.point)
        ledger.turn(talk, "they", heard.text, message.at, message_id=message.id)
        facts = await self._facts(connection, talk, heard)
        step = hear(talk.state, heard, replace(facts, guide=self._guide), now)
        if step.command is Command.CALL_BACK:
            step = await self._call_back(connection, ledger, talk, step, now, address=message.address)
        if (phone := step.talk.draft.phone) is not None and phone != talk.state.draft.phone:
            ledger.drafted.setdefault(phone, set()).add(talk.state.id)
        if (became := outcome_of(talk.state, heard, step)) is not None:
            await count(connection, *became, now)
        return await settle(connection, ledger, talk, step, now, answers=message.id, heard_at=message.at)

    async def _call_back(
        self, connection: asyncpg.Connection, ledger: Ledger, talk: Talk, step: Step, now: datetime, *, address: str | None
    ) -> Step:
        """Anybody can name a number that is not theirs: counted. What the hotline cannot call a person reads."""
        try:
            phone = reachable(step.phone or own_phone(talk)).e164
            if step.phone is not None:
                await self._limits.take_callback(talk.contact_point_id, phone, address, connection)
        except (Invalid, TooMany):
            return not_called(step, now)
        ledger.callbacks.setdefault(phone, set()).add(talk.state.id)
        return step

    async def _facts(self, connection: asyncpg.Connection, talk: Talk, heard: Heard) -> Facts:
        if heard.door is not None:
            return Facts(own_number=talk.own_number, door=await self._door.told(connection, talk, heard))
        if heard.code is None and heard.intent not in _WANT_STANDINGS:
            return Facts(own_number=talk.own_number)
        return await facts_about(connection, self._limits, talk, heard)

    async def _live(self, connection: asyncpg.Connection, messages: Sequence[Message]) -> dict[bytes, Talk]:
        """Those that run, locked; and the lock of those that begin now."""
        keys = {message.key: message for message in messages}
        await connection.execute(QUERIES["lock_talk_keys"], [lock_number(key) for key in keys])
        rows = await connection.fetch(QUERIES["lock_talks"], list(keys))
        return {bytes(row["key"]): loaded(row, keys[bytes(row["key"])].data_key) for row in rows}

    async def _filed_by_now(self, key: bytes) -> None:
        """Who waits for the words waits for the clerk; also where the message was heard before, and its caller had gone."""
        async with reading(self._pool) as connection:
            id_ = await connection.fetchval(QUERIES["talk_at_the_clerk"], key)
        if id_ is not None:
            await self._clerk.finish(id_)

    async def _replies(self, contact_point_id: UUID, message_id: str, key: DataKey) -> list[str]:
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["replies_to"], contact_point_id, message_id)
        return [opened(row["text_box"], key) for row in rows]


def _masked(event: Event, keys: Mapping[UUID, DataKey], *, after_code: bool) -> Event:
    body = event.body
    if not isinstance(body, MessageReceived) or (key := keys.get(body.text.key_id)) is None:
        return event
    said = key.open(body.text, purpose="text").decode()
    kept = mask_message(unicodedata.normalize("NFC", said), after_code=after_code)
    return (
        event if kept == said else replace(event, body=body.model_copy(update={"text": key.seal(kept.encode(), purpose="text")}))
    )


def _begun(message: Message, now: datetime) -> Talk:
    return Talk(
        state=Conversation(id=uuid7(), channel=message.channel),
        key=message.key,
        city=message.city,
        contact_point_id=message.contact_point_id,
        data_key=message.data_key,
        phone_box=message.phone_box,
        began_at=now,
        heard_at=message.at,
    )


async def _known(connection: asyncpg.Connection, messages: Iterable[Message]) -> set[tuple[UUID, str]]:
    """Of these messages: what was heard before."""
    pairs = [(message.contact_point_id, message.id) for message in messages]
    rows = await connection.fetch(QUERIES["known_turns"], [one for one, _ in pairs], [two for _, two in pairs])
    return {(row["contact_point_id"], row["message_id"]) for row in rows}
