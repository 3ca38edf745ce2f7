"""What a roster said of each person the last time, as a keyed fingerprint: the same again changes nothing.

Names are sealed anew each time, so rows cannot be compared; and what people have agreed on since (a shift that was swapped,
somebody who is away) must not be undone by a list that has not changed.
"""

from collections.abc import Mapping
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES
from shared.security.vault import Vault

Lines = Mapping[UUID, bytes]  # whose, and what stands there


async def news(connection: asyncpg.Connection, vault: Vault, lines: Lines) -> set[UUID]:
    """Of whom something else is said than the last time, or anything for the first time."""
    rows = await connection.fetch(QUERIES["roster_lines"], list(lines))
    known = {row["id"]: row["fingerprint"] for row in rows}
    return {row_id for row_id, line in lines.items() if known.get(row_id) != vault.fingerprint(line)}


async def note(connection: asyncpg.Connection, vault: Vault, lines: Lines) -> None:
    """This is what holds from now on, whoever has written it: a file, or a route."""
    prints = [vault.fingerprint(line) for line in lines.values()]
    await connection.execute(QUERIES["put_roster_lines"], list(lines), prints)
