"""What a command prints: words for a person, or with --json one object (a line each for many). Nothing is decided here."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON: one object, or a line each for many.")]

console = Console(highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Straight to standard output: nothing may wrap or colour it."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    typer.echo(json.dumps(plain, default=_plain, ensure_ascii=False))


def _plain(value: object) -> str:
    """A time as the HTTP routes write it, so that one reader reads both."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def print_rows(rows: Iterable[Mapping[str, Any]], *, as_json: bool, columns: Iterable[str], empty: str) -> None:
    listed = list(rows)
    if as_json:
        for row in listed:
            print_json(dict(row))
        return
    if not listed:
        console.print(empty)
        return
    table = Table(*columns, box=None, pad_edge=False)
    for row in listed:
        table.add_row(*("" if row[column] is None else str(row[column]) for column in columns))
    console.print(table)


def dong(vnd: float) -> str:
    """As it is written in Vietnam."""
    return f"{vnd:,.0f} đồng".replace(",", ".")
