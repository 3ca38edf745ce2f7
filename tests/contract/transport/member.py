"""One member of a consumer group as a process of its own, to be killed: python -m tests.contract.transport.member.

Reads DSN, GROUP, KAFKA, PREFIX and EXPECTED from the environment; ends by itself when EXPECTED effects are there.
"""

import asyncio
import os

from shared.postgres.pool import open_pool
from shared.transport.kafka import KafkaTransport
from shared.transport.port import Transport
from shared.transport.postgres_log import PostgresLog
from tests.contract.transport.places import Effects, Place
from tests.support.eventually import eventually


async def main() -> None:
    async with open_pool(os.environ["DSN"], schema="notify") as pool:
        transport: Transport = PostgresLog(pool)
        if os.environ.get("KAFKA"):
            transport = KafkaTransport(os.environ["KAFKA"], prefix=os.environ["PREFIX"])
        place = Place(pool, transport, {}, os.environ["GROUP"])
        consumer = place.consumer(Effects(pool))
        running = asyncio.create_task(consumer.run())
        await eventually(lambda: _has(place, int(os.environ["EXPECTED"])), within=50)
        consumer.stop()
        await running


async def _has(place: Place, effects: int) -> bool:
    return len(await place.effects()) >= effects


if __name__ == "__main__":
    asyncio.run(main())
