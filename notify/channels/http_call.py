"""One POST to a provider: bounded in time and size, never repeated, never redirected. No provider's own words.

What aiohttp raises may quote an address with a token in it: no error leaves here with one (hence `from None`).
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError

from notify.channels.port import CarrierDown, CarrierUncertain

MOST_BYTES: Final = 64 * 1024  # an answer that quotes the longest message is about a third of this
LONGEST_RETRY_SECONDS: Final = 3600.0
OK, REDIRECT, CLIENT_ERROR, TOO_MANY, SERVER_ERROR = 200, 300, 400, 429, 500

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The whole of a call takes at most both together, however slowly the answer drips."""

    connect_seconds: float = 3.0
    answer_seconds: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: bytes  # empty when it is longer than MOST_BYTES: then it is no answer that anybody should read
    retry_after_seconds: float | None = None

    def read(self, model: type[M]) -> M | None:
        """None: not what this provider says: HTML of something in between, half an answer, another form."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError:
            return None


@asynccontextmanager
async def open_calls(patience: Patience) -> AsyncIterator["Calls"]:
    """Each call on a connection of its own: one that the provider closes while we write would make an unknown message of it."""
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    whole = patience.connect_seconds + patience.answer_seconds
    timeout = aiohttp.ClientTimeout(total=whole, sock_connect=patience.connect_seconds, sock_read=patience.answer_seconds)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as session:
        yield Calls(session)


class Calls:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises CarrierDown when nothing left this machine, CarrierUncertain when no whole answer came."""
        headers = {"Accept-Encoding": "identity", **headers}
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                retry_after = _seconds(answer.headers.get("Retry-After"))
                return Answer(status=answer.status, body=await _bounded(answer.content), retry_after_seconds=retry_after)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise CarrierDown from None
        except (aiohttp.ClientError, TimeoutError):
            raise CarrierUncertain from None


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    parts, size = [], 0
    async for part in content.iter_any():
        size += len(part)
        if size > MOST_BYTES:
            return b""
        parts.append(part)
    return b"".join(parts)


def _seconds(header: str | None) -> float | None:
    """Only the form in seconds: a date would be measured on the provider's clock."""
    return bounded_wait(int(header)) if header is not None and header.isascii() and header.isdigit() else None


def bounded_wait(seconds: float | None) -> float | None:
    """A provider that says "never again" is asked within the hour all the same."""
    return None if seconds is None else min(max(float(seconds), 0.0), LONGEST_RETRY_SECONDS)
