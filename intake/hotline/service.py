"""The parts of the hotline that a process of intake runs. Wiring only."""

from dataclasses import dataclass

import asyncpg
from fastapi import APIRouter

from intake.filing import Filer
from intake.hotline.answer_clock import AnswerClock
from intake.hotline.call import CallOutcome
from intake.hotline.callback import CallbackOutcome
from intake.hotline.callbacks import Callbacks
from intake.hotline.callers import Callers
from intake.hotline.drafts import Drafts
from intake.hotline.routes import Alike, hotline_router
from intake.hotline.settings import HotlineSettings
from intake.hotline.switchboard import Switchboard
from intake.hotline.watch import HotlineWatch
from intake.reception import Reception
from shared.security.vault import Vault
from shared.telemetry.metrics import at_zero
from shared.telemetry.metrics_intake import HOTLINE_CALLS, HOTLINE_DONE, HOTLINE_REFUSED
from shared.timers import TimerHandler


@dataclass(frozen=True, slots=True)
class Hotline:
    """`callbacks`: for whoever else wants somebody called."""

    callbacks: Callbacks
    router: APIRouter
    timers: dict[str, TimerHandler]
    watch: HotlineWatch


def hotline(
    pool: asyncpg.Pool, vault: Vault, filer: Filer, reception: Reception, settings: HotlineSettings, *, alike: Alike
) -> Hotline:
    """`alike`: what looks like the request that was just filed, for its operator."""
    at_zero(HOTLINE_CALLS, CallOutcome)
    at_zero(HOTLINE_DONE, CallbackOutcome)
    at_zero(HOTLINE_REFUSED, ["old", "ahead", "another_number"])
    callbacks = Callbacks(pool, vault, settings)
    switchboard = Switchboard(pool, vault, settings, callbacks)
    drafts = Drafts(pool, vault, filer, reception)
    routes = hotline_router(switchboard, Callers(pool, vault, drafts), callbacks, AnswerClock(pool), drafts, alike=alike)
    return Hotline(callbacks, routes, {**switchboard.handlers, **callbacks.handlers}, HotlineWatch(pool, callbacks))
