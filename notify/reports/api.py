"""The HTTP routes of reports: figures of a phase or of days, in the format that is asked for; editions. Who may: access.py."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from notify.reports.campaign import Campaign
from notify.reports.canonical import canonical
from notify.reports.editions import Edition, list_editions, read_edition, submit
from notify.reports.facts import By
from notify.reports.formats import MEDIA_TYPES, Format, written
from notify.reports.report import check_ward, of_commune, question
from notify.reports.rows import read_report
from shared.errors import Invalid, NotYours
from shared.geo.communes import COMMUNES
from shared.http.body import JsonBody
from shared.http.guard import caller
from shared.moments import Day
from shared.security.tokens import Caller

MOST_SECTIONS: Final = len(By)


class Submission(BaseModel):
    """Which report is handed in: a phase, or days from and until."""

    model_config = ConfigDict(extra="forbid")

    phase: str | None = None
    since: Day | None = None
    until: Day | None = None
    by: list[By] = []


SUBMISSION: Final = JsonBody(Submission)
Who = Annotated[Caller, Depends(caller)]


def reports_router(pool: asyncpg.Pool, city: str, campaign: Campaign) -> APIRouter:
    routes = APIRouter(tags=["reports"])
    one_at_a_time = asyncio.Lock()  # it reads a campaign's log; texts have to leave meanwhile

    @routes.get("/v1/reports")
    async def show_report(  # noqa: PLR0917 - FastAPI calls it, by name
        who: Who,
        phase: str | None = None,
        since: Day | None = None,
        until: Day | None = None,
        by: Annotated[list[str] | None, Query(max_length=MOST_SECTIONS)] = None,
        commune: str | None = None,
        format: Format = Format.JSON,  # noqa: A002 - its name in the address
    ) -> Response:
        ward = _ward(who, commune)
        asked = question(campaign, city, phase=phase, since=since, until=until, by=[*(by or ()), *([By.COMMUNE] if ward else ())])
        check_ward(asked, who.commune_code)
        async with one_at_a_time:
            found = of_commune(await read_report(pool, asked, campaign), ward)
            return await _answer(found, format)

    @routes.get("/v1/editions")
    async def show_editions() -> dict[str, Any]:
        return {"editions": [edition_view(edition) for edition in await list_editions(pool, city)]}

    @routes.post("/v1/editions", status_code=201, openapi_extra=SUBMISSION.schema())
    async def submit_edition(who: Who, form: Annotated[Submission, Depends(SUBMISSION)]) -> dict[str, Any]:
        asked = question(campaign, city, phase=form.phase, since=form.since, until=form.until, by=form.by)
        async with one_at_a_time:
            return edition_view(await submit(pool, asked, campaign, by=who.name))

    @routes.get("/v1/editions/{edition_id}")
    async def show_edition(edition_id: UUID, format: Format = Format.JSON) -> Response:  # noqa: A002 - same
        edition = await read_edition(pool, city, edition_id)
        headers = {"x-content-sha256": edition.sha256}
        if format is Format.JSON:
            return Response(edition.body, media_type=MEDIA_TYPES[format], headers=headers)
        return await _answer(edition.document, format)

    return routes


def edition_view(edition: Edition) -> dict[str, Any]:
    return {
        "id": str(edition.id),
        "phase": edition.asked.phase,
        "since": edition.asked.since.isoformat(),
        "until": edition.asked.until.isoformat(),
        "by": [by.value for by in edition.asked.by],
        "as_of": edition.as_of.isoformat(),
        "submitted_at": edition.submitted_at.isoformat(),
        "submitted_by": edition.submitted_by,
        "code": edition.code,
        "supersedes": str(edition.supersedes) if edition.supersedes else None,
        "sha256": edition.sha256,
    }


def _ward(who: Caller, commune: str | None) -> str | None:
    """Whose page it is. Raises NotYours, Invalid."""
    if commune is not None and COMMUNES.by_code(commune) is None:
        raise Invalid("commune", "must be a commune's code of five digits")
    if who.commune_code is not None and commune not in {None, who.commune_code}:
        raise NotYours("another_commune", "a ward lead sees their own commune and the city's total")
    return who.commune_code or commune


async def _answer(found: Mapping[str, Any], format: Format) -> Response:  # noqa: A002 - same
    if format is Format.JSON:
        return Response(canonical(found), media_type=MEDIA_TYPES[format])
    body = await asyncio.to_thread(written, found, format)
    return Response(body, media_type=MEDIA_TYPES[format], headers=_as_file(found, format))


def _as_file(found: Mapping[str, Any], format: Format) -> dict[str, str]:  # noqa: A002 - same
    if format is Format.HTML:
        return {}
    days: tuple[date | str, ...] = (found["since"], found["until"])
    return {"content-disposition": f'attachment; filename="report-{days[0]}-{days[1]}.{format.value}"'}
