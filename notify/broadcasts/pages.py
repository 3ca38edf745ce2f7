"""The people of a broadcast, as dispatch names them: a page is a transaction, and says nothing to anybody."""

import asyncpg

from notify.sending.ladder import BY_NUMBER, by_call_only, next_rung
from notify.settings import NotifySettings
from notify.store import QUERIES
from shared.events.broadcasts import BroadcastPage
from shared.events.envelope import Event
from shared.postgres.transaction import app_now, transaction
from shared.transport.inbox import first_seen


async def take_page(pool: asyncpg.Pool, event: Event, settings: NotifySettings) -> None:
    """Apart from the batch it came with: nobody's offer waits until five hundred rows are written."""
    assert isinstance(event.body, BroadcastPage)  # noqa: S101 - the registry says so
    async with transaction(pool, "notify.consume") as connection:
        if await first_seen(connection, [event]):
            await _add(connection, event.body, settings)


async def _add(connection: asyncpg.Connection, page: BroadcastPage, settings: NotifySettings) -> None:
    now, served = await app_now(connection), settings.sending.served & BY_NUMBER
    people = []
    for one in page.recipients:
        rung = None if by_call_only(one.channels, served) else next_rung(one.channels, -1, served)
        channel = None if rung is None else one.channels[rung].value
        written_as = ",".join(kind.value for kind in one.channels)
        id_, address = one.contact_point_id, one.address
        people.append((id_, address.key_id, address.box, one.language, written_as, channel, one.role.value))
    if people:
        columns = [list(column) for column in zip(*people, strict=True)]
        await connection.execute(QUERIES["add_people"], page.broadcast_id, *columns, now)
    await connection.execute(QUERIES["note_gathered"], page.broadcast_id, now, page.last)
