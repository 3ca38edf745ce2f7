"""What comes after the help, and people's own data, as a process runs it: routes and timers. Wiring only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import asyncpg
from fastapi import APIRouter

from intake.aftercare.asking import AskFixed
from intake.aftercare.desk import AftercareDesk
from intake.aftercare.elsewhere import Elsewhere
from intake.aftercare.hearing import Aftercare
from intake.aftercare.numbers import Numbers
from intake.aftercare.routes import aftercare_router
from intake.aftercare.wishes import Wishes
from intake.desk.doorway import Doorway
from intake.limits import Limits
from intake.places.placing import Placing
from intake.privacy.desk import PrivacyDesk
from intake.privacy.routes import privacy_router
from intake.settings import IntakeSettings
from shared.security.vault import Vault
from shared.timers import TimerHandler


@dataclass(frozen=True, slots=True)
class AftercareParts:
    routers: tuple[APIRouter, ...]
    timers: Mapping[str, TimerHandler]
    wishes: Wishes
    elsewhere: Elsewhere


def aftercare_parts(
    pool: asyncpg.Pool,
    vault: Vault,
    limits: Limits,
    settings: IntakeSettings,
    *,
    placing: Placing,
    doorway: Doorway,
    wake: Callable[[], None],
) -> AftercareParts:
    wishes, numbers = Wishes(pool, vault, placing, limits, wake), Numbers(pool, vault, limits, settings, wake)
    desk = AftercareDesk(pool, vault, Aftercare(settings, vault, placing), limits, wake)
    privacy = PrivacyDesk(pool, vault, placing, wake)
    timers = {**AskFixed(settings).handlers, **wishes.handlers, **numbers.handlers, **privacy.handlers}
    elsewhere = Elsewhere(pool, vault, wishes)
    routes = (aftercare_router(desk, wishes, numbers, elsewhere, doorway), privacy_router(privacy))
    return AftercareParts(routes, timers, wishes, elsewhere)
