"""`techrescue report`: service levels and targets of a phase or of days; editions that are handed in; imported shares."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from getpass import getuser
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
import typer
from rich.table import Table

from notify.reports import words
from notify.reports.api import edition_view
from notify.reports.campaign import read_campaign
from notify.reports.clocks import Clock
from notify.reports.editions import list_editions, read_edition, submit, verify
from notify.reports.facts import By
from notify.reports.formats import Format, written
from notify.reports.importing import import_kpis
from notify.reports.report import of_commune, question
from notify.reports.rows import read_report
from notify.reports.suppression import ALL, FEWEST
from services.cli_database import in_context
from services.cli_output import AsJson, console, print_json, print_rows
from services.settings import read_settings
from shared.errors import Invalid
from shared.geo.communes import COMMUNES
from shared.moments import checked


class Shown(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"


FORM_OF: Final = {f".{form}": form for form in Shown if form is not Shown.TABLE}  # by what a file's name ends in
Phase = Annotated[str | None, typer.Option(help="A phase of the campaign: pilot, expansion, evaluation.")]
Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Instead of a phase: the first local day.")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="… and the last one, included.")]
BY_HELP: Final = f"Broken down by {', '.join(By)}; may be given several times."
ByWhat = Annotated[list[By] | None, typer.Option("--by", help=BY_HELP)]
Out = Annotated[Path | None, typer.Option(help="Into this file; else to standard output.")]
FORMAT_HELP: Final = "table, json, csv, xlsx or html; else what the name of --out ends in."
Form = Annotated[Shown | None, typer.Option("--format", help=FORMAT_HELP)]
EditionId = Annotated[UUID, typer.Argument(help="The edition's id.")]

app = typer.Typer(help="Reports: figures of a phase or of days, editions, imported shares.")


@app.callback(invoke_without_command=True)
def report(  # noqa: PLR0917 - typer calls it, by name
    context: typer.Context,
    phase: Phase = None,
    since: Since = None,
    until: Until = None,
    by: ByWhat = None,
    commune: Annotated[str | None, typer.Option(help="The page of this commune, by its code of five digits.")] = None,
    form: Form = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Every clock of the service levels, exactly, from the event log; fewer than five are not shown."""
    if context.invoked_subcommand is not None:
        return
    wanted = _form(Shown.JSON if as_json else form, out, Shown.TABLE)
    if commune is not None and COMMUNES.by_code(commune) is None:
        raise Invalid("commune", "must be a commune's code of five digits")
    sections = [*(by or ()), *([By.COMMUNE] if commune else ())]
    settings = read_settings()
    campaign = read_campaign(settings.campaign_file)
    asked = question(campaign, settings.city, phase=phase, since=_day("since", since), until=_day("until", until), by=sections)
    found = in_context(settings, "notify", lambda pool: read_report(pool, asked, campaign))
    _show(of_commune(found, commune), wanted, out)


@app.command("submit")
def submit_edition(
    phase: Phase = None, since: Since = None, until: Until = None, by: ByWhat = None, as_json: AsJson = False
) -> None:
    """Hand a report in: from now on it stands as it is, with a SHA-256 over every byte."""
    settings = read_settings()
    campaign = read_campaign(settings.campaign_file)
    asked = question(campaign, settings.city, phase=phase, since=_day("since", since), until=_day("until", until), by=by or ())
    edition = edition_view(in_context(settings, "notify", lambda pool: submit(pool, asked, campaign, by=f"cli:{getuser()}")))
    if as_json:
        print_json(edition)
        return
    console.print(f"{edition['id']}  sha256 {edition['sha256']}", markup=False)
    if edition["supersedes"]:
        console.print(f"supersedes {edition['supersedes']}", markup=False)


@app.command("editions")
def editions(as_json: AsJson = False) -> None:
    """All that was handed in, oldest first."""
    settings = read_settings()
    found = [edition_view(one) for one in in_context(settings, "notify", lambda pool: list_editions(pool, settings.city))]
    print_rows(found, as_json=as_json, columns=("id", "phase", "since", "until", "submitted_at", "supersedes"), empty="none yet")


@app.command("show")
def show(edition_id: EditionId, form: Form = None, out: Out = None, as_json: AsJson = False) -> None:
    """An edition as it was handed in; as JSON byte for byte."""
    settings, wanted = read_settings(), _form(Shown.JSON if as_json else form, out, Shown.JSON)
    edition = in_context(settings, "notify", lambda pool: read_edition(pool, settings.city, edition_id))
    if wanted is Shown.JSON:
        _write(edition.body, out)
    else:
        _show(edition.document, wanted, out)


@app.command("verify")
def verify_editions(
    edition_id: Annotated[UUID | None, typer.Argument(help="Only this one; else all.")] = None, as_json: AsJson = False
) -> None:
    """Make every figure of every edition again from the log as it stood then. Exit 0 when equal, 1 with each difference."""
    settings = read_settings()
    campaign = read_campaign(settings.campaign_file)

    async def run(pool: asyncpg.Pool) -> list[dict[str, Any]]:
        ours = [one for one in await list_editions(pool, settings.city) if edition_id in {None, one.id}]
        return [{"edition": str(one.id), "differences": list(map(asdict, await verify(pool, one, campaign)))} for one in ours]

    found = in_context(settings, "notify", run)
    if edition_id is not None and not found:
        raise Invalid("edition_id", "there is no such edition")
    holds = not any(one["differences"] for one in found)
    if as_json:
        print_json({"holds": holds, "editions": found})
    else:
        _print_differences(found)
    raise typer.Exit(0 if holds else 1)


