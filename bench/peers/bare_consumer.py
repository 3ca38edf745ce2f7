"""A bare aiokafka loop that reads each record into our model and acknowledges each batch; no lanes, no errors, no drain."""

import asyncio

from aiokafka import AIOKafkaConsumer

from shared.events.requests import RequestChanged


async def consume(bootstrap: str, topic: str, count: int) -> None:
    """Returns when `count` records were read."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id="bare",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=20,
    )
    async with asyncio.timeout(30):
        await consumer.start()
    read = 0
    try:
        while read < count:
            batches = await consumer.getmany(timeout_ms=250)
            for messages in batches.values():
                for message in messages:
                    RequestChanged.model_validate_json(message.value)
                read += len(messages)
            if batches:
                await consumer.commit()
    finally:
        await consumer.stop()
