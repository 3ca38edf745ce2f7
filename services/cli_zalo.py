"""`techrescue zalo token put|show`: the tokens that Zalo's console gives a person, for the processes to keep renewing."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from notify.accounts.zalo_tokens import Granted, put_pair, seen_pair
from services.cli_database import in_context
from services.cli_output import AsJson, console, print_json
from services.home import master_key_of
from services.settings import Settings, read_settings
from shared.errors import Invalid, Misconfigured, NotFound
from shared.security.vault import Vault

app = typer.Typer(help="The Zalo Official Account.")
token = typer.Typer(help="The pair of tokens that the account has given our app.")
app.add_typer(token, name="token")

STANDARD_INPUT = Path("-")


@token.command("put")
def put(
    file: Annotated[
        Path | None,
        typer.Option("--file", help="What Zalo answered, as JSON; - is standard input. Else you are asked for both tokens."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Store the first pair, or a new one. It takes the place of the old; processes notice within seconds."""
    settings = read_settings()
    app_id, granted = _app_id(settings), _typed() if file is None else _read(file)
    vault = Vault(master_key_of(settings))
    in_context(settings, "notify", lambda pool: put_pair(pool, vault, app_id, granted))
    if as_json:
        print_json({"app_id": app_id, "stored": True, "good_for_seconds": granted.expires_in})
    else:
        console.print(f"stored for app {app_id}; the running notify renews it from now on", markup=False)


@token.command("show")
def show(as_json: AsJson = False) -> None:
    """How long the stored one is good for, and whether renewing it has failed. Never the tokens."""
    settings = read_settings()
    app_id = _app_id(settings)
    found = in_context(settings, "notify", lambda pool: seen_pair(pool, app_id))
    if found is None:
        raise NotFound("token of this app: `techrescue zalo token put` stores one")
    if as_json:
        print_json({"app_id": app_id, **found})
        return
    hours, failed = found["left_seconds"] / 3600, found["failure"]
    console.print(f"good for {hours:.1f} h, since {found['changed_at']:%Y-%m-%d %H:%M} UTC", markup=False)
    if failed:
        console.print(f"renewing it has failed: {failed}", markup=False)


def _app_id(settings: Settings) -> str:
    if settings.zalo_app_id is None:
        raise Misconfigured("TECHRESCUE_ZALO_APP_ID is not set: the tokens belong to an app")
    return settings.zalo_app_id


def _read(file: Path) -> Granted:
    try:
        raw = sys.stdin.buffer.read() if file == STANDARD_INPUT else file.read_bytes()
        return Granted.model_validate_json(raw)
    except OSError as error:
        raise Invalid("--file", f"cannot be read: {error.strerror}") from None
    except ValidationError:
        raise Invalid("--file", "must be JSON with access_token, refresh_token and expires_in, as Zalo answers it") from None


def _typed() -> Granted:
    """Not as arguments: those stand in the shell's history and in the list of processes."""
    access, renewing = (typer.prompt(name, hide_input=True) for name in ("access_token", "refresh_token"))
    hours = typer.prompt("good for how many hours", default=25, type=float)
    if hours <= 0:
        raise Invalid("hours", "must be more than 0")
    return Granted(access_token=access, refresh_token=renewing, expires_in=hours * 3600)
