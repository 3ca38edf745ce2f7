"""A caller's number: what may be shown of it to whoever only looks, and what a telephone system sends in its place. Pure."""

from typing import Final

from shared.errors import Invalid
from shared.phones import Phone, parse_phone

_SHOWN: Final = 4, 3  # the first and the last figures


def dimmed(e164: str) -> str:
    """As far as it tells one person from another: "0912***001"."""
    dialled = f"0{e164[3:]}" if e164.startswith("+84") else e164
    first, last = _SHOWN
    return f"{dialled[:first]}***{dialled[-last:]}" if len(dialled) > first + last else "***"


def caller_of(told: str | None) -> Phone | None:
    """None: hidden, or nothing that could be rung back ("anonymous", an extension of the house)."""
    if told is None:
        return None
    try:
        return parse_phone(told)
    except Invalid:
        return None
