"""Anything in any order against the real database: two requests, three people, events doubled, late and out of order, restarts.

The machine in tests/unit/dispatch/jobs/test_rules.py does this to the decisions alone; here all is loaded, locked and saved.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, Final, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dispatch.matching.offers_made import Asked, make_offers
from shared.errors import Refused
from shared.events.assignments import Outcome
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.events.requests import RequestChanged, RequestState, RequestStatus, Suspicion
from tests.integration.dispatch.conftest import NO_REASONS, OPERATOR, JobToOffer, Town, entry, open_town
from tests.support.dispatching import NOW, UNLIMITED, a_request, said, suspicious

T = TypeVar("T")

PLACES: Final = st.integers(0, 30)
FREE: Final = """
select one.id from responders one
where load < capacity and id <> all (select unnest(excluded) from jobs where id = $1)
    and not exists (select from offers where contact_point_id = one.contact_point_id and kind = 'visit' and status = 'pending')
    and id = any ($2::uuid[])
order by id
"""
KNOWN: Final = "select request_id, request_version from jobs where closed_at is null and request_id = any ($1)"
WRONG: Final = {
    "an owned job has one accepted offer, of its responder; no other job has one": """
        select id from jobs where (status in ('accepted', 'en_route', 'on_scene')) <> (
            select count(*) = 1 and bool_and(offers.responder_id = jobs.responder_id)
            from offers where job_id = jobs.id and kind = 'visit' and offers.status = 'accepted')""",
    "nobody has more visits than they can, and each is counted once": """
        select id from responders one where load > capacity or load <> (
            select count(*) from offers where responder_id = one.id and kind = 'visit' and status = 'accepted')""",
    "a job is offered while somebody may still answer": """
        select id from jobs where (status = 'offered') <> exists (
            select from offers where job_id = jobs.id and kind = 'visit' and offers.status = 'pending')""",
    "a job that nobody has has a clock": """
        select id from jobs where closed_at is null and responder_id is null
            and not exists (select from timers where subject = jobs.id and kind in ('escalate', 'open', 'frozen'))""",
    "a question has an end": """
        select id from offers where status = 'pending'
            and not exists (select from timers where subject = offers.id and kind = 'offer_expiry')""",
    "a request has one live job at most": """
        select request_id from jobs where closed_at is null group by request_id having count(*) > 1""",
    "each telling of a job is the next version": """
        select subject from outbox group by subject having count(*) <> max(version) or count(distinct version) <> count(*)""",
}


class TwoRequests(RuleBasedStateMachine):
    town: Town
    runner: asyncio.Runner
    enrolled = 0  # over all examples: they share a database

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(priorities=st.tuples(st.sampled_from(Priority), st.sampled_from(Priority)), consent=st.sampled_from([None, True]))
    def begin(self, priorities: tuple[Priority, Priority], consent: bool | None) -> None:
        self.requests = [a_request(priority=priority, visit_consent=consent) for priority in priorities]
        self.on_the_way = [said(EventType.REQUEST_FILED, request) for request in self.requests]
        self.delivered: list[Event] = []
        first = TwoRequests.enrolled
        TwoRequests.enrolled += 3
        self.people = self.do(self.town.enrol(*(entry(first + n, capacity=1 + n % 2) for n in range(3))))

    @rule(
        place=PLACES,
        kind=st.sampled_from(
            [
                *[EventType.REQUEST_AMENDED] * 3,
                *[EventType.REQUEST_VISIT_AGREED] * 2,
                EventType.REQUEST_VISIT_REFUSED,
                EventType.REQUEST_CANCELLED,
                EventType.REQUEST_REOPENED,
            ]
        ),
        priority=st.sampled_from(Priority),
    )
    def the_resident_changes_something(self, place: int, kind: EventType, priority: Priority) -> None:
        """Said, and on its way."""
        place %= len(self.requests)
        known = self.requests[place]
        changes: dict[str, object] = {
            EventType.REQUEST_AMENDED: {"priority": priority},
            EventType.REQUEST_CANCELLED: {"status": RequestStatus.CANCELLED},
            EventType.REQUEST_VISIT_AGREED: {"visit_consent": True},
            EventType.REQUEST_VISIT_REFUSED: {"visit_consent": False},
            EventType.REQUEST_REOPENED: {"status": RequestStatus.WAITING, "reopened": known.reopened + 1},
        }[kind]
        changed: RequestState = known.model_copy(update={"version": known.version + 1, **changes})
        self.requests[place] = changed
        self.on_the_way.append(said(kind, changed))

    @rule(place=PLACES, why=st.sampled_from(Suspicion))
    def somebody_doubts_who_is_at_the_door(self, place: int, why: Suspicion) -> None:
        place %= len(self.requests)
        doubted = self.requests[place] = raised(self.requests[place])
        self.on_the_way.append(suspicious(doubted, why))

    @rule(place=PLACES)
    def the_desk_lets_it_go_on(self, place: int) -> None:
        job = self.do(self.a_job(place))
        if job is not None:
            self.do(unless_refused(self.town.answers.lift(job, OPERATOR)))

    @rule(place=PLACES, together=st.integers(1, 3))
    def events_arrive_in_any_order(self, place: int, together: int) -> None:
        batch = [self.on_the_way.pop(place % len(self.on_the_way)) for _ in range(min(together, len(self.on_the_way)))]
        if batch:
            self.do(self.town.handle(batch))
            self.delivered += batch

    @rule(place=PLACES)
    def an_event_arrives_again(self, place: int) -> None:
        if self.delivered:
            before = self.do(self.told())
            self.do(self.town.handle([self.delivered[place % len(self.delivered)]]))
            assert self.do(self.told()) == before

    @rule(place=PLACES, most=st.integers(1, 3))
    def the_matcher_asks(self, place: int, most: int) -> None:
        self.do(self.ask(place, most))

    @rule(place=PLACES, answer=st.sampled_from(Answer))
    def somebody_answers_by_message(self, place: int, answer: Answer) -> None:
        offer = self.do(self.an_offer(place))
        if offer is not None:
            self.delivered.append(self.do(self.town.replies(offer, answer)))

    @rule(place=PLACES, yes=st.booleans())
    def somebody_answers_over_the_api(self, place: int, yes: bool) -> None:
        offer, answers = self.do(self.an_offer(place)), self.town.answers
        if offer is not None:
            self.do(unless_refused((answers.accept if yes else answers.decline)(offer, OPERATOR)))

    @rule(place=PLACES, deed=st.sampled_from(["en_route", "on_scene", "release"]))
    def the_visit_goes_on(self, place: int, deed: str) -> None:
        job = self.do(self.a_job(place))
        if job is not None:
            self.do(unless_refused(getattr(self.town.answers, deed)(job, OPERATOR)))

    @rule(place=PLACES, outcome=st.sampled_from(Outcome))
    def the_visit_ends(self, place: int, outcome: Outcome) -> None:
        job = self.do(self.a_job(place))
        if job is not None:
            self.do(unless_refused(self.town.answers.done(job, OPERATOR, outcome)))

    @rule(seconds=st.sampled_from([30, 120, 600, 4000]))
    def time_goes_on(self, seconds: float) -> None:
        self.do(self.town.later(seconds))

    @rule()
    def the_process_starts_again(self) -> None:
        """What was in hand comes again: nothing but the database knows what was done."""
        before = self.do(self.told())
        self.do(self.town.handle(self.delivered[-5:]))
        assert self.do(self.told()) == before

    @invariant()
    def nothing_is_wrong(self) -> None:
        for promise, statement in WRONG.items():
            assert self.do(self.town.pool.fetch(statement)) == [], promise

    @invariant()
    def a_live_job_knows_the_newest_that_was_said(self) -> None:
        heard: dict[UUID, int] = {}
        for event in self.delivered:
            if isinstance(event.body, RequestChanged):
                heard[event.subject] = max(heard.get(event.subject, 0), event.version)
        known = self.do(self.town.pool.fetch(KNOWN, list(heard)))
        assert {row["request_id"]: row["request_version"] for row in known} == {
            row["request_id"]: heard[row["request_id"]] for row in known
        }

    def teardown(self) -> None:
        """The next example shares the clock: nothing of this one may still go off."""
        gone = [one.model_copy(update={"version": one.version + 1, "status": RequestStatus.CANCELLED}) for one in self.requests]
        self.do(self.town.handle([said(EventType.REQUEST_CANCELLED, request) for request in gone]))

    async def ask(self, place: int, most: int) -> None:
        """As the matcher does, for a job that waits."""
        job_id = await self.a_job(place)
        if job_id is None:
            return
        job = await self.town.job(job_id)
        if job["status"] == "pending" and job["not_before"] is None:
            free = [row["id"] for row in await self.town.pool.fetch(FREE, job_id, self.people)]
            waiting: Any = JobToOffer(job_id, job["version"], Priority(job["priority"]))
            asked = [Asked(waiting, one, 500) for one in free[:most]]
            await make_offers(self.town.pool, "hanoi", asked, {job_id: NO_REASONS}, UNLIMITED)

    async def a_job(self, place: int) -> UUID | None:
        """Also those that are over: whoever is late meets them."""
        return await self.one_of("select id from jobs where request_id = any ($1) order by opened_at, id", place)

    async def an_offer(self, place: int) -> UUID | None:
        return await self.one_of("select id from offers where request_id = any ($1) order by made_at, id", place)

    async def one_of(self, statement: str, place: int) -> UUID | None:
        rows = await self.town.pool.fetch(statement, [request.request_id for request in self.requests])
        return rows[place % len(rows)]["id"] if rows else None

    async def told(self) -> int:
        count: int = await self.town.pool.fetchval("select count(*) from outbox")
        return count


def raised(request: RequestState) -> RequestState:
    return request.model_copy(update={"version": request.version + 1})


async def unless_refused(deed: Coroutine[Any, Any, object]) -> None:
    try:
        await deed
    except Refused:
        return


def test_whatever_happens_in_whatever_order_nothing_is_wrong(dsn: str) -> None:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        town = runner.run(stack.enter_async_context(open_town(dsn)))
        try:
            runner.run(town.clock_to(NOW))
            runner.run(town.seat())
            machine = type("OnThisTown", (TwoRequests,), {"town": town, "runner": runner})
            run_state_machine_as_test(
                machine,
                settings=settings(
                    phases=[Phase.generate],  # a shorter story of what went wrong would take minutes to find
                    max_examples=60,
                    stateful_step_count=30,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(stack.aclose())
