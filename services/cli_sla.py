"""`techrescue sla recompute`: proves that the figures of the service levels are what the event log says."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from notify.sla.proof import Difference, LogProof, Proof
from notify.templates.words import HANOI
from services.audit.sla import recompute as prove
from services.audit.sla_log import compare
from services.cli_output import AsJson, console, print_json
from services.home import database_of
from services.settings import read_settings
from shared.moments import checked

app = typer.Typer(help="Service levels.")
Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Only rounds that began then or later."),
]
FromTransport = Annotated[bool, typer.Option(help="Whether the log itself is compared with what the transport still has.")]


@app.callback()
def _describe() -> None:
    """Service levels."""


@app.command()
def recompute(since: Since = None, transport: FromTransport = True, as_json: AsJson = False) -> None:
    """Make every figure again from the event log, with the same code, and compare; and compare that log with what the transport
    still has. Exit 0 when all is equal, 1 with each difference. Reads only."""
    settings, moment = read_settings(), checked("since", since).replace(tzinfo=HANOI) if since else None
    with database_of(settings) as dsn, _bar(shown=not as_json) as bar:
        raw = asyncio.run(compare(dsn, settings.kafka_bootstrap, settings.kafka_prefix, bar("events"))) if transport else None
        proof = asyncio.run(prove(dsn, moment, bar("rounds")))
    differences = [*(raw.differences if raw else ()), *proof.differences]
    if as_json:
        print_json(_plain(proof, raw, moment, differences))
    else:
        _print(proof, raw, moment, differences)
    raise typer.Exit(1 if differences else 0)


@contextmanager
def _bar(*, shown: bool) -> Iterator[Callable[[str], Callable[..., None]]]:
    """On standard error, and only where somebody looks."""
    with Progress(console=Console(stderr=True), transient=True, disable=not shown) as progress:

        def of(what: str) -> Callable[..., None]:
            task = progress.add_task(what, total=None)
            return lambda done, total=None: progress.update(task, completed=done, total=total)

        yield of


def _plain(proof: Proof, raw: LogProof | None, since: datetime | None, differences: Sequence[Difference]) -> dict[str, Any]:
    counts = {name: getattr(proof, name) for name in ("rounds", "events", "waiting", "late_news")}
    return {
        "holds": not differences,
        "since": since,
        **counts,
        "totals": len(proof.counted) if since is None else None,
        "transport": {name: getattr(raw, name) for name in ("events", "waiting", "unreadable")} if raw else None,
        "differences": [asdict(one) for one in differences],
    }


def _print(proof: Proof, raw: LogProof | None, since: datetime | None, differences: Sequence[Difference]) -> None:
    for one in differences:
        told = f"stored {one.stored or 'nothing'}, the log says {one.recomputed or 'nothing'}"
        console.print(f"[red]{one.subject}[/]  {one.figure}: {told}")
    if raw is not None:
        console.print(f"{raw.events} events in the transport, {raw.waiting} of them on their way, {raw.unreadable} unreadable")
    totals = f", {len(proof.counted)} totals" if since is None else ""
    console.print(f"{proof.rounds} rounds from {proof.events} events{totals}")
    if proof.waiting:
        console.print(f"{proof.waiting} rounds have news that is not counted yet")
    if proof.late_news:
        console.print(f"{proof.late_news} breaches were counted before late news said otherwise; they stay counted")
    console.print("[green]stored = recomputed[/]" if not differences else f"[red]{len(differences)} differences[/]")
