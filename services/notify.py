"""`python -m services.notify`: who is told, and proof of it."""

from collections.abc import Callable
from typing import Final

from notify.bridge import CallBridge
from notify.channels.http_bridge import BridgeSettings, open_bridge
from notify.channels.kannel import KannelSettings, open_kannel
from notify.channels.port import Arrivals
from notify.channels.simulated import Knobs
from notify.service import Carriage, NotifyDeps, kannel, parts, simulated
from notify.settings import NotifySettings
from services.entry import main
from services.process import Base, Room, production
from services.settings import Settings
from shared.lifecycle import Parts
from shared.postgres.pool import open_pool


async def build(base: Base) -> Parts:
    carriage = await (_kannel(base) if base.settings.carrier == "kannel" else _simulated(base))
    settings = NotifySettings(city=base.settings.city)
    return parts(
        NotifyDeps(
            pool=base.pool,
            vault=base.vault,
            tokens=base.tokens,
            transport=base.transport,
            carriage=carriage,
            settings=settings,
            bridge=await _bridge(base),
        )
    )


async def _bridge(base: Base) -> CallBridge | None:
    settings = base.settings
    if settings.bridge_url is None or settings.bridge_token is None:
        return None
    token = settings.bridge_token.get_secret_value()
    bridge = BridgeSettings(url=settings.bridge_url, token=token, hotline=settings.hotline_phone)
    return await base.life.enter(open_bridge(bridge))


async def _kannel(base: Base) -> Callable[[Arrivals], Carriage]:
    carrier = await base.life.enter(open_kannel(kannel_settings(base.settings)))
    return kannel(carrier, kannel_settings(base.settings).callback_secret)


async def _simulated(base: Base) -> Callable[[Arrivals], Carriage]:
    pool = await base.life.enter(open_pool(base.ground.dsn, schema="carrier", max_size=4))
    return simulated(pool, knobs(base.settings), dev_routes=base.ground.embedded)


def kannel_settings(settings: Settings) -> KannelSettings:
    """Whole, because a start without one of them is refused."""
    return KannelSettings(
        url=settings.kannel_url or "",
        username=settings.kannel_username or "",
        password=settings.kannel_password.get_secret_value() if settings.kannel_password else "",
        sender=settings.kannel_sender or "",
        callback_url=settings.kannel_callback_url or "",
        callback_secret=settings.kannel_callback_secret.get_secret_value() if settings.kannel_callback_secret else "",
    )


def knobs(settings: Settings) -> Knobs:
    return Knobs(
        latency_seconds=settings.carrier_latency_seconds,
        undelivered_rate=settings.carrier_failure_rate,
        receipt_missing_rate=0.0 if settings.carrier_receipts else 1.0,
    )


ROOM: Final = Room("notify", build)

if __name__ == "__main__":
    main(production([ROOM]))
