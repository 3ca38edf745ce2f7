"""`techrescue`: the commands, and what an error looks like to the person who typed one. Each group has a file of its own.

Only the group that is asked for is imported: somebody who wants to see one case should not wait for the matching to load.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final, NoReturn

import typer
from rich.console import Console

from shared.errors import TechRescueError

# First word of a command → its module, and the group's name there when the word is a group.
ELSEWHERE: Final = {
    "broadcast": ("services.cli_broadcast", "broadcast"),
    "alert": ("services.cli_alert", "alert"),
    "certificate": ("services.cli_certificate", None),
    "decision": ("services.cli_decision", None),
    "cost": ("services.cli_cost", None),
    "coverage": ("services.cli_coverage", None),
    "drill": ("services.cli_drill", "drill"),
    "guidance": ("services.cli_guidance", "guidance"),
    "import": ("services.cli_import", "import"),
    "report": ("services.cli_report", "report"),
    "sla": ("services.cli_sla", "sla"),
    "story": ("services.cli_story", None),
    "erase": ("services.cli_people", None),
    "classify": ("services.cli_kinds", None),
    "locate": ("services.cli_places", None),
    "mask": ("services.cli_people", None),
    "privacy": ("services.cli_privacy", "privacy"),
    "roster": ("services.cli_people", "roster"),
    "roster-quality": ("services.cli_quality", None),
    "simulate": ("services.cli_simulate", None),
    "replay": ("services.cli_simulate", None),
    "token": ("services.cli_tokens", "token"),
    "push-key": ("services.cli_push", None),
    "dead-letters": ("services.cli_letters", "dead-letters"),
    "zalo": ("services.cli_zalo", "zalo"),
}
HERE: Final = ("migrate", "check", "case", "asyncapi", "settings", "metrics", "crash-points")


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The group of the first word; all of them for help, and for a word that nobody knows."""
    word = arguments[0] if arguments else ""
    known = word in ELSEWHERE or word in HERE
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_describe)
    if not known or word in HERE:
        app.add_typer(import_module("services.cli_system").app)
    for module, group in dict.fromkeys(ELSEWHERE[name] for name in ELSEWHERE if not known or name == word):
        app.add_typer(getattr(import_module(module), "app" if group != "roster" else "roster"), name=group)
    return app


def main() -> None:
    arguments = sys.argv[1:] or ["--help"]
    try:
        status = app_for(arguments)(arguments, prog_name="techrescue", standalone_mode=False)
    except TechRescueError as error:  # ours say what to do; anything else is a bug and shows its traceback
        _end(str(error), 2)
    except typer.TyperException as error:  # a word or an option that does not fit
        _end(_mistake(error), 2)
    except typer.Abort:
        _end("nothing was done", 1)
    sys.exit(status)


def _mistake(error: typer.TyperException) -> str:
    """In one line, without the frame; "Value error" is what the library calls its own checks."""
    told = error.format_message() if isinstance(error, typer.BadParameter) else str(error)
    context = getattr(error, "ctx", None)
    more = f" (see `{context.command_path} --help`)" if context else ""
    return told.replace("Value error, ", "").rstrip(".") + more


def _end(told: str, status: int) -> NoReturn:
    Console(stderr=True).print(f"techrescue: {told}", style="red", markup=False, soft_wrap=True)
    sys.exit(status)


def _describe() -> None:
    """Dispatch for community tech help."""


if __name__ == "__main__":
    main()
