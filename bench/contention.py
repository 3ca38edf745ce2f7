"""Two who want the same thing at the same moment, two thousand times each, on real PostgreSQL: what must never be, counted.

Several rounds run beside each other, each with a job and people of its own; within a round everybody acts at once.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from bench.city import CITY, put_people, requests
from bench.dispatch import on_database
from bench.parts import real_postgres
from bench.rows import Row, limited, told
from dispatch.answers import Answers
from dispatch.consumer import EventHandler
from dispatch.deadlines import ON_TIME
from dispatch.jobs.timer import TimerKind
from dispatch.matching.decision import Decision
from dispatch.matching.offers_made import Asked, make_offers
from dispatch.matching.policy import Policy
from shared.errors import Refused
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import RequestChanged, RequestStatus
from shared.ids import uuid7
from shared.postgres.pool import open_pool
from shared.postgres.transaction import transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault
from shared.timers import Timer

ROUNDS: Final = 2_000
LANES: Final = 8
CROWD: Final = 50
DESK: Final = Caller("bench", "operator", CITY)
WRONGS: Final = ("double owners", "over capacity", "without owner and clock")
UNLIMITED: Final = Policy(cool_down_minutes=0, offers_a_day=10**6, accepted_a_day=10**6)  # the same people over and over
NO_REASONS: Final = Decision(candidates=b"[]", exclusions=b"{}")
JUDGED: Final = """
select job.status in ('accepted', 'en_route', 'on_scene') as owned, job.closed_at is null as live,
    (select count(*) from offers where job_id = $1 and kind = 'visit' and status = 'accepted') as winners,
    exists (select from timers where subject = $1) as has_clock,
    exists (select from responders one where id = any ($2::uuid[]) and (load > capacity or load <> (
        select count(*) from offers where responder_id = one.id and kind = 'visit' and status = 'accepted'))) as overloaded
