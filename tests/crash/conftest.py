"""Where crash tests run: over the log in PostgreSQL and over a real Kafka broker of the session's own; and what they measured."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.brokers import own_broker
from tests.support.town import Town


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "crash" in item.path.parts:
            item.add_marker(pytest.mark.crash)
            item.add_marker(pytest.mark.timeout(600))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Times are told, not asserted: how long depends on the machine."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            figures = ", ".join(f"{name} {value}" for name, value in getattr(report, "user_properties", ()))
            if figures and report.when == "call":
                terminalreporter.write_line(f"{outcome}: {report.nodeid.rpartition('/')[2]}: {figures}")


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    with own_broker() as started:
        yield started.bootstrap


@pytest.fixture(params=["postgres_log", "kafka"], scope="session")
def bootstrap(request: pytest.FixtureRequest) -> str | None:
    """None: the log in PostgreSQL."""
    return None if request.param == "postgres_log" else request.getfixturevalue("broker")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with its database and roster, stopped."""
    home = tmp_path_factory.mktemp("furnished") / "home"
    Town(home).start().close()
    return home


@pytest.fixture
def home(furnished: Path, tmp_path: Path) -> Path:
    """A copy of it: faster than making another. `cp -a` keeps the owner, on whom PostgreSQL insists."""
    subprocess.run(["cp", "-a", str(furnished), str(tmp_path / "home")], check=True)
    return tmp_path / "home"
