"""The SLA series as Prometheus reads them: totals from rows, shown by SlaCounter. Nothing is counted here, so nothing is lost."""

from collections.abc import Iterator
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from notify.sla.rounds import Reached, limits
from notify.sla.rows import Counts
from shared.events.assignments import Outcome
from shared.events.contract import Priority
from shared.telemetry.metrics import SLA_BREACHES, SLA_OUTCOMES, SLA_RELEASES, SLA_ROUNDS, SLA_SECONDS

ENDINGS: Final = (*Outcome, "cancelled", "handed_off")


class SlaSeries(Collector):
    """Every series exists from the start, at zero: a rate over the first breach would otherwise miss it."""

    def __init__(self) -> None:
        self._counts: Counts = {}
        self._known = False

    def show(self, counts: Counts) -> None:
        self._counts, self._known = counts, True

    def describe(self) -> Iterator[Metric]:
        seconds, counters = _families()
        yield from (seconds, *counters)

    def collect(self) -> Iterator[Metric]:
        """Nothing before the rows were read: zeros would look like a reset."""
        if not self._known:
            return
        seconds, (breaches, rounds, releases, outcomes) = _families()
        for priority in Priority:
            for stage in Reached:
                buckets, total = self._histogram(stage, priority)
                seconds.add_metric([stage, priority], buckets, sum_value=total)
                breaches.add_metric([stage, priority], self._value("breaches", priority, stage))
            rounds.add_metric([priority], self._value("rounds", priority))
            releases.add_metric([priority], self._value("releases", priority))
            for ending in ENDINGS:
                outcomes.add_metric([ending, priority], self._value("outcomes", priority, ending))
        yield from (seconds, breaches, rounds, releases, outcomes)

    def _histogram(self, stage: Reached, priority: Priority) -> tuple[list[tuple[str, float]], float]:
        """Rows hold each bucket alone; Prometheus wants them cumulative."""
        buckets, so_far = [], 0.0
        for limit in (*(f"{limit:g}" for limit in limits(stage)), "+Inf"):
            so_far += self._value(stage, priority, limit)
            buckets.append((limit if limit == "+Inf" else str(float(limit)), so_far))
        return buckets, self._value(stage, priority, "sum")

    def _value(self, series: str, priority: Priority, label: str = "") -> float:
        return self._counts.get((str(series), str(priority), str(label)), 0.0)


def _families() -> tuple[HistogramMetricFamily, list[CounterMetricFamily]]:
    counters = (SLA_BREACHES, SLA_ROUNDS, SLA_RELEASES, SLA_OUTCOMES)
    return (
        HistogramMetricFamily(SLA_SECONDS.name, SLA_SECONDS.meaning, labels=SLA_SECONDS.labels),
        [CounterMetricFamily(metric.name, metric.meaning, labels=metric.labels) for metric in counters],
    )


SLA_SERIES: Final = SlaSeries()
REGISTRY.register(SLA_SERIES)
