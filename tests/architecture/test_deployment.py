"""Compose, Kubernetes and images: valid by their own schemas, and true to our settings and processes."""

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.settings import Settings, variable
from tests.architecture.repository import ROOT

BIN = Path(sys.executable).parent
COMPOSE = ROOT / "docker-compose.yml"
TRUSTED = variable("trusted_proxies")
BASE = ROOT / "k8s/base"
OPS = ROOT / "ops"
MOST_BYTES = 250_000  # `kubectl apply` keeps a whole object in an annotation, which may have 256 KiB
KNOWN = {variable(name) for name in Settings.model_fields}


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return loaded


def built(folder: Path) -> list[dict[str, Any]] | None:
    """What `kubectl apply -k` would send, by kustomize itself; None where there is none."""
    kustomize = shutil.which("kustomize") or shutil.which(ROOT / ".tools/kustomize")
    return list(yaml.safe_load_all(run(kustomize, "build", folder))) if kustomize else None


@cache
def rendered() -> list[dict[str, Any]]:
    """By kustomize where there is one, else by the two things our file asks of it."""
    if (objects := built(BASE)) is not None:
        return objects
    kustomization = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))
    assert set(kustomization) == {"apiVersion", "kind", "namespace", "labels", "resources"}, "teach this function what is new"
    objects = [
        item for name in kustomization["resources"] for item in yaml.safe_load_all((BASE / name).read_text(encoding="utf-8"))
    ]
    for item in objects:
        item["metadata"].setdefault("labels", {}).update(kustomization["labels"][0]["pairs"])
        if item["kind"] != "Namespace":
            item["metadata"]["namespace"] = kustomization["namespace"]
    return objects


@cache
def watching() -> list[dict[str, Any]]:
    """The ConfigMaps of ops/, likewise."""
    if (objects := built(OPS)) is not None:
        return objects
    kustomization = yaml.safe_load((OPS / "kustomization.yaml").read_text(encoding="utf-8"))
    named = {"apiVersion", "kind", "namespace", "generatorOptions", "configMapGenerator"}
    assert set(kustomization) == named, "teach this function what is new"
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": one["name"],
                "namespace": kustomization["namespace"],
                "labels": {**kustomization["generatorOptions"]["labels"], **one.get("options", {}).get("labels", {})},
            },
            "data": {Path(file).name: (OPS / file).read_text(encoding="utf-8") for file in one["files"]},
        }
        for one in kustomization["configMapGenerator"]
    ]


def containers(kind: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    specs = [(item["metadata"]["name"], item["spec"]) for item in rendered() if item["kind"] == kind]
    found = [(name, (spec["jobTemplate"]["spec"] if kind == "CronJob" else spec)["template"]["spec"]) for name, spec in specs]
    return [(name, pod, container) for name, pod in found for container in pod["containers"]]


def test_compose_fits_the_compose_specification() -> None:
    run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)


def test_compose_has_every_process_and_each_says_when_it_is_well() -> None:
    services = compose()["services"]
    assert {
        "kafka",
        "postgres",
        "migrate",
        "intake",
        "dispatch-1",
        "dispatch-2",
        "notify",
        "auditor",
        "kannel",
        "prometheus",
        "alertmanager",
        "grafana",
    } == set(services)
    assert all("healthcheck" in service for service in services.values())
    assert all(isinstance(service.get("depends_on", {}), dict) for service in services.values()), "a condition, not an order"
    assert "sleep" not in COMPOSE.read_text(encoding="utf-8").replace("never after a sleep", "")


def test_no_secret_has_a_default() -> None:
    secrets = re.compile(r"(PASSWORD|SECRET|_KEY|DSN)\b")
    for name, service in compose()["services"].items():
        for key, value in service.get("environment", {}).items():
            if secrets.search(key) and key != "SMSC_PASSWORD":  # empty with the fake SMSC, which knows no passwords
                assert ":?" in str(value), f"{name}: {key} must come from .env, with no default"


def test_compose_trusts_nobody_by_itself_to_say_where_a_caller_comes_from() -> None:
    """Whoever comes in through a published port has the address of the bridge."""
    told = {
        value for service in compose()["services"].values() if (value := service.get("environment", {}).get(TRUSTED)) is not None
    }
    assert told == {f"${{{TRUSTED}:-127.0.0.1}}"}


def test_compose_sets_only_settings_that_exist() -> None:
    named = {key for service in compose()["services"].values() for key in service.get("environment", {})}
    assert {key for key in named if key.startswith("TECHRESCUE_")} <= KNOWN


@pytest.mark.parametrize("name", ["Dockerfile", "ops/kannel/Dockerfile"])
def test_images_are_built_as_hadolint_advises(name: str) -> None:
    run(BIN / "hadolint", name)


def test_what_kustomize_renders_fits_the_kubernetes_api_strictly(tmp_path: Path) -> None:
    file = tmp_path / "rendered.yaml"
    file.write_text(yaml.safe_dump_all([*rendered(), *watching()]), encoding="utf-8")
    run(BIN / "kubernetes-validate", "--strict", file)


def test_every_process_has_deployment_service_and_account() -> None:
    named = {(item["kind"], item["metadata"]["name"]) for item in rendered()}
    for process in ("intake", "dispatch", "notify", "auditor"):
        assert {("Deployment", process), ("Service", process), ("ServiceAccount", process)} <= named
    assert {("Job", "migrate"), ("ConfigMap", "techrescue"), ("NetworkPolicy", "default-deny")} <= named


