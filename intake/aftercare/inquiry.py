"""After the help: when who was helped is asked, until when an answer counts, and what a "no" makes of a request. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from intake.consent import reopened
from intake.request import Command, moved
from intake.settings import IntakeSettings
from intake.stored import StoredRequest
from intake.triage import Promises
from shared.calendar import OFFICE_HOURS
from shared.errors import Refused
from shared.events.contract import Priority

NOT_FIXED: Final = "not_fixed"  # the reason of request.reopened: the same helper is asked first (dispatch)
RATED_WITHIN: Final = timedelta(days=7)  # of the end of the help; of several marks the last one counts
_MORNING, _EVENING = time(8), time(20)
# Whoever waits a second time for the same waits less: one tier up. P1 is a counter with a queue before it, no home ever is.
_SOONER: Final = {Priority.P4: Priority.P3, Priority.P3: Priority.P2}


class SurveyOver(Refused):
    def __init__(self) -> None:
        super().__init__("survey_over", "the help ended more than 7 days ago; call 1022 about it")


def ask_at(resolved_at: datetime, settings: IntakeSettings) -> datetime:
    """By day, whatever the tier: nobody is woken to be asked whether it works."""
    local = (resolved_at + timedelta(seconds=settings.fixed_ask_seconds)).astimezone(OFFICE_HOURS.timezone)
    if _MORNING <= local.time() < _EVENING:
        return local.astimezone(UTC)
    day = local.date() + timedelta(days=local.time() >= _EVENING)
    return datetime.combine(day, _MORNING, OFFICE_HOURS.timezone).astimezone(UTC)


def open_until(asked_at: datetime, settings: IntakeSettings) -> datetime:
    """Silence closes the request about then."""
    return asked_at + timedelta(seconds=max(settings.close_seconds - settings.fixed_ask_seconds, 0))


def confirmed(request: StoredRequest) -> StoredRequest:
    """Raises Refused."""
    return replace(request, status=moved(request.status, Command.CONFIRM))


def not_fixed(request: StoredRequest, promises: Promises, now: datetime) -> StoredRequest:
    """Also when silence has closed it meanwhile. A new round with a shorter clock; whoever wants help anew is asked anew whether
    somebody may come. Raises Refused."""
    status = moved(request.status, Command.REOPEN)
    priority = _SOONER.get(request.priority, request.priority)
    again = reopened(replace(request, priority=priority), status, promises.expected_at(priority, now))
    return replace(again, visit_consent=request.visit_consent or None)


def may_rate(request: StoredRequest, ended_at: datetime, now: datetime) -> None:
    """Raises Refused."""
    moved(request.status, Command.RATE)
    if now > ended_at + RATED_WITHIN:
        raise SurveyOver
