"""The front page: Vietnamese first, nothing from elsewhere, and the database is asked only now and then."""

import re

import httpx
from fastapi import FastAPI

from services.audit.counts import Counts
from services.front_page import front_page, render

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
