"""May somebody come? Whose word counts, when the visited person is asked, and what an answer makes of a request. Pure; no SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from intake.draft import CITY_DESK
from intake.forms import RequestForm
from intake.request import Command, HelperIsThere, moved
from intake.stored import StoredRequest
from shared.calendar import OFFICE_HOURS
from shared.categories import FRAUD
from shared.errors import Refused
from shared.events.contract import Priority
from shared.events.registry import EventType
from shared.events.requests import Channel, RequestStatus, Stand
from shared.service_levels import HOUR, MINUTE, SERVICE_LEVELS, TierClock

# On the clock of the tier: from the question to its repetition, and from there to the call.
AGAIN_SECONDS: Final[Mapping[Priority, float]] = {
    Priority.P1: 5 * MINUTE,
    Priority.P2: 10 * MINUTE,
    Priority.P3: HOUR,
    Priority.P4: 4 * HOUR,
}
# Once a helper has accepted and waits for the address, nobody waits longer than this for an answer by text.
HURRY_SECONDS: Final[Mapping[Priority, float]] = {
    Priority.P1: 3 * MINUTE,
    Priority.P2: 5 * MINUTE,
    Priority.P3: 30 * MINUTE,
    Priority.P4: HOUR,
}
MOST_CALLS: Final = 3  # that brought no word; then it is the city desk's, who finds another way
DESK_WAITS: Final = 4.0  # times as long as between two calls
OPEN_AFTER: Final = timedelta(hours=24)  # after the call was asked for, a bare word still answers the question

ASKABLE: Final = frozenset(
    {
        RequestStatus.NEEDS_LOCATION,
        RequestStatus.FILED,
        RequestStatus.WAITING,
        RequestStatus.ASSIGNED,
        RequestStatus.ON_THE_WAY,
    }
)


class Step(IntEnum):
    """What a timer of this kind is for: its guard."""

    ASK = 0
    AGAIN = 1
    CALL = 2
    ASK_LATER = 3  # the same as ASK, once it is an hour at which somebody who has not filed anything may be asked
    CALL_AGAIN = 4  # somebody has called, and heard neither yes nor no
    DESK = 5  # … too often: the city desk has it


@dataclass(frozen=True, slots=True)
class Changed:
    """The request after a word on the visit, without its new version, and what is published of it."""

    request: StoredRequest
    kind: EventType


def word_of(form: RequestForm) -> bool | None:
    """The consent that a form may give: for oneself, or what an operator has heard. A box that was left empty is no "no"."""
    heard = form.channel is Channel.HOTLINE or form.on_behalf_of is None
    return True if form.visit_consent and heard else None


def wants_asking(form: RequestForm, consent: bool | None, category: str) -> bool:
    """On the hotline, for oneself, the operator has asked, or calls once somebody comes. Suspected fraud is no visit."""
    asks = form.channel is not Channel.HOTLINE or form.on_behalf_of is not None
    return consent is None and asks and category != FRAUD


def may_be_asked(request: StoredRequest) -> bool:
    return request.visit_consent is None and request.status in ASKABLE and bool(request.details_box)


def after(priority: Priority, now: datetime, seconds: float) -> datetime:
    if SERVICE_LEVELS[priority].clock is TierClock.STAFFED:
        return OFFICE_HOURS.add_staffed(now, seconds)
    return now + timedelta(seconds=seconds)


def after_call(request: StoredRequest, calls: int, now: datetime, *, more: int = 1) -> tuple[Step, datetime]:
    """What follows on so many calls that brought no word, `more` with the last, and when. Only a word ends it, or the request."""
    helper_waits = request.status is RequestStatus.ASSIGNED
    seconds = (HURRY_SECONDS if helper_waits else AGAIN_SECONDS)[request.priority]
    if calls < MOST_CALLS:
        return Step.CALL_AGAIN, after(request.priority, now, seconds)
    return Step.DESK, now if calls - more < MOST_CALLS else after(request.priority, now, DESK_WAITS * seconds)


def ask_at(priority: Priority, now: datetime, *, behalf: bool) -> datetime:
    """Who has just filed is awake; whoever others have filed for is not woken for what can wait."""
    return after(priority, now, 0) if behalf else now


def decided(request: StoredRequest, agreed: bool, expected_at: datetime | None) -> Changed:
    """A "no" ends the request: nobody comes, and the desk calls. A "yes" after it begins it anew. Raises Refused."""
    if agreed and relents(request):
        status, owner = (RequestStatus.FILED, None) if request.commune_code else (RequestStatus.NEEDS_LOCATION, CITY_DESK)
        again = replace(reopened(request, status, expected_at), visit_consent=True, owner=owner)
        return Changed(again, EventType.REQUEST_REOPENED)
    status = moved(request.status, Command.AGREE if agreed else Command.REFUSE)
    kind = EventType.REQUEST_VISIT_AGREED if agreed else EventType.REQUEST_VISIT_REFUSED
    owner = request.owner if agreed and status is RequestStatus.NEEDS_LOCATION else None
    return Changed(replace(request, status=status, visit_consent=agreed, owner=owner), kind)


def relents(request: StoredRequest) -> bool:
    """Cancelled because the visited person did not want it: that they may take back."""
    return request.status is RequestStatus.CANCELLED and request.visit_consent is False


def reopened(request: StoredRequest, status: RequestStatus, expected_at: datetime | None) -> StoredRequest:
    """A new job under the same request: the promise starts anew, and the old job has nothing more to say."""
    return replace(
        request,
        status=status,
        owner=None,
        reopened=request.reopened + 1,
        expected_at=expected_at,
        clock_at=expected_at,
        past_job_ids=request.past_job_ids if request.job_id is None else (*request.past_job_ids, request.job_id),
        job_id=None,
        job_version=0,
    )


def stand(request: StoredRequest, refusal: Refused | None = None) -> Stand:
    """What somebody is told whose answer changes nothing."""
    if isinstance(refusal, HelperIsThere):
        return Stand.THERE
    if refusal is not None or request.visit_consent is None:
        return Stand.OVER
    return Stand.AGREED if request.visit_consent else Stand.REFUSED
