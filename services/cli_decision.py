"""`techrescue decision CODE`: why this person was asked, who else it might have been, and who was not asked by which rule."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import asyncpg
import typer
from rich.table import Table

from dispatch.desk import decisions_of
from dispatch.matching.words import PARTS, distance
from dispatch.queries import QUERIES
from dispatch.shifts.shift import LOCAL
from services.cli_database import in_context
from services.cli_output import AsJson, console, print_json
from services.settings import read_settings
from shared.errors import NotFound
from shared.postgres.transaction import reading
from shared.security.codes import normalise_code

KINDS_VI: Final = {"team": "tổ", "volunteer": "tình nguyện viên", "engineer": "kỹ sư", "mobile_point": "điểm lưu động"}

app = typer.Typer()


@app.command()
def decision(code: str, as_json: AsJson = False) -> None:
    """Why this person was asked for a request: candidates, minutes, who else, who was not and by which rule. No personal data."""
    asked = normalise_code(code)
    found = in_context(read_settings(), "dispatch", lambda pool: _read(pool, asked))
    for job in found:
        if as_json:
            print_json(job)
        else:
            _print_job(job)


async def _read(pool: asyncpg.Pool, code: str) -> list[dict[str, Any]]:
    """Of every round of the request. Raises NotFound."""
    async with reading(pool) as connection:
        rows = await connection.fetch(QUERIES["jobs_of_code"], code)
        if not rows:
            raise NotFound("request that dispatch knows of")
        return [await decisions_of(connection, row["id"]) for row in rows]


def _print_job(found: Mapping[str, Any]) -> None:
    job = found["job"]
    console.print(f"[bold]{job['code']}[/]  {job['status']}  {job['priority']}  {job['category']}  job {job['id']}")
    if not found["decisions"]:
        console.print("Chưa có quyết định nào.")
    for one in found["decisions"]:
        at: datetime = one["at"]
        console.print(f"[bold]lượt {one['visit'] + 1}, đợt {one['wave']}, {at.astimezone(LOCAL):%d/%m %H:%M:%S}[/]")
        console.print(one["sentence"]["vi"], markup=False)
        console.print(f"[dim]{one['sentence']['en']}[/]")
        _print_people(one)


def _print_people(one: Mapping[str, Any]) -> None:
    """Whoever was asked, then whom it might have been, the cheapest first."""
    people = [("hỏi", who) for who in one["candidates"]] + [("sau", who) for who in one["alternatives"]]
    if not people:
        return
    table = Table("", "ai", "", "cách", "tính ra phút", "gồm", box=None, pad_edge=False)
    for asked, who in people:
        parts = ", ".join(f"{PARTS[name][0]} {minutes:g}" for name, minutes in who["minutes"].items())
        far, cost = distance(who["distance_m"])["vi"], who.get("cost_minutes")
        table.add_row(
            asked, who["responder"] or "?", KINDS_VI.get(who["kind"], ""), far, "" if cost is None else f"{cost:g}", parts
        )
    console.print(table)
