"""Whose a conversation is: its id is all that an operator has of somebody who wrote and gave no number."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from intake.queries import QUERIES
from shared.errors import NotFound, Transient


@dataclass(frozen=True, slots=True)
class Whose:
    """`person`: who is meant, and `has_number`: who is known by the number that writes, or under which it was filed from there.
    Else that is the `writer`, an account that stands for itself."""

    writer: UUID
    person: UUID
    has_number: bool


async def whose(connection: asyncpg.Connection, conversation_id: UUID) -> Whose:
    """Locked, and nobody else's until the commit. Raises NotFound, and Transient while it is being filed: it has a number in a
    moment."""
    row: Any = await connection.fetchrow(QUERIES["lock_whose_talk"], conversation_id)
    if row is None:
        raise NotFound("conversation")
    if row["is_being_filed"]:
        raise Transient("conversation is being filed")
    return Whose(row["writer"], row["person"], row["has_number"])
