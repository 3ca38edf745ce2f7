"""Loading a roster file, in batches that are each one transaction: what is loaded stays loaded, whatever follows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

import asyncpg

from dispatch.enrolment import missing_from, put_entries, put_seats
from dispatch.roster_csv import BadRow, read_roster
from shared.postgres.transaction import reading, transaction
from shared.security.vault import Vault

T = TypeVar("T")

BATCH: Final = 200  # responders a transaction


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`missing`: commune → ids on our roster that are not on the new list. They stay; a person decides."""

    added: int
    changed: int
    leads: int
    bad_rows: tuple[BadRow, ...]
    missing: dict[str, list[str]]


async def import_roster(pool: asyncpg.Pool, vault: Vault, city: str, data: bytes) -> ImportReport:
    """The same file again changes nothing but versions. Raises Invalid when it is no roster at all."""
    roster = read_roster(data)
    added = 0
    for part in _batches(roster.entries):
        async with transaction(pool, "dispatch.roster", limit_seconds=60) as connection:
            added += await put_entries(connection, vault, city, part)
    for seats in _batches(list({(seat.level, seat.commune_code): seat for seat in roster.seats}.values())):
        async with transaction(pool, "dispatch.roster", limit_seconds=60) as connection:
            await put_seats(connection, vault, city, seats)
    async with reading(pool) as connection:
        missing = await missing_from(connection, city, {named.id(city): named.entry.commune_code for named in roster.entries})
    return ImportReport(added, len(roster.entries) - added, len(roster.seats), tuple(roster.bad_rows), missing)


def _batches(items: Sequence[T]) -> Iterator[list[T]]:
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch
