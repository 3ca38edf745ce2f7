"""The end of the road in a measurement: a provider in a process of its own (`peers/provider.py`), and what it has seen."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from bench import parts


@dataclass(frozen=True, slots=True)
class Provider:
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def arrived(self) -> Mapping[str, float]:
        """Our attempt id, or the textbook's request id → when it was handed over, on time.monotonic()."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.address}/arrived") as answer:
            found: dict[str, float] = await answer.json()
            return found


@asynccontextmanager
async def provider(*, takes_seconds: float = 0.0, reports_with: str | None = None) -> AsyncIterator[Provider]:
    """`reports_with`: the token that its receipts are signed with; None: it sends none, and remembers what arrived."""
    port = parts.free_port()
    token = [reports_with] if reports_with else []
    async with parts.process("bench.peers.provider", str(port), str(takes_seconds), *token, port=port):
        yield Provider(port)
