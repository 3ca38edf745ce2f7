"""The parts of conversations that a process of intake runs. Wiring only."""

from collections.abc import Callable
from dataclasses import dataclass

import asyncpg
from fastapi import APIRouter

from intake.conversations.clerk import Clerk, UseCases
from intake.conversations.conversations import Conversations
from intake.conversations.desk import TalkDesk
from intake.conversations.door import Doorstep
from intake.conversations.listening import Listener
from intake.conversations.routes import conversations_router
from intake.conversations.sitting import OUTCOMES
from intake.conversations.waiting import Waiting
from intake.guidance.guide import ShelfGuide
from intake.limits import Limits
from intake.settings import IntakeSettings
from shared.events.conversations import TalkChannel
from shared.security.vault import Vault
from shared.telemetry.metrics import at_zero
from shared.telemetry.metrics_intake import TALKS


@dataclass(frozen=True, slots=True)
class TalkParts:
    conversations: Conversations
    clerk: Clerk
    waiting: Waiting
    router: APIRouter


def talk_parts(
    pool: asyncpg.Pool,
    vault: Vault,
    settings: IntakeSettings,
    listener: Listener,
    tools: UseCases,
    *,
    guide: ShelfGuide | None = None,
    limits: Limits,
    wake: Callable[[], None],
) -> TalkParts:
    at_zero(TALKS, TalkChannel, sorted({"filed", *OUTCOMES.values()}))
    clerk = Clerk(pool, vault, tools, wake=wake)
    door, city = Doorstep(tools.visit_checks, limits), settings.city
    conversations = Conversations(
        pool, vault, listener, clerk, limits, callbacks=tools.callbacks, door=door, city=city, wake=wake, guide=guide
    )
    return TalkParts(conversations, clerk, Waiting(vault, wake), conversations_router(TalkDesk(pool, vault, wake)))
