"""Links in messages: a 128-bit token for one offer. Whoever holds it may see that offer, answer it, and do its visit."""

from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES
from shared.errors import NotFound
from shared.security.tokens import Caller, new_link_token, secret_hash


async def issue_link(connection: asyncpg.Connection, offer_id: UUID) -> str:
    """The token's text, shown once: only its hash is stored. The caller has made sure that the offer exists."""
    text, hashed = new_link_token()
    await connection.execute(QUERIES["put_link"], hashed, offer_id)
    return text


async def offer_of_link(connection: asyncpg.Connection, caller: Caller) -> UUID | None:
    """The one offer this caller may act on, or None for a caller with a role. Raises NotFound: a guess learns nothing."""
    if caller.link is None:
        return None
    found: UUID | None = await connection.fetchval(QUERIES["offer_of_link"], secret_hash(caller.link))
    if found is None:
        raise NotFound("offer")
    return found
