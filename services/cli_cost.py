"""`techrescue cost`: what messages cost, in Vietnamese đồng."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from services.audit.cost import read_costs
from services.cli_output import AsJson, console, print_json, print_rows
from services.home import database_of
from services.settings import read_settings

app = typer.Typer()


@app.command()
def cost(
    days: Annotated[int, typer.Option(min=1, max=366, help="Of the last so many days.")] = 30,
    as_json: AsJson = False,
) -> None:
    """What messages cost: by provider, and for each message, request and accepted job. What a provider asks for is a setting."""
    with database_of(read_settings()) as dsn:
        found = asyncio.run(read_costs(dsn, days))
    if as_json:
        print_json(found)
        return
    columns = ("carrier", "channel", "attempts", "vnd")
    print_rows([asdict(route) for route in found.routes], as_json=False, columns=columns, empty="nothing was sent")
    shares = (
        ("message", found.messages, found.vnd_per_message),
        ("request", found.requests, found.vnd_per_request),
        ("accepted job", found.accepted_jobs, found.vnd_per_accepted_job),
    )
    console.print(f"{found.vnd} VND in {days} days")
    for what, count, each in shares:
        console.print(f"  {count} x {what}: {'-' if each is None else each} VND each")
