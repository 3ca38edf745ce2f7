"""`techrescue push-key`: the pair of keys under which browsers subscribe to web push."""

from typing import Annotated

import typer

from notify.channels.push_sealing import Signer, new_key
from services.cli_output import AsJson, console, print_json
from services.settings import read_settings, variable
from services.text_providers import plain
from shared.errors import Misconfigured

app = typer.Typer()


@app.command("push-key")
def push_key(
    new: Annotated[bool, typer.Option("--new", help="Make a pair that did not exist before, and show its secret half.")] = False,
    as_json: AsJson = False,
) -> None:
    """The public key that a page hands to the browser (applicationServerKey). With --new: a fresh pair for the settings."""
    private = new_key() if new else plain(read_settings().web_push_key)
    if not private:
        raise Misconfigured(f"{variable('web_push_key')} is not set; `techrescue push-key --new` makes one")
    public = Signer(private, "").public_key
    if as_json:
        print_json({"public_key": public, **({"private_key": private} if new else {})})
        return
    console.print(f"public key: {public}", markup=False, soft_wrap=True)
    if new:
        console.print(f"{variable('web_push_key')}={private}", markup=False, soft_wrap=True)
