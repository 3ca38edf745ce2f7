"""Where somebody is who turns the pages of the board, and where a listener has stopped: as texts that they send back. Pure."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from shared.errors import Invalid

KEPT: Final = timedelta(hours=24)  # what changes of the board are kept: an older place is told to begin anew

_PLACE: Final = re.compile(r"(-?\d{1,18})/([0-9a-f]{32})/(\d{1,12})/(\d{1,20}:\d{1,20}:[\d,]{0,4000})")
_EVENT: Final = re.compile(r"(\d{1,19})-(\d{1,18})-(\d{1,12})")
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MOST_XID: Final = 2**63


@dataclass(frozen=True, slots=True)
class PageCursor:
    """The last place of the page before, in the order of `snapshot`: as the database saw it when the first page was asked for."""

    danger_at: datetime
    id: UUID
    begun_at: datetime  # whole seconds
    snapshot: str

    def text(self) -> str:
        micros = (self.danger_at - _EPOCH) // _MICROSECOND
        seconds = int(self.begun_at.timestamp())
        return base64.urlsafe_b64encode(f"{micros}/{self.id.hex}/{seconds}/{self.snapshot}".encode()).decode().rstrip("=")


def read_page_cursor(text: str) -> PageCursor:
    """Raises Invalid."""
    try:
        found = _PLACE.fullmatch(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii"))
        if found is not None and _is_snapshot(found[4]):
            micros, id_, seconds, snapshot = found.groups()
            danger_at = _EPOCH + int(micros) * _MICROSECOND
            return PageCursor(danger_at, UUID(id_), _EPOCH + timedelta(seconds=int(seconds)), snapshot)
    except (ValueError, binascii.Error, OverflowError):
        pass
    raise Invalid("cursor", "send `next` of the page before as it is, or nothing for the first page")


def _is_snapshot(text: str) -> bool:
    """As PostgreSQL takes it: the oldest that runs, the next, and all that run, rising, between the two."""
    oldest, following, running = text.split(":")
    ids = [int(part) for part in running.split(",")] if running else []
    bounds = [int(oldest), *ids]
    rising = all(a <= b for a, b in pairwise(bounds))
    return 0 < int(oldest) <= int(following) < _MOST_XID and rising and all(id_ < int(following) for id_ in ids)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """In the changes of the board, in the order in which listeners hear them."""

    xid: int
    id: int

    def text(self, now: datetime) -> str:
        return f"{self.xid}-{self.id}-{int(now.timestamp())}"


def read_position(text: str, now: datetime) -> Position | None:
    """None: too old, or none of ours."""
    found = _EVENT.fullmatch(text)
    if found is None or not (now - KEPT).timestamp() <= int(found[3]) <= now.timestamp() + 1:
        return None
    return Position(int(found[1]), int(found[2]))
