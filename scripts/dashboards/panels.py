"""What a panel of a dashboard is, as Grafana reads it. Its place follows from the order; what it asks stands beside its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

SOURCE: Final = {"type": "prometheus", "uid": "prometheus"}
WIDTH: Final = 24


@dataclass(frozen=True, slots=True)
class Panel:
    """`queries`: PromQL and the legend of its lines. `danger`: red from this value on (below it, when it is negative: `-0.9`)."""

    title: str
    about: str
    unit: str
    queries: Sequence[tuple[str, str]]
    kind: str = "timeseries"
    wide: int = 8
    high: int = 7
    danger: float | None = None


@dataclass(frozen=True, slots=True)
class Dashboard:
    uid: str
    title: str
    about: str
    panels: Sequence[Panel]
    since: str = "now-6h"


def count(title: str, about: str, query: str, *, unit: str = "short", danger: float | None = None) -> Panel:
    """One number, large."""
    return Panel(title, about, unit, [(query, "")], kind="stat", wide=4, high=4, danger=danger)


def p99(labels: str, buckets: str) -> str:
    """Of the last ten minutes, over all processes."""
    return f"histogram_quantile(0.99, sum by ({labels}) (rate({buckets}[10m])))"


def written(board: Dashboard) -> dict[str, Any]:
    """With a fixed uid and no id: the same file gives the same dashboard on every Grafana."""
    return {
        "uid": board.uid,
        "id": None,
        "title": board.title,
        "description": board.about,
        "tags": ["techrescue"],
        "timezone": "Asia/Ho_Chi_Minh",
        "schemaVersion": 39,
        "version": 1,
        "refresh": "10s",
        "time": {"from": board.since, "to": "now"},
        "editable": False,
        "links": [{"type": "dashboards", "tags": ["techrescue"], "title": "TechRescue", "asDropdown": False, "keepTime": True}],
        "panels": [_panel(number, panel, place) for number, (panel, place) in enumerate(_placed(board.panels), 1)],
        "templating": {"list": []},
        "annotations": {"list": []},
    }


def _placed(panels: Sequence[Panel]) -> Iterator[tuple[Panel, dict[str, int]]]:
    """From left to right; a row is as high as its highest panel."""
    x = y = high = 0
    for panel in panels:
        if x + panel.wide > WIDTH:
            x, y, high = 0, y + high, 0
        yield panel, {"x": x, "y": y, "w": panel.wide, "h": panel.high}
        x, high = x + panel.wide, max(high, panel.high)


def _panel(number: int, panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    instant = panel.kind != "timeseries"
    return {
        "id": number,
        "title": panel.title,
        "description": panel.about,
        "type": panel.kind,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel.unit, "noValue": "–", **_colours(panel)}, "overrides": []},
        "options": _options(panel.kind),
        "targets": [
            {"refId": chr(ord("A") + at), "expr": query, "legendFormat": legend, "instant": instant, "range": not instant}
            for at, (query, legend) in enumerate(panel.queries)
        ],
    }


def _colours(panel: Panel) -> dict[str, Any]:
    if panel.danger is None:
        return {}
    good, bad = ("green", "red") if panel.danger >= 0 else ("red", "green")
    steps = [{"color": good, "value": None}, {"color": bad, "value": abs(panel.danger)}]
    return {"thresholds": {"mode": "absolute", "steps": steps}, "color": {"mode": "thresholds"}}


def _options(kind: str) -> dict[str, Any]:
    if kind == "timeseries":
        return {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}
    shown = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "orientation": "auto"}
    return {**shown, "displayMode": "basic"} if kind == "bargauge" else {**shown, "colorMode": "value", "graphMode": "none"}
