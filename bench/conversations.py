"""From what somebody writes to the answer at the provider: our processes on real Kafka and PostgreSQL, texts by signed callback.

A text is stored by notify, travels to intake, is heard there, and what is said travels back and is handed over. It measures the
road of every chat; over SMS, because that provider is at hand.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp
import numpy as np

from bench import notifying, parts
from bench.carrier import provider
from bench.dispatch import on_database
from bench.end_to_end import LAST_SECONDS, settled
from bench.rows import Row, limited, told
from notify.callbacks.twilio import signature
from notify.channels.twilio import TEXT_PATH
from shared.transport.kafka import make_topics

PEOPLE, PER_SECOND = 400, 20
WARM_UP = 40
Arrived = Callable[[], Awaitable[Mapping[str, float]]]
TEXT = "Không đăng nhập được VNeID từ sáng, nhờ giúp"
ANSWERS = """
select m.contact_point_id::text, a.id::text
from notify.messages m join notify.message_attempts a on a.message_id = m.id
where m.purpose = 'conversation'
"""


async def rows() -> list[Row]:
    async with parts.real_kafka() as bootstrap, parts.real_postgres() as postgres, provider() as carrier:
        dsn = await postgres.new_database(migrated=True)
        prefix, ports = f"{uuid4().hex[:8]}.", {name: parts.free_port() for name in ("notify", "intake")}
        await make_topics(bootstrap, prefix=prefix)
        more = {"kafka_prefix": prefix, **notifying.over_twilio(carrier.port, ports["notify"])}
        env = {name: parts.settings(dsn, bootstrap, port, **more) for name, port in ports.items()}
        async with (
            parts.process("services.notify", port=ports["notify"], env=env["notify"]),
            parts.process("services.intake", port=ports["intake"], env=env["intake"]),
        ):
            await notifying.all_read(list(ports.values()))
            people = await notifying.people(dsn, WARM_UP + PEOPLE)
            await _write(ports["notify"], people[:WARM_UP])
            wrote = await _write(ports["notify"], people[WARM_UP:])
            delays = await _answered(dsn, carrier.arrived, wrote)
    return [
        limited(f"a message answered in a conversation at {PER_SECOND}/s, p50 (s)", float(np.percentile(delays, 50)), "<= 1"),
        told(f"a message answered in a conversation at {PER_SECOND}/s, p99 (s)", float(np.percentile(delays, 99))),
    ]


async def _write(port: int, people: notifying.People) -> dict[str, float]:
    """Contact point → when the callback began, on time.monotonic()."""
    wrote: dict[str, float] = {}
    url = f"http://127.0.0.1:{port}{TEXT_PATH}"
    async with aiohttp.ClientSession() as session:
        for number, contact in people:
            form = [("MessageSid", uuid4().hex), ("From", number), ("Body", TEXT)]
            headers = {
                "X-Twilio-Signature": signature(notifying.SIGNED_WITH, url, form),
                "content-type": "application/x-www-form-urlencoded",
            }
            wrote[str(contact.contact_point_id)] = time.monotonic()
            async with session.post(url, data=urlencode(form), headers=headers) as answer:
                answer.raise_for_status()
            await asyncio.sleep(1 / PER_SECOND)
    return wrote


async def _answered(dsn: str, arrived_now: Arrived, wrote: Mapping[str, float]) -> list[float]:
    """Seconds; what never came counts as long as we waited."""
    found: dict[str, float] = {}

    async def all_there() -> bool:
        arrived = await arrived_now()
        for person, attempt in await on_database(dsn, lambda connection: connection.fetch(ANSWERS)):
            if attempt in arrived:
                found[person] = arrived[attempt]
        return wrote.keys() <= found.keys()

    await settled(all_there)
    return [found.get(person, at + LAST_SECONDS) - at for person, at in wrote.items()]
