"""A stop that aiokafka breaks off by a cancel of its own is finished; a cancel that is meant for us is not swallowed."""

import asyncio
from typing import Any

import pytest

from shared.events.registry import Topic
from shared.transport.kafka_source import KafkaSource


class Client:
    def __init__(self) -> None:
        self.closed = False

    async def close(self) -> None:
        self.closed = True


class Stubborn:
    """An AIOKafkaConsumer as far as stopping goes."""

    def __init__(self, *, hangs: bool) -> None:
        self._client = Client()
        self._hangs = hangs

    async def stop(self) -> None:
        if self._hangs:
            await asyncio.Event().wait()
        raise asyncio.CancelledError  # of its fetch task, which waits after a failure


def source_of(consumer: Any) -> KafkaSource:
    source = KafkaSource("localhost:1", [Topic.REQUESTS], "intake")
    source._consumer = consumer
    return source


async def test_a_cancel_of_its_own_is_no_cancel_of_ours() -> None:
    consumer = Stubborn(hangs=False)
    await source_of(consumer).close()
    assert consumer._client.closed


async def test_a_cancel_that_is_meant_for_us_is_raised() -> None:
    closing = asyncio.create_task(source_of(Stubborn(hangs=True)).close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
