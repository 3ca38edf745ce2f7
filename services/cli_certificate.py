"""`techrescue certificate`: what a member of a team has done, as data. What counts stands in dispatch/roster/member_record.py."""

from datetime import date, datetime
from typing import Annotated, Any

import asyncpg
import typer

from dispatch.roster.membership import Membership
from services.cli_database import in_context
from services.cli_output import AsJson, console, print_json
from services.home import master_key_of
from services.settings import read_settings
from shared.errors import Invalid, NotFound
from shared.moments import checked
from shared.security.vault import Vault

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A local day, included.")]

app = typer.Typer()


@app.command()
def certificate(
    member: Annotated[str, typer.Argument(help="TEAM/MEMBER as the roster calls them, or the member's id.")],
    since: Day = None,
    until: Day = None,
    as_json: AsJson = False,
) -> None:
    """What a member of a team has done: courses, visits, hours, in which time. Data for a certificate, with the name."""
    settings = read_settings()
    if since is not None and until is not None and until < since:
        raise Invalid("until", "must not be before --since")

    async def read(pool: asyncpg.Pool) -> dict[str, Any]:
        members, days = Membership(pool, settings.city), {"since": _day("since", since), "until": _day("until", until)}
        try:
            return await members.certificate(member, Vault(master_key_of(settings)), **days)
        except NotFound:
            raise Invalid("member", await _whom_there_is(members, member)) from None

    found = in_context(settings, "dispatch", read)
    if as_json:
        print_json(found)
        return
    console.print(f"{found['name']} ({found['team']}/{found['external_id']})", markup=False)
    console.print(f"{found['jobs']} lượt giúp, {found['hours']} giờ", markup=False)
    for course in found["courses"]:
        console.print(f"{course['skill']}: {course['passed_on'] or '?'} - {course['expires_on'] or '…'}", markup=False)


async def _whom_there_is(members: Membership, asked: str) -> str:
    """What to write instead: by what the roster calls them, never by name."""
    team, slash, _ = asked.partition("/")
    if not slash:
        return "write TEAM/MEMBER as the roster calls them, such as T-7/m1"
    try:
        known = [member["external_id"] for member in await members.of_team(team)]
    except NotFound:
        return "the roster has no team of this name; the first column of its file says what they are called"
    return f"not in this team (or erased); it has {', '.join(known)}" if known else "this team's members are not in the roster"


def _day(option: str, moment: datetime | None) -> date | None:
    return checked(option, moment).date() if moment else None
