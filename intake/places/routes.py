"""The HTTP routes of places. Who may call stands in shared/http/access.py; what is asked is kept nowhere."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from intake.places.asking import Places
from intake.places.waiting import MOST, Waiting
from shared.http.guard import caller
from shared.security.tokens import Caller


def places_router(places: Places, waiting: Waiting) -> APIRouter:
    routes = APIRouter(tags=["places"])

    @routes.get("/v1/places")
    async def find_place(
        q: Annotated[str | None, Query(max_length=4000)] = None,
        lat: Annotated[float | None, Query(ge=-90, le=90)] = None,
        lon: Annotated[float | None, Query(ge=-180, le=180)] = None,
    ) -> dict[str, Any]:
        return await places.find(q, lat, lon)

    @routes.get("/v1/places/waiting")
    async def list_waiting(
        who: Annotated[Caller, Depends(caller)], limit: Annotated[int, Query(ge=1, le=MOST)] = 100
    ) -> dict[str, Any]:
        return {"requests": await waiting.list(limit, who)}

    return routes
