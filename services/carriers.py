"""Which providers carry messages here: a table with a line each, opened in the order of the deployment. Wiring only."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from notify.callbacks.esms import esms_router
from notify.callbacks.kannel import kannel_router
from notify.callbacks.speedsms import speedsms_router
from notify.callbacks.twilio import twilio_router
from notify.channels.esms import open_esms
from notify.channels.kannel import KannelSettings, open_kannel
from notify.channels.mail import open_mail
from notify.channels.phones import phones_router
from notify.channels.port import Abilities, Arrivals, Carrier
from notify.channels.simulated import SIMULATED_CHATS, Knobs, SimulatedCarrier
from notify.channels.speedsms import open_speedsms
from notify.channels.twilio import open_twilio
from notify.channels.web_push import open_web_push
from notify.service import Carriage
from services import chats
from services.process import Base
from services.push_and_mail import MAIL_NEEDS, WEB_PUSH_NEEDS, mail_settings, web_push_settings
from services.settings import KANNEL_FIELDS, Settings, variable
from services.settings_texts import NEEDED
from services.text_providers import esms_settings, plain, speedsms_settings, twilio_settings
from shared.errors import Misconfigured
from shared.events.contract import ChannelKind
from shared.postgres.pool import open_pool

SIMULATED: Final = "simulated"


@dataclass(frozen=True, slots=True)
class Provider:
    """`needs`: settings without which it does not start. `router`: where it reports receipts and what people write."""

    needs: tuple[str, ...]
    open: Callable[[Base], AbstractAsyncContextManager[Carrier]]
    router: Callable[[Arrivals, Settings, Carrier], APIRouter] | None = None


def _kannel_callbacks(arrivals: Arrivals, settings: Settings, _carrier: Carrier) -> APIRouter:
    return kannel_router(arrivals, kannel_settings(settings).callback_secret)


PROVIDERS: Final[Mapping[str, Provider]] = {
    "kannel": Provider(
        tuple(f"kannel_{name}" for name in KANNEL_FIELDS),
        lambda base: open_kannel(kannel_settings(base.settings)),
        _kannel_callbacks,
    ),
    "telegram": Provider(chats.TELEGRAM_NEEDS, chats.telegram, chats.telegram_callbacks),
    "zalo": Provider(chats.ZALO_NEEDS, chats.zalo, chats.zalo_callbacks),
    "zns": Provider(chats.ZNS_NEEDS, chats.zns, chats.zalo_callbacks),
    "esms": Provider(
        tuple(f"esms_{name}" for name in NEEDED["esms"]),
        lambda base: open_esms(esms_settings(base.settings)),
        lambda arrivals, settings, _: esms_router(arrivals, plain(settings.esms_callback_secret)),
    ),
    "speedsms": Provider(
        tuple(f"speedsms_{name}" for name in NEEDED["speedsms"]),
        lambda base: open_speedsms(speedsms_settings(base.settings)),
        lambda arrivals, settings, _: speedsms_router(arrivals, plain(settings.speedsms_callback_secret)),
    ),
    "twilio": Provider(
        tuple(f"twilio_{name}" for name in NEEDED["twilio"]),
        lambda base: open_twilio(twilio_settings(base.settings)),
        lambda arrivals, settings, _: twilio_router(arrivals, twilio_settings(settings)),
    ),
    "web_push": Provider(WEB_PUSH_NEEDS, lambda base: open_web_push(web_push_settings(base.settings))),
    "mail": Provider(MAIL_NEEDS, lambda base: open_mail(mail_settings(base.settings))),
}


async def open_carriers(base: Base) -> tuple[Callable[[Arrivals], Carriage], frozenset[ChannelKind]]:
    """What carries messages, and the channels that are served by it."""
    names = base.settings.carrier_names
    check(base.settings)
    pool = await base.life.enter(open_pool(base.ground.dsn, schema="carrier", max_size=4)) if SIMULATED in names else None
    opened = {name: await base.life.enter(PROVIDERS[name].open(base)) for name in names if name != SIMULATED}

    played = {} if pool is None else {kind: chat for kind, chat in SIMULATED_CHATS.items() if kind.value not in names}

    def carriage(arrivals: Arrivals) -> Carriage:
        simulated = SimulatedCarrier(pool, arrivals, knobs=knobs(base.settings)) if pool is not None else None
        chats = [chat(pool, arrivals, knobs=knobs(base.settings)) for chat in played.values() if pool is not None]
        doors = [(PROVIDERS[name].router, carrier) for name, carrier in opened.items()]
        routers = [router(arrivals, base.settings, carrier) for router, carrier in doors if router is not None]
        if pool is not None and base.ground.embedded:
            routers.append(phones_router(pool, arrivals))
        carriers = [*(opened.get(name, simulated) for name in names), *chats]
        loops = [simulated] if simulated is not None else []
        return Carriage(carriers=[carrier for carrier in carriers if carrier is not None], routers=routers, loops=loops)

    abilities = [carrier.abilities for carrier in opened.values()]
    if pool is None:
        refuse_if_nobody_can_answer(abilities, base.settings)
    served = {ability.channel for ability in abilities} | ({ChannelKind.SMS} if pool is not None else set())
    return carriage, frozenset({*served, *played})


def check(settings: Settings) -> None:
    """Names that exist, each once, with all they need; every problem at once."""
    names, problems = settings.carrier_names, []
    if len(set(names)) < len(names):
        problems.append("names one twice")
    for name in sorted(set(names) - {SIMULATED}):
        provider = PROVIDERS.get(name)
        if provider is None:
            problems.append(f"{name or 'nothing'}: no such provider, there are {', '.join(sorted({*PROVIDERS, SIMULATED}))}")
        elif missing := [variable(field) for field in provider.needs if not getattr(settings, field)]:
            problems.append(f"{name} also needs {', '.join(missing)}")
    if problems:
        raise Misconfigured(f"{variable('carriers')}: {'; '.join(problems)}")


def refuse_if_nobody_can_answer(abilities: list[Abilities], settings: Settings) -> None:
    """Offers would wait for ever: nobody could say yes to them."""
    sms = [ability for ability in abilities if ability.channel is ChannelKind.SMS]
    if not sms:
        raise Misconfigured(f"{variable('carriers')}: none of them carries SMS, which reaches everybody")
    if settings.answer_to is None and not any(ability.two_way for ability in sms):
        raise Misconfigured(f"{variable('answer_to')} is not set, and nobody can answer over {variable('carriers')}")


def kannel_settings(settings: Settings) -> KannelSettings:
    """Whole, because a start without one of them is refused."""
    return KannelSettings(
        url=settings.kannel_url or "",
        username=settings.kannel_username or "",
        password=settings.kannel_password.get_secret_value() if settings.kannel_password else "",
        sender=settings.kannel_sender or "",
        callback_url=settings.kannel_callback_url or "",
        cost_vnd=settings.kannel_cost_vnd,
        callback_secret=settings.kannel_callback_secret.get_secret_value() if settings.kannel_callback_secret else "",
    )


def knobs(settings: Settings) -> Knobs:
    return Knobs(
        latency_seconds=settings.carrier_latency_seconds,
        undelivered_rate=settings.carrier_failure_rate,
        receipt_missing_rate=0.0 if settings.carrier_receipts else 1.0,
    )
