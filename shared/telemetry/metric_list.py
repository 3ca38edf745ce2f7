"""How an entry of the list of metrics is made, and from which closed sets its label values come. The list: metrics.py."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

# Label → where its values come from. A test holds every metric against these words.
LABELS: Final[Mapping[str, str]] = {
    "context": "intake, dispatch, notify, carrier; of a consumer its group, e.g. notify.conversations",
    "topic": "shared.events.registry.Topic",
    "event_type": "shared.events.registry.EventType",
    "outcome": "the closed set named in the metric's meaning",
    "dependency": "PostgreSQL, Kafka, and the names of the channels",
    "kind": "the closed set of the context: timer kinds, message kinds, escalation kinds, rules of the audit",
    "priority": "shared.events.contract.Priority",
    "channel": "shared.events.requests.Channel, shared.events.contract.ChannelKind or shared.events.conversations.TalkChannel",
    "method": "HTTP methods",
    "route": "paths of the access table, as templates",
    "status": "HTTP status codes; of jobs shared.events.assignments.JobStatus",
    "reason": "the reason words of the context's refusals",
    "skill": "shared.categories.SKILLS",
    "category": "shared.categories.CATEGORIES; of help by phone those of BY_PHONE",
    "group": "vulnerable, others",
    "commune": "codes of shared.geo.communes.COMMUNES",
    "stage": "offered, accepted, on_scene, done",
}

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
BATCH: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class Metric:
    """One entry of the list, for docs and tests."""

    name: str
    kind: str  # counter | gauge | histogram
    meaning: str
    labels: tuple[str, ...]


METRICS: Final[list[Metric]] = []


def _listed(name: str, kind: str, meaning: str, labels: Sequence[str]) -> None:
    unknown = set(labels) - set(LABELS)
    if unknown:
        raise ValueError(f"{name}: labels {sorted(unknown)} are not in LABELS")
    METRICS.append(Metric(name, kind, meaning, tuple(labels)))


def counter(name: str, meaning: str, *labels: str) -> Counter:
    _listed(name, "counter", meaning, labels)
    return Counter(name, meaning, labels)


def gauge(name: str, meaning: str, *labels: str) -> Gauge:
    _listed(name, "gauge", meaning, labels)
    return Gauge(name, meaning, labels)


def histogram(name: str, meaning: str, *labels: str, buckets: Sequence[float]) -> Histogram:
    _listed(name, "histogram", meaning, labels)
    return Histogram(name, meaning, labels, buckets=buckets)


def rows(name: str, kind: str, meaning: str, *labels: str) -> Metric:
    """Counted from rows by a collector of its own (notify/sla/metrics.py); here only so that the list is whole."""
    _listed(name, kind, meaning, labels)
    return METRICS[-1]


def at_zero(metric: Counter | Gauge, *values: Iterable[str]) -> None:
    """Shows every combination of these label values from now on. To whoever reads it later, a counter that begins with its first
    event has not risen: the first dead letter of a process would raise no alarm.
    """
    for labels in product(*values):
        metric.labels(*labels)
