"""The transport over Apache Kafka: addresses, topics, and how long we wait for what. Publishing and reading are beside it."""

import asyncio
from collections.abc import Collection
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.errors import DependencyDown
from shared.events.registry import PARTITIONS, Topic
from shared.transport.kafka_publisher import KafkaPublisher
from shared.transport.kafka_source import KafkaSource

KAFKA: Final = "Kafka"
ADMIN_SECONDS: Final = 30.0
RETENTION_DAYS: Final = 7  # law 14


class KafkaTransport:
    """`bootstrap` is `host:port[,host:port…]`. `prefix` stands before every topic's name: several systems on one broker.

    `instance` names a process of which there is one at a time: started again after a kill it takes its own lanes back at
    once, where Kafka would otherwise wait for the dead member's session to run out. Others then wait that long after a stop.
    """

    def __init__(self, bootstrap: str, *, prefix: str = "", instance: str | None = None) -> None:
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._instance = instance

    def publisher(self) -> KafkaPublisher:
        return KafkaPublisher(self._bootstrap, prefix=self._prefix)

    def source(self, topics: Collection[Topic], group: str, *, hurried: bool = True) -> KafkaSource:
        return KafkaSource(self._bootstrap, topics, group, prefix=self._prefix, hurried=hurried, instance=self._instance)


async def make_topics(bootstrap: str, *, prefix: str = "", replication: int = 1) -> None:
    """Makes what is missing; part of `techrescue migrate`. The number of partitions never changes: keys depend on it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        async with asyncio.timeout(ADMIN_SECONDS):
            await admin.start()
            new = [_new_topic(prefix + topic, replication) for topic in Topic]
            answer = await admin.create_topics(new)
            for name, code, *_ in answer.topic_errors:
                error = for_code(code)
                if code and error is not TopicAlreadyExistsError:
                    raise error(f"could not make {name}")
    except (KafkaError, OSError) as error:
        raise DependencyDown(KAFKA) from error
    finally:
        await _close(admin)


def _new_topic(topic: str, replication: int) -> NewTopic:
    settings = {"retention.ms": str(RETENTION_DAYS * 24 * 3600 * 1000), "min.insync.replicas": str(max(1, replication - 1))}
    return NewTopic(topic, num_partitions=PARTITIONS, replication_factor=replication, topic_configs=settings)


async def _close(admin: AIOKafkaAdminClient) -> None:
    try:
        async with asyncio.timeout(5):
            await admin.close()
    except (KafkaError, OSError):
        return
