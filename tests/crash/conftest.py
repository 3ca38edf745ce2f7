"""Where crash tests run: over the log in PostgreSQL and over a real Kafka broker of the session's own; and what they measured."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.brokers import BOOTSTRAP, is_there, own_broker, remove_topics
from tests.support.databases import a_home
from tests.support.town import a_furnished_home, a_home_like

HERE = Path(__file__).parent
LONG = frozenset(HERE / f"test_{name}.py" for name in ("canaries", "outages", "rush"))


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Marked before others choose by marks; in our order after everybody else has ordered them."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.crash)
            item.add_marker(pytest.mark.timeout(600))
    yield
    items.sort(key=lambda item: item.path not in LONG)  # the others fill the time beside them


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Times are told, not asserted: how long depends on the machine."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            figures = ", ".join(f"{name} {value}" for name, value in getattr(report, "user_properties", ()))
            if figures and report.when == "call":
                terminalreporter.write_line(f"{outcome}: {report.nodeid.rpartition('/')[2]}: {figures}")


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """The one that `make crash` has started for all of its workers, else one of our own."""
    if is_there(BOOTSTRAP):
        yield BOOTSTRAP
        return
    with own_broker() as started:
        yield started.bootstrap


@pytest.fixture(params=["postgres_log", "kafka"], scope="session")
def bootstrap(request: pytest.FixtureRequest) -> str | None:
    """None: the log in PostgreSQL."""
    return None if request.param == "postgres_log" else request.getfixturevalue("broker")


@pytest.fixture
async def way(bootstrap: str | None) -> AsyncIterator[dict[str, str]]:
    """Settings that say how events travel. Over Kafka each town has topics of its own, which go with it: a broker has to
    look after every partition there is."""
    if bootstrap is None:
        yield {}
        return
    prefix = f"{uuid4().hex[:8]}."
    yield {"TECHRESCUE_KAFKA_BOOTSTRAP": bootstrap, "TECHRESCUE_KAFKA_PREFIX": prefix}
    await remove_topics(bootstrap, prefix)


@pytest.fixture(scope="session")
def furnished() -> Iterator[Path]:
    """A home with its database and roster, stopped."""
    with a_furnished_home() as home:
        yield home


@pytest.fixture
def home(furnished: Path) -> Iterator[Path]:
    with a_home_like(furnished) as home:
        yield home


@pytest.fixture
def empty_home() -> Iterator[Path]:
    home = a_home()
    yield home
    shutil.rmtree(home)
