"""An account and a number become one person's: by a code that goes to the number and comes back in the chat, never by a claim.

What a chat writes is handed in here; "LIEN KET" of a phone is answered here. In the caller's transaction; rows: rows.py.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.accounts import rows as accounts
from notify.accounts.account import CHAT_NAMES
from notify.accounts.rows import CODE_SECONDS, MOST_TRIES, Look, Owner
from notify.answers.link_words import CODE_DIGITS, code_in, link_word
from notify.answers.texts_read import Asked
from notify.channels.port import InboundText
from notify.letter import Letter, row_of
from notify.purpose import Purpose
from notify.settings import NotifySettings
from notify.store import QUERIES, Line, lock_lines, read_ground
from notify.telling.own_letters import own_letter
from shared.events.contract import ChannelKind
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.metrics import NOTIFY_ACCOUNTS

NEWS_SECONDS: Final = 14 * 3600.0  # that an account is bound or gone is worth knowing in the morning, too


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text of a chat came to. `owner`: it is this person's and has to be read. `greeting`: what its writer is told.
    `bound`: it was a code, and the account is that phone's; `repeated`: since an earlier time."""

    owner: Owner | None = None
    greeting: Purpose | None = None
    repeated: bool = False
    bound: bool = False


async def hear(connection: asyncpg.Connection, vault: Vault, text: InboundText, city: str, look: Look) -> Heard:
    """A code binds; anything else is the phone's whose account it is, or nobody's."""
    code = code_in(text.text)
    may_try = code is not None and look.tries < MOST_TRIES
    if may_try:  # so looked at once more: of those that came together only the first may; and who may not holds nobody up
        await accounts.lock_guessing(connection)
        look = await accounts.look(connection, vault, text)
    owner, now = look.owner, look.now
    if look.known_of is not None:
        return Heard(repeated=True, bound=look.bound and owner is not None and owner.contact_point_id == look.known_of)
    if look.is_repeated:
        return Heard(owner, repeated=True)
    if may_try and code is not None and look.tries < MOST_TRIES:
        return await _try_code(connection, vault, text, code, owner, city=city, now=now)
    if owner is not None and owner.has_number:
        return Heard(owner)
    if code is None and link_word(text.text) is None:
        return Heard(owner or await accounts.adopt(connection, vault, text, now))
    met = await accounts.meet(connection, vault, text, now, tried=False)
    NOTIFY_ACCOUNTS.labels(text.channel, "stranger" if code is None else "guessing").inc()
    return Heard(greeting=Purpose.LINK_HOW if met.is_due else None)


async def _try_code(
    connection: asyncpg.Connection, vault: Vault, text: InboundText, code: str, owner: Owner | None, *, city: str, now: datetime
) -> Heard:
    if await _bound_by(connection, vault, text, code, owner, city=city, now=now):
        return Heard(bound=True)
    NOTIFY_ACCOUNTS.labels(text.channel, "wrong_code").inc()
    met = await accounts.meet(connection, vault, text, now, tried=True)
    last = met.tries >= MOST_TRIES
    return Heard(owner) if owner and owner.has_number else Heard(greeting=Purpose.LINK_HOW if last else Purpose.LINK_WRONG)


async def _bound_by(
    connection: asyncpg.Connection, vault: Vault, text: InboundText, code: str, owner: Owner | None, *, city: str, now: datetime
) -> bool:
    """False: nobody has this code. Whoever has it is told on both sides, and so is the phone that loses the account."""
    phone = await accounts.phone_of_code(connection, vault, code, text.channel, now)
    if phone is None:
        return False
    ground = await lock_lines(connection, {phone, owner.contact_point_id if owner else phone})
    now = ground.now  # of two who link one account at once, the second's "moved" follows the first's "linked" (law 9)
    keys = await vault.keys(connection, {line.key_id for line in ground.lines.values()})
    line = ground.lines.get(phone)
    key = keys.get(line.key_id) if line is not None else None
    if line is None or key is None or not await accounts.use_code(connection, vault, code, phone, now):
        return False
    moved_from = await accounts.bind(connection, vault, phone, text.channel, text.sender, key=key, now=now)
    await connection.execute(QUERIES["note_code_text"], text.carrier, text.id, phone, key.id, now, text.channel)
    post = Post(city, now)
    post.tell(line, key, Purpose.LINKED, text.channel)
    post.tell(line, key, Purpose.LINKED, text.channel, channels=(text.channel,))
    loser = ground.lines.get(moved_from) if moved_from else None
    if loser is not None and (its_key := keys.get(loser.key_id)) is not None:
        post.tell(loser, its_key, Purpose.LINK_MOVED, text.channel)
    await post.send(connection)
    return True


