"""The HTTP routes of operators in conversations. Operators only (shared/http/access.py); what was written is in these answers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from intake.conversations.desk import TalkDesk
from intake.forms import Form, Text
from shared.http.guard import caller
from shared.security.tokens import Caller


class SayForm(Form):
    """Body of POST /v1/conversations/{conversation_id}/say."""

    text: Text


def conversations_router(desk: TalkDesk) -> APIRouter:
    routes = APIRouter(tags=["conversations"])

    @routes.get("/v1/conversations/{conversation_id}")
    async def read_conversation(conversation_id: UUID, who: Annotated[Caller, Depends(caller)]) -> dict[str, Any]:
        return await desk.read(conversation_id, who)

    @routes.post("/v1/conversations/{conversation_id}/say")
    async def say_in_conversation(
        conversation_id: UUID, form: SayForm, who: Annotated[Caller, Depends(caller)]
    ) -> dict[str, Any]:
        return await desk.say(conversation_id, form.text, who)

    @routes.post("/v1/conversations/{conversation_id}/end")
    async def end_conversation(conversation_id: UUID, who: Annotated[Caller, Depends(caller)]) -> dict[str, Any]:
        return await desk.end(conversation_id, who)

    return routes
