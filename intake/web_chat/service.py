"""The parts of the web chat that a process of intake runs. Wiring only."""

from dataclasses import dataclass
from datetime import timedelta

import asyncpg
from fastapi import APIRouter

from intake.limits import Limits
from intake.settings import IntakeSettings
from intake.web_chat.chat import Talks, WebChat
from intake.web_chat.routes import web_chat_router
from intake.web_chat.sessions import Sessions
from intake.web_chat.stream import ChatStream
from shared.security.vault import Vault
from shared.telemetry.metrics import at_zero
from shared.telemetry.metrics_intake import CHAT_CUT


@dataclass(frozen=True, slots=True)
class WebChatParts:
    router: APIRouter
    stream: ChatStream


def web_chat(pool: asyncpg.Pool, vault: Vault, settings: IntakeSettings, talks: Talks, limits: Limits) -> WebChatParts:
    at_zero(CHAT_CUT, ["full", "expired"])
    stream = ChatStream(pool, vault)
    sessions = Sessions(pool, vault, lasts=timedelta(seconds=settings.chat_seconds))
    return WebChatParts(web_chat_router(WebChat(sessions, talks, limits, stream.ring), stream), stream)
