"""The shapes of what the counter's routes answer, for OpenAPI."""

from pydantic import BaseModel

from intake.counter.ticket import TicketStatus
from shared.moments import Moment


class Bilingual(BaseModel):
    vi: str
    en: str


class TicketAnswer(BaseModel):
    id: str
    point: str
    point_name: str
    day: str
    number: int
    status: TicketStatus
    label: Bilingual
    position: int | None  # 1 is next
    expected_wait_seconds: float | None  # null: not known
    text: Bilingual  # to be printed, or read aloud
    desk: str | None
    request: str | None


class DeskTicket(TicketAnswer):
    category: str | None
    priority: str | None
    need: str | None


class NextAnswer(BaseModel):
    ticket: DeskTicket | None  # null: nobody waits
    waiting: int


class PointAnswer(BaseModel):
    id: str
    name: str
    commune_code: str
    days: str
    opens: str
    closes: str
    on_holidays: bool
    active: bool
    open_now: bool
    next_opening: Moment | None
    waiting: int


class PointsAnswer(BaseModel):
    points: list[PointAnswer]


class AtDesk(BaseModel):
    number: int
    desk: str | None


class Following(BaseModel):
    number: int
    priority: bool


class QueueAnswer(BaseModel):
    point: str
    point_name: str
    day: str
    at_desks: list[AtDesk]
    next: list[Following]
    ended: dict[str, int]


class BadPoint(BaseModel):
    line: int
    advice: str


class LoadAnswer(BaseModel):
    added: int
    changed: int
    unchanged: int
    bad_rows: list[BadPoint]


class FiledAnswer(BaseModel):
    id: str
    code: str
    status: str
    priority: str
    commune_code: str | None
    expected: Moment | None
    text: Bilingual  # to be printed
    pass_phrase: str | None = None
