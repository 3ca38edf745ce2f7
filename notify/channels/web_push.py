"""Web push: a notification in the browser of somebody who has asked for it there. No receipts, and nobody answers over it.

An address comes from a browser, so from anybody: only hosts on our list are spoken to, only over https, and never at an
address inside. For the same reason no answer of theirs shuts the whole route: it is about one subscription, or one push service
(push_services.py).
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import orjson
from aiohttp.resolver import ThreadedResolver

from notify.channels.fitting import check_text, seconds_left
from notify.channels.http_provider import (
    NOT_FOUND,
    REQUEST_TIMEOUT,
    SERVER_ERROR,
    THROTTLED,
    UNAVAILABLE,
    Answer,
    HttpProvider,
    Patience,
    open_http,
)
from notify.channels.port import Abilities, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing, Submission
from notify.channels.push_address import NotListed, OutsideOnly, PushAddress, read_address
from notify.channels.push_sealing import LONGEST_BYTES, Signer, sealed
from notify.channels.push_services import PushServices
from shared.clock import Clock, SystemClock
from shared.events.contract import ChannelKind
from shared.telemetry.logs import logger

log = logger()

TITLE: Final = "TechRescue"
LONGEST_TTL_SECONDS: Final = 28 * 86_400  # push services take no more
SOON_SECONDS: Final = 15 * 60  # what is worth nothing after this wakes a sleeping phone; the rest waits until it is looked at
TOPIC_LETTERS: Final = 32
TAKEN: Final = frozenset({200, 201, 202, 204})
GONE: Final = frozenset({NOT_FOUND, 410})
NOT_OUR_KEY: Final = frozenset({401, 403})  # subscribed under another key of ours
TOO_LARGE: Final = 413


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPushSettings:
    key: str = field(repr=False)  # 32 bytes in URL-safe base64
    contact: str  # mailto: or https:, for the people of a push service
    hosts: tuple[str, ...]  # whom we speak to: a name, or *.name for all below it
    loopback: bool = False  # tests: http, and a port of this machine
    patience: Patience = field(default_factory=Patience)


@asynccontextmanager
async def open_web_push(settings: WebPushSettings, clock: Clock | None = None) -> AsyncIterator["WebPushCarrier"]:
    resolver = None if settings.loopback else OutsideOnly(ThreadedResolver())
    async with open_http(settings.patience, resolver=resolver) as http:
        yield WebPushCarrier(settings, http, clock or SystemClock())


class WebPushCarrier:
    """A Carrier. `to` is what a browser gives as its subscription (JSON)."""

    name: Final = "web_push"
    abilities: Final = Abilities(channel=ChannelKind.WEB_PUSH, two_way=False, receipts=False, many_services=True)

    def __init__(self, settings: WebPushSettings, http: HttpProvider, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._signer = Signer(settings.key, settings.contact)
        self._services = PushServices()

    async def send(self, message: Outgoing) -> Submission:
        left = seconds_left(message, self._clock.now())
        check_text(message, self.abilities)
        address = self._address(message.to)
        text = _notification(message)
        if len(text) > LONGEST_BYTES:
            raise CarrierRefused("too_long", permanent=True)
        self._services.check(address.origin)
        self._judge(await self._push(message, address, text, left), address)
        return Submission()

    def takes(self, address: str) -> bool:
        try:
            self._read(address)
        except ValueError:
            return False
        return True

    async def _push(self, message: Outgoing, address: PushAddress, text: bytes, left: float) -> Answer:
        headers = {
            "TTL": str(min(int(left), LONGEST_TTL_SECONDS)),
            "Urgency": "high" if left <= SOON_SECONDS else "normal",
            "Topic": topic_of(message),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "Authorization": self._signer.header(address.origin, self._clock.now()),
        }
        try:
            return await self._http.post(address.url, data=sealed(text, address.browser), headers=headers)
        except CarrierDown:
            self._services.silent(address.origin, str(address.url))
            raise CarrierRefused("away", permanent=False) from None
        except CarrierUncertain:
            self._services.silent(address.origin, str(address.url))
            raise

    def _address(self, to: str) -> PushAddress:
        """Nobody is forgotten for what we read, or for a list of ours that is too short: that a subscription is gone, its push
        service alone can say."""
        try:
            return self._read(to)
        except NotListed:
            log.warning("notify.web_push.service_not_listed")
            raise CarrierRefused("not_routable", permanent=True) from None
        except ValueError:
            raise CarrierRefused("bad_address", permanent=True) from None

    def _read(self, subscription: str) -> PushAddress:
        return read_address(subscription, self._settings.hosts, loopback=self._settings.loopback)

    def _judge(self, answer: Answer, address: PushAddress) -> None:
        status, origin, services = answer.status, address.origin, self._services
        if status in TAKEN:
            services.took(origin)
            return
        if status in {THROTTLED, UNAVAILABLE}:
            services.not_now(origin, answer.retry_after_seconds)
            raise CarrierRefused("throttled", permanent=False)
        if status >= SERVER_ERROR or status == REQUEST_TIMEOUT:
            services.silent(origin, str(address.url))
            raise CarrierUncertain
        if status in NOT_OUR_KEY:  # not gone: a wrong key in our settings must not make us forget everybody
            log.error("notify.web_push.key_refused", status=status)
            services.key_refused(origin, str(address.url))
        else:
            services.answered(origin)
        raise _refusal(status)


def _refusal(status: int) -> CarrierRefused:
    if status in GONE:
        return CarrierRefused("gone", permanent=True, gone=True)
    if status in NOT_OUR_KEY:
        return CarrierRefused("credentials", permanent=True)
    return CarrierRefused("too_long" if status == TOO_LARGE else "bad_message", permanent=True)


def _notification(message: Outgoing) -> bytes:
    """What the page's service worker shows; `actions` as its showNotification() takes them."""
    actions = [{"action": one.says, "title": one.label} for one in message.buttons]
    return orjson.dumps({"id": str(message.id), "title": TITLE, "body": message.text, "actions": actions})


def topic_of(message: Outgoing) -> str:
    """A newer word about the same thing takes the place of one that was not shown yet."""
    return hashlib.sha256(f"{message.request_id} {message.kind}".encode()).hexdigest()[:TOPIC_LETTERS]
