"""The textbook dispatcher and notifier as processes of their own, for the way from 202 to the carrier.

Run: `python -m bench.peers.textbook_chain dispatch|notify|notify_auto DSN BOOTSTRAP REQUESTS_TOPIC OFFERS_TOPIC PROVIDER_URL`.
"""

import gc
import json
import sys
from collections.abc import Sequence
from uuid import UUID, uuid4

import aiohttp
import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.peers.textbook_dispatch import TextbookDispatcher, Wanted
from bench.peers.textbook_notify import SCHEMA as MESSAGES
from bench.peers.textbook_notify import TextbookNotifier


def parse(value: bytes) -> Wanted:
    event = json.loads(value)
    return Wanted(UUID(event["request_id"]), "P2", (), event["lat"], event["lon"])


class PublishingDispatcher(TextbookDispatcher):
    """After the commit, `send_and_wait`, as everybody writes it: dying in between loses the offer's message."""

    producer: AIOKafkaProducer
    topic: str

    async def _dispatch(self, wanted: Wanted) -> bool:
        offered = await super()._dispatch(wanted)
        if offered:
            offer = {"offer_id": str(uuid4()), "request_id": str(wanted.request_id), "phone": "+84900000000", "text": "1 = nhan"}
            await self.producer.send_and_wait(self.topic, json.dumps(offer).encode(), key=str(wanted.request_id).encode())
        return offered


def _consumer(bootstrap: str, topic: str, group: str, *, careful: bool = True) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=not careful,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=20,
    )


async def main(arguments: Sequence[str]) -> None:
    step, dsn, bootstrap, requests, offers, provider = arguments
    async with asyncpg.create_pool(dsn, min_size=4, max_size=4) as pool:
        if step == "dispatch":
            async with (
                AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer,
                _consumer(bootstrap, requests, "textbook-dispatch") as consumer,
            ):
                dispatcher = PublishingDispatcher(pool, consumer, parse, careful=True)
                dispatcher.producer, dispatcher.topic = producer, offers
                await _ready_and_run(dispatcher)
        else:
            await pool.execute(MESSAGES)
            careful = step == "notify"
            async with (
                aiohttp.ClientSession() as session,
                _consumer(bootstrap, offers, "textbook-notify", careful=careful) as consumer,
            ):
                await _ready_and_run(TextbookNotifier(pool, consumer, session, provider, careful=careful))


async def _ready_and_run(part: TextbookDispatcher | TextbookNotifier) -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    print("ready", flush=True)
    await part.run()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:]))
