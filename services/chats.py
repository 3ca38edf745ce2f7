"""Telegram, Zalo's chat and its templates as providers: from our settings to their adapters, callbacks and loops. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import APIRouter
from pydantic import SecretStr

from notify.accounts.zalo_tokens import ZaloApp, ZaloTokens, open_tokens
from notify.callbacks.telegram import telegram_router
from notify.callbacks.zalo import zalo_router
from notify.channels.port import Arrivals, Carrier
from notify.channels.telegram import TelegramCarrier, TelegramSettings, open_telegram
from notify.channels.zalo import ZaloCarrier, ZaloSettings, open_zalo
from notify.channels.zns import ZnsCarrier, ZnsSettings, open_zns, read_templates
from services.process import Base
from services.settings import Settings
from shared.errors import Misconfigured

TELEGRAM_NEEDS: Final = ("telegram_token", "telegram_callback_secret")
ZALO_NEEDS: Final = ("zalo_app_id", "zalo_app_secret", "zalo_webhook_secret")
ZNS_NEEDS: Final = (*ZALO_NEEDS, "zalo_zns_templates")


@asynccontextmanager
async def telegram(base: Base) -> AsyncIterator[TelegramCarrier]:
    settings = TelegramSettings(url=base.settings.telegram_url, token=_plain(base.settings.telegram_token))
    async with open_telegram(settings) as carrier:
        base.life.spawn(carrier.courtesy)
        yield carrier


@asynccontextmanager
async def zalo(base: Base) -> AsyncIterator[ZaloCarrier]:
    settings = ZaloSettings(url=base.settings.zalo_url, cost_vnd=base.settings.zalo_cost_vnd)
    async with _tokens(base) as tokens, open_zalo(settings, tokens) as carrier:
        yield carrier


@asynccontextmanager
async def zns(base: Base) -> AsyncIterator[ZnsCarrier]:
    file = base.settings.zalo_zns_templates
    if file is None:
        raise Misconfigured("zns needs its templates")
    settings = ZnsSettings(
        url=base.settings.zalo_zns_url, templates=read_templates(file), cost_vnd=base.settings.zalo_zns_cost_vnd
    )
    async with _tokens(base) as tokens, open_zns(settings, tokens) as carrier:
        yield carrier


def templated(settings: Settings) -> frozenset[str]:
    """The purposes that have a template of ZNS here."""
    return frozenset(read_templates(settings.zalo_zns_templates)) if settings.zalo_zns_templates is not None else frozenset()


def telegram_callbacks(arrivals: Arrivals, settings: Settings, carrier: Carrier) -> APIRouter:
    if not isinstance(carrier, TelegramCarrier):
        raise TypeError("these are Telegram's callbacks")
    return telegram_router(arrivals, _plain(settings.telegram_callback_secret), carrier.courtesy)


def zalo_callbacks(arrivals: Arrivals, settings: Settings, carrier: Carrier) -> APIRouter:
    """One door for the chat and the templates: where both are used, the chat's provider opens it."""
    if carrier.name == ZnsCarrier.name and ZaloCarrier.name in settings.carrier_names:
        return APIRouter()
    return zalo_router(arrivals, app_id=settings.zalo_app_id or "", secret=_plain(settings.zalo_webhook_secret))


@asynccontextmanager
async def _tokens(base: Base) -> AsyncIterator[ZaloTokens]:
    """Each provider keeps its own eye on the one row: two of them are like two processes."""
    app = ZaloApp(
        app_id=base.settings.zalo_app_id or "",
        secret=_plain(base.settings.zalo_app_secret),
        oauth_url=base.settings.zalo_oauth_url,
    )
    async with open_tokens(base.pool, base.vault, app) as tokens:
        base.life.spawn(tokens)
        yield tokens


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
