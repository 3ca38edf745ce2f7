"""A broker is told only what has changed since it was last asked, and everything anew when it may have forgotten."""

from typing import Any

import pytest
from aiokafka.protocol.fetch import FetchRequest, FetchRequest_v4, FetchRequest_v11, FetchResponse_v4, FetchResponse_v11

from shared.transport.fetch_session import FetchSessions

NODE = 1
Places = dict[int, int]  # partition → offset


class Broker:
    """Answers fetches with what it is set to, and writes down what was asked on the wire."""

    def __init__(self, version: type = FetchRequest_v11) -> None:
        self.version = version
        self.asked: list[Any] = []
        self.session_id, self.error_code = 7, 0
        self.failure: Exception | None = None

    async def send(self, node_id: int, request: FetchRequest, **_: Any) -> Any:
        built = request.prepare({request.API_KEY: (self.version.API_VERSION, self.version.API_VERSION)})
        built.encode()
        self.asked.append(built)
        if self.failure is not None:
            raise self.failure
        if self.version is FetchRequest_v4:
            return FetchResponse_v4(0, [])
        return FetchResponse_v11(0, self.error_code, self.session_id, [])


async def fetch(sessions: FetchSessions, places: Places, *, topic: str = "t") -> None:
    await sessions.send(NODE, FetchRequest(20, 1, 1000, 0, [(topic, [(p, at, 100) for p, at in places.items()])]))


def wire(request: Any) -> tuple[int, int, dict[str, Places], dict[str, list[int]]]:
    topics = {topic: {entry[0]: entry[2] for entry in partitions} for topic, partitions in request.topics}
    return request.session_id, request.session_epoch, topics, dict(request.forgotten_topics_data)


async def test_the_first_fetch_names_everything_and_the_next_only_what_moved() -> None:
    broker = Broker()
    sessions = FetchSessions(broker.send)
    await fetch(sessions, {0: 5, 1: 5, 2: 5})
    await fetch(sessions, {0: 5, 1: 9, 2: 5})
    await fetch(sessions, {0: 5, 1: 9, 2: 5})
    assert list(map(wire, broker.asked)) == [
        (0, 0, {"t": {0: 5, 1: 5, 2: 5}}, {}),
        (7, 1, {"t": {1: 9}}, {}),
        (7, 2, {}, {}),
    ]


async def test_a_paused_partition_is_forgotten_and_named_again_when_it_goes_on() -> None:
    broker = Broker()
    sessions = FetchSessions(broker.send)
    await fetch(sessions, {0: 5, 1: 5})
    await fetch(sessions, {1: 5})
    await fetch(sessions, {0: 6, 1: 5})
    assert [wire(one)[2:] for one in broker.asked[1:]] == [({}, {"t": [0]}), ({"t": {0: 6}}, {})]


@pytest.mark.parametrize("trouble", ["error", "no session", "failure"])
async def test_after_any_trouble_everything_is_named_anew(trouble: str) -> None:
    broker = Broker()
    sessions = FetchSessions(broker.send)
    await fetch(sessions, {0: 5, 1: 5})
    if trouble == "error":
        broker.error_code = 70  # FETCH_SESSION_ID_NOT_FOUND
    elif trouble == "no session":
        broker.session_id = 0
    else:
        broker.failure = ConnectionError()
    try:
        await fetch(sessions, {0: 5, 1: 9})
    except ConnectionError:
        assert trouble == "failure"
    broker.session_id, broker.error_code, broker.failure = 8, 0, None
    await fetch(sessions, {0: 5, 1: 9})
    await fetch(sessions, {0: 5, 1: 9})
    assert [wire(one) for one in broker.asked[2:]] == [(0, 0, {"t": {0: 5, 1: 9}}, {}), (8, 1, {}, {})]


async def test_a_broker_that_is_too_old_is_asked_for_everything_each_time() -> None:
    broker = Broker(FetchRequest_v4)
    sessions = FetchSessions(broker.send)
    for _ in range(2):
        await fetch(sessions, {0: 5})
    assert [one.topics for one in broker.asked] == [[("t", [(0, 5, 100)])]] * 2


async def test_what_is_no_fetch_passes_through() -> None:
    passed = []

    async def send(node_id: int, request: object, **more: object) -> str:
        passed.append((node_id, request, more))
        return "answer"

    assert await FetchSessions(send).send(NODE, "metadata", group=3) == "answer"
    assert passed == [(NODE, "metadata", {"group": 3})]
