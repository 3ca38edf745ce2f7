"""What is alive, read in parts that are each small and whole in themselves: for looks that are taken all the time.

A part is read by ids: whatever a rule compares stands on the same page, so that it says nothing that `check` would not.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg

from dispatch.jobs.timer import TimerKind
from intake.counter.closing import TICKET_CLOSE
from intake.location import LOCATE
from services.audit import invariants as rules
from services.audit.invariants import Invariant
from services.audit.reading import CONTEXTS, QUERIES, rows_of, snapshot
from services.audit.world import (
    GRACE,
    Attempt,
    Broadcast,
    Callback,
    CallTask,
    Delivery,
    Inquiry,
    Job,
    Letter,
    Message,
    Offer,
    PrivacyRight,
    Question,
    QueueTicket,
    Request,
    Responder,
    Talk,
    Timer,
    Unfreed,
    Unpublished,
    Unreturned,
    World,
)

Row = TypeVar("Row")
Key = Callable[[Any], UUID]

PAGE: Final = 1000  # a page is judged in some ten milliseconds, in which nothing else of the process runs
MOST: Final = 1000  # rows of one kind of what is past its time: who has more knows that all is not well
LATELY: Final = timedelta(minutes=5)  # a resend follows its attempt sooner
LAST: Final = UUID(int=2**128 - 1)
NONE: Final = UUID(int=0)
KINDS: Final[Mapping[str, tuple[str, ...]]] = {"dispatch": tuple(TimerKind), "intake": (LOCATE,)}


@dataclass(frozen=True, slots=True)
class Part:
    """`after`: where the next page of its kind begins; None: this was the last."""

    world: World
    by: Sequence[Invariant]
    after: UUID | None = None


ReadPage = Callable[[asyncpg.Connection, UUID], Awaitable[Part]]


async def past_their_time(connection: asyncpg.Connection) -> Part:
    """Timers, events, messages, questions and calls that somebody should have dealt with; dead letters. All contexts."""
    timers: list[Timer] = []
    unpublished: list[Unpublished] = []
    letters: list[Letter] = []
    for context in CONTEXTS:
        async with snapshot(connection, context):
            timers += [Timer(context, **row) for row in await _fetch(connection, "timers_overdue", GRACE, MOST)]
            unpublished += [Unpublished(context, **row) for row in await _fetch(connection, "events_unpublished", GRACE, MOST)]
            letters += [Letter(context, **row) for row in await _fetch(connection, "letters_open", GRACE, MOST)]
    async with snapshot(connection, "intake"):
        callbacks = await rows_of(connection, "callbacks_overdue", Callback, GRACE, MOST)
        talks = await rows_of(connection, "talks_stuck", Talk, GRACE, MOST)
        unreturned = await rows_of(connection, "calls_unreturned", Unreturned, GRACE, MOST)
        unfreed = await rows_of(connection, "merges_unfreed", Unfreed, GRACE, MOST)
        rights = await rows_of(connection, "rights_overdue", PrivacyRight, GRACE, MOST)
        inquiries = await rows_of(connection, "inquiries_overdue", Inquiry, GRACE, MOST)
    async with snapshot(connection, "notify"):
        messages = await rows_of(connection, "messages_overdue", Message, GRACE, MOST)
        questions = await rows_of(connection, "questions_overdue", Question, GRACE, MOST)
        calls = await rows_of(connection, "calls_overdue", CallTask, GRACE, MOST)
        broadcasts = await rows_of(connection, "broadcasts_unfinished", Broadcast, GRACE)
    found: dict[str, Any] = {"messages": messages, "questions": questions, "call_tasks": calls, "broadcasts": broadcasts}
    found |= {"callbacks": callbacks, "unreturned": unreturned, "talks": talks, "unfreed": unfreed}
    found |= {"rights": rights, "inquiries": inquiries}
    found |= {"timers": tuple(timers), "unpublished": tuple(unpublished), "letters": tuple(letters)}
    by = (
        rules.nothing_is_lost,
        rules.messages_come_to_an_end,
        rules.questions_are_put_and_closed,
        rules.callers_are_called_back,
        rules.rights_have_their_clock,
        rules.silence_ends_what_was_asked,
        rules.conversations_go_on,
        rules.nobody_is_lost_by_a_merging,
        rules.timers_fire,
        rules.nothing_stands_behind_a_dead_letter,
        rules.broadcasts_get_on,
    )
    return Part(await _world(connection, **found), by)


async def delivered(connection: asyncpg.Connection) -> Part:
    """What phones got in the last minutes. The carrier before notify: what it delivers meanwhile has its attempt on record."""
    async with snapshot(connection, "carrier"):
        deliveries = await rows_of(connection, "delivered_lately", Delivery, LATELY, 5 * MOST)
    async with snapshot(connection, "notify"):
        attempts = await rows_of(connection, "attempts_known", Attempt, [one.attempt_id for one in deliveries])
        messages = await rows_of(connection, "messages_of", Message, [one.message_id for one in attempts])
    world = await _world(connection, deliveries=deliveries, attempts=attempts, messages=messages)
    return Part(world, [rules.effects_happen_once])


async def requests(connection: asyncpg.Connection, after: UUID) -> Part:
    """Requests that somebody must be working on, and jobs that are not over, of one stretch of ids: each has the other."""
    async with snapshot(connection, "intake"):
        live = await rows_of(connection, "live_requests", Request, after, PAGE)
    async with snapshot(connection, "dispatch"):
        jobs = await rows_of(connection, "live_jobs", Job, after, PAGE)
        end = min(_end(live, lambda request: request.id), _end(jobs, lambda job: job.request_id))
        live = tuple(request for request in live if request.id <= end)
        jobs = tuple(job for job in jobs if job.request_id <= end)
        jobs = await _with_their_like(connection, live, jobs)
        offers = await _offers_of(connection, jobs)
    known = await _with_their_requests(connection, live, jobs)
    told = await _told(connection, offers, jobs)
    timers = await _watching(connection, live, jobs, offers)
    world = await _world(connection, requests=known, jobs=jobs, offers=offers, asked_offers=told, timers=timers)
    by = (
        rules.nothing_is_lost,
        rules.nowhere_is_somebodys_task,
        rules.operators_see_what_is_open,
        rules.the_erased_are_let_go,
        rules.a_job_has_one_owner,
        rules.nobody_rides_with_nobody,
        rules.questions_are_put_and_closed,
        rules.timers_fire,
    )
    return Part(world, by, None if end == LAST else end)


async def visits(connection: asyncpg.Connection, after: UUID) -> Part:
    """Accepted offers: each is of a job that somebody has."""
    async with snapshot(connection, "dispatch"):
        offers = await rows_of(connection, "visits_in_hand", Offer, after, PAGE)
        jobs = await rows_of(connection, "jobs_meant", Job, [offer.target for offer in offers])
    end = _end(offers, lambda offer: offer.target)
    world = await _world(connection, offers=offers, jobs=jobs)
    return Part(world, [rules.a_job_has_one_owner], None if end == LAST else end)


async def responders(connection: asyncpg.Connection, after: UUID) -> Part:
    async with snapshot(connection, "dispatch"):
        busy = await rows_of(connection, "busy_responders", Responder, after, PAGE)
        jobs = await rows_of(connection, "jobs_of_responders", Job, [one.id for one in busy])
    end = _end(busy, lambda responder: responder.id)
    world = await _world(connection, responders=busy, jobs=jobs)
    return Part(world, [rules.nobody_has_more_than_they_can], None if end == LAST else end)


async def tickets(connection: asyncpg.Connection, after: UUID) -> Part:
    """Walk-in queues: each ticket with its clock."""
    async with snapshot(connection, "intake"):
        live = await rows_of(connection, "live_tickets", QueueTicket, after, PAGE)
        rows = await _fetch(connection, "timers_watching", [TICKET_CLOSE], [one.id for one in live]) if live else []
    world = await _world(connection, tickets=live, timers=tuple(Timer("intake", **row) for row in rows))
    end = _end(live, lambda ticket: ticket.id)
    return Part(world, [rules.nobody_waits_unseen], None if end == LAST else end)


STAGES: Final[tuple[ReadPage, ...]] = (requests, visits, responders, tickets)


def _end(page: Sequence[Row], key: Key) -> UUID:
    """A page that is full ends with its last row; one that is not, with everything."""
    return key(page[-1]) if len(page) >= PAGE else LAST


async def _with_their_like(connection: asyncpg.Connection, live: Collection[Request], jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """With them the jobs of their groups, and of requests without a live one those that are over."""
    have = {job.request_id for job in jobs}
    over = [request.id for request in live if request.id not in have]
    groups = list({job.group_id for job in jobs if job.group_id is not None})
    known = {job.id for job in jobs}
    more = await rows_of(connection, "jobs_of_groups", Job, groups) if groups else ()
    past = await rows_of(connection, "jobs_over", Job, over) if over else ()
    return (*jobs, *(job for job in more if job.id not in known), *past)


async def _offers_of(connection: asyncpg.Connection, jobs: Collection[Job]) -> tuple[Offer, ...]:
    """Those that wait for an answer, and those that were accepted."""
    pending = await rows_of(connection, "offers_pending", Offer, [job.id for job in jobs if job.closed_at is None])
    return (*pending, *await rows_of(connection, "offers_accepted", Offer, list({job.target for job in jobs})))


async def _with_their_requests(
    connection: asyncpg.Connection, live: Collection[Request], jobs: Collection[Job]
) -> tuple[Request, ...]:
    """With them the requests of jobs whose request is not among them, and those of the same people that were erased."""
    have = {request.id for request in live}
    others = [job.request_id for job in jobs if job.request_id not in have]
    async with snapshot(connection, "intake"):
        known = await rows_of(connection, "requests_known", Request, others) if others else ()
        people = list({request.contact_point_id for request in live})
        forgotten = await rows_of(connection, "requests_forgotten", Request, people)
    have |= {request.id for request in known}
    return (*live, *known, *(request for request in forgotten if request.id not in have))


async def _told(connection: asyncpg.Connection, offers: Collection[Offer], jobs: Collection[Job]) -> frozenset[UUID]:
    pending = [offer.id for offer in offers if offer.status == "pending"]
    if not pending:
        return frozenset()
    async with snapshot(connection, "notify"):
        rows = await _fetch(connection, "offers_told", pending, [job.request_id for job in jobs])
    return frozenset(row["offer_id"] for row in rows)


async def _watching(
    connection: asyncpg.Connection, live: Collection[Request], jobs: Collection[Job], offers: Collection[Offer]
) -> tuple[Timer, ...]:
    """Of those that nothing else watches: no offer, no lead, no helper."""
    asked = {offer.job_id for offer in offers if offer.status == "pending"}
    unwatched = {
        "dispatch": [job.id for job in jobs if job.status in rules.UNOWNED and job.escalated_to is None and job.id not in asked],
        "intake": [request.id for request in live if request.status == "needs_location"],
    }
    timers: list[Timer] = []
    for context, subjects in unwatched.items():
        if subjects:
            async with snapshot(connection, context):
                rows = await _fetch(connection, "timers_watching", KINDS[context], subjects)
            timers += [Timer(context, **row) for row in rows]
    return tuple(timers)


async def _world(connection: asyncpg.Connection, **parts: Any) -> World:
    """The clocks are read last: what was written since is young by them."""
    app_now, wall_now = (await _fetch(connection, "clocks"))[0]
    return World(app_now=app_now, wall_now=wall_now, **parts)


async def _fetch(connection: asyncpg.Connection, query: str, *values: object) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await connection.fetch(QUERIES[query], *values)
    return rows
