"""The one list of metrics: names, kinds and labels keep their rules."""

import re

import pytest
from prometheus_client import REGISTRY

from shared.telemetry.metrics import LABELS, METRICS, Metric

NAME = re.compile(r"^techrescue_[a-z]+(_[a-z0-9]+)+$")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_keeps_the_rules(metric: Metric) -> None:
    assert NAME.match(metric.name)
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert metric.meaning
    assert set(metric.labels) <= set(LABELS)


def test_no_name_stands_twice() -> None:
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names))


def test_every_metric_of_ours_is_in_the_list() -> None:
    exported = {family.name for family in REGISTRY.collect() if family.name.startswith("techrescue_")}
    assert exported <= {metric.name.removesuffix("_total") for metric in METRICS}
