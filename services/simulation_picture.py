"""Policies side by side as one PNG. Needs matplotlib, an extra of its own (requirements/picture.in)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

from dispatch.simulation.sweeping import Point
from dispatch.simulation.tally import Tally, gini
from shared.events.assignments import ResponderKind
from shared.events.contract import Priority
from shared.service_levels import SERVICE_LEVELS, Stage

mpl.use("Agg")  # before pyplot: a server has no screen

from matplotlib import pyplot as plt
from matplotlib.ticker import NullFormatter

COLOURS = ("#1b6ca8", "#e07a1f", "#6a994e", "#7b4b94")
DPI = 120
MOST_TRAVEL, MOST_GINI = 1.10, 0.75  # by those of nearest-first: what a default must keep (docs/decisions/0018)


def draw(tallies: Mapping[str, Tally], file: Path, title: str) -> None:
    """How long until a yes in each tier, how the work was shared, and what it cost."""
    figure, axes = plt.subplots(2, 4, figsize=(17, 8.5), layout="constrained")
    try:
        for place, tier in enumerate(Priority):
            _waiting(axes[0, place], tallies, tier)
        _shares(axes[1, 0], tallies)
        _bars(
            axes[1, 1],
            "travel, km a visit",
            {name: one.travel_km / max(int(one.assigned.sum()), 1) for name, one in tallies.items()},
        )
        _bars(axes[1, 2], "texts a request", {name: one.texts / len(one.assigned) for name, one in tallies.items()})
        _in_time(axes[1, 3], tallies)
        figure.suptitle(f"The city in a box: {title}")
        figure.savefig(file, dpi=DPI, format="png")
    finally:
        plt.close(figure)


def draw_sweep(points: Sequence[Point], file: Path, title: str) -> None:
    """Travel against fairness: what each more minute for a visit of the day buys, and where the default stands."""
    figure, axis = plt.subplots(figsize=(8, 5.5), layout="constrained")
    try:
        travel, share = [one.travel for one in points], [one.gini for one in points]
        axis.plot(travel, share, color=COLOURS[0], marker="o", linewidth=2, label="ours, by minutes for each visit of the day")
        for one in points:
            axis.annotate(f"{one.minutes:.3g}", (one.travel, one.gini), xytext=(6, 5), textcoords="offset points", fontsize=8)
        default = next((one for one in points if one.is_default), None)
        if default is not None:
            axis.scatter(
                [default.travel], [default.gini], label="default", s=170, facecolors="none", edgecolors=COLOURS[1], zorder=3
            )
        axis.scatter([1.0], [1.0], marker="s", color="0.35", label="nearest-first", zorder=3)
        _bars_of_the_sweep(axis)
        axis.set(title=f"What fairness costs: {title}", xlabel="travel, by that of nearest-first")
        axis.set_ylabel("Gini over teams, by that of nearest-first")
        axis.grid(color="0.92")
        axis.legend(loc="upper right", framealpha=0.9, edgecolor="none")
        figure.savefig(file, dpi=DPI, format="png")
    finally:
        plt.close(figure)


def _bars_of_the_sweep(axis: Any) -> None:
    """What the default must reach: the corner within both lines."""
    axis.axvline(MOST_TRAVEL, color="0.35", linestyle="--", linewidth=1)
    axis.axhline(MOST_GINI, color="0.35", linestyle="--", linewidth=1, label="wanted: below and left of both")


def _waiting(axis: Any, tallies: Mapping[str, Tally], tier: Priority) -> None:
    promised = SERVICE_LEVELS[tier].accept_seconds
    for colour, (name, tally) in zip(COLOURS, tallies.items(), strict=False):
        waited = np.sort(tally.waited(Stage.ACCEPT)[tally.tiers == tier]).clip(min=1.0)
        axis.plot(
            waited,
            np.arange(1, len(waited) + 1) / max(len(waited), 1),
            color=colour,
            label=name,
            linewidth=2,
            drawstyle="steps-post",
        )
    axis.axvline(promised, color="0.35", linestyle="--", linewidth=1, label="promise")
    axis.axhline(0.9, color="0.75", linewidth=1)
    axis.set(xscale="log", ylim=(0, 1.02), title=f"{tier.value}: somebody said yes", xlabel="seconds on the tier's clock")
    axis.xaxis.set_minor_formatter(NullFormatter())  # within one decade the labels between would run into each other
    axis.set_ylabel("share of requests" if tier is Priority.P1 else "")
    axis.legend(loc="lower right", framealpha=0.9, edgecolor="none")


def _shares(axis: Any, tallies: Mapping[str, Tally]) -> None:
    """The Lorenz curve: which part of the visits the least asked part of the teams made."""
    for colour, (name, tally) in zip(COLOURS, tallies.items(), strict=False):
        work = np.sort(tally.visits(ResponderKind.TEAM))
        share = np.concatenate([[0.0], work.cumsum() / max(work.sum(), 1)])
        axis.plot(np.linspace(0, 1, len(share)), share, color=colour, label=f"{name}: Gini {gini(work):.2f}", linewidth=2)
    axis.plot([0, 1], [0, 1], color="0.75", linewidth=1)
    axis.set(
        title="work over teams", xlabel="share of teams, least asked first", ylabel="share of visits", xlim=(0, 1), ylim=(0, 1)
    )
    axis.legend(loc="upper left", frameon=False)


def _bars(axis: Any, title: str, values: Mapping[str, float]) -> None:
    """From zero, so that a bar twice as long is twice as much."""
    bars = axis.bar(list(values), list(values.values()), color=COLOURS[: len(values)])
    axis.bar_label(bars, fmt="{:,.2f}")
    axis.set(title=title)
    axis.margins(y=0.15)
    axis.set_ylim(bottom=0.0)


def _in_time(axis: Any, tallies: Mapping[str, Tally]) -> None:
    """Vulnerable people beside everybody else."""
    width = 0.38
    for offset, vulnerable, alpha in ((-width / 2, True, 1.0), (width / 2, False, 0.45)):
        values = [100 * float(one.in_time[one.met & (one.vulnerable == vulnerable)].mean()) for one in tallies.values()]
        bars = axis.bar(np.arange(len(values)) + offset, values, width, color=COLOURS[: len(values)], alpha=alpha)
        axis.bar_label(bars, fmt="{:.1f}")
    axis.set(title="in time, % (dark: vulnerable, light: others)", ylim=(0, 112))
    axis.set_xticks(np.arange(len(tallies)), list(tallies))
