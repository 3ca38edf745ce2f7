"""`techrescue import`: lists of requests that others keep, checked or filed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import asyncpg
import typer

from intake.draft import Filing
from intake.filing import Filer
from intake.forms import RequestForm
from intake.imports.importing import Importing, checked
from intake.imports.reading import read_file
from intake.reception import Reception
from intake.settings import IntakeSettings
from services.cli_database import in_context
from services.cli_output import AsJson, console, print_json
from services.home import master_key_of
from services.settings import Settings, read_settings
from shared.calendar import OFFICE_HOURS
from shared.security.tokens import Caller, Role
from shared.security.vault import Vault

CALLER: Final = Caller("techrescue import", Role.OPS)

app = typer.Typer(help="Lists that others keep.")


@app.callback()
def _describe() -> None:
    """Lists that others keep."""


@app.command("requests")
def requests(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX.")],
    check: Annotated[bool, typer.Option("--check", help="Say what is wrong, file nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """File each good row of a list once, however often it comes; every bad cell is told. Exit 1 when there are any."""
    settings, data = read_settings(), file.read_bytes()
    report = _checked(data) if check else _loaded(settings, data)
    if as_json:
        print_json(report)
    else:
        _print(report)
    raise typer.Exit(1 if report["bad_cells"] else 0)


def _checked(data: bytes) -> dict[str, Any]:
    """Without a database: whoever looks through a list may have none."""
    reception = Reception(lambda value: value)

    def check(form: RequestForm, number: int) -> Filing:
        return reception.check(form, caller=CALLER, key=f"row-{number}")

    return checked(read_file(data, check, OFFICE_HOURS.local_day(datetime.now(UTC))))


def _loaded(settings: Settings, data: bytes) -> dict[str, Any]:
    async def run(pool: asyncpg.Pool) -> dict[str, Any]:
        vault, own = Vault(master_key_of(settings)), IntakeSettings(city=settings.city)
        filer = Filer(pool, vault, own, lambda _: None)
        return await Importing(pool, vault, Reception(vault.fingerprint), filer).load(data, CALLER)

    return in_context(settings, "intake", run)


def _print(report: dict[str, Any]) -> None:
    done = "nothing is filed" if report["status"] == "checked" else f"{report['filed']} filed, {report['before']} filed before"
    console.print(f"{report['rows']} rows, {report['good']} good; {done}; bad cells: {report['bad_cells']}")
    if report["unread_columns"]:
        console.print(f"columns without a meaning here: {', '.join(report['unread_columns'])}", markup=False)
    for bad in report["bad"]:
        where = f"row {bad['row']}, column {bad['column'] or '-'} ({bad['field']})"
        console.print(f"{where}: {bad['advice_vi']} / {bad['advice_en']}", markup=False)
