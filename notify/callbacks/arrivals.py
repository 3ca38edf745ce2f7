"""The desk where carriers hand in what comes back: receipts and texts, each on disk before the carrier hears "thank you"."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from notify.accounts.binding import hear
from notify.accounts.greeting import Greeter
from notify.accounts.rows import look
from notify.answers.hiding import hidden
from notify.channels.batches import Batches
from notify.channels.port import InboundText, Receipt
from notify.sending.receipts import take_receipts
from notify.settings import NotifySettings
from notify.store import QUERIES
from shared.errors import Invalid
from shared.events.contract import ChannelKind
from shared.pacing import Bell
from shared.phones import parse_phone
from shared.postgres.transaction import transaction
from shared.security.sealing import DataKey
from shared.security.vault import ContactKey, Vault
from shared.telemetry.metrics import NOTIFY_TEXTS

BATCH: Final = 200


class Desk:
    """The real `Arrivals`. `bell` rings when a text is there to be read; `more` is called when a receipt lets another text
    leave, `told` when there may be events; `greeter` answers accounts that belong to no number."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        settings: NotifySettings,
        bell: Bell,
        *,
        greeter: Greeter | None = None,
        more: Callable[[], None] | None = None,
        told: Callable[[], None] | None = None,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._settings = settings
        self._bell = bell
        self._greeter = greeter
        self._more = more
        self._told = told
        self._receipts = Batches(self._take_receipts, limit=BATCH)

    async def take_receipt(self, receipt: Receipt) -> None:
        """Returns after the commit that it shares with whatever else came in just now."""
        await self._receipts.put(receipt)

    async def take_text(self, text: InboundText) -> None:
        """Masked, then sealed and stored. Twice under the same carrier id: once. The time of the answer is now, whenever it is
        read."""
        if text.channel is not ChannelKind.SMS:  # an account's digits may look like somebody's number
            await self._take_from_chat(text)
            return
        try:
            number = parse_phone(text.sender).e164
        except Invalid:
            NOTIFY_TEXTS.labels("no_number").inc()
            return
        async with transaction(self._pool, "notify.inbound") as connection:
            sender = (await self._vault.contact_points(connection, [number]))[0]
            stored = await self._store_of_number(connection, sender, text, number)
        self._read(stored)

    async def _take_from_chat(self, text: InboundText) -> None:
        """Of a bound account it is the phone's text. Of any other a code binds it, and the rest is counted and answered."""
        async with transaction(self._pool, "notify.inbound") as connection:
            seen = await look(connection, self._vault, text)
            heard = await hear(connection, self._vault, text, self._settings.city, seen)
            stored = False
            if heard.owner is not None:
                keys = await self._vault.keys(connection, [heard.owner.key_id])
                key, phone = keys.get(heard.owner.key_id), heard.owner.contact_point_id
                stored = key is not None and await self._store(connection, phone, key, text, seen.now)
                await connection.execute(QUERIES["seen_over"], phone, text.channel)
        if heard.owner is not None or heard.repeated:
            self._read(stored)
        else:
            NOTIFY_TEXTS.labels("account" if heard.bound else "no_number").inc()
        if heard.bound and self._more is not None:
            self._more()
        if heard.greeting is not None and self._greeter is not None:
            self._greeter.owe(text.channel, text.sender, heard.greeting)

    def _read(self, stored: bool) -> None:
        if stored:
            self._bell.ring()
        else:
            NOTIFY_TEXTS.labels("repeated").inc()

    async def _store_of_number(self, connection: asyncpg.Connection, sender: ContactKey, text: InboundText, number: str) -> bool:
        phone, key = sender.contact_point_id, sender.key
        body, address = key.box(hidden(text.text).encode(), purpose="text"), key.box(number.encode(), purpose="phone")
        id_ = text.id
        if text.id_lasts is not None:
            id_ = f"{text.id}:{phone}"
            await connection.execute(QUERIES["free_text_id"], text.carrier, id_, text.id_lasts)
        named = (text.carrier, id_, phone, key.id, body, text.channel, address)
        return await connection.fetchval(QUERIES["store_text_of_number"], *named) is not None

    async def _store(self, connection: asyncpg.Connection, phone: UUID, key: DataKey, text: InboundText, now: datetime) -> bool:
        body = key.box(hidden(text.text).encode(), purpose="text")
        named = (text.carrier, text.id, phone, key.id, body, now, text.channel)
        return await connection.fetchval(QUERIES["store_text"], *named) is not None

    async def _take_receipts(self, receipts: list[Receipt]) -> None:
        if await take_receipts(self._pool, receipts, self._settings.sending) and self._more is not None:
            self._more()
        if self._told is not None:
            self._told()
