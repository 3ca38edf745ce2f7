"""Where crash tests run: over the log in PostgreSQL, and over a real Kafka broker of the session's own."""

from collections.abc import Iterator

import pytest

from tests.support.brokers import own_broker


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "crash" in item.path.parts:
            item.add_marker(pytest.mark.crash)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    with own_broker() as started:
        yield started.bootstrap


@pytest.fixture(params=["postgres_log", "kafka"], scope="session")
def bootstrap(request: pytest.FixtureRequest) -> str | None:
    """None: the log in PostgreSQL."""
    return None if request.param == "postgres_log" else request.getfixturevalue("broker")