def test_kubernetes_sets_only_settings_that_exist() -> None:
    config = next(item for item in rendered() if item["kind"] == "ConfigMap")
    named = set(config["data"])
    for kind in ("Deployment", "Job", "CronJob"):
        named |= {entry["name"] for _, _, container in containers(kind) for entry in container.get("env", [])}
    assert named <= KNOWN


# What the base of Kubernetes does not name, and why it need not; who adds a setting says here, or there, what production has.
OF_OTHER_PROFILES = {
    "home",
    "demo",
    "crash_at",
    "web_push_loopback",
    *(name for name in Settings.model_fields if "carrier_" in name),
}
OF_WHAT_AN_OVERLAY_ADDS = (
    "esms_",
    "speedsms_",
    "twilio_",
    "telegram_",
    "zalo_",
    "web_push_",
    "mail_",
    "bridge_",
    "language_model",
)
# Unset, what they say does not exist here; or the default is what the city decided, or the best that was measured.
RIGHT_BY_DEFAULT = {
    *("carriers", "answer_to", "missed_call_number", "probes", "meeting_url", "neighbours_file", "campaign_file", "wave_size"),
    *("kafka_prefix", "link_page", "remote_first", "group_radius_m", "group_window_minutes", "hotline_phone", "pool_size"),
    *("callback_due_minutes", "callback_lease_minutes", "callback_tries", "callback_desk_hours", "draft_hours"),
    *("fixed_ask_hours", "hold_unconfirmed_minutes", "keep_details_days", "keep_surveys_days", "keep_messages_days"),
    *("probe_minutes", "broadcast_per_second", "budget_alarm_share", "kannel_cost_vnd"),
    *("hotline_operators", "reveals_per_hour", "duplicate_hours", "duplicate_radius_m"),
    *("places_file", "areas_file", "nominatim_url", "nominatim_seconds"),
}


def test_a_cluster_names_every_setting_or_its_default_is_right_there() -> None:
    named = set(next(item for item in rendered() if item["kind"] == "ConfigMap")["data"])
    for kind in ("Deployment", "Job", "CronJob"):
        named |= {entry["name"] for _, _, container in containers(kind) for entry in container.get("env", [])}
    left = {
        name for name in Settings.model_fields if variable(name) not in named and not name.startswith(OF_WHAT_AN_OVERLAY_ADDS)
    }
    assert left == RIGHT_BY_DEFAULT | OF_OTHER_PROFILES - {"web_push_loopback"}


def test_what_a_cluster_says_of_an_outage_is_what_the_settings_say() -> None:
    config = next(item for item in rendered() if item["kind"] == "ConfigMap")["data"]
    told = {name: float(config[variable(name)]) for name in ("outage_seconds", "outage_calls")}
    assert told == {name: Settings.model_fields[name].default for name in told}


def test_a_cluster_gets_every_rule_and_dashboard_as_it_lies_in_ops() -> None:
    told = {item["metadata"]["name"]: item for item in watching()}
    files = {
        "techrescue-prometheus": [OPS / "prometheus/kubernetes.yml", *(OPS / "prometheus/rules").glob("*.yml")],
        "techrescue-alertmanager": [OPS / "alertmanager/alertmanager.yml"],
        "techrescue-dashboards": [*(OPS / "grafana/dashboards").glob("*.json")],
    }
    expected = {name: {file.name: file.read_text(encoding="utf-8") for file in found} for name, found in files.items()}
    assert {name: item["data"] for name, item in told.items()} == expected
    assert all(sum(map(len, item["data"].values())) < MOST_BYTES for item in told.values())
    assert told["techrescue-dashboards"]["metadata"]["labels"]["grafana_dashboard"] == "1"


def test_the_monthly_drill_waits_until_somebody_lets_it_and_starts_once_a_month() -> None:
    [drill] = [item for item in rendered() if item["kind"] == "CronJob"]
    [(_, _, container)] = containers("CronJob")
    assert container["args"] == ["services.cli", "drill", "start"]
    assert (drill["spec"]["suspend"], drill["spec"]["schedule"].split()[2:]) == (True, ["1", "*", "*"])
    assert drill["spec"]["timeZone"] == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize("kind", ["Deployment", "Job", "CronJob"])
def test_pods_run_as_nobody_in_particular(kind: str) -> None:
    for _, pod, container in containers(kind):
        own = container["securityContext"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert own["readOnlyRootFilesystem"]
        assert not own["allowPrivilegeEscalation"]
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert {"cpu", "memory"} <= set(container["resources"]["limits"])
        assert not pod["automountServiceAccountToken"]


def test_a_pod_has_more_time_to_go_than_it_drains() -> None:
    config = next(item for item in rendered() if item["kind"] == "ConfigMap")
    drain = float(config["data"]["TECHRESCUE_DRAIN_SECONDS"])
    for _, pod, container in containers("Deployment"):
        assert pod["terminationGracePeriodSeconds"] > drain
        assert {"livenessProbe", "readinessProbe", "startupProbe"} <= set(container)
    for service in compose()["services"].values():
        environment = service.get("environment", {})
        if "stop_grace_period" in service and "TECHRESCUE_DRAIN_SECONDS" in environment:
            assert float(service["stop_grace_period"].rstrip("s")) > float(environment["TECHRESCUE_DRAIN_SECONDS"])
