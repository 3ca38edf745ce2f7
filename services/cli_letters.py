"""Commands about events that could not be handled: dead-letters list, show, replay, discard."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer

from services.cli_database import in_context
from services.cli_output import AsJson, console, print_json, print_rows
from services.settings import read_settings
from shared.transport.dead_letters import DeadLetters, LetterStatus

ContextName = Literal["intake", "dispatch", "notify"]
CONTEXTS: tuple[ContextName, ...] = ("intake", "dispatch", "notify")
Which = Annotated[ContextName, typer.Argument(help="Whose letter: each context keeps its own.")]
LetterId = Annotated[int, typer.Argument(min=1, max=2**63 - 1, help="Its id, as `list` shows it.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="How many of each context.")]

app = typer.Typer(help="Events that could not be handled. Nothing here is ever dropped unasked.")


@app.command("list")
def list_(status: LetterStatus | None = None, limit: Limit = 100, as_json: AsJson = False) -> None:
    """All of them, newest first."""
    rows = []
    for context in CONTEXTS:
        letters = _with(context, lambda own: own.list(status, limit))
        rows += [{"context": context, **asdict(letter)} for letter in letters]
    rows.sort(key=lambda row: row["at"], reverse=True)
    columns = ("context", "id", "status", "topic", "subject", "reason", "at")
    print_rows(rows, as_json=as_json, columns=columns, empty="no dead letters")


@app.command()
def show(context: Which, letter: LetterId, as_json: AsJson = False) -> None:
    """One of them with its headers. The body stays where it is: sealed or not, it is somebody's."""
    found, record = _with(context, lambda own: own.show(letter))
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    if as_json:
        print_json({"context": context, **asdict(found), "headers": headers, "body_bytes": len(record.value)})
        return
    for name, value in {**asdict(found), **headers, "body bytes": len(record.value)}.items():
        console.print(f"{name:20} {value}", markup=False)


@app.command()
def replay(context: Which, letter: LetterId, as_json: AsJson = False) -> None:
    """Let the consumer that owns its lane try again, with the same event id; what waits behind it follows by itself."""
    _with(context, lambda own: own.replay(letter))
    _say(context, letter, "replay asked for", as_json)


@app.command()
def discard(context: Which, letter: LetterId, as_json: AsJson = False) -> None:
    """Decide that it shall not be handled; what waits behind it goes on."""
    _with(context, lambda own: own.discard(letter))
    _say(context, letter, "discarded", as_json)


def _with(context: str, act: Callable[[DeadLetters], Awaitable[Any]]) -> Any:
    return in_context(read_settings(), context, lambda pool: act(DeadLetters(pool)))


def _say(context: str, letter: int, result: str, as_json: bool) -> None:
    if as_json:
        print_json({"context": context, "id": letter, "result": result})
    else:
        console.print(f"{context} {letter}: {result}")
