"""The page of the web chat: one file, served as it is, that loads nothing from anywhere and may be put into no frame."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Final

from fastapi.responses import HTMLResponse

PAGE: Final = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")


def _hashed(tag: str) -> str:
    """What stands in the page runs, and nothing that somebody else might bring into it."""
    (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", PAGE, re.DOTALL)
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


HEADERS: Final = {
    "content-security-policy": f"default-src 'none'; connect-src 'self'; img-src data:; style-src {_hashed('style')};"
    f" script-src {_hashed('script')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "permissions-policy": "geolocation=(self), camera=(), microphone=()",
    "cache-control": "no-cache",
}


def chat_page() -> HTMLResponse:
    return HTMLResponse(PAGE, headers=HEADERS)
