"""`techrescue cost`: what messages cost, in Vietnamese đồng."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from services.audit.cost import Today, read_costs
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
    settings = read_settings()
    budgets = {"budget_vnd": settings.budget_day_vnd, "commune_budget_vnd": settings.budget_commune_day_vnd}
    with database_of(settings) as dsn:
        found = asyncio.run(read_costs(dsn, days, **budgets))
    if as_json:
        print_json(found)
        return
    columns, nothing = ("carrier", "channel", "attempts", "vnd"), f"nothing was sent in {days} days"
    print_rows([asdict(route) for route in found.routes], as_json=False, columns=columns, empty=nothing)
    shares = (
        ("message", found.messages, found.vnd_per_message),
        ("request", found.requests, found.vnd_per_request),
        ("accepted job", found.accepted_jobs, found.vnd_per_accepted_job),
    )
    _print_today(found.today)
    if not found.routes:
        return
    console.print(f"{found.vnd} VND in {days} days")
    for what, count, each in shares:
        console.print(f"  {count} x {what}: {'-' if each is None else each} VND each")


def _print_today(today: Today) -> None:
    console.print(f"today: {today.vnd} VND{_of(today.vnd, today.budget_vnd)}")
    if today.commune_code is not None:
        spent, budget = today.commune_vnd, today.commune_budget_vnd
        console.print(f"  most for commune {today.commune_code}: {spent} VND{_of(spent, budget)}")


def _of(spent: int, budget: int) -> str:
    return f" of {budget} ({spent / budget:.0%})" if budget else ", no budget"
