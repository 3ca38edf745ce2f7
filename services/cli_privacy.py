"""`techrescue privacy export PHONE`: all that is kept of a person, as JSON, to be handed to that person."""

import asyncio
from pathlib import Path
from typing import Annotated

import orjson
import typer

from services.cli_output import console
from services.exporting import export as export_person
from services.home import database_of, master_key_of, write_private
from services.settings import read_settings
from shared.phones import parse_phone

app = typer.Typer(help="People's own data.")


@app.command()
def export(
    phone: Annotated[str, typer.Argument(help="The person's number.")],
    file: Annotated[Path, typer.Option("--to", help="The file that it is written to; only you can read it.")],
) -> None:
    """Everything that is kept of a person, opened. Ends what they have asked for. Hand it to nobody else; delete it then."""
    settings = read_settings()
    with database_of(settings) as dsn:
        found = asyncio.run(export_person(dsn, master_key_of(settings), parse_phone(phone).e164))
    write_private(file, orjson.dumps(found, default=str, option=orjson.OPT_INDENT_2).decode())
    console.print(f"written: {file}")


@app.callback()
def _privacy() -> None:
    """People's own data."""
