"""`techrescue guidance`: ask the knowledge base, load a deployment's procedures, see what helped."""

from datetime import date
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer

from intake.guidance.counting import outcomes
from intake.guidance.importing import Imported, import_procedures, looked_at, newest_version
from intake.guidance.library import Library, load_library
from intake.guidance.offering import NOTHING_FOUND
from intake.guidance.procedures import read_procedures
from intake.guidance.telling import plain_hits
from services.cli_database import in_context
from services.cli_output import AsJson, console, print_json, print_rows
from services.settings import Settings, read_settings
from shared.categories import CATEGORIES
from shared.errors import Invalid
from shared.postgres.transaction import reading

app = typer.Typer(help="What people can try themselves.")


@app.command()
def find(
    text: Annotated[str, typer.Argument(help="What somebody says, in any spelling.")],
    category: Annotated[str | None, typer.Option(help="Only entries of this category.")] = None,
    language: Annotated[str, typer.Option(help="vi or en.")] = "vi",
    limit: Annotated[int, typer.Option(min=1, max=10)] = 3,
    as_json: AsJson = False,
) -> None:
    """Entries that fit, best first; exit 1 when there is none. With a database, its own procedures, too."""
    if language not in {"vi", "en"}:
        raise Invalid("--language", "must be vi or en")
    if category is not None and category not in CATEGORIES:
        raise Invalid("--category", f"must be one of {', '.join(CATEGORIES)}")
    found = plain_hits(_library(read_settings()).hits(text, category, limit), language)
    if as_json:
        print_json({"text": text, "entries": found})
    else:
        _print_entries(found, language)
    raise typer.Exit(0 if found else 1)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    check: Annotated[bool, typer.Option("--check", help="Only look; store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load the procedures of a deployment from CSV or XLSX: all of them, or none when a row is bad. Exit 1 when one is."""
    data = file.read_bytes()
    if check:
        done = looked_at(read_procedures(data, file.name))
    else:
        by = f"cli:{getuser()}"
        done = in_context(read_settings(), "intake", lambda pool: import_procedures(pool, data, file.name, by=by))
    if as_json:
        print_json(done)
    else:
        _print_import(done, check=check)
    raise typer.Exit(1 if done.bad_rows else 0)


@app.command("outcomes")
def outcomes_(
    days: Annotated[int, typer.Option(min=1, max=3650, help="So many days, today among them.")] = 30, as_json: AsJson = False
) -> None:
    """What became of “try this first”, by entry."""

    async def read(pool: asyncpg.Pool) -> list[dict[str, Any]]:
        async with reading(pool) as connection:
            return await outcomes(connection, days)

    columns = ("entry_id", "offered", "helped", "not_helped", "person", "helped_share")
    rows = in_context(read_settings(), "intake", read)
    print_rows(rows, as_json=as_json, columns=columns, empty="nothing was offered")


def _library(settings: Settings) -> Library:
    """What comes with the repository, where there is no database."""
    if settings.postgres_dsn is None and not (settings.home / "postgres").exists():
        return load_library()
    found = in_context(settings, "intake", newest_version)
    return load_library() if found is None else load_library().with_procedures(found.procedures, found.at.date())


def _print_entries(found: list[dict[str, Any]], language: str) -> None:
    if not found:
        console.print(NOTHING_FOUND[language], markup=False)
    for entry in found:
        reviewed: date = entry["reviewed"]
        console.print(f"[bold]{entry['title']}[/]")
        console.print(
            f"{entry['id']}, {entry['owner_name']}, {reviewed.isoformat()}, {entry['score']:.2f}", style="dim", markup=False
        )
        for number, step in enumerate(entry["steps"], start=1):
            console.print(f"  {number}. {step}", markup=False)
        for never in entry["never"]:
            console.print(f"  ! {never}", markup=False)


def _print_import(done: Imported, *, check: bool) -> None:
    for bad in done.bad_rows:
        console.print(f"line {bad.line}: {bad.advice}", markup=False)
    if done.bad_rows:
        console.print(f"{len(done.bad_rows)} bad rows beside {done.procedures} good ones: nothing is stored")
    elif check:
        console.print(f"{done.procedures} procedures, all good")
    else:
        console.print(f"version {done.version}: {done.procedures} procedures" + ("" if done.new else ", as before"))
