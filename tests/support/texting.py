"""The providers of texts with settings of their own, opened against a peer on loopback; and a message for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from notify.channels.esms import EsmsCarrier, EsmsSettings, open_esms
from notify.channels.http_provider import Patience
from notify.channels.port import Carrier, Outgoing
from notify.channels.speedsms import SpeedSmsCarrier, SpeedSmsSettings, open_speedsms
from notify.channels.twilio import TwilioCarrier, TwilioSettings, open_twilio
from shared.ids import uuid7

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SECRET = "s3"
IMPATIENT = Patience(answer_seconds=0.3)


class Still:
    """A clock."""

    def now(self) -> datetime:
        return NOW


def outgoing(text: str = "Việc này là của bạn", *, seconds: float = 90, to: str = "+84901234567") -> Outgoing:
    not_after = NOW + timedelta(seconds=seconds)
    return Outgoing(id=uuid7(), to=to, text=text, not_after=not_after, request_id=uuid7(), kind="offer")


def twilio_settings(url: str = "http://peer", sender: str = "+15005550006") -> TwilioSettings:
    return TwilioSettings(
        url=url, account="AC1", token="opensesame", sender=sender, callback_url="https://sos.example.vn", patience=IMPATIENT
    )


@asynccontextmanager
async def esms(url: str, *, accents: bool = False) -> AsyncIterator[EsmsCarrier]:
    settings = EsmsSettings(
        url=url,
        api_key="key1",
        secret_key="opensesame",
        sender="CUUHO",
        callback_url="http://notify:8000",
        callback_secret=SECRET,
        accents=accents,
        patience=IMPATIENT,
    )
    async with open_esms(settings, Still()) as carrier:
        yield carrier


@asynccontextmanager
async def speedsms(url: str, *, kind: int = 3) -> AsyncIterator[SpeedSmsCarrier]:
    settings = SpeedSmsSettings(url=url, token="opensesame", kind=kind, sender="CUUHO", patience=IMPATIENT)
    async with open_speedsms(settings, Still()) as carrier:
        yield carrier


@asynccontextmanager
async def twilio(url: str, *, sender: str = "+15005550006") -> AsyncIterator[TwilioCarrier]:
    async with open_twilio(twilio_settings(url, sender), Still()) as carrier:
        yield carrier


OPENED = {"esms": esms, "speedsms": speedsms, "twilio": twilio}


@asynccontextmanager
async def any_of_them(name: str, url: str) -> AsyncIterator[Carrier]:
    async with OPENED[name](url) as carrier:
        yield carrier
