"""`techrescue`: the commands, and what an error looks like to the person who typed one. Each group has a file of its own."""

import sys

import typer

from services import cli_letters, cli_people, cli_story, cli_system, cli_tokens
from services.cli_output import console
from shared.errors import TechRescueError

app = typer.Typer(
    name="techrescue",
    help="Dispatch for community tech help.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_system.app)
app.add_typer(cli_story.app)
app.add_typer(cli_people.app)
app.add_typer(cli_people.roster, name="roster")
app.add_typer(cli_tokens.app, name="token")
app.add_typer(cli_letters.app, name="dead-letters")


def main() -> None:
    try:
        app(prog_name="techrescue")
    except TechRescueError as error:  # ours say what to do; anything else is a bug and shows its traceback
        console.file = sys.stderr
        console.print(f"techrescue: {error}", style="red", markup=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
