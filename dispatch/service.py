"""The parts of dispatch that a process runs: routes, consumer, matcher, timers, relay. Wiring only; called by `services`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import asyncpg
from fastapi import APIRouter

from dispatch.answers import Answers
from dispatch.consumer import READING, WANTED, EventHandler
from dispatch.deadlines import on_time
from dispatch.desk import Desk
from dispatch.faults.group_watch import GroupWatch
from dispatch.faults.groups import Groups
from dispatch.faults.incident_watch import IncidentWatch
from dispatch.faults.incidents import Incidents
from dispatch.faults.sessions import Sessions
from dispatch.forgetting import Forgetting
from dispatch.jobs.named import Names
from dispatch.matching.deflection import DeflectionWatch, deflection_router
from dispatch.matching.matcher import Matcher
from dispatch.matching.neighbours import Neighbourhood
from dispatch.matching.queue_watch import QueueWatch
from dispatch.roster.directory import Directory
from dispatch.roster.membership import Membership
from dispatch.roster.quality_rows import QualityWatch
from dispatch.routes.api import router
from dispatch.routes.coverage_api import coverage_router
from dispatch.routes.desk_api import desk_router
from dispatch.routes.duty_api import duty_router
from dispatch.routes.groups_api import groups_router
from dispatch.routes.incidents_api import incidents_router
from dispatch.routes.members_api import members_router
from dispatch.routes.roster_api import roster_router
from dispatch.routes.sessions_api import sessions_router
from dispatch.routes.shift_api import shift_router
from dispatch.settings import DispatchSettings
from dispatch.shifts.coverage_rows import CoverageWatch
from dispatch.shifts.duties import Duties
from dispatch.shifts.shift_answers import Shifts
from dispatch.shifts.sign_up import SignUp
from dispatch.shifts.swap_desk import Swaps
from dispatch.upkeep import Upkeep
from shared.geo.communes import COMMUNES
from shared.lifecycle import Loop, Parts
from shared.meetings import Meetings
from shared.security.tokens import Tokens
from shared.security.vault import Vault
from shared.timers import TimerLoop
from shared.transport.consumer import Consumer
from shared.transport.dead_letters import DeadLetters
from shared.transport.port import Transport
from shared.transport.relay import Relay

SCHEMA: Final = "dispatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchDeps:
    """`pool` acts as the role of schema dispatch."""

    pool: asyncpg.Pool
    vault: Vault
    tokens: Tokens
    transport: Transport
    settings: DispatchSettings = field(default_factory=DispatchSettings)


def neighbourhood(settings: DispatchSettings) -> Neighbourhood | None:
    """None: what the matcher makes of the centres by itself."""
    if settings.neighbours is None:
        return None
    return Neighbourhood.of_pairs([commune.code for commune in COMMUNES], settings.neighbours, settings.policy)


def parts(deps: DispatchDeps) -> Parts:
    pool, settings = deps.pool, deps.settings
    relay, near = Relay(pool, deps.transport, SCHEMA), neighbourhood(settings)
    matcher = Matcher(pool, settings.city, told=relay.wake, policy=settings.policy, neighbourhood=near)

    def changed() -> None:
        relay.wake()
        matcher.wake()

    watch = IncidentWatch(pool, settings.city, settings.incidents, changed)
    names = Names(deps.vault, settings.policy)
    handler = EventHandler(pool, changed, lambda: matcher.planner, publish=relay.hand_over, names=names, incidents=watch.open)
    return Parts(
        routers=_routers(deps, changed),
        loops=[
            matcher,
            TimerLoop(pool, "dispatch.timer", on_time(near, settings.incidents)),
            watch,
            Upkeep(pool, deps.vault, settings),
            Forgetting(pool, settings.keep_details_days),
            *_watches(pool, deps),
            GroupWatch(pool, settings.city, settings.groups, relay.wake),
        ],
        consumers=[
            Consumer(deps.transport.source((topic,), group, hurried=hurried), handler, DeadLetters(pool), group, wants=WANTED)
            for group, topic, hurried in READING
        ],
        relay=relay,
    )


def _watches(pool: asyncpg.Pool, deps: DispatchDeps) -> list[Loop]:
    """What counts, and changes nothing."""
    city = deps.settings.city
    return [CoverageWatch(pool, city), DeflectionWatch(pool, city), QualityWatch(pool, deps.vault, city), QueueWatch(pool, city)]


def _routers(deps: DispatchDeps, changed: Callable[[], None]) -> list[APIRouter]:
    pool, vault, settings = deps.pool, deps.vault, deps.settings
    meetings = Meetings(settings.meeting_url, vault.fingerprint)
    directory = Directory(pool, vault, settings.city, changed)
    routes = router(answers=Answers(pool, changed, vault), directory=directory, meetings=meetings)
    desk = desk_router(Desk(pool, vault, settings.policy, changed))
    at_desk = (pool, settings.city, changed)
    duty = duty_router(Duties(*at_desk))
    shifts = shift_router(Shifts(*at_desk), SignUp(*at_desk), Swaps(*at_desk))
    members = members_router(Membership(pool, settings.city, changed))
    return [
        routes,
        desk,
        duty,
        shifts,
        members,
        coverage_router(pool, settings.city),
        deflection_router(pool, settings.city),
        groups_router(Groups(pool, changed)),
        sessions_router(Sessions(pool, vault, settings.sessions, changed)),
        incidents_router(Incidents(pool, settings.city, settings.incidents, changed)),
        roster_router(pool, vault, settings.city, changed),
    ]
