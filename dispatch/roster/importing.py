"""Loading a roster file, in batches that are each one transaction: what is loaded stays loaded, whatever follows."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

import asyncpg

from dispatch.roster.enrolment import Seat, missing_from, new_entries, new_seats, put_entries, put_seats
from dispatch.roster.entry import Named
from dispatch.roster.roster_csv import BadRow, Progress, quietly, read_roster
from dispatch.shifts.swaps import swaps_of
from shared.postgres.transaction import reading, transaction
from shared.security.vault import Vault

T = TypeVar("T")

BATCH: Final = 200  # responders a transaction
BESIDE_OTHERS: Final = 20  # … in a process that has other things to do: some hundredths of a second of the event loop


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`missing`: commune → ids on our roster that are not on the new list. They stay; a person decides.

    `swaps`: of lines that say something new, shifts that people have swapped and still have before them. They stand, too.
    """

    added: int
    changed: int
    leads: int
    bad_rows: tuple[BadRow, ...]
    missing: dict[str, list[str]]
    unchanged: int = 0
    swaps: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """Who hears how far the reading of lines is, and the loading of rows."""

    read: Progress = quietly
    loaded: Progress = quietly


async def import_roster(
    pool: asyncpg.Pool, vault: Vault, city: str, data: bytes, *, watched: Watched | None = None, batch: int = BATCH
) -> ImportReport:
    """The same file again changes nothing, not one row. Raises Invalid when it is no roster at all."""
    watched = watched or Watched()
    roster = await asyncio.to_thread(read_roster, data, watched.read)
    added = changed = done = 0
    swaps: list[dict[str, Any]] = []
    for part in _batches(roster.entries, batch):
        made, put, kept = await _put(pool, vault, city, part)
        added, changed, done = added + made, changed + put - made, done + len(part)
        swaps += [swap for swap in kept if swap not in swaps]
        watched.loaded(done, len(roster.entries))
    for seats in _batches(list({(seat.level, seat.commune_code): seat for seat in roster.seats}.values()), batch):
        await _load_seats(pool, vault, city, seats)
    async with reading(pool, limit_seconds=60) as connection:
        missing = await missing_from(connection, city, {named.id(city): named.entry.commune_code for named in roster.entries})
    unchanged = len(roster.entries) - added - changed
    return ImportReport(added, changed, len(roster.seats), tuple(roster.bad_rows), missing, unchanged, tuple(swaps))


async def _put(pool: asyncpg.Pool, vault: Vault, city: str, part: Sequence[Named]) -> tuple[int, int, list[dict[str, Any]]]:
    """How many are new, how many are written, and the swaps of those who are."""
    async with transaction(pool, "dispatch.roster", limit_seconds=60) as connection:
        news = await new_entries(connection, vault, city, part)
        if not news:
            return 0, 0, []
        made = await put_entries(connection, vault, city, news)
        return made, len(news), await swaps_of(connection, [named.id(city) for named in news])


async def _load_seats(pool: asyncpg.Pool, vault: Vault, city: str, seats: Sequence[Seat]) -> None:
    async with transaction(pool, "dispatch.roster", limit_seconds=60) as connection:
        news = await new_seats(connection, vault, city, seats)
        if news:
            await put_seats(connection, vault, city, news)


def _batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
