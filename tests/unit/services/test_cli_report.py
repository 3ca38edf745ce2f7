"""The table of a report: in the order of the page, and whole at eighty columns. Where a report cannot go is told at once."""

import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from notify.reports.clocks import Clock
from notify.reports.suppression import ALL
from services import cli_report
from tests.support.commands import Terminal


def figure(by: str, group: str, priority: str, clock: Clock) -> dict[str, Any]:
    times = dict.fromkeys(("p50_seconds", "p90_seconds", "p95_seconds", "p99_seconds"), 123456.0)
    row = {"by": by, "group": group, "priority": priority, "clock": clock, "limit_seconds": 144000.0}
    return {**row, **times, "n": 14700, "share": 0.987, "hidden": False, "holds": True}


def test_each_tier_is_a_table_that_fits_into_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Console(width=80, record=True, highlight=False, soft_wrap=True)
    monkeypatch.setattr(cli_report, "console", paper)
    rows = [figure(by, group, tier, clock) for by, group in (("commune", "00004"), (ALL, ALL)) for tier in ("P2", "P1", ALL)
            for clock in reversed(Clock)]  # fmt: skip
    report = {"phase": None, "since": "2026-11-01", "until": "2026-11-20", "figures": rows, "endings": [], "kpis": []}
    cli_report._print(report)
    lines = paper.export_text().splitlines()
    assert max(map(len, lines)) <= 80
    headings = [line for line in lines if " · " in line]
    assert headings[:3] == ["Toàn thành phố · Mọi cấp", "Toàn thành phố · Cấp 1", "Toàn thành phố · Cấp 2"]
    assert headings[3].endswith("· Mọi cấp")
    assert not headings[3].startswith("Toàn thành phố")
    whole = [line for line in lines if "14700" in line and "98.7 %" in line and line.count("34.3 h") == 4]
    assert len(whole) == len(rows), "no figure is broken over two lines, or cut"
    places = [next(place for place, line in enumerate(lines) if line.startswith(word)) for word in ("Gửi", "Có người", "Xử lý")]
    assert places == sorted(places), "as a visit goes"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no/such/folder/x.csv", "--out: there is no folder"),
        ("", "is a folder; name a file in it"),
        ("report", "--out: the name says no format; files are json, csv, xlsx, html"),
        ("report.pdf", "--out: the name says no format"),
    ],
)
def test_where_a_report_cannot_go_is_told_before_it_is_made(tmp_path: Path, terminal: Terminal, name: str, told: str) -> None:
    assert told in terminal.is_told("report", "--phase", "pilot", "--out", str(tmp_path / name))


def test_a_table_is_no_file_and_a_workbook_is_nothing_to_read_on_a_terminal(
    tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("report", "--phase", "pilot", "--format")
    assert "a table is for the screen" in terminal.is_told(*asked, "table", "--out", str(tmp_path / "x.txt"))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "--out report.xlsx" in terminal.is_told(*asked, "xlsx")
