"""A real Alertmanager with our configuration: which alerts are kept quiet by which."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from tests.support.prometheus_rig import Server, alertmanager

pytestmark = pytest.mark.prometheus

BURN = {"alertname": "PromisesBurn", "severity": "page", "about": "promises", "sloth_id": "promises-P1-offered"}
SMOULDER = {**BURN, "alertname": "PromisesSmoulder", "severity": "ticket"}
OTHER_SMOULDER = {**SMOULDER, "sloth_id": "promises-P3-done"}
TRIPPED = {
    "alertname": "BreakerTripped",
    "severity": "page",
    "about": "pipeline",
    "pipeline": "down",
    "context": "dispatch",
}
LETTERS = {"alertname": "DeadLetters", "severity": "ticket", "about": "pipeline", "context": "dispatch"}
PROCESS = {"alertname": "ProcessDown", "severity": "ticket", "about": "pipeline", "instance": "dispatch-2:8000"}
DOWN = {"alertname": "PipelineDown", "severity": "page", "about": "pipeline", "pipeline": "down", "process": "notify"}
CALLS = {"alertname": "CallsOverdue", "severity": "ticket", "about": "calls"}


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Server]:
    with alertmanager(tmp_path) as server:
        yield server


async def are_quiet(manager: Server, fired: Sequence[Mapping[str, str]], expected: set[tuple[str, str]]) -> None:
    """Of these, fired at the same time, nobody hears of the expected, by name and subject, and hears of all others."""
    await manager.is_ready()
    assert manager.http.post("/api/v2/alerts", json=[{"labels": dict(labels)} for labels in fired]).is_success

    def judged() -> bool:
        shown = manager.http.get("/api/v2/alerts").json()
        inhibited = [alert["labels"] for alert in shown if alert["status"]["inhibitedBy"]]
        found = {(labels["alertname"], labels.get("sloth_id", labels.get("context", ""))) for labels in inhibited}
        assert len(shown) == len(fired)
        assert found == expected
        return True

    await eventually(judged, 20)


PAIR = ("PromisesSmoulder", "promises-P1-offered")


async def test_a_page_keeps_the_ticket_of_the_same_objective_quiet_and_no_other(manager: Server) -> None:
    await are_quiet(manager, [BURN, SMOULDER, OTHER_SMOULDER, CALLS], {PAIR})


async def test_while_the_pipeline_stands_still_late_promises_are_no_news(manager: Server) -> None:
    late = {("DeadLetters", "dispatch"), ("PromisesBurn", "promises-P1-offered"), ("PromisesSmoulder", "promises-P3-done")}
    await are_quiet(manager, [TRIPPED, LETTERS, PROCESS, BURN, OTHER_SMOULDER, CALLS], late)


async def test_one_process_of_several_keeps_nothing_quiet(manager: Server) -> None:
    await are_quiet(manager, [PROCESS, BURN, SMOULDER, CALLS], {PAIR})


async def test_without_any_process_only_that_is_told(manager: Server) -> None:
    await are_quiet(manager, [DOWN, BURN, CALLS], {("PromisesBurn", "promises-P1-offered"), ("CallsOverdue", "")})
