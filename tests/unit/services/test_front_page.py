"""The front page: Vietnamese first, nothing from elsewhere, and the database is asked only now and then."""

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx
from fastapi import FastAPI

from services.audit.counts import Counts
from services.front_page import front_page, render
from shared.errors import DependencyDown
from shared.http.problems import install_problems

COUNTS = Counts(filed=812, filed_today=37, waiting=3, in_work=5, solved=790, on_shift=252, messages=4000)


def test_the_page_shows_the_figures_and_loads_nothing_from_elsewhere() -> None:
    page = render(COUNTS)
    assert '<html lang="vi">' in page
    for figure in (37, 3, 5, 790, 252, 4000):
        assert f"<dd>{figure}</dd>" in page
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", page)
    assert "<script" not in page
    assert page.index("Điều phối") < page.index("Dispatch for community")
    assert "$" not in page


def test_the_page_says_when_messages_do_not_leave() -> None:
    assert "Tin nhắn không gửi đi được" not in render(COUNTS)
    page = render(replace(COUNTS, outages=1))
    assert page.index("Tin nhắn không gửi đi được") < page.index("Messages do not leave") < page.index("<dl>")


@dataclass(frozen=True)
class Looked:
    last_look: datetime | None
    found: int = 0


def test_the_page_says_when_the_system_last_looked_at_itself() -> None:
    at = datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)
    assert "Tự kiểm tra" not in render(COUNTS), "in a process that does not look"
    assert "chưa tự kiểm tra" in render(COUNTS, Looked(None))
    assert "Tự kiểm tra lúc 10:04:05: không thấy gì bất thường" in render(COUNTS, Looked(at))
    assert "thấy 3 điều cần xem lại" in render(COUNTS, Looked(at, 3))


async def test_many_visitors_cost_one_look_at_the_database() -> None:
    looks = 0

    async def read() -> Counts:
        nonlocal looks
        looks += 1
        return COUNTS

    app = FastAPI()
    app.include_router(front_page(read))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        assert {(await client.get("/")).status_code for _ in range(5)} == {200}
    assert looks == 1


async def test_who_comes_while_we_look_waits_for_that_look() -> None:
    looks, found = 0, asyncio.Event()

    async def read() -> Counts:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise DependencyDown("PostgreSQL")
        await found.wait()
        return COUNTS

    app = FastAPI()
    install_problems(app)
    app.include_router(front_page(read))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        assert (await client.get("/")).status_code == 503
        visitors = [asyncio.create_task(client.get("/")) for _ in range(20)]
        for _ in range(20):
            await asyncio.sleep(0)
        visitors.pop(0).cancel()  # whoever began it goes away
        found.set()
        assert {answer.status_code for answer in await asyncio.gather(*visitors)} == {200}
    assert looks == 2
