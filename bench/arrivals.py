"""Callers that come one by one at random, as callers do: a Poisson process of hotline filings."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp

HEADERS = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Filed:
    """`answered`: request id → when its 202 came, on time.monotonic()."""

    answered: dict[str, float] = field(default_factory=dict)
    failed: int = 0


async def file_at_random(
    port: int, token: str | None, *, rate: float, seconds: float, seed: int = 11, categories: Sequence[str] = ("equipment",)
) -> Filed:
    """`rate` a second on average; returns when every caller has an answer. The same seed: the same callers and moments."""
    choice, filed = random.Random(seed), Filed()  # noqa: S311 - the same callers for both sides
    headers = HEADERS if token is None else {**HEADERS, "Authorization": f"Bearer {token}"}
    started, offset = time.monotonic(), 0.0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session, asyncio.TaskGroup() as callers:
        while (offset := offset + choice.expovariate(rate)) < seconds:
            await asyncio.sleep(max(0.0, started + offset - time.monotonic()))
            callers.create_task(_call(session, port, headers, _body(choice, choice.choice(categories)), filed))
    return filed


async def _call(session: aiohttp.ClientSession, port: int, headers: dict[str, str], body: dict[str, Any], filed: Filed) -> None:
    address = f"http://127.0.0.1:{port}/v1/requests"
    async with session.post(address, json=body, headers={**headers, "Idempotency-Key": uuid4().hex}) as answer:
        if answer.status == 202:
            found = await answer.json()
            filed.answered[found["id"]] = time.monotonic()
        else:
            filed.failed += 1


def _body(choice: random.Random, category: str) -> dict[str, Any]:
    return {
        "channel": "hotline",
        "requester": {"name": "Nguyễn Thị Hoa", "phone": f"09{choice.randrange(10**8):08d}"},
        "category": category,
        "description": "Máy ở quầy không lên",
        "location": {"lat": 20.98 + choice.random() * 0.1, "lon": 105.76 + choice.random() * 0.1},
        "visit_consent": True,
    }
