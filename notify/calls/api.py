"""The HTTP routes of notify: calls to make, for operators only, with number and words for whoever takes one, and which channels
are out, for leads and ops, too (shared/http/access.py)."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict

from notify.calls.call import CallOutcome
from notify.calls.desk import Calls, CallToMake
from shared.http.body import JsonBody
from shared.http.guard import caller
from shared.phones import dimmed
from shared.security.tokens import Caller

MOST: Final = 500


class CallReport(BaseModel):
    """What came of a call."""

    model_config = ConfigDict(extra="forbid")

    outcome: CallOutcome


REPORT: Final = JsonBody(CallReport)


def router(calls: Calls) -> APIRouter:
    routes = APIRouter(tags=["calls"])

    @routes.get("/v1/calls")
    async def calls_to_make(
        who: Annotated[Caller, Depends(caller)], limit: Annotated[int, Query(ge=1, le=MOST)] = 100
    ) -> dict[str, Any]:
        return {"calls": [_shown(call, who) for call in await calls.to_make(limit, who)]}

    @routes.post("/v1/calls/{call_id}/take")
    async def take_call(call_id: UUID, who: Annotated[Caller, Depends(caller)]) -> dict[str, Any]:
        return _shown(await calls.take(call_id, who), who)

    @routes.post("/v1/calls/{call_id}/done", openapi_extra=REPORT.schema())
    async def finish_call(call_id: UUID, request: Request, who: Annotated[Caller, Depends(caller)]) -> dict[str, Any]:
        return _shown(await calls.done(call_id, who, REPORT.parse(request).outcome), who)

    @routes.get("/v1/outages")
    async def outages() -> dict[str, Any]:
        """Channels that take no messages, now and within the last day; how many messages wait."""
        return await calls.outages()

    return routes


def _shown(call: CallToMake, who: Caller) -> dict[str, Any]:
    """The whole number, and words that may name people, for whoever has taken it: that is in the audit, with what for."""
    task = call.task
    clear = task.owner == who.name
    return {
        "id": str(task.id),
        "request_id": str(task.request_id),
        "job_id": str(task.job_id) if task.job_id else None,
        "offer_id": str(task.offer_id) if task.offer_id else None,
        "role": task.role,
        "purpose": task.purpose,
        "priority": task.priority,
        "phone": call.phone if clear or call.phone is None else dimmed(call.phone),
        "words": call.words if clear else None,
        "status": task.status,
        "owner": task.owner,
        "due_at": task.due_at.isoformat(),
        "overdue": task.raised > 0,
        "outcome": task.outcome,
    }
