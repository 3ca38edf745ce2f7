"""`techrescue story`: how the story looks on a terminal. What happens in it stands in story.py."""

import asyncio
import json
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from services.cli_output import AsJson, console, print_json
from services.settings import Settings, read_settings
from services.stories.registry import story_of
from services.stories.stage import Play, open_stage
from services.story import CALLS, Line, Story, StoryFailed
from shared.errors import DependencyDown, Invalid, Misconfigured

COLOURS: Final = {"caller": "cyan", "system": "white", "responder": "green", "resident": "yellow", "they": "cyan", "we": "white"}

app = typer.Typer()


@app.command()
def story(
    url: Annotated[str | None, typer.Option(help="Where it runs; the default is this machine.")] = None,
    limit_seconds: Annotated[float, typer.Option(min=5, max=600, help="How long it may take.")] = 120.0,
    pace_seconds: Annotated[float, typer.Option(min=0, max=10, help="How long people think before they answer.")] = 1.0,
    channel: Annotated[str | None, typer.Option(help="One conversation there instead, word for word.")] = None,
    as_json: AsJson = False,
) -> None:
    """Three calls for help against a running demonstration (`make run`), told as they happen. Exit 0 when all are solved."""
    settings = read_settings()
    where = _checked(url or f"http://localhost:{settings.port}")
    telling = Story if channel is None else story_of(channel)
    tokens = _tokens(settings)
    if isinstance(telling, type):
        played = telling(where, tokens, limit_seconds=limit_seconds, pace_seconds=pace_seconds)
        told = _tell(played, as_json=as_json)
    else:
        told = _converse(telling, where, tokens, limit_seconds, pace_seconds, as_json=as_json)
    try:
        asyncio.run(told)
    except DependencyDown as away:
        raise StoryFailed(f"{away}: start it with `make run`; for another port set TECHRESCUE_PORT here, too, or --url") from away


async def _tell(played: Story, *, as_json: bool) -> None:
    if not as_json and played.calls is CALLS:
        console.print("[bold]Three people need help at the same time: at the hotline, on the web and in the chat.[/]")
        console.print("Quoted lines are what their phones and those of the helpers really get and send.\n")
    async for line in played.run():
        if as_json:
            print_json(line)
        else:
            _print(line)
    if not as_json:
        console.print(f"\n[bold]All {len(played.calls)} are solved.[/] `techrescue case CODE` tells each one's whole life.")


async def _converse(
    play: Play, url: str, tokens: dict[str, str], limit_seconds: float, pace_seconds: float, *, as_json: bool
) -> None:
    async with open_stage(url, tokens, limit_seconds=limit_seconds, pace_seconds=pace_seconds) as stage:
        async for said in play(stage):
            if as_json:
                print_json(said)
            else:
                console.print(f"[dim]{said.at_seconds:6.1f} s[/]  [{COLOURS.get(said.who, 'white')}]{said.who:8}[/]", end="  ")
                console.print(said.text, markup=False)


def _print(line: Line) -> None:
    console.print(f"[dim]{line.at_seconds:6.1f} s  {line.request}[/]  [{COLOURS[line.actor]}]{line.actor:9}[/]  {line.what}")
    if line.text:
        console.print(f"{'':36}“{line.text}”", markup=False)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half an IPv6 address, a port that is none
        fits = False
    if not fits:
        raise Invalid("--url", "must start with http:// or https:// and name a host, e.g. http://localhost:8000")
    return url


def _tokens(settings: Settings) -> dict[str, str]:
    file = settings.home / "tokens.json"
    if not file.exists():
        raise Misconfigured(f"{file} is not there: the story needs a running demonstration (`make run`) and its TECHRESCUE_HOME")
    tokens: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return tokens
