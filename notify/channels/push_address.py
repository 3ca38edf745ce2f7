"""A browser's subscription, read and judged: is it one, and may we speak to where it points? Sends nothing."""

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from pydantic import BaseModel, Field
from yarl import URL

from notify.channels.push_sealing import Browser

HTTPS_PORT: Final = 443
# Any other is no name to look up, and a resolver that is asked for it fails in ways of its own.
HOST: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost"})


class NotListed(ValueError):
    """A subscription that points to where this deployment does not speak."""


@dataclass(frozen=True, slots=True)
class PushAddress:
    url: URL
    browser: Browser

    @property
    def origin(self) -> str:
        """The push service: who is asked for pushes, and how it is."""
        return str(self.url.origin())


class _Keys(BaseModel):
    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)


class Subscription(BaseModel):
    """What `PushSubscription.toJSON()` gives; the rest of it is nothing to us."""

    endpoint: str = Field(max_length=2000)
    keys: _Keys

    def written(self) -> str:
        """Always the same way: by its letters it is found again."""
        return self.model_dump_json()


def read_address(subscription: str, hosts: Sequence[str], *, loopback: bool = False) -> PushAddress:
    """Raises ValueError: it is none; NotListed: it points to where we do not speak."""
    read = Subscription.model_validate_json(subscription)
    browser = Browser.of(read.keys.p256dh, read.keys.auth)
    # The same parser reads an address here and in aiohttp: two that differ are the way around such a list.
    url = URL(read.endpoint)
    host = (url.host or "").lower()
    allowed = host in LOOPBACK if loopback else _outside(url, host, hosts)
    if not allowed or url.user is not None or url.password is not None:
        raise NotListed("not a place that we speak to")
    if HOST.fullmatch((url.raw_host or "").lower()) is None:
        raise ValueError("no name of a host")
    return PushAddress(url, browser)


def _outside(url: URL, host: str, hosts: Sequence[str]) -> bool:
    return url.scheme == "https" and url.port == HTTPS_PORT and not _is_number(host) and any(_fits(host, one) for one in hosts)


def _fits(host: str, known: str) -> bool:
    return host.endswith(known[1:]) and host != known[1:] if known.startswith("*.") else host == known


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class OutsideOnly(AbstractResolver):
    """Addresses of the public internet only. What is checked here is what is connected to: no second look-up in between."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        found = [one for one in await self._inner.resolve(host, port, family) if ip_address(one["host"]).is_global]
        if not found:
            raise OSError("no address outside")
        return found

    async def close(self) -> None:
        await self._inner.close()
