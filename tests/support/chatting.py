"""A bureau with a chat: a carrier like Telegram (buttons, no receipts), accounts there, and what was said to each."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from notify.accounts.greeting import Greeter
from notify.callbacks.arrivals import Desk
from notify.channels.port import InboundText, Outgoing
from notify.message import SendingRules
from shared.events.contract import ChannelKind
from shared.pacing import Bell
from tests.support.carrier import RecordingCarrier
from tests.support.notifying import Bureau, Person

TELEGRAM, SMS, ZALO = ChannelKind.TELEGRAM, ChannelKind.SMS, ChannelKind.ZALO


@dataclass
class Chat:
    """`bot` is ours in Telegram, `zalo` our account there."""

    bureau: Bureau
    bot: RecordingCarrier = field(
        default_factory=lambda: RecordingCarrier("telegram", TELEGRAM, receipts=False, buttons=True, can_be_asked=False)
    )
    zalo: RecordingCarrier = field(default_factory=lambda: RecordingCarrier("zalo", ZALO, buttons=True))
    greeter: Greeter = field(default_factory=Greeter)

    def __post_init__(self) -> None:
        served = SendingRules(served=frozenset({SMS, TELEGRAM, ZALO}))
        self.bureau.settings = replace(self.bureau.settings, sending=served, chats={TELEGRAM: "@techrescue", ZALO: "TechRescue"})
        self.bureau.others += [self.bot, self.zalo]
        self.greeter.serve([self.bot, self.zalo])

    async def writes(self, account: str, text: str, *, over: ChannelKind = TELEGRAM, id: str | None = None) -> None:  # noqa: A002
        """Somebody writes, or taps, in the chat with us."""
        await self.write_together((account, text), over=over, id=id)

    async def write_together(
        self,
        *said: tuple[str, str],
        over: ChannelKind = TELEGRAM,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Accounts and what they write, all at the same moment, each over its own connection; `id`: as if it were one text."""
        desk = Desk(self.bureau.pool, self.bureau.vault, self.bureau.settings, Bell(), greeter=self.greeter)
        texts = [
            InboundText(carrier=over.value, id=id or uuid4().hex, sender=account, text=text, channel=over)
            for account, text in said
        ]
        await asyncio.gather(*(desk.take_text(text) for text in texts))
        await self.bureau.read()

    async def greeted(self) -> list[str]:
        """What strangers were told since the last time; nobody waits for it elsewhere."""
        before = len(self.bot.taken)
        self.greeter._waiting.put_nowait(None)
        await self.greeter.run()
        return [message.kind for message in self.bot.taken[before:]]

    async def code_for(self, person: Person) -> str:
        """As the SMS says it."""
        await self.bureau.writes(person, "LIEN KET")
        await self.bureau.send_all()
        newest = [message for message in self.bureau.carrier.taken if message.to == person.phone and message.kind == "link_code"][
            -1
        ]
        return "".join(letter for letter in newest.text.split("kết ")[1][:6])

    async def bound(self, person: Person, account: str, *, over: ChannelKind = TELEGRAM) -> None:
        await self.writes(account, await self.code_for(person), over=over)
        await self.bureau.send_all()

    def said(self, account: str, kind: str | None = None, *, over: ChannelKind = TELEGRAM) -> list[Outgoing]:
        carrier = self.bot if over is TELEGRAM else self.zalo
        return [message for message in carrier.taken if message.to == account and kind in {None, message.kind}]

    async def accounts(self) -> list[tuple[Any, ...]]:
        rows = await self.bureau.rows("select channel, gone_at is null from accounts order by bound_at")
        return [tuple(row) for row in rows]
