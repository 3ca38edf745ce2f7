"""From the offer on the topic to "the phone has it": notify against the textbook's process, one provider that takes 50 ms.

Ours runs as it is deployed, in two processes (`k8s/base/notify.yaml`), and once more in one. It is the whole of it: consumed
batches, questions, sealed texts, the limits of each person, claim, POST, record, and a signed receipt for each message, taken in
beside the sending, stored, applied and told as an event. Distinct recipients. The clock runs from the first event published
until the last receipt is committed: its message is `delivered`. The textbook inserts, sends by POST, updates and commits the
offset, one message after the other, and hears of no receipts.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

import aiohttp
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench import notifying, parts
from bench.carrier import Provider, provider
from bench.dispatch import on_database
from bench.rows import Row, compared, limited, told
from shared.events.envelope import encode
from shared.events.registry import PARTITIONS
from shared.transport.kafka import KafkaTransport, make_topics

WARM_UP, MESSAGES = 1_000, 15_000
DEPLOYED = 2  # processes, as in k8s/base/notify.yaml
TAKES_SECONDS = 0.05  # the provider, for a message
BATCH = 1_000  # published at once
TEXTBOOK_SECONDS, TEXTBOOK_WARM_UP_SECONDS = 8.0, 2.0
TEXTBOOK_MESSAGES = 400  # more than it sends in that time
LONGEST_SECONDS = 120.0
DELIVERED = "select count(*) from notify.messages where status = 'delivered'"
TOLD = "select count(*) from notify.outbox where type = 'message.delivered'"
ATTEMPTS = "select count(*) from notify.message_attempts where status <> 'not_sent'"


class Counts(NamedTuple):
    """Of the provider: messages it took and receipts that were heard, and the last moment of each."""

    taken: int
    taken_at: float
    heard: int
    heard_at: float


@dataclass(frozen=True, slots=True)
class Ours:
    handed: float  # taken by the provider, a second
    delivered: float  # a second
    microseconds: float  # of CPU of notify's processes, a message


async def rows() -> list[Row]:
    async with (
        parts.real_kafka() as bootstrap,
        parts.real_postgres() as postgres,
        provider(takes_seconds=TAKES_SECONDS, reports_with=notifying.SIGNED_WITH) as carrier,
    ):
        textbook = await postgres.new_database(migrated=False)
        careful = await _textbook("notify", textbook, bootstrap, carrier)
        automatic = await _textbook("notify_auto", textbook, bootstrap, carrier)
        ours = await _ours(await postgres.new_database(migrated=True), bootstrap, carrier, processes=DEPLOYED)
        alone = await _ours(await postgres.new_database(migrated=True), bootstrap, carrier, processes=1)
    return [
        compared("sender, one process: delivered per second, against the textbook's", alone.delivered, careful, ">= 30"),
        told("sender, one process: delivered per second, against the textbook's with auto-commit", alone.delivered, automatic),
        told("sender, one process: handed over per second", alone.handed),
        told("sender, one process: microseconds of CPU per message", alone.microseconds),
        limited("sender, two processes: delivered per second, receipts and limits on", ours.delivered, ">= 1000"),
        told("sender, two processes: handed over per second", ours.handed),
        told("sender, two processes: microseconds of CPU per message", ours.microseconds),
    ]


async def _ours(dsn: str, bootstrap: str, carrier: Provider, *, processes: int) -> Ours:
    prefix = f"{uuid4().hex[:8]}."
    await make_topics(bootstrap, prefix=prefix)
    asked = await notifying.people(dsn, WARM_UP + MESSAGES)
    async with AsyncExitStack() as stack:
        running = [
            await stack.enter_async_context(notifying.notify(dsn, bootstrap, prefix, carrier.port)) for _ in range(processes)
        ]
        await notifying.all_read([port for port, _ in running])
        await _send(bootstrap, prefix, asked[:WARM_UP], carrier)
        await on_database(dsn, lambda connection: connection.execute("vacuum analyze"))  # as autovacuum would have by then
        used = [notifying.cpu_seconds(pid) for _, pid in running]
        handed, delivered = await _send(bootstrap, prefix, asked[WARM_UP:], carrier)
        used = [notifying.cpu_seconds(pid) - before for (_, pid), before in zip(running, used, strict=True)]
    await _check(dsn)
    if min(used) < sum(used) / processes / 2:
        raise AssertionError(f"the work was not shared: {used} s of CPU")
    return Ours(handed, delivered, sum(used) / MESSAGES * 1e6)


async def _send(bootstrap: str, prefix: str, asked: notifying.People, carrier: Provider) -> tuple[float, float]:
    """Messages a second: taken by the provider, and known to be delivered."""
    records = [encode(event, source="/dispatch") for event in notifying.offers(asked)]
    before = await _counts(carrier)
    publisher = KafkaTransport(bootstrap, prefix=prefix).publisher()
    await publisher.open()
    started = time.monotonic()
    for start in range(0, len(records), BATCH):
        await publisher.publish(records[start : start + BATCH])
    await publisher.close()

    async def all_heard() -> bool:
        return (await _counts(carrier)).heard >= before.heard + len(asked)

    await _until(all_heard)
    after = await _counts(carrier)
    return len(asked) / (after.taken_at - started), len(asked) / (after.heard_at - started)


async def _check(dsn: str) -> None:
    """What was counted is what was promised: every person once, and each delivery told."""
    messages, attempts, said = [await _asked(dsn, query) for query in (DELIVERED, ATTEMPTS, TOLD)]
    if not messages == attempts == said == WARM_UP + MESSAGES:
        raise AssertionError(f"{messages} delivered in {attempts} attempts, {said} of them told")


async def _textbook(step: str, dsn: str, bootstrap: str, carrier: Provider) -> float:
    """Messages a second that the provider took, in a time of its own and after a warm-up."""
    topic = f"{uuid4().hex[:8]}.textbook"
    await _make_topic(bootstrap, topic)
    async with parts.process("bench.peers.textbook_chain", step, dsn, bootstrap, topic, topic, f"{carrier.address}/send"):
        async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
            for number in range(TEXTBOOK_MESSAGES):
                offer = {"offer_id": str(uuid4()), "request_id": str(uuid4()), "phone": f"+8490{number:07d}", "text": "1 = nhan"}
                await producer.send(topic, json.dumps(offer).encode(), key=offer["request_id"].encode())
            await producer.flush()
        await asyncio.sleep(TEXTBOOK_WARM_UP_SECONDS)
        before, started = await _counts(carrier), time.monotonic()
        await asyncio.sleep(TEXTBOOK_SECONDS)
        return ((await _counts(carrier)).taken - before.taken) / (time.monotonic() - started)


async def _make_topic(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=PARTITIONS, replication_factor=1)])
    finally:
        await admin.close()


async def _counts(carrier: Provider) -> Counts:
    async with aiohttp.ClientSession() as session, session.get(f"{carrier.address}/counts") as answer:
        return Counts(*await answer.json())


async def _asked(dsn: str, query: str, *arguments: Any) -> Any:
    return await on_database(dsn, lambda connection: connection.fetchval(query, *arguments))


async def _until(check: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not await check():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not all of it within {LONGEST_SECONDS} s")
        await asyncio.sleep(0.25)  # looking must not become the work
