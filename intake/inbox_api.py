"""The HTTP routes of what people wrote freely. Operators only (shared/http/access.py); what was written is in these answers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from intake.desk.sight import sight_of
from intake.inbox import MOST, Inbox
from shared.http.guard import caller
from shared.security.tokens import Caller


def inbox_router(inbox: Inbox, city: str) -> APIRouter:
    routes = APIRouter(tags=["messages"])

    @routes.get("/v1/messages")
    async def list_messages(
        who: Annotated[Caller, Depends(caller)], limit: Annotated[int, Query(ge=1, le=MOST)] = 100
    ) -> dict[str, Any]:
        return {"messages": await inbox.waiting(limit, who.name, sight_of(who, city))}

    @routes.post("/v1/messages/{message_id}/read")
    async def read_message(message_id: UUID, who: Annotated[Caller, Depends(caller)]) -> dict[str, Any]:
        return await inbox.read(message_id, who.name, sight_of(who, city))

    return routes
