"""Documents, dashboards and alerts name only what exists, and name all of it."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts.dashboards.__main__ import BOARDS, text
from scripts.dashboards.panels import Dashboard
from services.reference import metrics_document, settings_document
from services.settings import Settings, variable
from shared.telemetry.metrics import METRICS
from tests.architecture.repository import RECORDED, ROOMS, ROOT, RULES, python_files, rules, tree_of

DASHBOARDS = sorted((ROOT / "ops/grafana/dashboards").glob("*.json"))
SUFFIXES = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
SERIES = {metric.name + suffix for metric in METRICS for suffix in SUFFIXES[metric.kind]}
NAME = re.compile(r"\btechrescue_[a-z_]+\b")
VARIABLE = re.compile(r"\bTECHRESCUE_[A-Z_]+\b")


@pytest.mark.parametrize(("name", "text"), [("settings.md", settings_document()), ("metrics.md", metrics_document())])
def test_generated_documents_are_current(name: str, text: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == text, "run `make docs`"


def test_every_metric_is_measured_somewhere() -> None:
    listed = {
        node.targets[0].id
        for file in sorted((ROOT / "shared/telemetry").glob("metrics*.py"))
        for node in tree_of(file).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name)
        if ast.unparse(node.value.func) in {"_counter", "_gauge", "_histogram"}
    }
    used = {
        node.name if isinstance(node, ast.alias) else node.id
        for path in python_files(*ROOMS)
        if not path.match("shared/telemetry/metrics*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.alias | ast.Name)
    }
    assert listed <= used


def test_no_document_names_a_setting_that_does_not_exist() -> None:
    known = {variable(name) for name in Settings.model_fields}
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "ops").rglob("*"), ROOT / "Makefile"]
    for document in documents:
        if document.is_file():
            assert set(VARIABLE.findall(document.read_text(encoding="utf-8"))) <= known, document


def test_every_series_of_a_dashboard_or_an_alert_exists() -> None:
    assert {file.name for file in DASHBOARDS} == {f"{board.uid}.json" for board in BOARDS}
    for file in [*DASHBOARDS, *RULES]:
        named = set(NAME.findall("\n".join(_expressions(file))))
        assert named <= SERIES, f"{file.name}: no such series"
    assert NAME.findall("\n".join(_expressions(RULES[0]))), "expressions are found no more"


def test_every_recorded_series_of_a_dashboard_is_recorded() -> None:
    recorded = {rule["record"] for file in RULES for rule in rules(file) if "record" in rule}
    named = {name for file in DASHBOARDS for query in _expressions(file) for name in RECORDED.findall(query)}
    assert named
    assert named <= recorded


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_the_dashboards_are_what_their_source_says(board: Dashboard) -> None:
    assert (ROOT / f"ops/grafana/dashboards/{board.uid}.json").read_text(encoding="utf-8") == text(board), "run `make dashboards`"
    assert all(panel.about for panel in board.panels), "whoever looks wants to know what it means"


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.name)
def test_a_dashboard_has_an_id_and_panels_that_do_not_overlap(file: Path) -> None:
    dashboard: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    assert dashboard["uid"]
    cells: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        taken = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        cells |= taken


def test_every_link_in_the_documents_leads_somewhere() -> None:
    link = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in link.findall(document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} → {target}"


def test_every_file_that_a_document_names_exists() -> None:
    named = re.compile(r"`((?:services|intake|dispatch|notify|shared|tests|docs|scripts|k8s|ops)/[\w./-]+)`")
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in named.findall(document.read_text(encoding="utf-8")):
            assert (ROOT / target).exists(), f"{document.name} → {target}"


def test_decision_records_are_short_and_whole() -> None:
    parts = ("**Context.**", "**Decision.**", "**Consequences.**", "**Rejected.**", "**Enforced by.**", "**Look again when**")
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    for record in sorted((ROOT / "docs/decisions").glob("0*.md")):
        text = record.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 40, record.name
        assert all(part in text for part in parts), record.name
        assert record.name in index


def _expressions(file: Path) -> list[str]:
    if file.suffix != ".json":
        return [rule["expr"] for rule in rules(file)]
    panels = json.loads(file.read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]
