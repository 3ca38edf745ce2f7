"""`techrescue classify`: what a text seems to be about."""

import sys
from typing import Annotated

import typer

from intake.kinds.suggester import load_suggester
from services.cli_output import AsJson, print_json
from shared.categories import CATEGORIES

app = typer.Typer()


@app.command()
def classify(
    texts: Annotated[list[str] | None, typer.Argument(help="Texts; none: a line each from standard input.")] = None,
    as_json: AsJson = False,
    why: Annotated[bool, typer.Option("--why", help="Also the pieces that spoke for it.")] = False,
) -> None:
    """Which of the categories a text speaks of, and what else it may be. No category: nothing speaks for one clearly."""
    suggester = load_suggester()
    for text in texts or (line.rstrip("\n") for line in sys.stdin):
        found = suggester.suggest(text)
        candidates = [{"category": category, "score": score} for category, score in found.candidates]
        if as_json:
            print_json({"text": text, "category": found.category, "candidates": candidates})
            continue
        typer.echo(f"{text}\n  {found.category or 'không rõ'} ({found.confidence:.0%})")
        for category, score in found.candidates:
            typer.echo(f"  {score:6.1%}  {category}  {CATEGORIES[category].label_vi}")
        if why and found.candidates:
            typer.echo("  vì: " + ", ".join(suggester.why(text, found.candidates[0][0])))
