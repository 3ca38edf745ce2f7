"""From the 202 to the carrier, Poisson arrivals: our three processes on real Kafka and PostgreSQL beside the textbook's three.

Both hand over to one provider that takes a message at once, over connections they keep: ours over the carrier that speaks like
Twilio. (Kannel's opens one for each text, ten at a time; it is not measured here.) They take turns, each on an empty log of its
own: the pace of a machine changes within minutes.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import numpy as np

from bench import city, notifying, parts
from bench.arrivals import Filed, file_at_random
from bench.carrier import Provider, provider
from bench.dispatch import on_database
from bench.peers.textbook_dispatch import SCHEMA as TEXTBOOK
from bench.rows import Row, compared, limited, told
from shared.events.registry import Topic
from shared.postgres.pool import open_pool
from shared.security.tokens import Role, issue
from shared.security.vault import Vault
from shared.transport.kafka import make_topics

RESPONDERS = 30_000
ORDINARY, STORM = 50, 200  # requests a second
SECONDS = 20.0  # of each turn: with all of them the slowest hundredth are thirty callers, not the luck of one crowded moment
TURNS = 3  # each with callers of its own, the same for both sides
WARM_UP_SECONDS = 4.0
LAST_SECONDS = 20.0  # after the last caller; what has not come by then counts as this late
BATCH = 1000
HANDED = """
select m.request_id::text, a.id::text
from notify.messages m join notify.message_attempts a on a.message_id = m.id
where m.purpose = 'offer'
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """Our three processes, by name: where they listen, and which they are; and an operator's token."""

    ports: Mapping[str, int]
    pids: Mapping[str, int]
    token: str


async def rows() -> list[Row]:
    textbook: list[float] = []
    ours: list[float] = []
    async with parts.real_kafka() as bootstrap, parts.real_postgres() as postgres, provider() as carrier:
        theirs, dsn = await postgres.new_database(migrated=False), await postgres.new_database(migrated=True)
        await on_database(theirs, _put_textbook_people)
        await on_database(dsn, lambda connection: city.put_people(connection, RESPONDERS))
        await give_phones(dsn)
        for turn in range(TURNS):
            textbook += await _textbook(theirs, bootstrap, carrier, seed=turn)
            async with three_processes(dsn, bootstrap, carrier) as chain:
                port, token = chain.ports["intake"], chain.token
                await file_at_random(port, token, rate=ORDINARY, seconds=WARM_UP_SECONDS)
                filed = await file_at_random(port, token, rate=ORDINARY, seconds=SECONDS, seed=turn)
                ours += await handed(dsn, carrier, filed)
                if turn == TURNS - 1:
                    storm = await handed(dsn, carrier, await file_at_random(port, token, rate=STORM, seconds=SECONDS))
    return [
        compared("end to end at 50/s, p50 (s)", _at(ours, 50), _at(textbook, 50), "<= 3"),
        compared("end to end at 50/s, p99 (s)", _at(ours, 99), _at(textbook, 99), "<= 1.5"),
        limited("end to end at 200/s, p99 (s)", _at(storm, 99), "<= 0.5"),
        told("end to end at 200/s, p50 (s)", _at(storm, 50)),
    ]


def _at(delays: list[float], percent: float) -> float:
    return float(np.percentile(delays, percent))


async def _textbook(dsn: str, bootstrap: str, carrier: Provider, *, seed: int) -> list[float]:
    prefix, port = f"{uuid4().hex[:8]}.", parts.free_port()
    await make_topics(bootstrap, prefix=prefix)
    requests, offers = prefix + Topic.REQUESTS, prefix + Topic.ASSIGNMENTS
    chain = (dsn, bootstrap, requests, offers, f"{carrier.address}/send")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(parts.process("bench.peers.textbook_chain", "dispatch", *chain))
        await stack.enter_async_context(parts.process("bench.peers.textbook_chain", "notify", *chain))
        await stack.enter_async_context(
            parts.process("bench.peers.textbook_intake", str(port), dsn, bootstrap, requests, port=port)
        )
        await file_at_random(port, None, rate=ORDINARY, seconds=WARM_UP_SECONDS)
        filed = await file_at_random(port, None, rate=ORDINARY, seconds=SECONDS, seed=seed)

        async def all_there() -> bool:
            return filed.answered.keys() <= (await carrier.arrived()).keys()

        await settled(all_there)
    return _delays(filed, await carrier.arrived())


