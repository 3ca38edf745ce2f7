"""The textbook notifier: one message at a time, insert, POST, update, commit the offset.

Careful, it commits the offset of each message; otherwise whenever Kafka's client does, which loses or doubles what a kill finds.
"""

import json
from uuid import UUID

import aiohttp
import asyncpg
from aiokafka import AIOKafkaConsumer

SCHEMA = """
create table if not exists textbook_messages (
    id uuid primary key,
    request_id uuid not null,
    phone text not null,
    text text not null,
    status text not null,
    created_at timestamptz not null default now(),
    sent_at timestamptz
)
"""


class TextbookNotifier:
    """Reads offers `{offer_id, request_id, phone, text}` from a topic and hands each to an HTTP provider."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        consumer: AIOKafkaConsumer,
        session: aiohttp.ClientSession,
        provider_url: str,
        *,
        careful: bool = True,
    ) -> None:
        self._pool = pool
        self._consumer = consumer
        self._session = session
        self._provider_url = provider_url
        self._careful = careful

    async def run(self) -> None:
        async for record in self._consumer:
            await self._notify(json.loads(record.value))
            if self._careful:
                await self._consumer.commit()

    async def _notify(self, offer: dict[str, str]) -> None:
        offer_id = UUID(offer["offer_id"])
        inserted = await self._pool.execute(
            "insert into textbook_messages (id, request_id, phone, text, status) values ($1, $2, $3, $4, 'sending') "
            "on conflict do nothing",
            offer_id,
            UUID(offer["request_id"]),
            offer["phone"],
            offer["text"],
        )
        if inserted == "INSERT 0 0":
            return
        query = {"to": offer["phone"], "text": offer["text"], "request_id": offer["request_id"]}
        async with self._session.post(self._provider_url, params=query) as response:
            response.raise_for_status()
        await self._pool.execute("update textbook_messages set status = 'sent', sent_at = now() where id = $1", offer_id)
