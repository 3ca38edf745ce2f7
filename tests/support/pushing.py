"""Web push against a push service on loopback: the carrier, somebody who has subscribed, and messages for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from notify.channels.http_provider import Patience
from notify.channels.port import Outgoing
from notify.channels.push_sealing import new_key
from notify.channels.web_push import WebPushCarrier, WebPushSettings, open_web_push
from services.settings_push import PUSH_HOSTS
from tests.support.browser import Browser
from tests.support.provider import Act, Provider, a_provider, says
from tests.support.texting import Still, outgoing

BROWSER = Browser()
HOSTS = tuple(PUSH_HOSTS.split(","))
TAKEN = says(b"", 201)


@asynccontextmanager
async def push(*acts: Act) -> AsyncIterator[tuple[WebPushCarrier, Provider]]:
    patience = Patience(connect_seconds=0.2, answer_seconds=0.3)
    settings = WebPushSettings(key=new_key(), contact="mailto:ops@example.vn", hosts=HOSTS, loopback=True, patience=patience)
    async with a_provider(*acts) as provider, open_web_push(settings, Still()) as carrier:
        yield carrier, provider


def to(provider: Provider, text: str = "Việc này là của bạn", *, seconds: float = 90) -> Outgoing:
    return outgoing(text, seconds=seconds, to=BROWSER.subscription(f"{provider.url}/send/abc"))


def subscriber(provider: Provider, number: int) -> Outgoing:
    return outgoing(to=BROWSER.subscription(f"{provider.url}/send/{number}"))
