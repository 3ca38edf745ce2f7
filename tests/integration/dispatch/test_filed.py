"""New requests while this process is the matcher: opened and offered in one transaction, and what happens when that cannot be."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from dispatch import filed
from dispatch.consumer import EventHandler
from dispatch.filed import Publish
from dispatch.filed_rows import Opening
from dispatch.matching.index import Freshness
from dispatch.matching.matcher import Matcher
from dispatch.matching.policy import Policy
from shared.errors import DependencyDown, Transient
from shared.events.contract import Priority
from shared.events.registry import EventType
from shared.events.requests import RequestStatus
from shared.transport.outbox import Row
from tests.integration.dispatch.conftest import Town, entry
from tests.support.dispatching import NIGHT, a_request, said
from tests.support.events import OUTBOX
from tests.support.eventually import eventually
from tests.support.running import running

TOGETHER = """
select count(*) from jobs join offers on offers.job_id = jobs.id
where jobs.xmin = offers.xmin and jobs.status = 'offered' and jobs.request_id = $1
"""

STRANGE_OFFER = """
insert into offers (id, job_id, request_id, city, kind, wave, responder_id, contact_point_id, lease_seconds, expires_at,
    not_after, made_at)
select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'hanoi', 'visit', 1, id, contact_point_id, 90, 'infinity',
    'infinity', now()
