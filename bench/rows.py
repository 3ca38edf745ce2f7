"""One line of `bench/results.json`: a figure of ours, the peer's of the same run, their ratio, and the bar it must pass.

A bench module has `async def rows() -> list[Row]`: one run, both sides side by side. `bench/run.py` calls it several times.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`name` says the unit. `bar` reads ">= 20" or "<= 1.3" and is held against `ratio`; None: nothing is promised."""

    name: str
    value: float
    peer: float | None
    ratio: float | None
    bar: str | None
    holds: bool


def compared(name: str, value: float, peer: float, bar: str) -> Row:
    """Ours divided by the peer's must pass the bar. A peer that did nothing is no measure: then it does not hold."""
    value, peer = float(value), float(peer)
    ratio = value / peer if peer else float("inf")
    return Row(name=name, value=value, peer=peer, ratio=ratio, bar=bar, holds=bool(peer) and passes(ratio, bar))


def limited(name: str, value: float, bar: str) -> Row:
    """A figure of ours that must pass the bar by itself."""
    return Row(name=name, value=value, peer=None, ratio=value, bar=bar, holds=passes(value, bar))


def told(name: str, value: float, peer: float | None = None) -> Row:
    """A figure worth knowing that nothing is promised about."""
    return Row(name=name, value=value, peer=peer, ratio=value / peer if peer else None, bar=None, holds=True)


def passes(figure: float, bar: str) -> bool:
    sign, limit = bar.split()
    return figure >= float(limit) if sign == ">=" else figure <= float(limit)


def middle(runs: Sequence[Sequence[Row]]) -> list[Row]:
    """By name, the row whose figure is the median of all runs; with an even count, the worse of the two in the middle."""
    by_name: dict[str, list[Row]] = {}
    for run in runs:
        for row in run:
            by_name.setdefault(row.name, []).append(row)
    return [_median(found) for found in by_name.values()]


def as_json(row: Row) -> dict[str, Any]:
    """Four significant digits: more would be noise."""
    return {key: float(f"{value:.4g}") if isinstance(value, float) else value for key, value in asdict(row).items()}


def _figure(row: Row) -> float:
    return row.value if row.ratio is None else row.ratio


def _median(rows: Sequence[Row]) -> Row:
    target = median(_figure(row) for row in rows)
    return min(rows, key=lambda row: (abs(_figure(row) - target), row.holds))
