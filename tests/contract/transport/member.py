"""One part as a process of its own, to be killed: python -m tests.contract.transport.member consumer|relay.

Reads DSN, GROUP, KAFKA, PREFIX, INSTANCE, POISON and EXPECTED from the environment. A consumer ends when EXPECTED effects and
letters are there, a relay when nothing waits in the outbox.
"""

import asyncio
import os
import sys

from shared.errors import Permanent
from shared.postgres.pool import open_pool
from shared.transport.consumer import Consumer
from shared.transport.kafka import KafkaTransport
from shared.transport.port import Transport
from shared.transport.postgres_log import PostgresLog
from shared.transport.relay import Relay
from tests.contract.transport.places import Effects, Place
from tests.support.eventually import eventually


async def main(role: str) -> None:
    async with open_pool(os.environ["DSN"], schema="notify") as pool:
        transport: Transport = PostgresLog(pool)
        if os.environ.get("KAFKA"):
            transport = KafkaTransport(os.environ["KAFKA"], prefix=os.environ["PREFIX"], instance=os.environ.get("INSTANCE"))
        place = Place(pool, transport, {}, os.environ["GROUP"])
        poison: dict[int, Exception] = {int(n): Permanent("poison") for n in os.environ["POISON"].split()}
        loop: Relay | Consumer = (
            Relay(pool, transport, "notify") if role == "relay" else place.consumer(Effects(pool, poison=poison))
        )
        running = asyncio.create_task(loop.run())
        await eventually(lambda: _relayed(place) if role == "relay" else _consumed(place), within=50)
        loop.stop()
        await running


async def _relayed(place: Place) -> bool:
    return not await place.pool.fetchval("select exists (select from unpublished)")


async def _consumed(place: Place) -> bool:
    return len(await place.effects()) + len(await place.letters.list()) >= int(os.environ["EXPECTED"])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
