"""`techrescue locate`: which commune an address means, or what to ask. Needs no database."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from intake.places.resolution import Resolution
from intake.places.resolver import load_resolver
from services.cli_output import AsJson, console, print_json
from services.settings import read_settings
from shared.errors import Invalid
from shared.geo.communes import COMMUNES

app = typer.Typer()


@app.command()
def locate(
    texts: Annotated[list[str] | None, typer.Argument(help="Addresses; none: a line each from standard input.")] = None,
    as_json: AsJson = False,
) -> None:
    """Which commune an address means: in words, a link of a map, or coordinates. Exit 2 when one was refused."""
    settings = read_settings()
    resolver = load_resolver(settings.places_file, settings.areas_file)
    refused = False
    for text in texts or (line.rstrip("\n") for line in sys.stdin):
        try:
            read = resolver.resolve(text)
        except Invalid as error:
            refused = True
            Console(stderr=True).print(f"techrescue: {error}", style="red", markup=False, soft_wrap=True)
            continue
        if as_json:
            candidates = [candidate._asdict() for candidate in read.candidates]
            print_json(
                {
                    "text": text,
                    "commune_code": read.commune_code,
                    "confidence": read.confidence,
                    "candidates": candidates,
                    "question": read.question,
                }
            )
        else:
            _print(text, read)
    raise typer.Exit(2 if refused else 0)


def _print(text: str, read: Resolution) -> None:
    console.print(text, markup=False, style="bold")
    if read.commune_code is not None:
        console.print(f"  {_name(read.commune_code)} ({read.commune_code}), chắc {read.confidence:.0%}", markup=False)
        return
    for candidate in read.candidates:
        console.print(f"  {candidate.score:4.0%}  {_name(candidate.commune_code)} ({candidate.commune_code})", markup=False)
    console.print(f"  Hỏi: {read.question}", markup=False)
    console.print(f"  Ask: {read.question_en}", markup=False)


def _name(code: str) -> str:
    commune = COMMUNES.by_code(code)
    return code if commune is None else commune.name
