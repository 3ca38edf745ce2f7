"""`techrescue simulate` and `techrescue replay`: the city in a box under one policy, or the same days under several."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dispatch.simulation.asking import Method, asking_by
from dispatch.simulation.comparing import Line, lines
from dispatch.simulation.demand import Day
from dispatch.simulation.scenario import Scenario
from dispatch.simulation.sweeping import Point, Sweep, sweep
from dispatch.simulation.tally import Summary, Tally
from services.cli_output import AsJson, console, print_json
from shared.errors import Invalid, Misconfigured

app = typer.Typer()

WhichDay = Annotated[Day, typer.Option("--day", help="base: 379 requests; stress: 14,700; storm: 30,000 in ten minutes.")]
Days = Annotated[int, typer.Option("--days", min=1, max=31, help="So many such days, from a Monday on.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed: the same city, requests and answers.")]
BOTH = (Method.DEFAULT, Method.NEAREST)


@app.command()
def simulate(
    day: WhichDay = Day.BASE,
    seed: Seed = 1,
    policy: Annotated[Method, typer.Option("--policy", help="Who is asked.")] = Method.DEFAULT,
    days: Days = 1,
    as_json: AsJson = False,
) -> None:
    """A made-up city under the real matching: 126 communes, 5,000 teams, 30,000 people."""
    scenario = Scenario.of(seed, day, days=days)
    with _progress() as told:
        summary = scenario.under(asking_by(policy), told(policy.value)).summary(policy.value, seed)
    if as_json:
        print_json(summary)
    else:
        _print_summary(summary)


@app.command()
def replay(  # noqa: PLR0917 - options of a command, all by name
    policies: Annotated[list[Method] | None, typer.Option("--policy", help="Once for each; by default two.")] = None,
    day: WhichDay = Day.BASE,
    seed: Seed = 1,
    days: Days = 1,
    picture: Annotated[Path | None, typer.Option("--picture", dir_okay=False, help="Draw it, as a PNG.")] = None,
    swept: Annotated[
        Sweep | None,
        typer.Option("--sweep", help="One weight of ours, from none of it to half as much again, by nearest-first."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The same requests, people and luck under several policies: what each is good for, and what it costs."""
    pencil = _pencil(picture) if picture else None
    if swept and policies:
        raise Invalid("policy", "a sweep compares our own policy with nearest-first; leave --policy out")
    scenario = Scenario.of(seed, day, days=days)
    title = f"{day.value} day, seed {seed}" + (f", {days} days" if days > 1 else "")
    if swept:
        points = _sweep(scenario, as_json=as_json)
        draw = partial(pencil.draw_sweep, points) if pencil else None
    else:
        tallies = _compare(scenario, list(dict.fromkeys(policies or BOTH)), as_json=as_json)
        draw = partial(pencil.draw, tallies) if pencil else None
    if picture and draw:
        draw(picture, title)
        Console(stderr=True).print(f"drawn: {picture}")


def _compare(scenario: Scenario, methods: Sequence[Method], *, as_json: bool) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    with _progress() as told:
        for method in methods:
            tallies[method.value] = scenario.under(asking_by(method), told(method.value))
    if as_json:
        for name, tally in tallies.items():
            print_json(asdict(tally.summary(name, scenario.seed)) | {line.name: line.value for line in lines(tally)})
    else:
        _print_comparison({name: lines(tally) for name, tally in tallies.items()})
    return tallies


def _sweep(scenario: Scenario, *, as_json: bool) -> list[Point]:
    with _progress() as told:
        points = list(sweep(scenario, told))
    if as_json:
        for point in points:
            print_json(point)
    else:
        _print_sweep(points)
    return points


def _pencil(picture: Path) -> ModuleType:
    """Looked for before anything is simulated: nobody should wait for minutes to hear that it, or the folder, is missing."""
    if not picture.resolve().parent.is_dir():
        raise Invalid("picture", f"there is no folder {picture.parent}; make it first, or name another one")
    if picture.suffix.lower() != ".png":
        raise Invalid("picture", "is drawn as a PNG; give it a name that ends in .png")
    try:
        return import_module("services.simulation_picture")  # matplotlib is an extra of its own
    except ModuleNotFoundError as missing:
        if missing.name != "matplotlib":
            raise
        raise Misconfigured("a picture needs matplotlib; install it with: scripts/setup.sh picture") from missing


@contextmanager
def _progress() -> Iterator[Callable[[str], Callable[[float], None]]]:
    """A bar a policy, on standard error, and only for somebody who watches."""
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn()
    watched = Console(stderr=True)
    with Progress(*columns, console=watched, transient=True, disable=not watched.is_terminal) as progress:

        def told(name: str) -> Callable[[float], None]:
            task = progress.add_task(name, total=1.0)
            return lambda share: progress.update(task, completed=share)

        yield told


def _print_summary(summary: Summary) -> None:
    table = Table("what", "", box=None, pad_edge=False, show_header=False)
    for name, value in asdict(summary).items():
        if isinstance(value, dict):
            for tier, seconds in value.items():
                table.add_row(f"{name} {tier}", "" if seconds is None else f"{seconds:,.0f}")
        else:
            table.add_row(name, f"{value:,}" if isinstance(value, int) and name != "seed" else str(value))
    console.print(table)


def _print_comparison(columns: dict[str, Sequence[Line]]) -> None:
    names = list(columns)
    table = Table("", *names, *(["ratio"] if len(names) == len(BOTH) else []), box=None, pad_edge=False)
    for row in zip(*columns.values(), strict=True):
        values = [line.value for line in row]
        ratio = [_ratio(*values)] if len(names) == len(BOTH) else []
        table.add_row(row[0].name, *(_shown(line) for line in row), *ratio)
    console.print(table)


def _print_sweep(points: Sequence[Point]) -> None:
    """By what nearest-first does on the same days; texts are those a request."""
    table = Table("minutes", "travel", "gini", *(f"{tier} p90" for tier in points[0].accept_p90), "sms", "")
    table.box, table.pad_edge = None, False
    for one in points:
        accepted = ("" if ratio is None else f"{ratio:.2f}" for ratio in one.accept_p90.values())
        figures = f"{one.minutes:.2f}", f"{one.travel:.3f}", f"{one.gini:.3f}", *accepted, f"{one.texts:.2f}"
        table.add_row(*figures, "default" if one.is_default else "")
    console.print(table)


def _shown(line: Line) -> str:
    return "" if line.value is None else f"{line.value:,.{line.digits}f}"


def _ratio(one: float | None, other: float | None) -> str:
    return f"{one / other:.2f}" if one is not None and other else ""
