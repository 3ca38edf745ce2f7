"""The parts of intake that a process runs: routes, consumer, timers, relay. Wiring only; called by `services`."""

from dataclasses import dataclass, field
from typing import Final

import asyncpg

from intake.aftercare.parts import aftercare_parts
from intake.api import router
from intake.asking import Asking
from intake.board import WANTED, Board
from intake.changes import Changes
from intake.conversations.clerk import UseCases
from intake.conversations.conversations import Conversations
from intake.conversations.listening import Listener
from intake.conversations.parts import talk_parts
from intake.deadlines import Deadlines
from intake.desk.parts import desk_parts, doorway
from intake.filing import Filer
from intake.guidance.rephrasing import AsItIs, Plain
from intake.guidance.service import guidance_parts
from intake.hotline.service import hotline
from intake.inbox import Inbox
from intake.inbox_api import inbox_router
from intake.kinds.routes import kinds_router
from intake.kinds.suggester import load_suggester
from intake.known import KnownFaults
from intake.limits import COUNTED, Limits
from intake.meeting import MeetingRooms
from intake.more_doors import DOOR_TIMERS, Inside, more_doors
from intake.places.placing import Placing
from intake.places.room import open_places
from intake.public_door import PublicDoor
from intake.reception import Reception, find_priority
from intake.settings import IntakeSettings
from intake.tracking import Tracking
from intake.visit_check import VisitChecks
from intake.watch import PlaceWatch
from intake.web_chat.service import web_chat
from shared.events.contract import Priority
from shared.events.registry import Topic
from shared.events.requests import Channel
from shared.lifecycle import Parts
from shared.meetings import Meetings
from shared.security.tokens import Tokens
from shared.security.vault import Vault
from shared.telemetry.metrics import INTAKE_FILED, INTAKE_REFUSED, at_zero
from shared.timers import TimerHandler, TimerLoop
from shared.transport.consumer import Consumer
from shared.transport.dead_letters import DeadLetters
from shared.transport.port import Transport
from shared.transport.relay import Relay

SCHEMA: Final = "intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeDeps:
    """`pool` acts as the role of schema intake."""

    pool: asyncpg.Pool
    vault: Vault
    tokens: Tokens
    transport: Transport
    settings: IntakeSettings = field(default_factory=IntakeSettings)
    plain: Plain = field(default_factory=AsItIs)  # how guidance is said in plainer words


def parts(deps: IntakeDeps) -> Parts:
    pool, vault, settings = deps.pool, deps.vault, deps.settings
    _begin_at_zero()
    relay = Relay(pool, deps.transport, SCHEMA)
    limits, places = Limits(pool, vault.blind_index, settings), open_places(settings.places)
    known, front = KnownFaults(pool, settings.city), doorway(pool, settings)
    filer, reception = Filer(pool, vault, settings, relay.hand_over, known), Reception(vault.fingerprint, places.placing)
    calls = hotline(pool, vault, filer, reception, settings.hotline, alike=front.like)
    guide, guidance = guidance_parts(pool, deps.plain, limits, settings, known.incident)
    door, checks = PublicDoor(filer, limits), VisitChecks(pool, vault, limits, relay.wake)
    changes = Changes(pool, vault, placing=places.placing, sort=find_priority, wake=relay.wake, settings=settings)
    after = aftercare_parts(pool, vault, limits, settings, placing=places.placing, doorway=front, wake=relay.wake)
    listener = Listener(places.resolver, load_suggester())
    tools = UseCases(reception, door, changes, after.wishes, checks, calls.callbacks)
    talks = talk_parts(pool, vault, settings, listener, tools, limits=limits, wake=relay.wake, guide=guide.guide)
    chat = web_chat(pool, vault, settings, talks.conversations, limits)
    routes = router(
        filer=filer,
        reception=reception,
        public_door=door,
        changes=changes,
        tracking=Tracking(pool, limits),
        visit_checks=checks,
        meeting_rooms=MeetingRooms(pool, Meetings(settings.meeting_url, vault.fingerprint), limits, relay.wake),
        doorway=front,
        elsewhere=after.elsewhere,
    )
    doors = more_doors(deps.tokens, settings.city, Inside(pool, vault, reception, filer, limits), wake=relay.wake)
    desk = desk_parts(pool, vault, tokens=deps.tokens, limits=limits, settings=settings, wake=relay.wake)
    watches = (PlaceWatch(pool), known, calls.watch, guide.shelf, talks.clerk, chat.stream)
    timers = {**_own_timers(deps), **calls.timers, **talks.waiting.handlers, **DOOR_TIMERS, **after.timers}
    return Parts(
        routers=[
            *(chat.router, routes, inbox_router(Inbox(pool, vault), settings.city), calls.router, guidance, talks.router),
            *(kinds_router(places.resolver), places.router(pool, vault), *after.routers, *doors, *desk.routers),
        ],
        loops=[TimerLoop(pool, "intake.timer", timers), *watches, *places.loops(pool, vault, changes), *desk.loops],
        consumers=[_consumer(deps, talks.conversations, places.placing)],
        relay=relay,
    )


def _consumer(deps: IntakeDeps, conversations: Conversations, placing: Placing) -> Consumer:
    source = deps.transport.source((Topic.ASSIGNMENTS, Topic.MESSAGES), SCHEMA, hurried=False)
    board = Board(deps.pool, deps.settings, conversations, deps.vault, placing)
    return Consumer(source, board.handle, DeadLetters(deps.pool), SCHEMA, wants=WANTED)


def _own_timers(deps: IntakeDeps) -> dict[str, TimerHandler]:
    return {**Deadlines(deps.settings, deps.vault).handlers, **Asking(deps.vault).handlers}


def _begin_at_zero() -> None:
    at_zero(INTAKE_FILED, Channel, Priority)
    at_zero(INTAKE_REFUSED, COUNTED)
