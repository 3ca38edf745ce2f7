"""What adapters of providers with an HTTP API share: a session with limits of time and size, and what an answer without their
own words in it means. No provider's words here.
"""

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver
from pydantic import BaseModel, ValidationError
from yarl import URL

from notify.channels.port import CarrierDown, CarrierRefused, CarrierUncertain

MOST_BYTES: Final = 64 * 1024  # of an answer; theirs are below 1 KiB, and a gigabyte must not fill our memory
LONGEST_PAUSE_SECONDS: Final = 3600.0  # of a Retry-After that we believe
KEPT_SECONDS: Final = 2.0  # an idle connection: a storm reuses it, and nobody hangs up on it while we begin to write
OK, MULTIPLE_CHOICES, BAD_REQUEST = 200, 300, 400
PAYMENT_REQUIRED, REQUEST_TIMEOUT, THROTTLED = 402, 408, 429
SERVER_ERROR, UNAVAILABLE = 500, 503
LOCKED_OUT: Final = frozenset({401, 403, 407})
ABOUT_THE_MESSAGE: Final = frozenset({400, 409, 413, 422})  # the provider's own words say more

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole of what a provider said; `body` is never quoted in an error or a log."""

    status: int
    body: bytes
    retry_after_seconds: float | None = None

    def check(self) -> None:
        """Raises for every status that means the same everywhere; returns for those whose body decides."""
        if OK <= self.status < MULTIPLE_CHOICES or self.status in ABOUT_THE_MESSAGE:
            return
        if self.status == THROTTLED:
            raise CarrierDown("throttled", retry_after_seconds=self.retry_after_seconds)
        if self.status == UNAVAILABLE:
            raise CarrierDown("away", retry_after_seconds=self.retry_after_seconds)
        if self.status in LOCKED_OUT:
            raise CarrierDown("credentials")
        if self.status == PAYMENT_REQUIRED:
            raise CarrierDown("money")
        if self.status >= SERVER_ERROR or self.status == REQUEST_TIMEOUT:
            raise CarrierUncertain  # something stands in between and did not hear the end
        raise CarrierDown("misconfigured")  # moved, or not found: an address of our own configuration

    def read(self, model: type[M]) -> M | None:
        """None: not in the provider's words, e.g. the page of something that stands in between."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError:
            return None

    def said(self, model: type[M]) -> M:
        """What the provider says, when it is the provider who answers. Raises what the port has for everything else."""
        self.check()
        found = self.read(model)
        if found is not None:
            return found
        if self.status >= BAD_REQUEST:
            raise CarrierRefused("bad_message", permanent=True)
        raise CarrierUncertain  # taken, perhaps


def of_code(code: str, *, refused: Mapping[str, str], down: Mapping[str, str]) -> CarrierDown | CarrierRefused:
    """A provider's error by the tables of its adapter. One that stands in neither was not taken; later it may be."""
    if code in down:
        return CarrierDown(down[code])
    if code in refused:
        return CarrierRefused(refused[code], permanent=True)
    return CarrierRefused("unknown_code", permanent=False)


@asynccontextmanager
async def open_http(
    *, connect_seconds: float, answer_seconds: float, resolver: AbstractResolver | None = None
) -> AsyncIterator["HttpProvider"]:
    # As many connections as the sender begins: a text that waited in here for one would wait under its lease, and be sent again.
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_SECONDS, resolver=resolver)
    whole = connect_seconds + answer_seconds
    timeout = aiohttp.ClientTimeout(total=whole, connect=connect_seconds, sock_connect=connect_seconds, sock_read=answer_seconds)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        yield HttpProvider(session)


class HttpProvider:
    """Only POST, which aiohttp never repeats by itself, and no redirects: whoever answers is whom we have configured."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def post(
        self, url: str | URL, *, data: Any = None, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Errors of aiohttp may quote an address with its secrets: none leaves here (hence `from None`)."""
        plain = {"Accept-Encoding": "identity", **(headers or {})}  # a small answer could unpack to a gigabyte
        try:
            async with self._session.post(url, data=data, json=json, headers=plain, allow_redirects=False) as answer:
                body = await _bounded(answer.content)
                return Answer(answer.status, body, retry_after(answer.headers.get("Retry-After"), datetime.now(UTC)))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL):
            raise CarrierDown from None  # nothing left this machine
        except (aiohttp.ClientError, TimeoutError):
            raise CarrierUncertain from None


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    """`read(n)` gives what is there so far; a body comes in pieces. Raises CarrierUncertain for more than makes sense."""
    parts, size = [], 0
    while part := await content.read(MOST_BYTES):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise CarrierUncertain
    return b"".join(parts)


def basic_auth(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def retry_after(written: str | None, now: datetime) -> float | None:
    """Seconds, or a date; None for nonsense. At most an hour: a provider may err, too."""
    if written is None:
        return None
    if written.isascii() and written.isdigit():
        return min(float(written[:9]), LONGEST_PAUSE_SECONDS)
    try:
        at = parsedate_to_datetime(written)
    except ValueError:
        return None
    seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(seconds.total_seconds(), 0.0), LONGEST_PAUSE_SECONDS)
