"""What others have filed for a person who is erased: it stays theirs, and what it says of the visited person goes.

Nobody travels without a word of the visited person, and there is nobody to ask: the city desk finds out how it goes on.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from intake import store
from intake.consent import ASKABLE, Step
from intake.consents import CONSENT, SOURCE, ask_in
from intake.draft import CITY_DESK
from intake.queries import QUERIES
from intake.request import LIVE
from intake.store import AuditNote
from intake.stored import StoredRequest, event_of
from shared.events.contract import Sealed
from shared.events.registry import EventType
from shared.postgres.transaction import app_now
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

VISITED_ERASED: Final = "visited_erased"  # the reason of request.amended
_OF_THE_VISITED: Final = ("on_behalf_of", "address", "lat", "lon")  # of the details; where it is stays known to some 110 m


async def not_asked_yet(connection: asyncpg.Connection, vault: Vault, index: bytes) -> list[UUID]:
    """Requests of others that name the number of this blind index: it lies under the key of whoever filed until it is asked, by
    day."""
    rows = await connection.fetch(QUERIES["numbers_to_ask"])
    keys = await vault.keys(connection, {row["key_id"] for row in rows})
    boxes = {row["id"]: Sealed(key_id=row["key_id"], box=row["visited_box"]) for row in rows if row["key_id"] in keys}
    numbers = {id_: keys[box.key_id].open(box, purpose="phone").decode() for id_, box in boxes.items()}
    return [id_ for id_, number in numbers.items() if vault.blind_index(number) == index]


async def take_out(connection: asyncpg.Connection, vault: Vault, person: UUID, unasked: Sequence[UUID] = ()) -> list[UUID]:
    """The requests of others for which this number was asked whether somebody may come, or is to be. Once more finds what was
    filed since.

    The connection's search_path must lead to schema intake.
    """
    asked_of = [row["id"] for row in await connection.fetch(QUERIES["lock_requests_with_number"], person)]
    found = (await store.lock_many(connection, [*asked_of, *unasked])).values()
    requests = [one for one in found if one.contact_point_id != person and one.details_box]
    now, ids = await app_now(connection), [one.id for one in requests]
    keys = await vault.keys(connection, {one.key_id for one in requests})
    asked = {row["request_id"]: ask_in(row) for row in await connection.fetch(QUERIES["take_back_consents"], ids, person)}
    after = [_without_them(one, keys[one.key_id]) for one in requests if one.key_id in keys]
    await store.save(
        connection,
        after,
        notes=[AuditNote(at=now, actor="erase", action=VISITED_ERASED, subject=one.id) for one in after],
    )
    await connection.execute(QUERIES["take_out_visited"], ids)
    live = [one for one in after if one.status in LIVE]
    kind = EventType.REQUEST_AMENDED
    events = [event_of(kind, one, now, reason=VISITED_ERASED, consent=asked.get(one.id)) for one in live]
    await append(connection, events, source=SOURCE)
    waiting = [one.id for one in live if one.status in ASKABLE]
    await set_timers(connection, [Timer(kind=CONSENT, subject=id_, due_at=now, guard=Step.DESK) for id_ in waiting])
    return ids


def _without_them(request: StoredRequest, key: DataKey) -> StoredRequest:
    """A helper who is there already goes on; before that, nobody has said whether somebody may come."""
    details: dict[str, Any] = orjson.loads(key.open(request.details, purpose="details"))
    box = key.box(orjson.dumps(details | dict.fromkeys(_OF_THE_VISITED)), purpose="details")
    after = replace(request, version=request.version + 1, details_box=box)
    return replace(after, visit_consent=None, owner=CITY_DESK) if request.status in ASKABLE else after
