"""The parts of the walk-in queues, put together: routes and timers. Wiring only; called by intake/service.py."""

from collections.abc import Callable, Mapping
from typing import Final

import asyncpg
from fastapi import APIRouter

from intake.counter.calling import Calling
from intake.counter.closing import TICKET_CLOSE, close_ticket
from intake.counter.filing import TicketFiler
from intake.counter.points import Points
from intake.counter.routes import counter_router
from intake.counter.sight import CounterSight
from intake.counter.taking import Taking
from intake.filing import Filer
from intake.limits import Limits
from intake.reception import Reception
from shared.security.vault import Vault
from shared.telemetry.metric_list import at_zero
from shared.telemetry.metrics_intake import TICKETS
from shared.timers import TimerHandler

OUTCOMES: Final = (
    *("taken", "called", "no_show", "done", "missed", "cancelled"),
    *("unserved", "unreported", "filed"),
)
COUNTER_TIMERS: Final[Mapping[str, TimerHandler]] = {TICKET_CLOSE: close_ticket}


def counter_routes(
    pool: asyncpg.Pool,
    vault: Vault,
    city: str,
    *,
    wake: Callable[[], None],
    reception: Reception,
    filer: Filer,
    limits: Limits,
) -> APIRouter:
    at_zero(TICKETS, OUTCOMES)
    return counter_router(
        points=Points(pool),
        taking=Taking(pool, vault),
        calling=Calling(pool, vault, city, wake),
        filer=TicketFiler(pool, vault, reception, filer),
        limits=limits,
        sight=CounterSight(pool),
    )
