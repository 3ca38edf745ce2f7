"""Commands about people: erase, mask, roster import."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import UUID

import asyncpg
import typer
from rich.console import Console
from rich.progress import Progress

from dispatch.roster.importing import ImportReport, Watched, import_roster
from dispatch.shifts.shift import LOCAL
from services.cli_database import in_context
from services.cli_output import AsJson, console, print_json
from services.erasing import erase as erase_person
from services.erasing import has_number
from services.home import database_of, master_key_of
from services.settings import read_settings
from shared.errors import Invalid
from shared.masking import mask as masked
from shared.phones import parse_phone
from shared.security.vault import Vault

app = typer.Typer()
roster = typer.Typer(help="Who can be sent.")


@app.command()
def erase(
    phone: Annotated[str | None, typer.Argument(help="The person's number.")] = None,
    conversation: Annotated[UUID | None, typer.Option(help="Instead of a number: one in which they wrote.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget a person: keys, numbers, texts, in every room. It cannot be undone. Who wrote in a chat and is known by a number
    is forgotten as a whole; of an account that never filed under one there is nothing but its chat."""
    settings, who = read_settings(), _who(phone, conversation)
    with database_of(settings) as dsn:
        if not yes:
            whole = isinstance(who, str) or asyncio.run(has_number(dsn, who))
            what = "all that is kept of this person, who has a number" if whole else "this chat account, which has no number"
            typer.confirm(f"This cannot be undone. Forget {what}?", abort=True)
        done = asyncio.run(erase_person(dsn, master_key_of(settings), who))
    if as_json:
        print_json(done)
    else:
        what = "all that was kept of a person" if done.has_number else "a chat account without a number"
        console.print(f"forgotten: {what}; keys gone: {done.keys}; processes that hold one drop it within 60 s")


def _who(phone: str | None, conversation: UUID | None) -> str | UUID:
    if phone is not None and conversation is None:
        return parse_phone(phone).e164
    if conversation is not None and phone is None:
        return conversation
    raise Invalid("phone", "give a number, or --conversation and its id, and not both")


@app.command()
def mask(
    texts: Annotated[list[str] | None, typer.Argument(help="Texts; none: a line each from standard input.")] = None,
    as_json: AsJson = False,
) -> None:
    """What is left of a text before it is stored: no one-time codes, no card, account or citizen-ID numbers."""
    for text in texts or (line.rstrip("\n") for line in sys.stdin):
        if as_json:
            print_json({"text": text, "masked": masked(text)})
        else:
            typer.echo(masked(text))


@roster.command("import")
def import_(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], as_json: AsJson = False) -> None:
    """Load responders from a CSV file. Good rows are loaded, every bad one is reported by its line. Exit 1 when there are any."""
    settings, told = read_settings(), Console(stderr=True)

    async def run(pool: asyncpg.Pool) -> ImportReport:
        with Progress(console=told, transient=True, disable=as_json or not told.is_terminal) as progress:
            watched = Watched(_bar(progress, "Đang đọc các dòng"), _bar(progress, "Đang ghi danh sách"))
            vault = Vault(master_key_of(settings))
            return await import_roster(pool, vault, settings.city, file.read_bytes(), watched=watched)

    report = in_context(settings, "dispatch", run)
    if as_json:
        print_json(asdict(report))
    else:
        _print_report(report)
    raise typer.Exit(1 if report.bad_rows else 0)


def _bar(progress: Progress, what: str) -> Callable[[int, int], None]:
    bar = progress.add_task(what, total=None)
    return lambda done, total: progress.update(bar, completed=done, total=total)


def _print_report(report: ImportReport) -> None:
    bad_rows = len({bad.line for bad in report.bad_rows})  # one row may hold several mistakes
    loaded = f"{report.added} added, {report.changed} changed, {report.unchanged} as before"
    console.print(f"{loaded}, {report.leads} leads, bad rows: {bad_rows}")
    for bad in report.bad_rows:
        console.print(f"line {bad.line}: {bad.advice}", markup=False)
    for commune, ids in sorted(report.missing.items()):
        console.print(f"not on the new list of {commune}: {', '.join(ids)}", markup=False)
    for swap in report.swaps:
        hours = f"{swap['starts_at'].astimezone(LOCAL):%Y-%m-%d %H:%M} to {swap['ends_at'].astimezone(LOCAL):%H:%M}"
        what = f"swapped and kept: {swap['taker']} works for {swap['giver']} on {hours}; does the new line still fit?"
        console.print(what, markup=False)
