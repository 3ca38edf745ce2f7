"""Incremental fetches (KIP-227) under aiokafka, which asks for every partition each time. Knows Kafka's protocol and no event.

A fetch of 48 partitions costs aiokafka one to two milliseconds of Python and the broker as much; at 50 events a second that was
most of what a process did. In a session the broker remembers what is wanted: a request names what has changed since the last one,
an answer only the partitions that have something. aiokafka's fetcher needs nothing but those: it looks at what an answer holds.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from aiokafka.protocol.fetch import FetchRequest

FIRST_WITH_SESSIONS: Final = 7  # version of the request
NEW_SESSION: Final = (0, 0)  # id, epoch: "remember this one"

Partition = tuple[str, int]
Wanted = dict[Partition, tuple[int, int]]  # → offset, most bytes
Send = Callable[..., Awaitable[Any]]


def use_sessions(consumer: Any) -> None:
    """For an AIOKafkaConsumer that has not started."""
    client = consumer._client  # noqa: SLF001 - no public way; the contract suite over Kafka notices when it is renamed
    client.send = FetchSessions(client.send).send


class FetchSessions:
    """One session a broker. aiokafka has one fetch under way a broker at a time, so request and answer alternate."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._sessions: dict[int, Session] = {}

    async def send(self, node_id: int, request: Any, **more: Any) -> Any:
        """As `AIOKafkaClient.send`; whatever is no fetch passes through."""
        if not isinstance(request, FetchRequest):
            return await self._send(node_id, request, **more)
        session = self._sessions.pop(node_id, None) or Session()
        answer = await self._send(node_id, _IncrementalFetch(request, session), **more)
        # Not reached when the fetch failed or was given up: nobody knows then what the broker remembers, so a new one begins.
        if session.goes_on(answer):
            self._sessions[node_id] = session
        return answer


class Session:
    """What the broker knows of our wishes."""

    def __init__(self) -> None:
        self._id, self._epoch = NEW_SESSION
        self._known: Wanted = {}

    def next(self, wanted: Wanted) -> tuple[int, int, Wanted, list[Partition]]:
        """(session id, epoch, what is new or moved, what is not wanted any more)."""
        changed = {partition: place for partition, place in wanted.items() if self._known.get(partition) != place}
        forgotten = [partition for partition in self._known if partition not in wanted]
        self._known = wanted
        return self._id, self._epoch, changed, forgotten

    def goes_on(self, answer: Any) -> bool:
        """False: the broker has no session for us (too many, evicted, restarted, or too old for them)."""
        if answer.API_VERSION < FIRST_WITH_SESSIONS or answer.error_code or not answer.session_id:
            return False
        self._id, self._epoch = answer.session_id, self._epoch % (2**31 - 1) + 1
        return True


class _IncrementalFetch(FetchRequest):  # type: ignore[misc]
    """The same request, told as a difference. Which version is spoken is known only when it is built."""

    def __init__(self, request: FetchRequest, session: Session) -> None:
        self.__dict__.update(request.__dict__)
        self._session = session

    def build(self, request_struct_class: Any) -> Any:
        built = super().build(request_struct_class)
        if request_struct_class.API_VERSION >= FIRST_WITH_SESSIONS:
            wanted = dict(_flat(self._topics))
            built.session_id, built.session_epoch, changed, forgotten = self._session.next(wanted)
            built.topics = _only(built.topics, changed)
            built.forgotten_topics_data = _by_topic(forgotten)
        return built


def _flat(topics: list[tuple[str, list[tuple[int, int, int]]]]) -> Iterator[tuple[Partition, tuple[int, int]]]:
    for topic, partitions in topics:
        for partition, offset, most_bytes in partitions:
            yield (topic, partition), (offset, most_bytes)


def _only(topics: list[tuple[str, list[Any]]], wanted: Wanted) -> list[tuple[str, list[Any]]]:
    kept = [(topic, [entry for entry in partitions if (topic, entry[0]) in wanted]) for topic, partitions in topics]
    return [(topic, partitions) for topic, partitions in kept if partitions]


def _by_topic(partitions: list[Partition]) -> list[tuple[str, list[int]]]:
    found: dict[str, list[int]] = {}
    for topic, partition in partitions:
        found.setdefault(topic, []).append(partition)
    return list(found.items())
