"""Commands about bearer tokens: token issue, list, revoke. A secret is shown once, when it is issued."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any

import typer

from services.cli_output import AsJson, console, print_json, print_rows
from services.home import database_of
from services.settings import read_settings
from shared.errors import Invalid, NotFound
from shared.geo.communes import COMMUNES
from shared.postgres.pool import open_connection
from shared.security.tokens import Role, issue, list_tokens, revoke

app = typer.Typer(help="Who may call the HTTP routes: named, expiring, revocable tokens.")


@app.command("issue")
def issue_(
    name: Annotated[str, typer.Argument(help="Who holds it, e.g. hotline-shift-a.")],
    role: Role,
    commune: Annotated[
        str | None, typer.Option(help="Of a ward lead or an operator: only for this commune, by its code of five digits.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is good for.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Make one. It is shown now and never again."""
    if commune is not None and COMMUNES.by_code(commune) is None:
        raise Invalid("commune", "is no commune of this city; use its code of five digits")
    secret = _with(lambda connection: issue(connection, name, role, timedelta(days=days), commune_code=commune))
    if as_json:
        print_json({"name": name, "role": role.value, "token": secret})
    else:
        typer.echo(secret)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """All of them, without their secrets."""
    columns = ("name", "role", "commune_code", "created_at", "expires_at", "revoked_at")
    print_rows(_with(list_tokens), as_json=as_json, columns=columns, empty="no tokens")


@app.command("revoke")
def revoke_(name: str, as_json: AsJson = False) -> None:
    """End one; processes that have seen it notice within 5 seconds."""
    if not _with(lambda connection: revoke(connection, name)):
        raise NotFound("token in use of this name")
    if as_json:
        print_json({"name": name, "revoked": True})
    else:
        console.print(f"{name}: revoked")


def _with(act: Callable[[Any], Awaitable[Any]]) -> Any:
    async def run(dsn: str) -> Any:
        async with open_connection(dsn) as connection:
            return await act(connection)

    with database_of(read_settings()) as dsn:
        return asyncio.run(run(dsn))
