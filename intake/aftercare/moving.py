"""A request moves: to another place, to another time, or both. What is wanted waits, sealed, and what a yes makes of it.

Pure but for the key and the map that are handed in.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import orjson

from intake.aftercare.forms import MoveForm
from intake.changes import placed, resealed
from intake.places.placing import Placing, Point
from intake.request import Command, NotYetLocated, moved
from intake.stored import StoredRequest
from shared.errors import Invalid, Refused
from shared.events.contract import Sealed
from shared.events.requests import RequestStatus
from shared.masking import mask
from shared.moments import read_moment
from shared.pauses import Pause, latest_end
from shared.security.sealing import DataKey

PURPOSE: Final = "details"
MOVED, LATER = "moved", "later"  # reasons of request.amended: somewhere else (and perhaps later); only later


class VisitStopped(Refused):
    def __init__(self) -> None:
        super().__init__("visit_stopped", "the visit is stopped for the resident's safety; the city desk decides how it goes on")


def may_move(request: StoredRequest) -> None:
    """Raises Refused."""
    status = moved(request.status, Command.AMEND)
    if status is RequestStatus.NEEDS_LOCATION:
        raise NotYetLocated
    if status is RequestStatus.FROZEN:
        raise VisitStopped


def wanted(form: MoveForm, placing: Placing, now: datetime) -> dict[str, Any]:
    """The address goes through the resolver as at filing. Raises Invalid, PlaceUnclear with the one question."""
    found: dict[str, Any] = {"address": None, "commune_code": None, "lat": None, "lon": None, "at": None}
    if form.has_place:
        point = None if form.location is None else (form.location.lat, form.location.lon)
        located, exact = placing.found(point, form.commune_code, form.address)
        lat, lon = exact or (None, None)
        found |= {"commune_code": located.commune_code, "lat": lat, "lon": lon}
        found["address"] = None if form.address is None else mask(form.address)
    if form.at is not None:
        latest = latest_end(Pause.RESIDENT_LATER, now)
        if form.at <= now or (latest is not None and form.at > latest):
            raise Invalid("at", "must be within the next 14 days; for later file a new request then")
        found["at"] = form.at.isoformat()
    return found


def sealed(wish: dict[str, Any], key: DataKey) -> Sealed:
    return key.seal(orjson.dumps(wish), purpose=PURPOSE)


def opened(box: Sealed, key: DataKey) -> dict[str, Any]:
    wish: dict[str, Any] = orjson.loads(key.open(box, purpose=PURPOSE))
    return wish


def moved_by(
    wish: dict[str, Any], request: StoredRequest, key: DataKey, placing: Placing
) -> tuple[StoredRequest, datetime | None, str]:
    """The request as the number wants it, from when somebody may come, and the reason of the event."""
    may_move(request)
    at = None if wish["at"] is None else read_moment("at", wish["at"])
    if wish["commune_code"] is None:
        return request, at, LATER
    point: Point | None = None if wish["lat"] is None else (wish["lat"], wish["lon"])
    located, _ = placing.found(point, wish["commune_code"], None)
    news = {"lat": wish["lat"], "lon": wish["lon"], "address": wish["address"]}
    return placed(replace(request, details_box=resealed(request, key, news)), located), at, MOVED
