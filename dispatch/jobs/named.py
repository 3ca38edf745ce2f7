"""Finds whom leads have named: opens what was typed, and the names of the commune, in the transaction. No rules here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from geopy.distance import great_circle

from dispatch.docket import QUERIES, Docket
from dispatch.jobs.naming import Known, NotFoundByName, whom
from dispatch.jobs.pinning import Chosen, row_to_chosen
from dispatch.matching.decision import coarse_m
from dispatch.matching.policy import Policy
from dispatch.rows import sealed_of
from shared.events.contract import Sealed
from shared.events.envelope import Event
from shared.events.messages import Answer, ReplyReceived
from shared.security.vault import Vault
from shared.service_levels import POSITION_STALE_SECONDS

Found = UUID | NotFoundByName


@dataclass(frozen=True, slots=True)
class Names:
    """`look_up` before the docket is opened, so that who was named is locked with it; `chosen` afterwards."""

    vault: Vault
    policy: Policy = field(default_factory=Policy)

    async def look_up(self, connection: asyncpg.Connection, events: Sequence[Event]) -> dict[UUID, Found]:
        """By event. Nothing is read while nobody names anybody."""
        replies = [(event.id, event.body) for event in events if is_naming(event)]
        return {event_id: await self._whom(connection, body) for event_id, body in replies if isinstance(body, ReplyReceived)}

    async def chosen(
        self, connection: asyncpg.Connection, docket: Docket, events: Sequence[Event], found: Mapping[UUID, Found]
    ) -> dict[UUID, Chosen | NotFoundByName]:
        """As they stand now, under the docket's locks."""
        result: dict[UUID, Chosen | NotFoundByName] = {}
        for event in events:
            one = found.get(event.id)
            if isinstance(one, NotFoundByName):
                result[event.id] = one
            elif one is not None and isinstance(event.body, ReplyReceived):
                result[event.id] = await self._standing(connection, docket, event.body.offer_id, one)
        return result

    async def _whom(self, connection: asyncpg.Connection, reply: ReplyReceived) -> Found:
        rows = await connection.fetch(QUERIES["names_of_commune"], reply.offer_id)
        sealed = [sealed_of(row["name"]) for row in rows]
        boxes = [box for box in (reply.member, *sealed) if box is not None]
        keys = await self.vault.keys(connection, {box.key_id for box in boxes})

        def opened(box: Sealed | None) -> str | None:
            key = keys.get(box.key_id) if box is not None else None
            return None if box is None or key is None else key.open(box, purpose="name").decode()

        typed = opened(reply.member)
        known = [Known(row["id"], row["external_id"], opened(box)) for row, box in zip(rows, sealed, strict=True)]
        return NotFoundByName.UNKNOWN if typed is None else whom(typed, known)

    async def _standing(
        self, connection: asyncpg.Connection, docket: Docket, offer_id: UUID, responder_id: UUID
    ) -> Chosen | NotFoundByName:
        asked = docket.find_offer(offer_id)
        row = await connection.fetchrow(QUERIES["chosen_responder"], responder_id, *self.policy.limits, POSITION_STALE_SECONDS)
        if row is None or asked is None:
            return NotFoundByName.UNKNOWN
        place = asked[0].job.place
        return row_to_chosen(row, coarse_m(great_circle((place.lat, place.lon), (row["lat"], row["lon"])).m))


def is_naming(event: Event) -> bool:
    return isinstance(event.body, ReplyReceived) and event.body.answer is Answer.ASSIGN
