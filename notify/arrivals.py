"""The desk where carriers hand in what comes back: receipts and texts, each on disk before the carrier hears "thank you"."""

from collections.abc import Callable
from typing import Final

import asyncpg

from notify.channels.batches import Batches
from notify.channels.port import InboundText, Receipt
from notify.receipts import take_receipts
from notify.settings import NotifySettings
from notify.store import QUERIES
from shared.errors import Invalid
from shared.events.contract import ChannelKind
from shared.pacing import Bell
from shared.phones import parse_phone
from shared.postgres.transaction import app_now, transaction
from shared.security.vault import ContactKey, Vault
from shared.telemetry.metrics import NOTIFY_TEXTS

BATCH: Final = 200


class Desk:
    """The real `Arrivals`. `bell` rings when a text is there to be read; `more` is called when a receipt lets another text
    leave, `told` when there may be events."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        settings: NotifySettings,
        bell: Bell,
        *,
        more: Callable[[], None] | None = None,
        told: Callable[[], None] | None = None,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._settings = settings
        self._bell = bell
        self._more = more
        self._told = told
        self._receipts = Batches(self._take_receipts, limit=BATCH)

    async def take_receipt(self, receipt: Receipt) -> None:
        """Returns after the commit that it shares with whatever else came in just now."""
        await self._receipts.put(receipt)

    async def take_text(self, text: InboundText) -> None:
        """Stored sealed. Twice under the same carrier id: once. The time of the answer is now, whenever it is read."""
        if text.channel is not ChannelKind.SMS:  # an account's digits may look like somebody's number
            NOTIFY_TEXTS.labels("no_number").inc()
            return
        try:
            number = parse_phone(text.sender).e164
        except Invalid:
            NOTIFY_TEXTS.labels("no_number").inc()
            return
        async with transaction(self._pool, "notify.inbound") as connection:
            sender = (await self._vault.contact_points(connection, [number]))[0]
            stored = await self._store(connection, sender, number, text)
        if stored:
            self._bell.ring()
        else:
            NOTIFY_TEXTS.labels("repeated").inc()

    async def _store(self, connection: asyncpg.Connection, sender: ContactKey, number: str, text: InboundText) -> bool:
        address = sender.key.seal(number.encode(), purpose="phone")
        body = sender.key.seal(text.text.encode(), purpose="text")
        await connection.execute(QUERIES["meet_contact_point"], sender.contact_point_id, sender.key.id, address.box)
        stored = await connection.fetchval(
            QUERIES["store_text"],
            text.carrier,
            text.id,
            sender.contact_point_id,
            sender.key.id,
            body.box,
            await app_now(connection),
        )
        return stored is not None

    async def _take_receipts(self, receipts: list[Receipt]) -> None:
        if await take_receipts(self._pool, receipts, self._settings.sending) and self._more is not None:
            self._more()
        if self._told is not None:
            self._told()
