"""What every adapter over HTTP stands on: calls with limits of time and size, and what an answer means in which no word of the
provider is needed. No provider's words here.
"""

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver
from pydantic import BaseModel, ValidationError
from yarl import URL

from notify.channels.port import CarrierDown, CarrierRefused, CarrierUncertain
from shared.http.bounded import read_bounded

MOST_BYTES: Final = 64 * 1024  # of an answer; theirs are below 1 KiB, and a gigabyte must not fill our memory
LONGEST_PAUSE_SECONDS: Final = 3600.0  # of a Retry-After that we believe
KEPT_SECONDS: Final = 2.0  # an idle connection: a storm reuses it, and nobody hangs up on it while we begin to write
OK, MULTIPLE_CHOICES, BAD_REQUEST = 200, 300, 400
PAYMENT_REQUIRED, NOT_FOUND, REQUEST_TIMEOUT, THROTTLED = 402, 404, 408, 429
SERVER_ERROR, UNAVAILABLE = 500, 503
LOCKED_OUT: Final = frozenset({401, 403, 407})
ABOUT_THE_MESSAGE: Final = frozenset({400, 409, 413, 422})  # the provider's own words say more

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The whole of a call takes at most both together, however slowly the answer drips."""

    connect_seconds: float = 3.0
    answer_seconds: float = 10.0


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
        """None: not in the provider's words: the page of something in between, half an answer, another form."""
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
    patience: Patience, *, reuse: bool = True, at_once: int = 0, resolver: AbstractResolver | None = None
) -> AsyncIterator["HttpProvider"]:
    """`reuse`: connections serve several calls; not where the other side closes them without a word. `at_once`: so many calls, 0:
    as many as the sender begins. The others wait for their turn for half of the time that an answer has, and have not left."""
    kept: dict[str, Any] = {"keepalive_timeout": KEPT_SECONDS} if reuse else {"force_close": True}
    connector = aiohttp.TCPConnector(limit=at_once, resolver=resolver, **kept)
    connect, answer = patience.connect_seconds, patience.answer_seconds
    turn = answer / 2 if at_once else 0.0
    timeout = aiohttp.ClientTimeout(total=connect + answer, connect=connect + turn, sock_connect=connect, sock_read=answer)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        yield HttpProvider(session)


class HttpProvider:
    """No redirects: whoever answers is whom we have configured. A POST is never repeated by aiohttp itself."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def post(
        self, url: str | URL, *, data: Any = None, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """`data`: bytes, or a form. Raises CarrierDown: nothing left this machine; CarrierUncertain: no whole answer came."""
        return await self.ask("POST", url, data=data, json=json, headers=headers)

    async def ask(
        self, method: str, url: str | URL, *, data: Any = None, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Other methods are for what may be said twice. What aiohttp raises may quote an address with its secrets: none leaves
        here (hence `from None`)."""
        plain = {"Accept-Encoding": "identity", **(headers or {})}  # a small answer could unpack to a gigabyte
        if json is not None:
            data, plain["Content-Type"] = orjson.dumps(json), "application/json"
        elif isinstance(data, Mapping):  # an eleventh of what aiohttp takes for it
            data, plain["Content-Type"] = URL.build(query=data).raw_query_string.encode(), "application/x-www-form-urlencoded"
        try:
            async with self._session.request(method, url, data=data, headers=plain, allow_redirects=False) as answer:
                body = await read_bounded(answer.content, MOST_BYTES)
                return Answer(answer.status, body, retry_after(answer.headers.get("Retry-After"), datetime.now(UTC)))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL):
            raise CarrierDown from None  # nothing left this machine
        except UnicodeError:  # a host that can be none, or words that no header can hold: found before anything is written
            raise CarrierDown("misconfigured") from None
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise CarrierUncertain from None


def basic_auth(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def retry_after(written: str | None, now: datetime) -> float | None:
    """Seconds, or a date; None for nonsense."""
    if written is None:
        return None
    if written.isascii() and written.isdigit():
        return believed(float(written[:9]))
    try:
        at = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
    return believed(((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())


def believed(seconds: float) -> float:
    """A provider that says "never again" is asked within the hour all the same: it may err, too."""
    return min(max(seconds, 0.0), LONGEST_PAUSE_SECONDS)
