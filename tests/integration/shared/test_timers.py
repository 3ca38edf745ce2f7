"""Timers on a real PostgreSQL: fired once, in the transaction of their effect, by whichever process is there (law 9)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.postgres.pool import open_pool
from shared.postgres.transaction import app_now, transaction
from shared.timers import Timer, TimerLoop, clear_timers, set_timers
from tests.support.databases import execute, set_app_clock
from tests.support.eventually import eventually
from tests.support.running import running

SITE = "notify.timer"
# So that a deadlock is no matter of a busy machine's seconds.
LONG_DEADLOCKS = """
do $$ begin execute format('alter database %I set deadlock_timeout = 60000', current_database()); end $$
"""
# Putting a timer off fails the first time as if it had met another transaction.
BUSY_TIMERS = """
create sequence public.put_off;
grant usage, select on sequence public.put_off to techrescue_notify;
create function public.meet() returns trigger language plpgsql as $$
begin
    if new.attempts > old.attempts and nextval('public.put_off') = 1 then
        raise exception 'met' using errcode = '40P01';
    end if;
    return new;
end $$;
create trigger busy before update on notify.timers for each row execute function public.meet();
"""


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    await execute(dsn, LONG_DEADLOCKS)
    async with open_pool(dsn, schema="notify") as pool:
        yield pool


class Fired:
    """Writes an audit row for each timer; the first time of each of the `broken` ones, it fails after that."""

    def __init__(self, *broken: Timer) -> None:
        self.broken = {timer.id for timer in broken}

    async def __call__(self, connection: asyncpg.Connection, timer: Timer) -> None:
        await connection.execute("insert into audit (actor, action, subject) values ('timer', $1, $2)", timer.kind, timer.subject)
        if timer.id in self.broken:
            self.broken.remove(timer.id)
            raise ValueError("not this time")


async def put(pool: asyncpg.Pool, *timers: Timer) -> None:
    async with transaction(pool, SITE) as connection:
        await set_timers(connection, timers)


async def timer_in(pool: asyncpg.Pool, seconds: float, *, subject: UUID | None = None, guard: int = 0) -> Timer:
    async with pool.acquire() as connection:
        due: datetime = await app_now(connection) + timedelta(seconds=seconds)
    return Timer(kind="knock", subject=subject or uuid4(), due_at=due, guard=guard)


async def done(pool: asyncpg.Pool) -> list[UUID]:
    return [row["subject"] for row in await pool.fetch("select subject from audit order by id")]


async def test_a_due_timer_fires_once_and_is_gone(pool: asyncpg.Pool) -> None:
    timer = await timer_in(pool, -1)
    await put(pool, timer)
    loop = TimerLoop(pool, SITE, {"knock": Fired()})
    assert await loop.fire_due() == 1
    assert await loop.fire_due() == 0
    assert await done(pool) == [timer.subject]


async def test_what_one_subject_waited_for_happens_in_the_order_of_its_times(pool: asyncpg.Pool) -> None:
    subject = uuid4()
    timers = [await timer_in(pool, -1 - n, subject=subject, guard=n) for n in range(20)]
    await put(pool, *timers, *[await timer_in(pool, -n) for n in range(20)])
    fired: list[int] = []

    async def note(connection: asyncpg.Connection, timer: Timer) -> None:
        await connection.execute("select 1")  # the others have their turn
        if timer.subject == subject:
            fired.append(timer.guard)

    await TimerLoop(pool, SITE, {"knock": note}).fire_due()
    assert fired == list(reversed(range(20)))


async def test_a_timer_waits_for_the_moved_clock(pool: asyncpg.Pool, dsn: str) -> None:
    await put(pool, await timer_in(pool, 3600))
    async with running(TimerLoop(pool, SITE, {"knock": Fired()})):
        await set_app_clock(dsn, 3500)
        assert await done(pool) == []
        await set_app_clock(dsn, 3601)
        await eventually(lambda: _fired(pool, 1))


async def test_several_processes_fire_each_timer_once(pool: asyncpg.Pool) -> None:
    timers = [await timer_in(pool, -1) for _ in range(100)]
    await put(pool, *timers)
    loops = [TimerLoop(pool, SITE, {"knock": Fired()}) for _ in range(4)]
    async with running(*loops):
        await eventually(lambda: _fired(pool, 100), within=15)
    assert sorted(await done(pool)) == sorted(timer.subject for timer in timers)


async def test_a_failing_timer_takes_no_effect_stays_and_comes_again(pool: asyncpg.Pool, dsn: str) -> None:
    broken, fine = await timer_in(pool, -2), await timer_in(pool, -1)
    await put(pool, broken, fine)
    loop = TimerLoop(pool, SITE, {"knock": Fired(broken)})
    await loop.fire_due()
    assert await done(pool) == [fine.subject]
    assert await pool.fetchval("select attempts from timers") == 1
    await set_app_clock(dsn, 10)
    await loop.fire_due()
    assert await done(pool) == [fine.subject, broken.subject]


async def test_a_conflict_while_a_failed_timer_is_put_off_does_not_end_the_loop(pool: asyncpg.Pool, dsn: str) -> None:
    broken = await timer_in(pool, -1)
    await put(pool, broken)
    await execute(dsn, BUSY_TIMERS)
    async with running(TimerLoop(pool, SITE, {"knock": Fired(broken)})):
        await eventually(lambda: _fired(pool, 1))
    assert await pool.fetchval("select last_value from public.put_off") >= 1


async def test_an_unknown_kind_stays_for_a_process_that_knows_it(pool: asyncpg.Pool) -> None:
    await put(pool, await timer_in(pool, -1))
    await TimerLoop(pool, SITE, {}).fire_due()
    assert await pool.fetchval("select count(*) from timers") == 1


async def test_the_same_timer_again_moves(pool: asyncpg.Pool) -> None:
    timer = await timer_in(pool, -1)
    await put(pool, timer)
    await put(pool, await timer_in(pool, 3600, subject=timer.subject))
    assert await TimerLoop(pool, SITE, {"knock": Fired()}).fire_due() == 0
    assert await pool.fetchval("select count(*) from timers") == 1


async def test_a_timer_moved_while_it_fires_is_rolled_back(pool: asyncpg.Pool) -> None:
    """It locks nothing before its effect, so nobody waits for it; whoever moves it wins."""
    timer = await timer_in(pool, -1)
    later = await timer_in(pool, 3600, subject=timer.subject)
    await put(pool, timer)

    async def moved_meanwhile(connection: asyncpg.Connection, fired: Timer) -> None:
        await Fired()(connection, fired)
        await put(pool, later)

    await TimerLoop(pool, SITE, {"knock": moved_meanwhile}).fire_due()
    assert await done(pool) == []
    assert await pool.fetchval("select due_at from timers") == later.due_at


async def test_a_timer_cleared_while_it_fires_is_rolled_back(pool: asyncpg.Pool) -> None:
    timer = await timer_in(pool, -1)
    await put(pool, timer)

    async def cleared_meanwhile(connection: asyncpg.Connection, fired: Timer) -> None:
        await Fired()(connection, fired)
        async with transaction(pool, SITE) as other:
            await clear_timers(other, ["knock"], [timer.subject])

    await TimerLoop(pool, SITE, {"knock": cleared_meanwhile}).fire_due()
    assert await done(pool) == []


async def test_an_aggregate_lock_held_elsewhere_never_deadlocks_with_a_firing_timer(pool: asyncpg.Pool) -> None:
    """Lock order: the aggregate, then the timer (law 2). The other side does the same, at the same time."""
    subject = uuid4()
    await put(pool, await timer_in(pool, -1, subject=subject))
    locked, entered = asyncio.Event(), asyncio.Event()

    async def needs_the_aggregate(connection: asyncpg.Connection, _: Timer) -> None:
        entered.set()
        await connection.execute("select pg_advisory_xact_lock(1)")

    async def other_side() -> None:
        async with transaction(pool, SITE) as connection:
            await connection.execute("select pg_advisory_xact_lock(1)")
            locked.set()
            await entered.wait()
            await set_timers(connection, [await timer_in(pool, 3600, subject=subject)])

    other = asyncio.create_task(other_side())
    await locked.wait()
    async with asyncio.timeout(20):  # a deadlock would last longer: see LONG_DEADLOCKS
        await TimerLoop(pool, SITE, {"knock": needs_the_aggregate}).fire_due()
        await other
    assert await pool.fetchval("select count(*) from timers") == 1


async def _fired(pool: asyncpg.Pool, count: int) -> bool:
    return len(await done(pool)) >= count
