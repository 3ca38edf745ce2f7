"""/livez and /readyz say what is wrong, and Kafka is not among it."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI

from shared.errors import DependencyDown
from shared.telemetry.health import health_router


class Part:
    def __init__(self, trouble: str | None) -> None:
        self._trouble = trouble

    def trouble(self) -> str | None:
        return self._trouble


def check(answer: str | Exception | None) -> Callable[[], Awaitable[str | None]]:
    async def ask() -> str | None:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


async def get(app: FastAPI, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get(path)


def app(*parts: Part, **checks: Callable[[], Awaitable[str | None]]) -> FastAPI:
    made = FastAPI()
    made.include_router(health_router(watched=parts, ready=checks))
    return made


@pytest.mark.parametrize(("troubles", "status"), [([None, None], 200), ([None, "stuck"], 503)])
async def test_a_stuck_part_fails_liveness(troubles: list[str | None], status: int) -> None:
    answer = await get(app(*map(Part, troubles)), "/livez")
    assert answer.status_code == status
    assert answer.json()["troubles"] == [trouble for trouble in troubles if trouble]


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (None, 200, []),
        ("migrations are missing", 503, ["migrations are missing"]),
        (DependencyDown("PostgreSQL"), 503, ["database does not answer"]),
    ],
)
async def test_readiness_is_what_the_checks_say(answer: str | Exception | None, status: int, words: list[str]) -> None:
    found = await get(app(database=check(answer)), "/readyz")
    assert (found.status_code, found.json()["troubles"]) == (status, words)


async def test_metrics_are_exported_as_prometheus_reads_them() -> None:
    found = await get(app(), "/metrics")
    assert "techrescue_relay_events_total" in found.text
