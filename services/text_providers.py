"""From our settings to those of each provider of texts. Whole, because a start without one of them is refused."""

from typing import Final

from pydantic import SecretStr

from notify.channels.esms import EsmsSettings
from notify.channels.speedsms import SpeedSmsSettings
from notify.channels.twilio import TwilioSettings
from services.settings import Settings
from services.settings_texts import TextSettings

PRICES: Final = {name: f"{name}_cost_vnd" for name in ("kannel", "esms", "speedsms", "twilio")}  # provider → setting


def esms_settings(settings: TextSettings) -> EsmsSettings:
    return EsmsSettings(
        url=settings.esms_url,
        api_key=plain(settings.esms_api_key),
        secret_key=plain(settings.esms_secret_key),
        sender=settings.esms_sender or "",
        callback_url=settings.esms_callback_url or "",
        callback_secret=plain(settings.esms_callback_secret),
        accents=settings.esms_accents,
        cost_vnd=settings.esms_cost_vnd,
    )


def speedsms_settings(settings: TextSettings) -> SpeedSmsSettings:
    return SpeedSmsSettings(
        url=settings.speedsms_url,
        token=plain(settings.speedsms_token),
        kind=settings.speedsms_type,
        sender=settings.speedsms_sender,
        accents=settings.speedsms_accents,
        cost_vnd=settings.speedsms_cost_vnd,
    )


def twilio_settings(settings: TextSettings) -> TwilioSettings:
    return TwilioSettings(
        url=settings.twilio_url,
        account=settings.twilio_account or "",
        token=plain(settings.twilio_token),
        sender=settings.twilio_sender or "",
        callback_url=settings.twilio_callback_url or "",
        cost_vnd=settings.twilio_cost_vnd,
    )


def sms_price_vnd(settings: Settings) -> int:
    """What a part of an SMS costs over the provider that is preferred; 0: nothing, or nobody has said."""
    return next((getattr(settings, PRICES[name]) for name in settings.carrier_names if name in PRICES), 0)


def plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
