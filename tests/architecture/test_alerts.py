"""Rules and alerts: what they name exists, each alert has its place in the runbook, and the limits are those we promise."""

import re
from typing import Final

from notify.sla.rounds import PROMISE, Reached
from shared.events.contract import Priority
from shared.service_levels import SERVICE_LEVELS
from tests.architecture.repository import RECORDED, ROOT, RULES, rules

RUNBOOK: Final = ROOT / "docs/operations.md"
LIMIT: Final = re.compile(r'stage_seconds_bucket\{stage="(\w+)",priority="(P\d)",le="([\d.]+)"\}')
# What keeps others quiet, and what is kept quiet: ops/alertmanager/alertmanager.yml is written in these words.
SUBJECTS: Final = {"pipeline", "promises", "messages", "calls", "intake", "auditor"}


ALL: Final = [rule for file in RULES for rule in rules(file)]
ALERTS: Final = {rule["alert"]: rule for rule in ALL if "alert" in rule}


def headings() -> set[str]:
    """The anchors that a reader of the runbook can jump to."""
    lines = RUNBOOK.read_text(encoding="utf-8").splitlines()
    return {line.lstrip("# ").lower().replace(" ", "-") for line in lines if line.startswith("#")}


def test_every_alert_leads_to_its_own_place_in_the_runbook() -> None:
    for name, alert in ALERTS.items():
        file, anchor = alert["annotations"]["runbook_url"].split("#")
        assert ROOT / file == RUNBOOK
        assert anchor == name.lower()
        assert anchor in headings(), f"docs/operations.md does not say what to do about {name}"


def test_every_alert_says_whom_it_wakes_and_what_it_is_about() -> None:
    for name, alert in ALERTS.items():
        assert alert["labels"]["severity"] in {"page", "ticket"}, name
        assert alert["labels"]["about"] in SUBJECTS, name
        assert alert["annotations"]["summary"].strip(), name


def test_the_buckets_that_count_as_kept_are_the_limits_of_the_service_levels() -> None:
    [kept] = [rule["expr"] for rule in ALL if rule.get("record") == "techrescue:promise_kept:total"]
    promised = {
        (str(stage), str(priority), float(SERVICE_LEVELS[priority].seconds(PROMISE[stage]) or 0))
        for stage in Reached
        for priority in Priority
    }
    assert {(stage, priority, float(limit)) for stage, priority, limit in LIMIT.findall(kept)} == promised


def test_a_recorded_series_that_is_used_is_recorded() -> None:
    recorded = {rule["record"] for rule in ALL if "record" in rule}
    assert recorded
    used = {name for rule in ALL for name in RECORDED.findall(rule["expr"])}
    assert used <= recorded


def test_what_keeps_others_quiet_exists() -> None:
    text = (ROOT / "ops/alertmanager/alertmanager.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"alertname = (\w+)", text)) <= set(ALERTS)
    assert set(re.findall(r"about =~? \"?([\w|]+)", text)) - {""} <= SUBJECTS | {"messages|calls|intake"}
