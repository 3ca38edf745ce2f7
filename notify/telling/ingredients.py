"""What a text is made of, before it has words: one event's state, the moment, and a way to open what is sealed. No rules."""

from dataclasses import dataclass
from datetime import datetime

from notify.telling.details import Opener
from shared.events.assignments import AssignmentChanged
from shared.events.requests import RequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Exactly one of `request` and `change`; `reason` is why the request changed."""

    language: str
    now: datetime
    opened: Opener
    request: RequestState | None = None
    change: AssignmentChanged | None = None
    reason: str | None = None
    number: int | None = None