from jobs job where id = $1
"""


@dataclass(frozen=True, slots=True)
class WaitingJob:
    """What `make_offers` needs of one."""

    id: UUID
    version: int
    priority: Priority


@dataclass(frozen=True, slots=True)
class Round:
    """A request with its job, and people who were asked about it."""

    filed: Event
    job: UUID
    offers: Sequence[UUID]


class Arena:
    """One database, and the use cases that act on it."""

    def __init__(self, pool: asyncpg.Pool, people: Sequence[UUID]) -> None:
        self.pool = pool
        self.people = people
        self.answers = Answers(pool, _nobody, Vault(bytes(32)))
        self.handle = EventHandler(pool, _nobody)

    async def begin(self, filed: Event, people: Sequence[UUID]) -> Round:
        await self.handle([filed])
        (row,) = await self.pool.fetch("select id, version, priority from jobs where request_id = $1", filed.subject)
        waiting: Any = WaitingJob(row["id"], row["version"], Priority(row["priority"]))
        asked = [Asked(waiting, one, 500) for one in people]
        if len(await make_offers(self.pool, CITY, asked, {row["id"]: NO_REASONS}, UNLIMITED)) < len(people):
            raise AssertionError("somebody could not be asked: a round before has not ended")
        offers = await self.pool.fetch("select id from offers where job_id = $1 order by id", row["id"])
        return Round(filed, row["id"], [offer["id"] for offer in offers])

    async def accept(self, offer: UUID) -> None:
        await self.answers.accept(offer, DESK)

    async def decline(self, offer: UUID) -> None:
        await self.answers.decline(offer, DESK)

    async def release(self, job: UUID) -> None:
        await self.answers.release(job, DESK)

    async def expire(self, offer: UUID) -> None:
        """Its time is up, and the timer fires."""
        due_at = await self.pool.fetchval("update offers set expires_at = made_at where id = $1 returning expires_at", offer)
        timer = Timer(id=uuid7(), kind=TimerKind.OFFER_EXPIRY, subject=offer, due_at=due_at, guard=0)
        async with transaction(self.pool, "dispatch.timer") as connection:
            await ON_TIME[TimerKind.OFFER_EXPIRY](connection, timer)

    async def judge(self, one: Round, people: Sequence[UUID]) -> list[str]:
        """What is wrong now that everybody has had their say."""
        (row,) = await self.pool.fetch(JUDGED, one.job, people)
        judged = (
            row["winners"] > 1 or row["owned"] != (row["winners"] == 1),
            row["overloaded"],
            row["live"] and not row["owned"] and not row["has_clock"],
        )
        return [what for what, is_so in zip(WRONGS, judged, strict=True) if is_so]

    async def cancel(self, filed: Event) -> None:
        assert isinstance(filed.body, RequestChanged)
        gone = filed.body.request.model_copy(update={"version": 2, "status": RequestStatus.CANCELLED})
        await self.handle(
            [
                Event(
                    type=EventType.REQUEST_CANCELLED,
                    subject=filed.subject,
                    version=2,
                    key=filed.key,
                    body=RequestChanged(request=gone),
                    time=filed.time,
                )
            ]
        )


Race = Callable[[Arena, Round], Awaitable[None]]


async def fifty_accept(arena: Arena, one: Round) -> None:
    await at_once(*(arena.accept(offer) for offer in one.offers))


async def decline_and_expiry(arena: Arena, one: Round) -> None:
    await at_once(arena.decline(one.offers[0]), arena.expire(one.offers[0]))


async def accept_and_cancel(arena: Arena, one: Round) -> None:
    await at_once(arena.accept(one.offers[0]), arena.cancel(one.filed))


async def release_and_accept(arena: Arena, one: Round) -> None:
    """One gives it back; another, whose time was up, says a late yes."""
    await arena.expire(one.offers[1])
    await arena.accept(one.offers[0])
    await at_once(arena.release(one.job), arena.accept(one.offers[1]))


RACES: Final[Sequence[tuple[str, int, Race]]] = (
    ("fifty accepts", CROWD, fifty_accept),
    ("decline against expiry", 2, decline_and_expiry),
    ("accept against cancel", 2, accept_and_cancel),
    ("release against accept", 2, release_and_accept),
)


async def rows() -> list[Row]:
    async with real_postgres() as server, _arena(await server.new_database(migrated=True)) as arena:
        return [row for name, crowd, race in RACES for row in await _raced(arena, name, crowd, race)]


async def _raced(arena: Arena, name: str, crowd: int, race: Race) -> list[Row]:
    events = iter(requests(ROUNDS, seed=crowd))
    wrong: Counter[str] = Counter()

    async def lane(number: int) -> None:
        people = arena.people[number * CROWD : number * CROWD + crowd]
        for filed in events:
            one = await arena.begin(filed, people)
            await race(arena, one)
            wrong.update(await arena.judge(one, people))
            await arena.cancel(one.filed)

    started = time.perf_counter()
    async with asyncio.TaskGroup() as lanes:
        for number in range(LANES):
            lanes.create_task(lane(number))
    rate = ROUNDS / (time.perf_counter() - started)
    return [
        *(limited(f"contention, {ROUNDS:,} times {name}: {what}", wrong[what], "<= 0") for what in WRONGS),
        told(f"contention, {name} (rounds/s)", rate),
    ]


async def at_once(*deeds: Coroutine[Any, Any, None]) -> None:
    """All in the same moment; who comes too late is told so."""
    for outcome in await asyncio.gather(*deeds, return_exceptions=True):
        if isinstance(outcome, BaseException) and not isinstance(outcome, Refused):
            raise outcome


@asynccontextmanager
async def _arena(dsn: str) -> AsyncIterator[Arena]:
    await on_database(dsn, lambda connection: put_people(connection, LANES * CROWD))
    async with open_pool(dsn, schema="dispatch", max_size=LANES * 8) as pool:
        rows = await pool.fetch("select id from responders order by id")
        yield Arena(pool, [row["id"] for row in rows])


def _nobody() -> None:
    """There is nothing to wake: no relay and no matcher runs here."""
