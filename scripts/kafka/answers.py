"""Exit 0 when the broker at HOST:PORT answers a question about its cluster within SECONDS, else 1."""

import asyncio
import logging
import sys
import time

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError


async def answers(bootstrap: str) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=3000)
    try:
        async with asyncio.timeout(5):
            await admin.start()
            return bool((await admin.describe_cluster())["brokers"])
    except (KafkaError, OSError):
        return False
    finally:
        try:
            async with asyncio.timeout(5):
                await admin.close()
        except (KafkaError, OSError):
            return False


async def main(bootstrap: str, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    while not await answers(bootstrap):
        if time.monotonic() > deadline:
            return 1
        await asyncio.sleep(0.2)
    return 0


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.exit(asyncio.run(main(sys.argv[1], float(sys.argv[2]))))