async def answer_all(
    connection: asyncpg.Connection,
    vault: Vault,
    asked: Sequence[Asked],
    *,
    keys: Mapping[UUID, DataKey],
    settings: NotifySettings,
    now: datetime,
) -> None:
    """A code goes to the number only: that is the proof. The caller has the locks of the phones."""
    post = Post(settings.city, now)
    for one in asked:
        key = keys.get(one.line.key_id)
        if key is None or one.line.address is None:
            continue
        if one.word.ends:
            ending = tuple(ChannelKind) if one.over is ChannelKind.SMS else (one.over,)
            for channel in await accounts.unbind(connection, one.line.id, ending):
                one.line.accounts.pop(channel, None)
            post.tell(one.line, key, Purpose.UNLINKED)
        elif one.over in one.line.accounts:
            post.tell(one.line, key, Purpose.LINKED, one.over, channels=(one.over, ChannelKind.SMS))
        elif (code := await _new_code(connection, vault, one.line.id, now)) is not None:
            fields = {"link_code": code, "apps": _apps(settings)}
            post.tell(one.line, key, Purpose.LINK_CODE, fields=fields, worth_seconds=CODE_SECONDS)
    await post.send(connection)


async def tell_gone(
    connection: asyncpg.Connection, vault: Vault, ended: Collection[tuple[UUID, ChannelKind]], city: str, *, now: datetime
) -> None:
    """Once an account: it ends only once."""
    ground = await read_ground(connection, sorted({phone for phone, _ in ended}))
    keys = await vault.keys(connection, {line.key_id for line in ground.lines.values()})
    post = Post(city, now)
    for phone, channel in ended:
        line = ground.lines.get(phone)
        if line is not None and (key := keys.get(line.key_id)) is not None:
            post.tell(line, key, Purpose.ACCOUNT_GONE, channel)
    await post.send(connection)


@dataclass(slots=True)
class Post:
    """Our own letters of one transaction."""

    city: str
    now: datetime
    letters: list[Letter] = field(default_factory=list)

    def tell(
        self,
        line: Line,
        key: DataKey,
        purpose: Purpose,
        app: ChannelKind | None = None,
        *,
        fields: Mapping[str, str] | None = None,
        channels: tuple[ChannelKind, ...] = (ChannelKind.SMS,),
        worth_seconds: float = NEWS_SECONDS,
    ) -> None:
        if line.address is None:
            return
        found = dict(fields or {})
        if app is not None:
            found["app"] = CHAT_NAMES.get(app, app.value)
        until = self.now + timedelta(seconds=worth_seconds)
        letter = own_letter(line, purpose, found, key, now=self.now, not_after=until, city=self.city, channels=channels)
        self.letters.append(letter)

    async def send(self, connection: asyncpg.Connection) -> None:
        if self.letters:
            await connection.execute(QUERIES["insert_messages"], [row_of(letter) for letter in self.letters])


async def _new_code(connection: asyncpg.Connection, vault: Vault, phone: UUID, now: datetime) -> str | None:
    """None: luck has found five that others have just now; whoever asks again gets one."""
    for _ in range(5):
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        if await accounts.keep_code(connection, vault, phone, code, now):
            return code
    return None


def _apps(settings: NotifySettings) -> str:
    return ", ".join(f"{CHAT_NAMES.get(channel, channel.value)} {name}".strip() for channel, name in settings.chats.items())