@app.command("import")
def import_shares(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="measure,day,commune_code,n,good")],
    as_json: AsJson = False,
) -> None:
    """Satisfaction, online-service use and the hotline's answers, counted elsewhere. The same file again changes nothing."""
    settings, body = read_settings(), file.read_bytes()
    found = in_context(settings, "notify", lambda pool: import_kpis(pool, settings.city, body, by=f"cli:{getuser()}"))
    if as_json:
        print_json(found)
    else:
        for bad in found.bad:
            console.print(f"line {bad.line}: {bad.advice}", style="red", markup=False)
        console.print(f"{found.added} added, {found.changed} changed, {found.same} as they were, {len(found.bad)} bad")
    raise typer.Exit(1 if found.bad else 0)


def _day(option: str, moment: datetime | None) -> date | None:
    return checked(option, moment).date() if moment else None


def _form(asked: Shown | None, out: Path | None, otherwise: Shown) -> Shown:
    """What can be written there. Raises Invalid, before a long report is made for nothing."""
    if out is None:
        if asked is Shown.XLSX and sys.stdout.isatty():
            raise Invalid("--out", "a workbook is nothing for a terminal; name a file, e.g. --out report.xlsx")
        return asked or otherwise
    if asked is Shown.TABLE:
        raise Invalid("--format", f"a table is for the screen; {_into_files()}")
    if not out.parent.is_dir():
        raise Invalid("--out", f"there is no folder {out.parent}")
    if out.is_dir():
        raise Invalid("--out", f"{out} is a folder; name a file in it")
    if asked is None and out.suffix.lower() not in FORM_OF:
        raise Invalid("--out", f"the name says no format; {_into_files()}")
    return asked or FORM_OF[out.suffix.lower()]


def _into_files() -> str:
    return f"files are {', '.join(FORM_OF.values())}"


def _show(found: Mapping[str, Any], form: Shown, out: Path | None) -> None:
    if form is Shown.TABLE:
        _print(found)
    else:
        _write(written(found, Format(form.value)), out)


def _write(body: bytes, out: Path | None) -> None:
    try:
        if out is not None:
            out.write_bytes(body)
        else:
            _print_bytes(body)
    except BrokenPipeError:  # whoever reads has had enough
        raise
    except OSError as error:  # no permission, a full disk
        raise Invalid("--out", f"{out or 'standard output'} cannot be written: {error.strerror}") from None


def _print_bytes(body: bytes) -> None:
    """Past the buffer of Python, which would try again what failed when the process ends."""
    with open(sys.stdout.fileno(), "wb", buffering=0, closefd=False) as screen:
        left = memoryview(body + (b"\n" if sys.stdout.isatty() else b""))
        while left:
            left = left[screen.write(left) :]


def _print(found: Mapping[str, Any]) -> None:
    """A table for each tier of each group, in the order of the page: narrow enough for eighty columns."""
    console.print(words.title(found)[0], style="bold", markup=False)
    if not any(found[name] for name in ("figures", "endings", "kpis")):
        console.print("Chưa có lượt nào. (Nothing yet.)")
        return
    for (by, group, tier), rows in groupby(sorted(found["figures"], key=_place), key=_tier):
        where = words.group_words(by, group)[0]
        console.print(f"\n{where} · {words.PRIORITIES[tier][0]}", style="bold", markup=False)
        table = Table("cam kết", box=None, pad_edge=False, padding=(0, 1))
        for name in ("hạn", "n", "đúng hạn", "P50", "P90", "P95", "P99"):
            table.add_column(name, justify="right", no_wrap=True)
        for row in rows:
            table.add_row(*_cells(row))
        console.print(table, soft_wrap=False)
    console.print()
    for row in found["endings"]:
        if row["by"] == ALL:
            console.print(f"{words.ENDINGS[row['ending']][0]}: {_count(row)}", markup=False)
    for row in found["kpis"]:
        who, target = words.group_words(row["by"], row["group"])[0], words.target(row["target_percent"])
        told = f"{words.MEASURES[row['measure']][0]}, {who}: {words.percent(row['share'])} (n {_count(row)}, mục tiêu {target})"
        console.print(told, markup=False)


def _tier(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["by"], row["group"], row["priority"]


def _place(row: Mapping[str, Any]) -> tuple[bool, str, str, int, int]:
    """The whole city first, all tiers before each, and the clocks as a visit goes."""
    name = words.group_words(row["by"], row["group"])[0]
    tiers = [ALL, *(tier for tier in words.PRIORITIES if tier != ALL)]
    return row["by"] != ALL, row["by"], name, tiers.index(row["priority"]), list(Clock).index(row["clock"])


def _cells(row: Mapping[str, Any]) -> list[str]:
    times = [words.duration(row[name]) for name in ("p50_seconds", "p90_seconds", "p95_seconds", "p99_seconds")]
    name, limit = words.CLOCKS[row["clock"]][0], words.duration(row["limit_seconds"])
    return [name, limit, _count(row), words.percent(row["share"]), *times]


def _count(row: Mapping[str, Any]) -> str:
    return f"< {FEWEST}" if row["hidden"] else str(row["n"])


def _print_differences(found: list[dict[str, Any]]) -> None:
    for one in found:
        for difference in one["differences"]:
            told = f"handed in {difference['submitted'] or 'nothing'}, the log says {difference['recomputed'] or 'nothing'}"
            console.print(f"{one['edition']}  {difference['subject']} {difference['figure']}: {told}", style="red", markup=False)
    differences = sum(len(one["differences"]) for one in found)
    told = f"{differences} differences" if differences else "handed in = recomputed"
    console.print(f"{len(found)} editions: {told}", style="red" if differences else "green")
