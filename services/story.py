"""A story for people who have never seen the system: three calls for help, what it does about them, and what people answer.

Plays the callers and the phones against a running demonstration, over HTTP only. What it says is decided here; how it looks, in
cli_story.py.
"""

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from notify.purpose import TO_RESIDENT, Purpose
from shared.errors import DependencyDown, TechRescueError

POLL_SECONDS: Final = 0.2
LAST_WORDS_SECONDS: Final = 5.0  # the helper's thanks may wait: whoever had five texts in a quarter of an hour gets it later
SETTLED: Final = frozenset({"resolved", "closed"})

_QUESTION: Final = re.compile(r"\b1 (\d{2})\b")
_JOB: Final = re.compile(r"\b(?:DI|DEN|XONG) (\d{2})\b")


class StoryFailed(TechRescueError):
    """The system did not do what the story expects of it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call for help as somebody makes it."""

    channel: str
    role: str | None  # whose token; the web needs none
    who: str
    category: str
    words: str
    lat: float
    lon: float


CALLS: Final[Sequence[Call]] = (
    Call(
        "hotline",
        "operator",
        "Cô Hoa",
        "system_outage",
        "Quầy một cửa không vào được hệ thống, bốn mươi người đang đợi",
        21.0345,
        105.8142,
    ),
    Call(
        "web",
        None,
        "Bác Minh",
        "death",
        "Mẹ tôi vừa mất, nộp khai tử trên mạng cứ báo lỗi, chiều nay phải có giấy",
        20.9712,
        105.7788,
    ),
    Call(
        "chat",
        "adapter",
        "Chị Thu",
        "equipment",
        "Máy in ở điểm dịch vụ công hỏng, hồ sơ phải nộp trong hôm nay",
        21.0722,
        105.9036,
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `text` is what a phone received or sent, word for word."""

    request: str  # the tracking code
    actor: str  # caller, system, resident, responder
    what: str
    text: str | None = None
    at_seconds: float = 0.0  # since the story began


@dataclass(slots=True)
class _Plot:
    """How far one request has come."""

    call: Call
    id: str
    code: str
    status: str = ""
    helper: Mapping[str, Any] | None = None  # who answered first: from which number, or which account in a chat
    number: str | None = None  # of the job, in the helper's words
    said: set[str] = field(default_factory=set)
    told_others: int = 0


class Story:
    """`tokens` by role. `run` yields lines as they happen; raises StoryFailed when it takes longer than `limit_seconds`."""

    calls: Sequence[Call] = CALLS

    def __init__(self, url: str, tokens: Mapping[str, str], *, limit_seconds: float = 120.0, pace_seconds: float = 0.0) -> None:
        self._url = url.rstrip("/")
        self._tokens = tokens
        self._limit = limit_seconds
        self._pace = pace_seconds  # before somebody answers: people have to read what is told
        self._began = time.monotonic()
        self._plots: dict[str, _Plot] = {}  # by request id
        self._since = 0

    async def run(self) -> AsyncIterator[Line]:
        try:
            async with aiohttp.ClientSession(self._url, timeout=aiohttp.ClientTimeout(total=10)) as self._http:
                await self._skip_old_messages()
                async for line in self._begin():
                    yield line
                settled_at: float | None = None
                while not self._is_over(settled_at):
                    self._check_time()
                    for line in await self._look():
                        yield line
                    if settled_at is None and all(plot.status in SETTLED for plot in self._plots.values()):
                        settled_at = time.monotonic()
                    await asyncio.sleep(POLL_SECONDS)
        except aiohttp.ClientConnectionError as error:
            raise DependencyDown(f"TechRescue at {self._url}") from error

    async def _begin(self) -> AsyncIterator[Line]:
        """How the requests of this story come in."""
        for call in self.calls:
            yield await self._file(call)

    async def _file(self, call: Call) -> Line:
        phone = f"+84900{secrets.randbelow(900_000) + 100_000:06d}"  # the demonstration's range; a new one each time
        body = {
            "channel": call.channel,
            "requester": {"name": call.who, "phone": phone},
            "category": call.category,
            "description": call.words,
            "location": {"lat": call.lat, "lon": call.lon},
            "visit_consent": True,
            "someone_present": True,  # at night nobody goes alone to somebody who is alone
        }
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        if call.role:
            headers["Authorization"] = f"Bearer {self._tokens[call.role]}"
        return self._accepted(call, await self._ask("POST", "/v1/requests", json=body, headers=headers))

    def _accepted(self, call: Call, answer: Mapping[str, Any]) -> Line:
        """From here on what phones get and say about it is part of the story."""
        self._plots[answer["id"]] = _Plot(call, answer["id"], answer["code"], answer["status"])
        phrase = f", and the operator reads aloud the pass phrase “{answer['pass_phrase']}”" if answer.get("pass_phrase") else ""
        return self._line(
            answer["code"], "caller", f"{call.who} by {call.channel}: accepted as {answer['priority']}{phrase}", call.words
        )

    async def _look(self) -> list[Line]:
        lines: list[Line] = []
        for message in await self._messages():
            plot = self._plots.get(str(message["request_id"]))
            if plot is not None:
                lines += await self._react(plot, message)
        for plot in self._plots.values():
            lines += await self._follow(plot)
        return lines

    async def _react(self, plot: _Plot, message: Mapping[str, Any]) -> list[Line]:
        kind, text, phone = str(message["kind"]), str(message["text"]), str(message["to"])
        question, job = _QUESTION.search(text), _JOB.search(text)
        if kind == "offer":
            if plot.helper is not None or question is None:
                return [self._line(plot.code, "system", f"also asks the helper at {_short(phone)}")]
            plot.helper = {"from": phone, "channel": message["channel"]}
            asked = self._line(plot.code, "system", f"asks the helper at {_short(phone)}", text)
            return [asked, await self._answer(plot, f"1 {question[1]}", "answers first: yes")]
        if kind in {"taken", "already_taken"}:
            plot.told_others += 1
            return [self._line(plot.code, "system", f"thanks {_short(phone)}: somebody else was faster", text)]
        lines = [self._line(plot.code, "system", f"tells {_whom(plot, kind)}", text)]
        if kind in {"accepted_responder", "cleared_responder"} and job is not None:
            plot.number = job[1]
            lines.append(await self._answer(plot, f"DI {plot.number}", "is on the way"))
        if kind == "en_route_responder":
            lines.append(await self._answer(plot, f"DEN {plot.number}", "has arrived, and says the pass phrase at the door"))
        if kind == "done_responder":
            plot.said.add("done")
        return lines

    async def _follow(self, plot: _Plot) -> list[Line]:
        seen = await self._ask("GET", f"/v1/requests/{plot.code}")
        if seen["status"] == plot.status:
            return []
        plot.status = seen["status"]
        lines = [self._line(plot.code, "resident", f"looks the code up and reads “{seen['label']}” ({plot.status})")]
        if plot.status == "in_progress" and plot.number and "finished" not in plot.said:
            plot.said.add("finished")
            lines.append(await self._answer(plot, f"XONG {plot.number}", "has solved it"))
        return lines

    async def _answer(self, plot: _Plot, text: str, what: str) -> Line:
        await asyncio.sleep(self._pace)
        await self._ask("POST", "/dev/replies", json={**(plot.helper or {}), "text": text})
        return self._line(plot.code, "responder", what, text)

    async def _messages(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = await self._ask("GET", "/dev/messages", params={"since": str(self._since)})
        self._since = max([self._since, *(int(message["id"]) for message in messages)])
        return messages

    async def _skip_old_messages(self) -> None:
        while await self._messages():
            self._check_time()

    async def _ask(self, method: str, path: str, **options: Any) -> Any:
        async with self._http.request(method, path, **options) as response:
            told = await response.json() if response.content_type.endswith("json") else None
            if response.status >= 400:  # noqa: PLR2004 - HTTP's own limit
                advice = told.get("detail") if isinstance(told, dict) else None
                raise StoryFailed(f"{method} {path} was answered {response.status}: {advice or 'is that a demonstration?'}")
            if told is None:
                raise StoryFailed(f"{method} {path} was answered with no JSON: is that a demonstration?")
            return told

    def _is_over(self, settled_at: float | None) -> bool:
        if settled_at is None:
            return False
        return time.monotonic() - settled_at > LAST_WORDS_SECONDS or all("done" in plot.said for plot in self._plots.values())

    def _check_time(self) -> None:
        if time.monotonic() - self._began > self._limit:
            open_ones = [f"{plot.code} is {plot.status}" for plot in self._plots.values() if plot.status not in SETTLED]
            raise StoryFailed(f"not at its end after {self._limit:.0f} s: {', '.join(open_ones) or 'its messages have no end'}")

    def _line(self, code: str, actor: str, what: str, text: str | None = None) -> Line:
        return Line(code, actor, what, text, time.monotonic() - self._began)


def _whom(plot: _Plot, kind: str) -> str:
    """By what is said, not by where it is sent to: a helper has a phone, and may have an account in a chat."""
    if kind in TO_RESIDENT:
        return plot.call.who
    return "the ward lead" if kind == Purpose.ESCALATION or kind.endswith("_lead") else "the helper"


def _short(phone: str) -> str:
    return f"…{phone[-4:]}"
