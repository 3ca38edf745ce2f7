"""The rules as Debian's promtool reads them: every story in tests/prometheus/rules comes out, and none is missing."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.prometheus_rig import OURS, ROOT, for_debian, programs, told

pytestmark = [pytest.mark.prometheus, pytest.mark.timeout(240)]

STORIES = sorted((ROOT / "tests/prometheus/rules").glob("*.yml"))


def test_configuration_and_rules_are_well_formed() -> None:
    said = told(programs() / "promtool", "check", "config", OURS / "prometheus.yml")
    assert "FAILED" not in said, said
    assert all(f"{file}\n  SUCCESS" in said for file in (OURS / "rules").glob("*.yml")), said


def test_the_pods_of_a_cluster_can_be_scraped(tmp_path: Path) -> None:
    """Debian's build does not know Kubernetes: how pods are found is left out, and what is made of them is read."""
    config = yaml.safe_load((OURS / "kubernetes.yml").read_text(encoding="utf-8"))
    [job] = config["scrape_configs"]
    assert [found["namespaces"]["names"] for found in job.pop("kubernetes_sd_configs")] == [["techrescue"]]
    file = tmp_path / "prometheus.yml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    assert "FAILED" not in told(programs() / "promtool", "check", "config", file)
    given = {rule.get("target_label") for rule in job["relabel_configs"]}
    assert (job["job_name"], {"process", "instance"} <= given) == ("techrescue", True)


def test_routes_and_inhibitions_are_well_formed(tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(for_debian(), encoding="utf-8")
    assert "SUCCESS" in told(programs() / "amtool", "check-config", file)
    routes = (programs() / "amtool", "config", "routes", "test", f"--config.file={file}")
    assert told(*routes, "severity=page", "about=promises").startswith("pages\n")
    assert told(*routes, "severity=ticket", "about=promises").startswith("tickets\n")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_alerts_fire_when_they_should_and_only_then(story: Path) -> None:
    told(programs() / "promtool", "test", "rules", story.name, cwd=story.parent)


def test_every_alert_has_a_story_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    groups = [group for file in (OURS / "rules").glob("*.yml") for group in yaml.safe_load(file.read_text("utf-8"))["groups"]]
    known = {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}
    looks = [sample for story in STORIES for sample in _looks(yaml.safe_load(story.read_text("utf-8")))]
    assert {name for look in looks for name in look} == known
    assert [] in looks


def _looks(story: dict[str, Any]) -> list[list[str]]:
    """Per look at what fires: the names."""
    return [
        [sample["labels"].split('"')[1] for sample in look["exp_samples"]]
        for test in story["tests"]
        for look in test["promql_expr_test"]
        if "ALERTS" in look["expr"]
    ]
