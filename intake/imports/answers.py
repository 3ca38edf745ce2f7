"""The shapes of what the imports' routes answer, for OpenAPI."""

from enum import StrEnum

from pydantic import BaseModel

from shared.moments import Moment


class ImportStatus(StrEnum):
    CHECKED = "checked"  # nothing was filed
    RUNNING = "running"
    STOPPED = "stopped"  # did not get on: send the same file again
    DONE = "done"


class BadCellAnswer(BaseModel):
    row: int
    column: str | None
    field: str | None
    advice_vi: str
    advice_en: str


class RowCode(BaseModel):
    row: int
    code: str


class ImportAnswer(BaseModel):
    id: str | None
    status: ImportStatus
    rows: int
    good: int
    filed: int
    before: int  # by the same file, earlier
    bad: list[BadCellAnswer]
    bad_cells: int
    unread_columns: list[str]
    codes: list[RowCode]


class ImportLine(BaseModel):
    id: str
    by: str
    begun_at: Moment
    progressed_at: Moment
    status: ImportStatus
    rows: int
    good: int
    filed: int
    before: int


class KeptImport(ImportLine):
    bad: list[BadCellAnswer]


class ImportsAnswer(BaseModel):
    imports: list[ImportLine]
