"""`techrescue simulate` and `replay`: the promised JSON, a table, a picture, and a clear word when it cannot be drawn."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dispatch.simulation.sweeping import WEIGHTS
from services.cli_simulate import app
from shared.errors import Invalid, Misconfigured

KEYS = (
    *("policy", "seed", "requests", "assigned", "unassigned", "travel_km", "gini", "accept_p90_seconds"),
    *("vulnerable_in_time", "others_in_time", "offers", "sms"),
)


def told(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_simulate_prints_the_promised_object_and_nothing_else() -> None:
    printed = json.loads(told("simulate", "--day", "base", "--seed", "5", "--policy", "nearest", "--json"))
    assert tuple(printed) == KEYS
    assert (printed["policy"], printed["seed"], printed["requests"]) == ("nearest", 5, 379)
    assert printed["assigned"] + printed["unassigned"] == 379
    assert tuple(printed["accept_p90_seconds"]) == ("P1", "P2", "P3", "P4")


def test_simulate_prints_a_table_for_people() -> None:
    assert "travel_km" in told("simulate", "--seed", "5")


def test_replay_puts_policies_side_by_side_and_draws_them(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "compared.png"
    printed = told("replay", "--policy", "default", "--policy", "nearest", "--seed", "5", "--picture", str(picture))
    assert "gini over teams" in printed
    assert "ratio" in printed
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_replay_as_json_has_a_line_a_policy() -> None:
    lines = [json.loads(line) for line in told("replay", "--policy", "nearest", "--policy", "claim", "--json").splitlines()]
    assert [line["policy"] for line in lines] == ["nearest", "claim"]
    assert all(line["gini over teams"] >= 0 for line in lines)


def test_a_sweep_shows_what_fairness_costs_and_where_the_default_stands(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "swept.png"
    printed = told("replay", "--sweep", "fairness", "--seed", "5", "--picture", str(picture)).splitlines()
    assert len(printed) == 1 + len(WEIGHTS)
    assert [line for line in printed if line.rstrip().endswith("default")] == [printed[1 + WEIGHTS.index(1.0)]]
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_sweep_is_of_our_own_policy() -> None:
    with pytest.raises(Invalid, match="--policy"):
        told("replay", "--sweep", "fairness", "--policy", "claim")


def test_a_picture_without_matplotlib_is_refused_before_anything_is_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "services.simulation_picture", raising=False)
    with pytest.raises(Misconfigured, match=r"setup\.sh picture"):
        told("replay", "--picture", str(tmp_path / "none.png"))


@pytest.mark.parametrize(("name", "advice"), [("no/such/folder/a.png", "no folder"), ("a.jpg", "ends in .png")])
def test_where_a_picture_cannot_be_is_told_before_anything_is_simulated(tmp_path: Path, name: str, advice: str) -> None:
    with pytest.raises(Invalid, match=advice):
        CliRunner().invoke(app, ["replay", "--day", "storm", "--picture", str(tmp_path / name)], catch_exceptions=False)
