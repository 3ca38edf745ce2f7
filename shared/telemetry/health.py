"""/livez, /readyz, /metrics of every process. What is checked is handed in; nothing here knows a context.

Live: no part of the process is stuck (else it should be restarted). Ready: the database is writable and its schema is the
one this code needs. Kafka never makes an HTTP process unready: intake accepts without it (law 13).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Protocol

import asyncpg
from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.errors import DependencyDown
from shared.postgres.transaction import reading

CHECK_SECONDS: Final = 3.0

ReadyCheck = Callable[[], Awaitable[str | None]]  # None when fine, else what is wrong, in words without data


class Watched(Protocol):
    """A part that can say whether it is stuck, e.g. a Consumer."""

    def trouble(self) -> str | None: ...


def health_router(*, watched: Sequence[Watched] = (), ready: Mapping[str, ReadyCheck] | None = None) -> APIRouter:
    router = APIRouter()
    checks = ready or {}

    @router.get("/livez")
    async def livez() -> JSONResponse:
        return _answer([trouble for part in watched if (trouble := part.trouble())])

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        answers = await asyncio.gather(*(_bounded(name, check) for name, check in checks.items()))
        return _answer([answer for answer in answers if answer])

    @router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def database_writable(pool: asyncpg.Pool) -> ReadyCheck:
    async def check() -> str | None:
        async with reading(pool, limit_seconds=CHECK_SECONDS) as connection:
            writable = await connection.fetchval(
                "select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off'"
            )
        return None if writable else "the database takes no writes"

    return check


async def _bounded(name: str, check: ReadyCheck) -> str | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS + 1.0):
            return await check()
    except (TimeoutError, DependencyDown):
        return f"{name} does not answer"


def _answer(troubles: Sequence[str]) -> JSONResponse:
    return JSONResponse({"ok": not troubles, "troubles": list(troubles)}, status_code=503 if troubles else 200)
