"""A storm: 50 calls a second with all tiers, the whole ladder on, while a broadcast to 20,000 people waits for its turn.

Our three processes on real Kafka and PostgreSQL, over a provider that takes 50 ms a message and sends signed receipts. Measured
on the database clock: from filed to the first offer that the provider has taken, for requests of the first tier, a tenth of all.
One that nobody was offered counts as never. The daily one takes a minute; `python -m bench storm --minutes 10` is the whole.
"""

import os
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import asyncpg
import numpy as np

from bench import city, notifying, parts
from bench.arrivals import Filed, file_at_random
from bench.carrier import provider
from bench.dispatch import on_database
from bench.end_to_end import give_phones, operator, settled
from bench.rows import Row, limited, told
from shared.ids import uuid7
from shared.transport.kafka import make_topics

RESPONDERS, LISTENERS = 30_000, 20_000
RATE = 50
TAKES_SECONDS = 0.05  # the provider, for a message
SECONDS = 60 * float(os.environ.get("BENCH_MINUTES", "1"))
WARM_UP_SECONDS = 4.0
CATEGORIES = ("network_outage", *["equipment"] * 3, *["vneid_login"] * 6)  # P1, P2, P3
NEVER = 3600.0
FIRST_OFFERS = """
select request.priority, extract(epoch from min(attempt.submitted_at) - request.filed_at)::float8 as seconds
from intake.requests request
left join notify.messages message on message.request_id = request.id and message.purpose = 'offer'
left join notify.message_attempts attempt on attempt.message_id = message.id
where request.id = any ($1::uuid[])
group by request.id
"""
BROADCAST = """
insert into notify.broadcasts
    (id, city, kind, status, audience, text_vi, text_en, not_after, made_by, created_at, gathered_at, started_at, progressed_at)
values ($1, $2, 'campaign', 'running', '{}', 'Buoi huong dan VNeID thu Bay', 'VNeID session on Saturday', now() + interval '1 d',
    'bench', now(), now(), now(), now())
"""
LISTENER = """
insert into notify.broadcast_people
    (broadcast_id, contact_point_id, key_id, address, language, channels, channel, role, status, not_before)
values ($1, $2, $3, $4, 'vi', '{sms}', 'sms', 'responder', 'waiting', now())
"""
TOLD = "select count(*) from notify.messages where urgency = 8 and status in ('submitted', 'delivered')"


async def rows() -> list[Row]:
    async with parts.real_kafka() as bootstrap, parts.real_postgres() as postgres:
        dsn = await postgres.new_database(migrated=True)
        await on_database(dsn, lambda connection: city.put_people(connection, RESPONDERS))
        await give_phones(dsn)
        await notifying.by_day(dsn)
        delays, bulk = await _storm(dsn, bootstrap)
    first = [seconds for priority, seconds in delays if priority == "P1"]
    return [
        limited("storm: P1, from filed to first offer submitted at 50/s while bulk waits, p90 (s)", _at(first, 90), "<= 30"),
        told("storm: P1, the same, p50 (s)", _at(first, 50)),
        told("storm: P2, from filed to first offer submitted, p90 (s)", _at([s for p, s in delays if p == "P2"], 90)),
        told("storm: P1 requests", len(first)),
        told("storm: messages of the broadcast that left beside them, per second", bulk / SECONDS),
    ]


async def _storm(dsn: str, bootstrap: str) -> tuple[list[tuple[str, float]], int]:
    prefix = f"{uuid4().hex[:8]}."
    await make_topics(bootstrap, prefix=prefix)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        carrier = await enter(provider(takes_seconds=TAKES_SECONDS, reports_with=notifying.SIGNED_WITH))
        ports = {name: parts.free_port() for name in ("notify", "dispatch", "intake")}
        over = notifying.over_twilio(carrier.port, ports["notify"])
        for name, port in ports.items():
            env = parts.settings(dsn, bootstrap, port, kafka_prefix=prefix, city_desk_phone="+842438251234", **over)
            await enter(parts.process(f"services.{name}", port=port, env=env))
        token = await on_database(dsn, operator)
        await file_at_random(ports["intake"], token, rate=RATE, seconds=WARM_UP_SECONDS, categories=CATEGORIES)
        await _announce(dsn)
        filed = await file_at_random(ports["intake"], token, rate=RATE, seconds=SECONDS, seed=5, categories=CATEGORIES)
        bulk: int = await on_database(dsn, lambda connection: connection.fetchval(TOLD))
        return await _delays(dsn, filed), bulk


async def _announce(dsn: str) -> None:
    """A broadcast that runs as of now; its people were named already."""
    people, broadcast = await notifying.people(dsn, LISTENERS, first=5_000_000), uuid7()

    async def put(connection: asyncpg.Connection) -> None:
        await connection.execute(BROADCAST, broadcast, city.CITY)
        boxes = [(contact, contact.key.seal(phone.encode(), purpose="phone")) for phone, contact in people]
        await connection.executemany(
            LISTENER, [(broadcast, contact.contact_point_id, box.key_id, box.box) for contact, box in boxes]
        )

    await on_database(dsn, put)


async def _delays(dsn: str, filed: Filed) -> list[tuple[str, float]]:
    """Tier and seconds of each request."""
    found: list[Any] = []

    async def all_offered() -> bool:
        found[:] = await on_database(dsn, lambda connection: connection.fetch(FIRST_OFFERS, list(filed.answered)))
        return all(row["seconds"] is not None for row in found if row["priority"] == "P1")

    await settled(all_offered)
    return [(row["priority"], NEVER if row["seconds"] is None else row["seconds"]) for row in found]


def _at(delays: list[float], percent: float) -> float:
    return float(np.percentile(delays, percent))
