"""The parts of dispatch as a process runs them: events in, people asked, answers taken; two share it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from dispatch.matching.matcher import Matcher
from dispatch.service import DispatchDeps, parts
from dispatch.settings import DispatchSettings
from shared.events.envelope import Event, encode
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.postgres.pool import open_pool
from shared.security.tokens import Tokens
from shared.transport.postgres_log import PostgresLog
from tests.integration.dispatch.conftest import Town, entry
from tests.support.dispatching import a_request, said
from tests.support.eventually import eventually
from tests.support.running import running


@asynccontextmanager
async def a_process(town: Town) -> AsyncIterator[Matcher]:
    """Everything dispatch runs, with a pool of its own."""
    async with open_pool(town.dsn, schema="dispatch") as pool:
        transport = PostgresLog(pool)
        settings = DispatchSettings(city_desk_phone="+842438250000")
        found = parts(DispatchDeps(pool=pool, vault=town.vault, tokens=Tokens(pool), transport=transport, settings=settings))
        (matcher,) = [loop for loop in found.loops if isinstance(loop, Matcher)]
        assert found.relay is not None
        async with running(*found.loops, *found.consumers, found.relay):
            yield matcher


async def publish(town: Town, events: Sequence[Event]) -> None:
    publisher = PostgresLog(town.pool).publisher()
    await publisher.open()
    await publisher.publish([encode(event, source="/test") for event in events])
    await publisher.close()


async def pending(town: Town) -> int:
    return await town.pool.fetchval("select count(*) from offers where kind = 'visit' and status = 'pending'")  # type: ignore[no-any-return]


async def test_from_a_filed_request_to_somebody_on_the_way(town: Town) -> None:
    await town.enrol(*(entry(number) for number in range(5)))
    async with a_process(town):
        await publish(town, [said(EventType.REQUEST_FILED, a_request(filed_at=await town.now()))])
        await eventually(lambda: pending(town), within=30)
        offer = await town.pool.fetchval("select id from offers where status = 'pending' limit 1")
        await town.replies(offer, Answer.ACCEPT)
        await town.replies(offer, Answer.EN_ROUTE)

        async def published() -> bool:
            return not await town.pool.fetchval("select count(*) from unpublished")

        await eventually(published, within=30)
    kinds = [event["type"] for event in await town.events()]
    assert kinds[0] == "job.opened"
    assert kinds.count("offer.made") == 3
    assert kinds[-3:] == ["offer.withdrawn", "offer.withdrawn", "assignment.en_route"]


async def test_when_nobody_is_enrolled_the_city_desk_hears_of_it_at_once(town: Town) -> None:
    async with a_process(town):
        await publish(town, [said(EventType.REQUEST_FILED, a_request(filed_at=await town.now()))])

        async def asked() -> list[str]:
            return [event["offer"]["kind"] for event in await town.events("offer.made")]

        assert await eventually(asked, within=30) == ["escalation"]
    (escalated,) = await town.events("job.escalated")
    assert (escalated["reason"], escalated["job"]["escalated_to"]) == ("nobody_on_shift", "city_desk")


async def test_of_two_processes_one_matches_and_the_other_takes_over(town: Town) -> None:
    await town.enrol(*(entry(number) for number in range(12)))
    async with a_process(town) as second:
        async with a_process(town) as first:
            await eventually(lambda: first.is_matching or second.is_matching, within=30)
            assert first.is_matching != second.is_matching
            await publish(town, [said(EventType.REQUEST_FILED, a_request(filed_at=await town.now())) for _ in range(2)])
            await eventually(lambda: pending(town), within=30)
        await eventually(lambda: second.is_matching, within=30)
        await publish(town, [said(EventType.REQUEST_FILED, a_request(filed_at=await town.now()))])

        async def all_asked() -> bool:
            return await town.pool.fetchval("select count(*) from jobs where status = 'offered'") == 3  # type: ignore[no-any-return]

        await eventually(all_asked, within=30)
    assert await town.pool.fetchval("select count(*) from jobs") == 3
