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
