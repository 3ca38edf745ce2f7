"""A caller's number, and what a telephone system sends in its place. Pure."""

from shared.errors import Invalid
from shared.phones import Phone, parse_phone


def caller_of(told: str | None) -> Phone | None:
    """None: hidden, or nothing that could be rung back ("anonymous", an extension of the house)."""
    if told is None:
        return None
    try:
        return parse_phone(told)
    except Invalid:
        return None
