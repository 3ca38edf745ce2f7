"""Texts that say how it stands, and have waited (limits, the night) until it stands otherwise: only the newest is said.

Only what a newer text about the same request says again, or makes pointless. Never a question, nor what somebody must hear; but
of several names of who comes only the newest is true, and a team types as many, and takes back as many, as it likes: so these are
bounded, too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.letter import Letter
from notify.message import superseded
from notify.purpose import Purpose
from notify.sending.ladder import ENDS_OF_REQUESTS
from notify.sending.settlement import Change
from notify.sending.throttle import Limits, names_from
from notify.store import QUERIES
from shared.events.messages import FailureReason
from shared.telemetry.metrics import NOTIFY_DENIED

WAITED: Final = timedelta(minutes=1)  # what leaves at once is not looked at: it is the newest
PASSING: Final = frozenset(
    {
        Purpose.WAITING_OFF_HOURS,
        Purpose.PAUSED_RESIDENT,
        Purpose.WAITING_OFFICE_RESIDENT,
        Purpose.NIGHT_RESIDENT,
        Purpose.RESUMED_RESIDENT,
        Purpose.NEWS_RESIDENT,
        Purpose.ESCALATED_RESIDENT,
        Purpose.HELD_RESIDENT,
        Purpose.HELD_NEWS_RESIDENT,
    }
)
_SOMEBODY_COMES: Final = frozenset(
    {
        Purpose.ACCEPTED_RESIDENT,
        Purpose.CALLED_RESIDENT,
        Purpose.EN_ROUTE_RESIDENT,
        Purpose.RELEASED_RESIDENT,
        Purpose.TRAVEL_RESIDENT,
    }
)
_YES_IS_OVER: Final = frozenset(
    {
        Purpose.RELEASED_RESPONDER,
        Purpose.REPLACED_RESPONDER,
        Purpose.TRAVEL_RESPONDER,
        Purpose.STOPPED_RESPONDER,
        Purpose.UNSAFE_RESPONDER,
        Purpose.WITHDRAWN,
    }
)
_NOBODY_COMES: Final = frozenset(
    {Purpose.RELEASED_RESIDENT, Purpose.TRAVEL_RESIDENT, Purpose.FROZEN_RESIDENT, Purpose.FRAUD_RESIDENT, Purpose.UNSAFE_RESIDENT}
)
# How many of each a team has said, it is up to them.
NAMES: Final = frozenset({Purpose.NAMED_RESIDENT, Purpose.UNNAMED_RESIDENT})
# What is said → by what it is overtaken. Who comes, and the words to open the door with, are in nothing that comes later.
OVERTAKEN_BY: Final[Mapping[Purpose, frozenset[Purpose]]] = {
    **dict.fromkeys(PASSING, PASSING | _SOMEBODY_COMES | ENDS_OF_REQUESTS),
    # A name and an address are not for somebody who has given the visit back, nor their name for whom it was.
    Purpose.ACCEPTED_RESPONDER: _YES_IS_OVER,
    Purpose.CLEARED_RESPONDER: _YES_IS_OVER,
    Purpose.CALLING_RESPONDER: _YES_IS_OVER,
    Purpose.ACCEPTED_RESIDENT: ENDS_OF_REQUESTS | _NOBODY_COMES,
    Purpose.LATER_RESIDENT: ENDS_OF_REQUESTS | {Purpose.RELEASED_RESIDENT},
    # Held back for an hour, an old name must not open a door to somebody who does not come any more.
    **dict.fromkeys(
        NAMES,
        ENDS_OF_REQUESTS
        | {
            Purpose.NAMED_RESIDENT,
            Purpose.UNNAMED_RESIDENT,
            Purpose.ACCEPTED_RESIDENT,
            Purpose.CALLED_RESIDENT,
            Purpose.EN_ROUTE_RESIDENT,  # says who comes, too
            Purpose.RELEASED_RESIDENT,
            Purpose.TRAVEL_RESIDENT,
            Purpose.POSTPONED_RESIDENT,
        },
    ),
}
# Looked at however new they are: harm comes of them where they are not true any more.
_AT_ONCE: Final = frozenset(
    {
        Purpose.ACCEPTED_RESPONDER,
        Purpose.CLEARED_RESPONDER,
        Purpose.CALLING_RESPONDER,
        Purpose.ACCEPTED_RESIDENT,
        *NAMES,
    }
)
_PAIRS: Final = [(older, newer) for older, by in sorted(OVERTAKEN_BY.items()) for newer in sorted(by)]


def still_true(letters: Mapping[UUID, Letter]) -> dict[UUID, Letter]:
    """Of texts that are about to be written, in their order, those that none of them takes back: a yes and a no in one breath."""
    later: dict[tuple[UUID, UUID, str], set[str]] = defaultdict(set)
    true: list[Letter] = []
    for letter in reversed(list(letters.values())):
        said = later[letter.request_id, letter.contact_point_id, letter.role]
        if letter.purpose not in _AT_ONCE or said.isdisjoint(OVERTAKEN_BY[Purpose(letter.purpose)]):
            true.append(letter)
        said.add(letter.purpose)
    return {letter.id: letter for letter in reversed(true)}


async def leave_out(
    connection: asyncpg.Connection, letters: Sequence[Letter], now: datetime
) -> tuple[list[Letter], list[Change]]:
    """Those that are still to be said; the others are taken back."""
    waited = [
        one.id for one in letters if one.purpose in OVERTAKEN_BY and (one.purpose in _AT_ONCE or one.created_at < now - WAITED)
    ]
    if not waited:
        return list(letters), []
    columns = map(list, zip(*_PAIRS, strict=True))
    gone: set[UUID] = {row["id"] for row in await connection.fetch(QUERIES["overtaken_texts"], waited, *columns)}
    NOTIFY_DENIED.labels("overtaken", "withdrawn").inc(len(gone))
    changes = [Change(one, superseded(one.message, now)) for one in letters if one.id in gone]
    return [one for one in letters if one.id not in gone], changes


async def hold_back_names(
    connection: asyncpg.Connection, letters: Sequence[Letter], now: datetime, limits: Limits
) -> tuple[list[Letter], list[tuple[UUID, datetime]]]:
    """Those that may leave; and when the others may, if nothing newer is said by then. Asked under the lock of their phones."""
    asked = [one.id for one in letters if _names(one)]
    if not asked:
        return list(letters), []
    told: dict[UUID, list[datetime]] = defaultdict(list)
    for row in await connection.fetch(QUERIES["names_told"], asked, now - max(window for _, window in limits.name_windows)):
        told[row["id"]].append(row["told_at"])
    held = [(id_, at) for id_ in asked if (at := names_from(told[id_], now, limits)) > now]
    NOTIFY_DENIED.labels(FailureReason.LIMIT, "delayed").inc(len(held))
    later = dict(held)
    return [one for one in letters if one.id not in later], held


def _names(letter: Letter) -> bool:
    return letter.purpose in NAMES
