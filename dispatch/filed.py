"""Requests seen for the first time: each a job, its clocks and, where somebody is free, its first offers, in one transaction.

Opened first and matched later, a job would be written twice, read twice and told in two commits. So the planner of this process
is asked first, and the guards of `open_jobs`, one statement, decide. Without a planner, or while others wait, jobs are
opened without offers, and the matcher takes them.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, SOURCE
from dispatch.filed_rows import Ask, Filing, Opening, opened, waiting_row
from dispatch.jobs.opening import no_call, wants_a_job
from dispatch.jobs.plain import TOPIC
from dispatch.matching.offers_made import Asked
from dispatch.matching.planner import Plan, Planner
from dispatch.matching.policy import Policy
from shared.categories import FRAUD
from shared.errors import TechRescueError
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import RequestChanged, RequestState
from shared.ids import uuid7s
from shared.postgres.transaction import commit_one, reading
from shared.transport.outbox import Row

AT_ONCE: Final = 250  # requests of a transaction: some 20 ms of Python between two looks of the event loop
SIDE_BY_SIDE: Final = 3  # transactions: one is prepared while the database works on the others

_JOB, _RESPONDER = 1, 4  # of a row of offers

FindPlanner = Callable[[], Planner | None]
Publish = Callable[[Sequence[Row]], None]


class KnownAlready(TechRescueError):
    """A request that was taken for new has a job, or was called off before we saw it: the careful way knows what to do."""


class _RaceLost(TechRescueError):
    """Somebody planned for was asked or engaged meanwhile."""


_REFUSALS: Final = {"known": KnownAlready, "lost": _RaceLost}  # of `open_jobs`


def split(events: Sequence[Event], held: Collection[str] = ()) -> tuple[list[Event], list[Event]]:
    """Those that are the first and only word of a request that wants a job, and all others, each in their order.

    `held`: categories under an incident, which are offered to nobody.
    """
    words: dict[UUID, int] = {}
    for event in events:
        words[event.key] = words.get(event.key, 0) + 1
    filed: list[Event] = []
    others: list[Event] = []
    for event in events:
        (filed if words[event.key] == 1 and _is_filed(event, held) else others).append(event)
    return filed, others


def _is_filed(event: Event, held: Collection[str]) -> bool:
    """What is offered to people as it is opened; suspected fraud to nobody. That no call can help, only a row can say."""
    if event.type is not EventType.REQUEST_FILED or not isinstance(event.body, RequestChanged):
        return False
    request = event.body.request
    return wants_a_job(request) and request.category not in {FRAUD, *held} and not no_call(request)


class FiledRequests:
    """`planner`: of this process, while it is the matcher. `publish` gets what now stands in the outbox, each among the first
    events of its key; `wake` rings when jobs are left to be matched."""

    def __init__(self, pool: asyncpg.Pool, planner: FindPlanner, publish: Publish, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._planner = planner
        self._publish = publish
        self._wake = wake
        self._free = asyncio.Semaphore(SIDE_BY_SIDE)

    async def open(self, events: Sequence[Event]) -> list[Event]:
        """Returns when all are committed; those that are no news of a new request after all are left to the caller."""
        if len(events) <= AT_ONCE:
            return list(await self._open_part(events))
        parts = [asyncio.create_task(self._open_part(part)) for part in _parts(events)]
        try:
            left = await asyncio.gather(*parts)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.wait(parts)
        return [event for part in left for event in part]

    async def _open_part(self, events: Sequence[Event]) -> Sequence[Event]:
        filings, planner = _filings(events), self._planner()
        async with self._free:
            plan = await _planned(planner, filings)
            try:
                await self._open_planned(filings, plan, planner)
            except KnownAlready:
                return events
        return ()

    async def _open_planned(self, filings: Sequence[Filing], plan: Plan, planner: Planner | None) -> None:
        if planner is None or not plan.asked:
            self._tell(await self._commit(filings, {}, Plan(), Policy()), planner)
            return
        try:
            opening = await self._commit_or_without(filings, plan, planner.policy)
        except BaseException:
            planner.let_go(plan.asked)
            raise
        made = {row[_RESPONDER] for row in opening.offers}
        try:
            await planner.lost([one for one in plan.asked if one.responder_id not in made])
        finally:  # committed it is, and what is pending wants the matcher
            self._tell(opening, planner)

    async def _commit_or_without(self, filings: Sequence[Filing], plan: Plan, policy: Policy) -> Opening:
        """With the offers planned, or without any when somebody of them was quicker asked elsewhere."""
        try:
            return await self._commit(filings, {one.responder_id: one for one in plan.asked}, plan, policy)
        except _RaceLost:
            return await self._commit(filings, {}, Plan(), policy)

    async def _commit(self, filings: Sequence[Filing], asks: Mapping[UUID, Asked], plan: Plan, policy: Policy) -> Opening:
        """Raises KnownAlready, _RaceLost, Transient, DependencyDown; then nothing is changed.

        A look and a statement: the statement is the transaction, and decides again what was looked at.
        """
        events = [filing.event_id for filing in filings]
        async with reading(self._pool) as connection:
            rows: Any = await connection.fetch(
                QUERIES["meet_filings"], events, [filing.request.request_id for filing in filings], list(asks), *policy.limits
            )
        met = next(row for row in rows if row["now"] is not None)
        if met["known"]:
            raise KnownAlready("a request is known already")
        opening = opened(filings, _asks(rows, asks), met["now"], policy.send_seconds)
        try:
            (written,) = await commit_one(
                self._pool,
                "dispatch.consume",
                QUERIES["open_jobs"],
                *(met["now"], policy.send_seconds, TOPIC, SOURCE),
                *(column for columns in opening.columns() for column in columns),
                *_decided(opening, plan),
                *policy.limits,
                opening.by_phone,
                opening.companies,
                events,
            )
        except asyncpg.RaiseError as refusal:
            raise _REFUSALS[str(refusal)](str(refusal)) from refusal
        self._publish(opening.outbox_rows(written["outbox_ids"]))
        return opening

    def _tell(self, opening: Opening, planner: Planner | None) -> None:
        if planner is not None:
            planner.index.waiting.put(opening.pending)
        if planner is None or opening.pending:
            self._wake()


def _parts(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    for start in range(0, len(events), AT_ONCE):
        yield events[start : start + AT_ONCE]


def _filings(events: Sequence[Event]) -> list[Filing]:
    return [Filing(event.id, _request(event), job_id) for event, job_id in zip(events, uuid7s(len(events)), strict=True)]


def _request(event: Event) -> RequestState:
    assert isinstance(event.body, RequestChanged)  # noqa: S101 - `split` has looked
    return event.body.request


async def _planned(planner: Planner | None, filings: Sequence[Filing]) -> Plan:
    if planner is None:
        return Plan()
    now = planner.index.now
    return await planner.plan_new([waiting_row(filing, now) for filing in filings])


def _asks(rows: Sequence[Mapping[str, Any]], asks: Mapping[UUID, Asked]) -> dict[UUID, list[Ask]]:
    """By job; of those who are still free."""
    found: dict[UUID, list[Ask]] = {}
    for row in rows:
        if row["id"] is not None:
            one = asks[row["id"]]
            found.setdefault(one.job.id, []).append(Ask(row, one.distance_m, one.by_phone))
    return found


def _decided(opening: Opening, plan: Plan) -> tuple[Any, ...]:
    jobs = list(dict.fromkeys(row[_JOB] for row in opening.offers))
    found = [plan.recorded[job] for job in jobs]
    return jobs, [one.candidates for one in found], [one.exclusions for one in found], [one.ranking for one in found]
