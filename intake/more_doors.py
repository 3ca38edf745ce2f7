"""The doors that end in the ordinary filing, put together: service points, Open311, files. Wiring only; called by service.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import asyncpg
from fastapi import APIRouter

from intake.counter.parts import COUNTER_TIMERS, counter_routes
from intake.filing import Filer
from intake.imports.importing import Importing
from intake.imports.routes import imports_router
from intake.imports.watching import IMPORT_TIMERS
from intake.limits import Limits
from intake.open311.desk import Open311Desk
from intake.open311.routes import open311_router
from intake.reception import Reception
from shared.security.tokens import Tokens
from shared.security.vault import Vault
from shared.timers import TimerHandler

DOOR_TIMERS: Final[Mapping[str, TimerHandler]] = {**COUNTER_TIMERS, **IMPORT_TIMERS}


@dataclass(frozen=True, slots=True)
class Inside:
    """What stands behind each of these doors."""

    pool: asyncpg.Pool
    vault: Vault
    reception: Reception
    filer: Filer
    limits: Limits


def more_doors(tokens: Tokens, city: str, inside: Inside, *, wake: Callable[[], None]) -> list[APIRouter]:
    pool, vault, reception, filer, limits = inside.pool, inside.vault, inside.reception, inside.filer, inside.limits
    return [
        counter_routes(pool, vault, city, wake=wake, reception=reception, filer=filer, limits=limits),
        open311_router(Open311Desk(pool, tokens, reception, filer, limits), city),
        imports_router(Importing(pool, vault, reception, filer)),
    ]
