"""`/`: one plain page for a person. What this is, how it stands, where to go next. No script, nothing from elsewhere."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from string import Template
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from services.audit.counts import Counts

FRESH_SECONDS: Final = 2.0  # anybody may ask as often as they like; the database is asked this often

_PAGE: Final = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))
_FIGURES: Final = (
    ("filed_today", "yêu cầu trong 24 giờ", "requests in 24 hours"),
    ("waiting", "đang chờ người giúp", "waiting for a helper"),
    ("in_work", "đang được giúp", "being helped"),
    ("solved", "đã xong", "solved"),
    ("on_shift", "tổ và người đang trực", "helpers on shift"),
    ("messages", "tin đã gửi", "messages sent"),
)


def front_page(read: Callable[[], Awaitable[Counts]]) -> APIRouter:
    """`read` asks the database; its answer is kept for FRESH_SECONDS."""
    router, figures = APIRouter(), _Figures(read)

    @router.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def show() -> HTMLResponse:
        return HTMLResponse(await figures.page())

    return router


class _Figures:
    """However many come at once: one look at the database at a time, and all who wait for it get what it says."""

    def __init__(self, read: Callable[[], Awaitable[Counts]]) -> None:
        self._read = read
        self._page = ""
        self._stale_at = 0.0
        self._looking: asyncio.Task[None] | None = None

    async def page(self) -> str:
        if self._stale_at <= time.monotonic():
            if self._looking is None:
                self._looking = asyncio.create_task(self._look())
            await asyncio.shield(self._looking)  # a visitor who goes away must not spoil it for the others
        return self._page

    async def _look(self) -> None:
        try:
            self._page = render(await self._read())
            self._stale_at = time.monotonic() + FRESH_SECONDS
        finally:
            self._looking = None


def render(counts: Counts) -> str:
    figures = (
        f'<div><dt>{vietnamese} <span lang="en">· {english}</span></dt><dd>{getattr(counts, name)}</dd></div>'
        for name, vietnamese, english in _FIGURES
    )
    return _PAGE.substitute(figures="\n".join(figures))
