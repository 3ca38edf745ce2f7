"""Events in: a batch is one transaction of inbox, cases, reports and everything they tell. The rules stand in handlers.py."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, Docket, open_docket
from dispatch.filed import FiledRequests, FindPlanner, Publish, split
from dispatch.handlers import HANDLERS, offer_of, request_of, said_of
from dispatch.jobs.going_on import ask_the_same
from dispatch.jobs.named import Names
from dispatch.roster.audiences import take_broadcast
from dispatch.roster.complaining import find_accused, keep_complaints, rule_out_accused
from dispatch.roster.drilling import drilled, hear, note_drilled, take_drill_answer
from dispatch.roster.presence import take_presence
from dispatch.roster.stopping import take_texts_word
from dispatch.roster.team import namings
from dispatch.rows import turned
from dispatch.shifts.duties import take_duty
from dispatch.shifts.shift_answers import note_unsent, take_shift_answer
from dispatch.shifts.swap_wishes import take_swap_wish
from shared.errors import Refused, Transient
from shared.events.contract import ChannelKind, Role
from shared.events.duty import DutySaid, PresenceSaid
from shared.events.envelope import Event
from shared.events.messages import FailureReason, MessageChanged, MessageReceived
from shared.events.registry import EventType, Topic
from shared.events.shifts import ShiftAnswered, SwapSaid
from shared.postgres.transaction import commit_one, transaction
from shared.security.vault import Vault
from shared.transport.inbox import first_seen

# Group → what it reads, and whether somebody waits for each event. What a carrier and people say may come in tenths of a second.
READING: Final = (("dispatch", Topic.REQUESTS, True), ("dispatch.messages", Topic.MESSAGES, False))
# What people say of themselves: each in a transaction of its own, because it locks jobs that no other event of the batch names.
OF_PEOPLE: Final[Mapping[EventType, Callable[[asyncpg.Connection, Event], Awaitable[None]]]] = {
    EventType.DUTY_SAID: take_duty,
    EventType.TEXTS_SAID: take_texts_word,
    EventType.SHIFT_ANSWERED: take_shift_answer,
    EventType.DRILL_ANSWERED: take_drill_answer,
    EventType.BROADCAST_REQUESTED: take_broadcast,
}
# … and in which names are compared.
BY_NAME: Final[Mapping[EventType, Callable[[asyncpg.Connection, Event, Vault], Awaitable[None]]]] = {
    EventType.PRESENCE_SAID: take_presence,
    EventType.SHIFT_SWAP_SAID: take_swap_wish,
}
ALONE: Final = frozenset({*OF_PEOPLE, *BY_NAME})
# The others change nothing here.
WANTED: Final = frozenset({*HANDLERS, *ALONE, EventType.MESSAGE_SUBMITTED, EventType.MESSAGE_RECEIVED})
NONE_OPEN: Final[Mapping[str, UUID]] = MappingProxyType({})
UNDELIVERED_MOST: Final = 3  # messages in a row that do not arrive: then nobody is asked there
UNDELIVERED_SECONDS: Final = 3 * 24 * 3600.0  # after so long without another one the row is over


class EventHandler:
    """What the consumer runner calls with each batch of a lane. `wake` rings after each commit: there may be new work.

    `planner`: of this process, while it is the matcher; then new jobs are offered as they are opened. `publish` gets the rows of
    the outbox that tell of new jobs. `names`: finds whom a lead has named; without it nobody is found. `incidents`: those open,
    as far as this process knows.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        wake: Callable[[], None],
        planner: FindPlanner = lambda: None,
        *,
        publish: Publish = lambda _: None,
        names: Names | None = None,
        incidents: Callable[[], Mapping[str, UUID]] = dict,
    ) -> None:
        self._pool = pool
        self._names = names
        self._incidents = incidents
        self._wake = wake
        self._filed = FiledRequests(pool, planner, publish, wake)

    async def __call__(self, events: Sequence[Event]) -> None:
        """Returns after the commits. Twice the same events: the inbox knows, nothing happens."""
        submitted = [event for event in events if event.type is EventType.MESSAGE_SUBMITTED]
        of_people = [event for event in events if event.type in ALONE]
        rest = [event for event in events if event.type is not EventType.MESSAGE_SUBMITTED and event.type not in ALONE]
        filed, others = split(rest, self._incidents())
        if submitted:  # first: what came of an offer is never told before that it left
            await commit_one(self._pool, "dispatch.consume", QUERIES["take_submitted"], *_reported(submitted))
            of_drills = drilled(submitted)
            if of_drills is not None:
                await commit_one(self._pool, "dispatch.consume", QUERIES["note_drill_submitted"], *of_drills)
        if filed:
            others += await self._filed.open(filed)
        if others:
            await self._take(others)
        for event in of_people:
            await self._take_of_people(event)

    async def _take(self, events: Sequence[Event]) -> None:
        async with transaction(self._pool, "dispatch.consume") as connection:
            fresh = await first_seen(connection, events)
            if fresh:
                await handle(connection, fresh, self._names, self._incidents())
        self._wake()

    async def _take_of_people(self, event: Event) -> None:
        async with transaction(self._pool, "dispatch.consume") as connection:
            fresh = await first_seen(connection, [event])
            if fresh and event.type in OF_PEOPLE:
                await OF_PEOPLE[event.type](connection, event)
            elif fresh and self._names is not None:
                await BY_NAME[event.type](connection, event, self._names.vault)
            if fresh and isinstance(event.body, DutySaid | PresenceSaid | ShiftAnswered | SwapSaid):
                await hear(connection, [event.body.contact_point_id])
        self._wake()


