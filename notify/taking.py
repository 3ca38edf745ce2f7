"""The first statement of a batch: what of it is new here, and the locks of all phones it may touch. Decides nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from notify.sla.rows import entries
from notify.store import QUERIES
from shared.events.contract import Recipient
from shared.events.envelope import Event
from shared.postgres.transaction import commit_one
from shared.telemetry.metrics import STALE_EVENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the batch is about: phones that are only looked at, jobs whose phones are wanted, and whom which event speaks of."""

    phones: Collection[UUID]
    jobs: Collection[UUID]
    recipients: Sequence[tuple[UUID, Recipient]]  # (event id, whom)


@dataclass(frozen=True, slots=True)
class Taken:
    fresh: list[Event]
    phones: list[UUID]  # locked, sorted


async def take_in(connection: asyncpg.Connection, events: Sequence[Event], wanted: Wanted) -> Taken:
    """Inbox, versions, service levels and locks in one statement (laws 1, 2, 6)."""
    (row,) = await connection.fetch(QUERIES["take_in"], *_columns(events, wanted))
    newest = dict(zip(row["subjects"], row["versions"], strict=True))
    fresh = list(_not_stale(events, set(row["fresh"]), newest))
    phones = {*row["phones"], *(recipient.contact_point_id for _, recipient in wanted.recipients)}
    return Taken(fresh, sorted(phones))


async def note(pool: asyncpg.Pool, events: Sequence[Event]) -> None:
    """All there is to do about events that nobody is told of: the same statement, and a transaction by itself."""
    await commit_one(pool, "notify.consume", QUERIES["take_in"], *_columns(events, Wanted(phones=(), jobs=(), recipients=())))


def _columns(events: Sequence[Event], wanted: Wanted) -> tuple[object, ...]:
    told = [(id_, r.contact_point_id, r.address.key_id, r.address.box, r.language) for id_, r in wanted.recipients]
    return (
        [event.id for event in events],
        [event.subject for event in events],
        [event.version for event in events],
        entries(events),
        list(wanted.phones),
        list(wanted.jobs),
        *(list(column) for column in (zip(*told, strict=True) if told else [()] * 5)),
    )


def _not_stale(events: Iterable[Event], unseen: set[UUID], newest: dict[UUID, int]) -> Iterable[Event]:
    """Drops what is older than what was seen of the same request or job (law 6). Events of one change share a version."""
    for event in events:
        if event.id not in unseen:
            continue
        unseen.discard(event.id)  # the second copy within one batch
        if event.version < newest.get(event.subject, event.version):
            STALE_EVENTS.labels("notify", event.type).inc()
            continue
        newest[event.subject] = event.version
        yield event
