"""`techrescue alert test`: do the people who run this hear of it?"""

import asyncio
import socket

import typer

from services.cli_output import AsJson, console, print_json
from services.ops_alerts import ops_alerts
from services.settings import read_settings, variable
from services.text_providers import plain
from shared.errors import Misconfigured

app = typer.Typer(help="Words to the people who run this.")


@app.callback()
def _group() -> None:
    """Words to the people who run this."""


@app.command("test")
def send_test(as_json: AsJson = False) -> None:
    """Send one now, the way the auditor would. Fails when no place has taken it."""
    asyncio.run(tell())
    if as_json:
        print_json({"told": True})
    else:
        console.print("told; somebody should have it now", markup=False)


async def tell() -> None:
    """Raises DependencyDown: nobody has it."""
    settings = read_settings()
    if not plain(settings.ops_alerts).strip():
        raise Misconfigured(f"{variable('ops_alerts')} is not set: alerts stand in the log only")
    said = f"Sent by hand from {socket.gethostname()}. Nothing is wrong; whoever reads this would hear of it if it were."
    await ops_alerts(settings).alert("TechRescue: a test", said)