async def handle(
    connection: asyncpg.Connection, events: Sequence[Event], names: Names | None, incidents: Mapping[str, UUID] = NONE_OPEN
) -> None:
    decided = [event for event in events if event.type in HANDLERS]
    if decided:
        await _decide(connection, decided, names, incidents)
    reports = [event.body for event in events if isinstance(event.body, MessageChanged)]
    await note_unsent(connection, reports)
    await note_drilled(connection, reports)
    await _block(connection, reports)
    await _doubt(connection, reports)
    heard = [event.body.contact_point_id for event in events if isinstance(event.body, MessageReceived)]
    await hear(connection, heard)  # also what answers no question shows that somebody is there


async def _decide(
    connection: asyncpg.Connection, events: Sequence[Event], names: Names | None, incidents: Mapping[str, UUID]
) -> None:
    requests = {found for event in events if (found := request_of(event))}
    offers = {found for event in events if (found := offer_of(event))}
    accused = await find_accused(connection, events)
    named = await names.look_up(connection, events) if names is not None else {}
    people = {one for one in named.values() if isinstance(one, UUID)} | {row["responder_id"] for row in accused.values()}
    docket = await open_docket(connection, actor="event", request_ids=requests, offer_ids=offers, responder_ids=people)
    docket.incidents = incidents
    if names is not None and named:
        docket.named |= await names.chosen(connection, docket, events, named)
    unknown = [request_id for request_id in requests if docket.of_request(request_id) is None]
    known_dead = await _load_tombstones(connection, docket, unknown)
    vault = names.vault if names is not None else None
    docket.namings = await namings(docket, vault, dict(filter(None, map(said_of, events))))
    for event in events:
        HANDLERS[event.type](event, docket)
    await ask_the_same(docket, {event.key for event in events if event.type is EventType.REQUEST_REOPENED})
    rule_out_accused(docket, accused)
    await _save(docket)
    await keep_complaints(docket, events, accused)
    await docket.note(docket.refusals)
    buried = {key: version for key, version in docket.buried.items() if known_dead.get(key) != version}
    if buried:
        await connection.execute(QUERIES["put_tombstones"], list(buried), list(buried.values()))


async def _save(docket: Docket) -> None:
    """Somebody named was asked on the same phone meanwhile: read again, it is a refusal that the lead is told."""
    try:
        await docket.save()
    except Refused as refusal:
        raise Transient(refusal.reason) from refusal


async def _load_tombstones(connection: asyncpg.Connection, docket: Docket, unknown: Sequence[UUID]) -> dict[UUID, int]:
    if not unknown:
        return {}
    rows = await connection.fetch(QUERIES["tombstones"], unknown)
    docket.buried.update({row["request_id"]: row["request_version"] for row in rows})
    return dict(docket.buried)


async def _block(connection: asyncpg.Connection, reports: Sequence[MessageChanged]) -> None:
    """Whom notify may not write to for a while; after the cases: their jobs are locked first (law 2). That somebody had too many
    answers to their own words says nothing of what they may be asked."""
    refused = [body for body in reports if body.reason and body.retry_at and body.role is not Role.RESIDENT and not body.answers]
    blocked = [(body.contact_point_id, body.retry_at) for body in refused]
    if blocked:
        await connection.execute(QUERIES["block_contact_points"], *turned(blocked))


async def _doubt(connection: asyncpg.Connection, reports: Sequence[MessageChanged]) -> None:
    """Phones at which nothing arrives, time after time."""
    failed = [(body.contact_point_id, body.at) for body in reports if body.reason is FailureReason.UNDELIVERABLE]
    if failed:
        await connection.execute(QUERIES["count_undelivered"], *turned(failed), UNDELIVERED_MOST, UNDELIVERED_SECONDS)


def _reported(events: Sequence[Event]) -> list[list[Any]]:
    """The parameters of `take_submitted`. Not counted, as notify does not: what somebody gets as a resident, because anybody can
    cause it by filing, and what answers their own words."""
    return turned(
        [
            (
                event.id,
                body.offer_id,
                body.contact_point_id,
                body.at,
                body.channel is ChannelKind.SMS and body.role is not Role.RESIDENT and not body.answers,
            )
            for event in events
            if isinstance(body := event.body, MessageChanged)
        ]
    )
