"""`techrescue sla recompute`: proves that the figures of the service levels are what the event log says."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from notify.sla_proof import Proof
from notify.templates.words import HANOI
from services.audit.sla import recompute as prove
from services.cli_output import AsJson, console, print_json
from services.home import database_of
from services.settings import read_settings

app = typer.Typer(help="Service levels.")
Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Only rounds that began then or later."),
]


@app.callback()
def _describe() -> None:
    """Service levels."""


@app.command()
def recompute(since: Since = None, as_json: AsJson = False) -> None:
    """Make every figure again from the event log, with the same code, and compare. Exit 0 when all are equal, 1 with each
    difference. Reads only. With --since the totals of /metrics, which hold everything, are left out."""
    moment = since.replace(tzinfo=HANOI) if since is not None else None
    with database_of(read_settings()) as dsn, _bar(shown=not as_json) as told:
        proof = asyncio.run(prove(dsn, moment, told))
    if as_json:
        print_json(_plain(proof, moment))
    else:
        _print(proof, moment)
    raise typer.Exit(1 if proof.differences else 0)


@contextmanager
def _bar(*, shown: bool) -> Iterator[Any]:
    """On standard error, and only where somebody looks."""
    with Progress(console=Console(stderr=True), transient=True, disable=not shown) as progress:
        task = progress.add_task("rounds", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=max(done, total))


def _plain(proof: Proof, since: datetime | None) -> dict[str, Any]:
    counts = {name: getattr(proof, name) for name in ("rounds", "events", "waiting", "late_news")}
    return {
        "holds": not proof.differences,
        "since": since,
        **counts,
        "totals": len(proof.counted) if since is None else None,
        "differences": [asdict(one) for one in proof.differences],
    }


def _print(proof: Proof, since: datetime | None) -> None:
    for one in proof.differences:
        console.print(
            f"[red]{one.subject}[/]  {one.figure}: stored {one.stored or 'nothing'}, the log says {one.recomputed or 'nothing'}"
        )
    totals = f", {len(proof.counted)} totals" if since is None else ""
    console.print(f"{proof.rounds} rounds from {proof.events} events{totals}")
    if proof.waiting:
        console.print(f"{proof.waiting} rounds have news that is not counted yet")
    if proof.late_news:
        console.print(f"{proof.late_news} breaches were counted before late news said otherwise; they stay counted")
    console.print("[green]stored = recomputed[/]" if not proof.differences else f"[red]{len(proof.differences)} differences[/]")
