"""Wrong days of a campaign stop the start, and say why."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from notify.reports.campaign import read_campaign
from notify.reports.report import question
from shared.errors import Invalid, Misconfigured

PILOT = {"name": "pilot", "since": "2026-01-05", "until": "2026-01-18"}
GOOD: dict[str, Any] = {
    "phases": [
        PILOT,
        {"name": "expansion", "since": "2026-01-19", "until": "2026-02-01", "targets_percent": {"satisfaction": 95}},
    ],
    "targets_percent": {"satisfaction": 90},
}


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "campaign.json"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_day_is_in_one_phase_and_a_phase_may_aim_higher(tmp_path: Path) -> None:
    found = read_campaign(written(tmp_path, json.dumps(GOOD)))
    phases = [found.phase_of(date(2026, 1, day)) for day in (4, 5, 18, 19)]
    assert [phase.name if phase else None for phase in phases] == [None, "pilot", "pilot", "expansion"]
    assert [found.target("satisfaction", name) for name in ("pilot", "expansion", None)] == [90, 95, 90]
    assert found.target("hotline_answer", "pilot") is None


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"phases": [PILOT, PILOT]}, "twice"),
        ({"phases": [{**PILOT, "until": "2026-01-01"}]}, "ends before it begins"),
        ({"phases": [PILOT, {**PILOT, "name": "expansion"}]}, "follow each other"),
        ({"phases": [{**PILOT, "name": "finale"}]}, "phases.0.name"),
        ({"phases": [{**PILOT, "since": "9999-01-01"}]}, "year"),
        ({"targets_percent": {"satisfaction": 900}}, "0 to 100"),
        ({"targets_percent": {"happiness": 90}}, "targets_percent"),
        ({"goals": 1}, "goals"),
    ],
)
def test_a_campaign_that_makes_no_sense_stops_the_start(tmp_path: Path, change: dict[str, Any], advice: str) -> None:
    with pytest.raises(Misconfigured, match=advice):
        read_campaign(written(tmp_path, json.dumps({**GOOD, **change})))


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_file_that_is_none_stops_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(Misconfigured):
        read_campaign(written(tmp_path, text))
    with pytest.raises(Misconfigured, match="FileNotFoundError"):
        read_campaign(tmp_path / "nowhere.json")


def test_the_one_that_comes_with_the_code_is_45_days_long() -> None:
    phases = read_campaign(None).phases
    assert [phase.name for phase in phases] == ["pilot", "expansion", "evaluation"]
    assert (phases[-1].until - phases[0].since).days + 1 == 45


def test_a_phase_says_its_days_and_each_breakdown_comes_once() -> None:
    asked = question(read_campaign(None), "hanoi", phase="pilot", since=None, until=None, by=["week", "commune", "week"])
    assert (asked.since, asked.until) == (date(2026, 11, 16), date(2026, 11, 30))
    assert [by.value for by in asked.by] == ["commune", "week"]
    assert asked.begins_at.isoformat() == "2026-11-15T17:00:00+00:00"
    assert asked.ends_at.isoformat() == "2026-11-30T17:00:00+00:00"
    with pytest.raises(Invalid, match="pilot, expansion, evaluation"):
        question(read_campaign(None), "hanoi", phase="finale", since=None, until=None, by=[])
