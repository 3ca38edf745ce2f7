"""Identifiers: UUIDv7 for rows and events (RFC 9562 §5.7), so that they sort by the time they were made."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """48 bits of Unix milliseconds, version, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(os.urandom(10), "big")
    high = milliseconds << 80 | 0x7 << 76 | (random_bits >> 68 & 0xFFF) << 64
    low = 0b10 << 62 | random_bits & (1 << 62) - 1
    return UUID(int=high | low)


def uuid7s(count: int) -> list[UUID]:
    """Many at once, in rising order (a counter in the bits after the version): one call for all that is random in them."""
    milliseconds = time.time_ns() // 1_000_000
    source = os.urandom(8 * count)
    return [
        UUID(
            int=(milliseconds + (number >> 12)) << 80
            | (0x7000 | number & 0xFFF) << 64
            | 0b10 << 62
            | int.from_bytes(source[8 * number : 8 * number + 8], "big") >> 2
        )
        for number in range(count)
    ]


def before_time(seconds: float) -> UUID:
    """The least id of that moment (Unix time): everything made before it is smaller."""
    return UUID(int=max(0, int(seconds * 1000)) << 80)