from responders where id = $1
"""


@asynccontextmanager
async def matched(town: Town, publish: Publish = lambda _: None, **settings: Any) -> AsyncIterator[Matcher]:
    """The town's events go to a handler that may ask this process's planner."""
    matcher = Matcher(town.pool, "hanoi", policy=Policy(retry_seconds=0.1), **settings)
    town.handle = EventHandler(town.pool, matcher.wake, lambda: matcher.planner, publish=publish)
    async with running(matcher):
        await eventually(lambda: matcher.is_matching)
        yield matcher


async def offers_of(town: Town, job_id: UUID) -> int:
    found: int = await town.pool.fetchval("select count(*) from offers where job_id = $1 and status = 'pending'", job_id)
    return found


async def test_a_new_job_is_offered_in_the_transaction_that_opens_it(town: Town) -> None:
    await town.enrol(*(entry(number) for number in range(9)))
    async with matched(town):
        request, job_id = await town.filed()
        assert await town.pool.fetchval(TOGETHER, request.request_id) == 3
    job = await town.job(job_id)
    assert (job["status"], job["wave"], job["version"], job["first_offer_at"]) == ("offered", 1, 4, job["opened_at"])
    assert [(event["type"], event["version"]) for event in await town.events()] == [
        ("job.opened", 1),
        *(("offer.made", version) for version in (2, 3, 4)),
    ]
    kinds = await town.pool.fetch("select kind, count(*) as count from timers group by kind")
    assert {row["kind"]: row["count"] for row in kinds} == {"escalate": 1, "sla": 1, "offer_expiry": 3}
    assert await town.pool.fetchval("select sum(offers_made) from responders where last_offered_at is not null") == 3
    assert await town.pool.fetchval("select jsonb_array_length(candidates) from decisions where job_id = $1", job_id) >= 3
    assert await town.pool.fetchval("select count(*) from inbox") == 1


async def test_the_relay_gets_what_it_would_find_and_only_what_was_committed(town: Town) -> None:
    handed: list[Row] = []
    await town.enrol(*(entry(number) for number in range(3)))
    async with matched(town, publish=handed.extend):
        await town.filed()
        event = said(EventType.REQUEST_FILED, a_request(filed_at=await town.now()))  # nobody is left to be asked
        await asyncio.gather(town.handle([event]), town.handle([event]))
        outbox = [dict(row) for row in await town.pool.fetch(OUTBOX)]
    told = {row["event_id"]: row for row in outbox}
    assert [row["type"] for row in handed] == ["job.opened", *3 * ["offer.made"], "job.opened"]
    assert [dict(row) for row in handed] == [told[row["event_id"]] for row in handed]


async def test_the_next_one_asks_other_people(town: Town) -> None:
    await town.enrol(*(entry(number) for number in range(6)))
    async with matched(town):
        for _ in range(2):
            await town.filed()
        asked = await town.pool.fetch("select distinct responder_id from offers where status = 'pending'")
    assert len(asked) == 6


async def test_a_second_copy_of_the_event_changes_nothing(town: Town) -> None:
    await town.enrol(*(entry(number) for number in range(9)))
    async with matched(town):
        event = said(EventType.REQUEST_FILED, a_request(filed_at=await town.now()))
        for _ in range(3):
            await town.handle([event])
    assert await town.pool.fetchval("select count(*) from jobs") == 1
    assert await town.pool.fetchval("select count(*) from offers") == 3


async def test_two_copies_at_the_same_time_are_one_job(town: Town) -> None:
    """Both look and find nothing; the statement of the second waits for the first, refuses itself, and nothing of it stays."""
    await town.enrol(*(entry(number) for number in range(9)))
    async with matched(town):
        event = said(EventType.REQUEST_FILED, a_request(filed_at=await town.now()))
        await asyncio.gather(*(town.handle([event]) for _ in range(4)))
        _, job_id = await town.filed()
        assert await offers_of(town, job_id) == 3, "whoever was planned for a copy is free again"
    assert await town.pool.fetchval("select count(*) from jobs") == 2
    assert await town.pool.fetchval("select count(*) from offers") == 6
    assert await town.pool.fetchval("select count(*) from inbox") == 2


async def test_two_copies_at_the_same_time_are_told_once(town: Town) -> None:
    event = said(EventType.REQUEST_FILED, a_request(filed_at=await town.now()))
    await asyncio.gather(*(town.handle([event]) for _ in range(4)))
    assert await town.pool.fetchval("select count(*) from jobs") == 1
    assert [event["type"] for event in await town.events()] == ["job.opened"]


async def test_who_was_planned_for_a_copy_is_free_for_the_next(town: Town) -> None:
    await town.enrol(*(entry(number) for number in range(6)))
    async with matched(town):
        event = said(EventType.REQUEST_FILED, a_request(filed_at=await town.now()))
        await town.handle([event])
        await town.handle([event])
        _, job_id = await town.filed()
        assert await offers_of(town, job_id) == 3


async def test_a_request_that_was_called_off_before_we_saw_it_is_not_opened(town: Town) -> None:
    await town.enrol(entry(1))
    async with matched(town):
        request = a_request(filed_at=await town.now())
        gone = request.model_copy(update={"version": 2, "status": RequestStatus.CANCELLED})
        await town.handle([said(EventType.REQUEST_CANCELLED, gone)])
        await town.handle([said(EventType.REQUEST_FILED, request)])
        assert await town.pool.fetchval("select count(*) from jobs") == 0
        _, job_id = await town.filed()
        assert await offers_of(town, job_id) == 1


async def test_filed_and_amended_in_one_batch_is_one_job_as_amended(town: Town) -> None:
    await town.enrol(entry(1))
    async with matched(town):
        request = a_request(filed_at=await town.now())
        changed = request.model_copy(update={"version": 2, "category": "equipment"})
        await town.handle([said(EventType.REQUEST_FILED, request), said(EventType.REQUEST_AMENDED, changed)])
        job_id = await town.job_id(request)
        await eventually(lambda: offers_of(town, job_id))
    assert (await town.job(job_id))["category"] == "equipment"


async def test_when_the_database_knows_better_the_job_is_opened_all_the_same_and_offered_to_the_next(town: Town) -> None:
    """An offer that nobody told the index of is open on the nearest phone: the guards refuse, nothing is half done."""
    near, far = await town.enrol(entry(1), entry(2))
    async with matched(town):
        await town.pool.execute(STRANGE_OFFER, near)
        _, job_id = await town.filed()
        await eventually(lambda: offers_of(town, job_id))
    assert await town.pool.fetchval("select responder_id from offers where job_id = $1", job_id) == far
    versions = [event["version"] for event in await town.events() if event["subject"] == job_id]
    assert versions == [1, 2]


async def test_who_was_planned_for_is_free_again_when_the_second_try_after_a_lost_race_fails(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.enrol(*(entry(number) for number in range(3)))
    async with matched(town):
        event = said(EventType.REQUEST_FILED, a_request(filed_at=await town.now()))
        ends: Iterator[Exception] = iter([filed._RaceLost("asked meanwhile"), Transient("a deadlock")])

        async def fails(*_: object) -> Opening:
            raise next(ends)

        with monkeypatch.context() as fault:
            fault.setattr(filed.FiledRequests, "_commit", fails)
            with pytest.raises(Transient):
                await town.handle([event])
        await town.handle([event])
        assert await offers_of(town, await town.pool.fetchval("select id from jobs")) == 3


async def test_who_was_refused_is_free_again_when_nobody_can_be_read_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, *_ = await town.enrol(*(entry(number) for number in range(3)))
    async with matched(town) as matcher:
        planner = matcher.planner
        assert planner is not None
        await town.pool.execute(STRANGE_OFFER, taken)

        async def away(*_: object) -> None:
            raise DependencyDown("postgres")

        with monkeypatch.context() as fault:
            fault.setattr(planner.index, "read_again", away)
            with pytest.raises(DependencyDown):
                await town.filed()
        job_id = await town.pool.fetchval("select id from jobs")
        await eventually(lambda: offers_of(town, job_id))


@pytest.mark.parametrize("change", ["load = capacity", "active = false", "declined_at = transport.app_clock()"])
async def test_who_is_engaged_meanwhile_is_not_asked(town: Town, change: str) -> None:
    near, far = await town.enrol(entry(1), entry(2))
    async with matched(town):
        await town.pool.execute(f"update responders set {change}, updated_at = '2020-01-01' where id = $1", near)
        _, job_id = await town.filed()
        await eventually(lambda: offers_of(town, job_id))
    assert await town.pool.fetchval("select array_agg(responder_id) from offers where job_id = $1", job_id) == [far]


async def test_while_others_wait_the_new_one_takes_its_place_behind_them(town: Town) -> None:
    """Nobody can take the first; who comes free next belongs to it, not to whoever files in that moment."""
    async with matched(town) as matcher:
        _, first = await town.filed(skills=("network",))
        planner = matcher.planner
        assert planner is not None
        await eventually(lambda: len(planner.index.waiting) == 1)
        await town.enrol(entry(1))
        _, second = await town.filed(priority=Priority.P3)
        assert await town.pool.fetchval("select status from jobs where id = $1", second) == "pending"
        await eventually(lambda: offers_of(town, second))
    assert await offers_of(town, first) == 0


async def test_a_job_that_nobody_could_take_and_that_was_called_off_stands_in_nobodys_way(town: Town) -> None:
    await town.enrol(entry(1))
    async with matched(town, freshness=Freshness(wide_look=0.05)) as matcher:
        request, _ = await town.filed(skills=("network",))
        planner = matcher.planner
        assert planner is not None
        await eventually(lambda: len(planner.index.waiting) == 1)
        gone = request.model_copy(update={"version": 2, "status": RequestStatus.CANCELLED})
        await town.handle([said(EventType.REQUEST_CANCELLED, gone)])
        await eventually(lambda: len(planner.index.waiting) == 0)
        next_one, _ = await town.filed()
        assert await town.pool.fetchval(TOGETHER, next_one.request_id) == 1


async def test_off_hours_an_ordinary_visit_is_put_to_sleep_at_once(town: Town) -> None:
    await town.enrol(entry(1))
    await town.clock_to(NIGHT)
    async with matched(town):
        _, job_id = await town.filed(priority=Priority.P3)
        assert (await town.job(job_id))["not_before"] is not None
        assert [event["type"] for event in await town.events()] == ["job.opened", "clock.paused"]
    assert await offers_of(town, job_id) == 0
