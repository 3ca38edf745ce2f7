"""Identifiers: UUIDv7 for rows and events (RFC 9562 §5.7), so that they sort by the time they were made."""

import os
import time
from typing import Final
from uuid import UUID

SET_BACK: Final = 60_000 << 12  # a minute; what is further ahead was a wrong clock


class _Moments:
    """Moments of which none is given twice in this process: milliseconds, and 12 bits that count within them.

    They rise, also when the clock is set back a little; after a wrong clock they begin anew. A full count runs on into the next
    millisecond. Taken on the event loop alone.
    """

    def __init__(self) -> None:
        self._last = 0

    def take(self, count: int) -> int:
        """The first of so many."""
        first = time.time_ns() // 1_000_000 << 12
        if first <= self._last < first + SET_BACK:
            first = self._last + 1
        self._last = first + count - 1
        return first


_MOMENTS: Final = _Moments()


def uuid7() -> UUID:
    """Above every other that this process has made: 48 bits of Unix milliseconds, version, a counter, 62 random bits."""
    return _uuid(_MOMENTS.take(1), os.urandom(8))


def uuid7s(count: int) -> list[UUID]:
    """Many at once, in rising order: one call for all that is random in them."""
    first, source = _MOMENTS.take(count), os.urandom(8 * count)
    return [_uuid(first + number, source[8 * number : 8 * number + 8]) for number in range(count)]


def _uuid(moment: int, source: bytes) -> UUID:
    return UUID(int=moment >> 12 << 80 | (0x7000 | moment & 0xFFF) << 64 | 0b10 << 62 | int.from_bytes(source, "big") >> 2)


def before_time(seconds: float) -> UUID:
    """The least id of that moment (Unix time): everything made before it is smaller."""
    return UUID(int=max(0, int(seconds * 1000)) << 80)
