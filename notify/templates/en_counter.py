"""The English text to whoever waits at a service point, and left a number there."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

COUNTER: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.TICKET_CALLED: (
        "TechRescue: number {ticket}, please come to desk {desk}, {point}. {again}",
        "TechRescue: number {ticket}, please come to desk {desk}, {point}.",
    ),
}
