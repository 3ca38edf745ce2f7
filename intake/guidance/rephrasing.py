"""An entry in plainer words, by a language model that a deployment runs. Off unless it is configured.

Only the entry's own text leaves, never what a person wrote. Whatever comes back late, broken or with more in it than the entry
says is thrown away, and the entry stands as it is. After some failures it is left alone for a while.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import aiohttp
import orjson

from intake.guidance.entry import Entry, Words
from intake.guidance.rewording import is_faithful, steps_in
from shared.http.bounded import read_bounded
from shared.telemetry.metrics_intake import GUIDANCE_REPHRASED

MOST_BYTES: Final = 64 * 1024  # of an answer
FAILURES: Final = 3  # in a row, before it is left alone
REST_SECONDS: Final = 60.0
KEPT_SECONDS: Final = 6 * 3600.0  # of an answer, good or bad: the entry is the same, and so is what is asked
_LANGUAGE: Final = {"vi": "Vietnamese", "en": "English"}
_TASK: Final = (
    "You rewrite steps of a public help text in {language}, in short plain words that an elderly person understands. "
    "You get a JSON list of {count} steps. Answer with nothing but a JSON list of {count} strings, in the same order. "
    "Keep the meaning of each step exactly. Add nothing: no number, no link, no name, no step, no advice that is not there."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """`url`: of an OpenAI-compatible API, with its version, e.g. http://localhost:11434/v1."""

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    seconds: float = 2.0  # the whole of a call


class Plain(Protocol):
    """How an entry's steps are said in plainer words; None: as they are."""

    async def words(self, entry: Entry, language: str, /) -> Words | None: ...


class AsItIs:
    """No language model: every entry in its own words."""

    async def words(self, _entry: Entry, _language: str, /) -> Words | None:
        return None


class Rephraser:
    """One per process. An entry is asked for once in KEPT_SECONDS, however many want it."""

    def __init__(
        self, session: aiohttp.ClientSession, settings: ModelSettings, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._session = session
        self._settings = settings
        self._now = now
        self._kept: dict[tuple[Words, str], tuple[float, Words | None]] = {}
        self._asked: dict[tuple[Words, str], asyncio.Task[Words | None]] = {}
        self._failures = 0
        self._rests_until = 0.0

    async def words(self, entry: Entry, language: str) -> Words | None:
        own = entry.told(language)
        which = own, language
        kept = self._kept.get(which)
        if kept is not None and kept[0] > self._now():
            return kept[1]
        if not own.steps:
            return None
        task = self._asked.get(which)
        if task is None:
            if self._now() < self._rests_until:
                GUIDANCE_REPHRASED.labels("resting").inc()
                return None
            task = self._asked[which] = asyncio.create_task(self._ask(which, own, language))
            task.add_done_callback(lambda _: self._asked.pop(which, None))
        return await asyncio.shield(task)  # one that goes away must not spoil it for the others

    async def _ask(self, which: tuple[Words, str], own: Words, language: str) -> Words | None:
        try:
            async with asyncio.timeout(self._settings.seconds):
                said = steps_in(await self._post(own, language))
        except TimeoutError:
            self._failed("slow")
            return None
        except (aiohttp.ClientError, ValueError, OSError):  # whatever it raises may quote its address, which may hold a secret
            self._failed("down")
            return None
        self._failures = 0
        faithful = said is not None and is_faithful(own.steps, said)
        GUIDANCE_REPHRASED.labels("taken" if faithful else "refused").inc()
        words = replace(own, steps=tuple(said)) if faithful and said is not None else None
        self._kept[which] = self._now() + KEPT_SECONDS, words
        return words

    def _failed(self, outcome: str) -> None:
        GUIDANCE_REPHRASED.labels(outcome).inc()
        self._failures += 1
        if self._failures >= FAILURES:
            self._failures, self._rests_until = 0, self._now() + REST_SECONDS

    async def _post(self, own: Words, language: str) -> bytes:
        task = _TASK.format(language=_LANGUAGE[language], count=len(own.steps))
        body: dict[str, Any] = {
            "model": self._settings.model,
            "temperature": 0,
            "messages": [
                {"role": "system", "content": task},
                {"role": "user", "content": orjson.dumps(own.steps).decode()},
            ],
        }
        # A small answer could unpack to a gigabyte.
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if self._settings.key is not None:
            headers["Authorization"] = f"Bearer {self._settings.key}"
        url = f"{self._settings.url}/chat/completions"
        async with self._session.post(url, data=orjson.dumps(body), headers=headers, allow_redirects=False) as answer:
            if answer.status != 200:  # noqa: PLR2004 - HTTP's own word for it
                raise ValueError("not well")
            return await read_bounded(answer.content, MOST_BYTES)


@asynccontextmanager
async def open_rephraser(settings: ModelSettings | None) -> AsyncIterator[Plain]:
    if settings is None:
        yield AsItIs()
        return
    timeout = aiohttp.ClientTimeout(total=settings.seconds)
    async with aiohttp.ClientSession(timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Rephraser(session, settings)
