"""What a story stands on: the public doors of a running demonstration, and the phones of its simulated network."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import aiohttp

from shared.errors import DependencyDown, TechRescueError

POLL_SECONDS: Final = 0.1
FIRST_BAD: Final = 400  # of HTTP's statuses


class StoryFailed(TechRescueError):
    """The system did not do what the story expects of it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a conversation, word for word. `who`: they, we, or somebody else by name."""

    who: str
    text: str
    at_seconds: float = 0.0  # since the story began


class Play(Protocol):
    """What each file of a channel has."""

    def __call__(self, stage: "Stage") -> AsyncIterator[Said]: ...


class Stage:
    """`tokens` by role. What takes longer than `limit_seconds` fails."""

    def __init__(
        self, http: aiohttp.ClientSession, tokens: Mapping[str, str], *, limit_seconds: float, pace_seconds: float
    ) -> None:
        self._http = http
        self.tokens = tokens
        self._limit = limit_seconds
        self._pace = pace_seconds
        self._began = time.monotonic()
        self._since = 0

    async def ask(self, method: str, path: str, **options: Any) -> Any:
        """The JSON of the answer. Raises StoryFailed."""
        async with self._http.request(method, path, **options) as response:
            told = await response.json() if response.content_type.endswith("json") else None
            if response.status >= FIRST_BAD:
                advice = told.get("detail") if isinstance(told, dict) else None
                raise StoryFailed(f"{method} {path} was answered {response.status}: {advice or 'is that a demonstration?'}")
            return told

    async def messages(self, wanted: Callable[[Mapping[str, Any]], bool]) -> list[Mapping[str, Any]]:
        """What phones have received since the last look, as far as it is wanted; waits until there is something."""
        while True:
            told: list[Mapping[str, Any]] = await self.ask("GET", "/dev/messages", params={"since": str(self._since)})
            self._since = max([self._since, *(int(one["id"]) for one in told)])
            if found := [one for one in told if wanted(one)]:
                return found
            if time.monotonic() - self._began > self._limit:
                raise StoryFailed(f"nobody was answered within {self._limit:.0f} s")
            await asyncio.sleep(POLL_SECONDS)

    async def skip_old_messages(self) -> None:
        told = await self.ask("GET", "/dev/messages", params={"since": ""})
        self._since = max([self._since, *(int(one["id"]) for one in told)])

    async def think(self) -> None:
        """People need a moment before they write."""
        await asyncio.sleep(self._pace)

    def said(self, who: str, text: str) -> Said:
        return Said(who, text, time.monotonic() - self._began)


@asynccontextmanager
async def open_stage(url: str, tokens: Mapping[str, str], *, limit_seconds: float, pace_seconds: float) -> AsyncIterator[Stage]:
    """Raises DependencyDown when nothing runs there."""
    try:
        async with aiohttp.ClientSession(url.rstrip("/"), timeout=aiohttp.ClientTimeout(total=10)) as http:
            stage = Stage(http, tokens, limit_seconds=limit_seconds, pace_seconds=pace_seconds)
            await stage.skip_old_messages()
            yield stage
    except aiohttp.ClientConnectionError as error:
        raise DependencyDown(f"TechRescue at {url}") from error