@asynccontextmanager
async def three_processes(dsn: str, bootstrap: str, carrier: Provider) -> AsyncIterator[Chain]:
    prefix = f"{uuid4().hex[:8]}."
    await make_topics(bootstrap, prefix=prefix)
    more = {
        "kafka_prefix": prefix,
        "wave_size": "1",  # one offer a job, as the textbook makes
        "city_desk_phone": "+842438251234",
        **notifying.over_twilio(carrier.port, carrier.port),  # no receipts come
    }
    async with AsyncExitStack() as stack:
        ports, pids = {name: parts.free_port() for name in ("notify", "dispatch", "intake")}, {}
        for name, port in ports.items():
            env = parts.settings(dsn, bootstrap, port, **more)
            pids[name] = (await stack.enter_async_context(parts.process(f"services.{name}", port=port, env=env))).pid
        yield Chain(ports, pids, await on_database(dsn, operator))


async def operator(connection: asyncpg.Connection) -> str:
    return await issue(connection, f"bench {uuid4()}", Role.OPERATOR, timedelta(hours=1))


async def handed(dsn: str, carrier: Provider, filed: Filed) -> list[float]:
    """When the first offer of each request reached the carrier, by the attempts that notify has on record."""
    found: dict[str, float] = {}

    async def all_there() -> bool:
        found.clear()
        arrived = await carrier.arrived()
        for request, attempt in await on_database(dsn, lambda connection: connection.fetch(HANDED)):
            if attempt in arrived:
                found[request] = min(found.get(request, float("inf")), arrived[attempt])
        return filed.answered.keys() <= found.keys()

    await settled(all_there)
    return _delays(filed, found)


def _delays(filed: Filed, arrived: Mapping[str, float]) -> list[float]:
    """Seconds. Raises when a filing was refused; one that never arrived counts as long as we waited."""
    if filed.failed:
        raise RuntimeError(f"{filed.failed} of {filed.failed + len(filed.answered)} filings were refused")
    return [max(0.0, arrived.get(request, at + LAST_SECONDS) - at) for request, at in filed.answered.items()]


async def settled(check: Callable[[], Awaitable[bool]]) -> None:
    """Until all have arrived, or it has been long enough."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LAST_SECONDS
    while loop.time() < deadline:
        if await check():
            return
        await asyncio.sleep(1.0)


async def _put_textbook_people(connection: asyncpg.Connection) -> None:
    await connection.execute(TEXTBOOK)
    await connection.execute(
        """insert into textbook.responders (id, place, skills, shift, capacity)
           select gen_random_uuid(), st_point(105.76 + random() * 0.1, 20.98 + random() * 0.1)::geography, '{}',
                  tstzrange(now() - interval '1 h', now() + interval '1 d'), 3
           from generate_series(1, $1)""",
        RESPONDERS,
    )
    await connection.execute("analyze textbook.responders")


async def give_phones(dsn: str) -> None:
    """The roster of the dispatch measurement has numbers that nobody can unseal; notify has to."""
    vault = Vault(base64.urlsafe_b64decode(parts.MASTER_KEY))
    async with open_pool(dsn, schema="dispatch") as pool:
        points: list[UUID] = [row[0] for row in await pool.fetch("select id from dispatch.contact_points order by id")]
        for start in range(0, len(points), BATCH):
            some = points[start : start + BATCH]
            async with pool.acquire() as connection, connection.transaction():
                keys = await vault.new_keys(connection, [None] * len(some))
                sealed = [key.seal(f"+8490{start + n:07d}".encode(), purpose="phone") for n, key in enumerate(keys)]
                await connection.executemany(
                    "update contact_points set address = $2 where id = $1",
                    [(point, box.model_dump(mode="json")) for point, box in zip(some, sealed, strict=True)],
                )
