"""The HTTP routes of the web chat, and its page. No rules, no SQL; who may call stands in access.py."""

import re
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from intake.web_chat.chat import LATER, WebChat
from intake.web_chat.forms import ChatMessage
from intake.web_chat.page import chat_page
from intake.web_chat.stream import ChatStream
from shared.errors import Invalid
from shared.http.body import JsonBody
from shared.http.direct import json_answer
from shared.http.guard import client_address
from shared.http.problems import Problem
from shared.http.streams import EventStream

MessageBody: Final = JsonBody(ChatMessage)
Token = Annotated[str | None, Header(alias="Chat-Token", max_length=200)]
_POSITION: Final = re.compile(r"\d{1,18}")


def web_chat_router(chat: WebChat, stream: ChatStream) -> APIRouter:
    routes = APIRouter()

    @routes.get("/chat", include_in_schema=False)
    async def show_chat() -> Response:
        return chat_page()

    @routes.post("/v1/chat", status_code=201)
    async def start_chat(request: Request) -> Response:
        return json_answer(await chat.start(client_address(request)), 201)

    @routes.post("/v1/chat/{chat_id}/messages", openapi_extra=MessageBody.schema())
    async def say_in_chat(request: Request, chat_id: UUID, token: Token = None) -> Response:
        said = await chat.hear(chat_id, _token(token), MessageBody.parse(request), client_address(request))
        return json_answer({"replies": said} if said else {"replies": said, "note": LATER})

    @routes.get("/v1/chat/{chat_id}/events", response_class=Response, responses={200: {"content": {"text/event-stream": {}}}})
    async def listen_to_chat(
        request: Request,
        chat_id: UUID,
        token: Token = None,
        last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=64)] = None,
    ) -> Response:
        session = await chat.enter(chat_id, _token(token), client_address(request))
        listener = stream.join(session, _position(last_event_id))
        return EventStream(listener.pieces(), lambda: stream.leave(listener))

    return routes


def _token(token: str | None) -> str:
    if not token:
        raise Problem(401, "Send `Chat-Token`, as POST /v1/chat has said it.")
    return token


def _position(last_event_id: str | None) -> int:
    if last_event_id is None or not last_event_id:
        return 0
    if not _POSITION.fullmatch(last_event_id):
        raise Invalid("Last-Event-ID", "must be the id of the last event you have; leave it out to hear all")
    return int(last_event_id)
