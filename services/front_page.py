"""`/`: one plain page for a person. What this is, how it stands, where to go next. No script, nothing from elsewhere."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from services.audit.counts import Counts

LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")
FRESH_SECONDS: Final = 2.0  # anybody may ask as often as they like; the database is asked this often

_PAGE: Final = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))
_BANNER: Final = (
    '<p class="banner" role="alert">Tin nhắn không gửi đi được. Người trực gọi điện theo danh sách. '
    '<span lang="en">Messages do not leave. Operators call, by the list.</span> <code>GET /v1/calls</code></p>'
)
_FIGURES: Final = (
    ("filed_today", "yêu cầu trong 24 giờ", "requests in 24 hours"),
    ("waiting", "đang chờ người giúp", "waiting for a helper"),
    ("in_work", "đang được giúp", "being helped"),
    ("solved", "đã xong", "solved"),
    ("on_shift", "tổ và người đang trực", "helpers on shift"),
    ("messages", "tin đã gửi", "messages sent"),
)


class Audit(Protocol):
    """What the page tells of the judge that works in this process."""

    @property
    def last_look(self) -> datetime | None: ...

    @property
    def found(self) -> int: ...


def front_page(read: Callable[[], Awaitable[Counts]], audit: Audit | None = None) -> APIRouter:
    """`read` asks the database; its answer is kept for FRESH_SECONDS."""
    router, figures = APIRouter(), _Figures(read, audit)

    @router.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def show() -> HTMLResponse:
        return HTMLResponse(await figures.page())

    return router


class _Figures:
    """However many come at once: one look at the database at a time, and all who wait for it get what it says."""

    def __init__(self, read: Callable[[], Awaitable[Counts]], audit: Audit | None) -> None:
        self._read = read
        self._audit = audit
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
            self._page = render(await self._read(), self._audit)
            self._stale_at = time.monotonic() + FRESH_SECONDS
        finally:
            self._looking = None


def render(counts: Counts, audit: Audit | None = None) -> str:
    figures = (
        f'<div><dt>{vietnamese} <span lang="en">· {english}</span></dt><dd>{getattr(counts, name)}</dd></div>'
        for name, vietnamese, english in _FIGURES
    )
    banner = _BANNER if counts.outages else ""
    audited = "" if audit is None else f"<p>{_audited(audit)}</p>"
    return _PAGE.substitute(figures="\n".join(figures), audit=audited, banner=banner)


def _audited(audit: Audit) -> str:
    if audit.last_look is None:
        return 'Hệ thống chưa tự kiểm tra lần nào. <span lang="en">The system has not looked at itself yet.</span>'
    at = audit.last_look.astimezone(LOCAL).strftime("%H:%M:%S")
    if audit.found:
        words = f"thấy {audit.found} điều cần xem lại", f"{audit.found} things to look at: <code>techrescue check</code>"
    else:
        words = "không thấy gì bất thường", "nothing is lost, late or stuck"
    return f'Tự kiểm tra lúc {at}: {words[0]}. <span lang="en">Looked at itself then: {words[1]}.</span>'
