"""The HTTP routes of imports: a file in, a report out, again as CSV or XLSX. No rules, no SQL."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from intake.imports.answers import ImportAnswer, ImportsAnswer, KeptImport
from intake.imports.importing import Importing
from intake.imports.report import to_csv, to_xlsx
from shared.http.body import BODY
from shared.http.direct import json_answer
from shared.http.documented import answers
from shared.http.guard import caller
from shared.http.problems import Problem

CSV_TYPE: Final = "text/csv"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            CSV_TYPE: {"schema": {"type": "string"}},
            XLSX_TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


def imports_router(importing: Importing) -> APIRouter:
    routes = APIRouter()

    @routes.post("/v1/imports", openapi_extra=FILE, responses=answers(ImportAnswer))
    async def load_file(request: Request, check: Annotated[bool, Query()] = False) -> Response:
        if not request.headers.get("content-type", "").lower().startswith((CSV_TYPE, XLSX_TYPE)):
            raise Problem(415, f"Send the file as {CSV_TYPE} or {XLSX_TYPE}.")
        return json_answer(await importing.load(request.scope[BODY], await caller(request), only_check=check))

    @routes.get("/v1/imports", responses=answers(ImportsAnswer))
    async def list_imports() -> Response:
        return json_answer({"imports": await importing.newest()})

    @routes.get("/v1/imports/{import_id}", responses=answers(KeptImport))
    async def show_import(import_id: UUID) -> Response:
        return json_answer(await importing.report(import_id))

    @routes.get("/v1/imports/{import_id}/report.csv", responses=_download(CSV_TYPE))
    async def report_as_csv(import_id: UUID) -> Response:
        return Response(to_csv((await importing.report(import_id))["bad"]), media_type=CSV_TYPE)

    @routes.get("/v1/imports/{import_id}/report.xlsx", responses=_download(XLSX_TYPE))
    async def report_as_xlsx(import_id: UUID) -> Response:
        return Response(to_xlsx((await importing.report(import_id))["bad"]), media_type=XLSX_TYPE)

    return routes


def _download(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "Done", "content": {media_type: {"schema": {"type": "string"}}}}}
