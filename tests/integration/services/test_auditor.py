"""The auditor on a real database: it finds what `techrescue check` finds, tells it once, and another takes over when it dies."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.audit import auditor as loop
from services.audit import live
from services.audit.auditor import Auditor, Place
from services.audit.check import check
from services.audit.invariants import RULES
from services.audit.world import Violation
from shared.errors import DependencyDown
from shared.ids import uuid7
from shared.postgres.pool import AUDITOR, open_connection, open_pool
from shared.telemetry.metrics import AUDIT_FINDINGS, AUDIT_LAST_PASS, AUDIT_LAST_RUN
from tests.support.city_rows import City
from tests.support.eventually import eventually
from tests.support.running import killed, running

LIVE = Path(live.__file__).parent / "sql/live.sql"


@dataclass
class Pager:
    """Whoever is on duty."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    away: bool = False

    async def alert(self, title: str, body: str) -> None:
        if self.away:
            raise DependencyDown("the pager")
        self.heard.append((title, body))


@pytest.fixture
async def city(dsn: str) -> AsyncIterator[City]:
    rows = await asyncpg.connect(dsn)
    await rows.execute("delete from intake.timers; delete from dispatch.timers; delete from notify.timers")
    yield City(dsn, rows)
    await rows.close()


@asynccontextmanager
async def an_auditor(dsn: str, pager: Pager | None = None, **times: float) -> AsyncIterator[Auditor]:
    async with open_pool(dsn, schema=AUDITOR, max_size=1) as pool:
        yield Auditor(dsn, pool, pager or Pager(), **times)


async def looked(dsn: str, times: int = 1) -> Pager:
    pager = Pager()
    async with an_auditor(dsn, pager) as auditor:
        for _ in range(times):
            await auditor.audit()
    return pager


def shown() -> dict[str, float]:
    return {rule: AUDIT_FINDINGS.labels(rule)._value.get() for rule in RULES}


def of(pager: Pager) -> set[tuple[str, str]]:
    """(rule, subject) of all that was told."""
    lines = [line.split("  ") for _, body in pager.heard for line in body.splitlines()]
    return {(line[0], line[1]) for line in lines if line[0] in RULES}


async def test_where_all_is_well_every_count_is_zero_and_nobody_is_told(city: City) -> None:
    for _ in range(3):
        await city.visit()
    waiting = await city.job(await city.request())
    await city.watch(waiting)
    await city.request("closed")
    assert (await looked(city.dsn)).heard == []
    assert shown() == dict.fromkeys(RULES, 0)
    assert AUDIT_LAST_RUN._value.get() > 1_700_000_000
    assert AUDIT_LAST_PASS._value.get() > 1_700_000_000
    assert (await check(city.dsn)).holds


async def broken(city: City) -> None:
    """One of each that tables allow."""
    await city.visit()
    await city.request("waiting")  # lost: nobody has a job of it
    await city.watch(await city.job(await city.request("cancelled")))  # over, and still worked on
    await city.watch(await city.job(uuid4()))  # of no request
    await city.job(await city.request())  # nobody watches
    await city.watch(await city.job(await city.request()), minutes=-30)  # overdue
    await city.job(await city.request("assigned"), "accepted", responder=await city.responder(load=1))  # without an offer
    await city.offer(await city.job(await city.request("closed"), "done"), uuid4())  # over, and still won
    await city.offer(uuid4(), uuid4())  # won, but there is no such job
    await city.responder(load=2)  # counted wrong
    idle = await city.responder(load=0)
    visit = await city.job(await city.request("assigned"), "accepted", responder=idle)  # counted wrong the other way
    await city.offer(visit, idle)
    asked = await city.job(await city.request(), "offered")
    await city.offer(asked, uuid4(), "pending")  # nobody was asked
    erased = uuid4()
    await city.request("closed", person=erased, phone_box="")
    await city.watch(await city.job(await city.request("waiting", person=erased)))
    await city.lying()  # unread, and nobody has moved it on
    await city.letter()


async def test_it_finds_what_check_finds(city: City) -> None:
    await broken(city)
    verdict = await check(city.dsn)
    codes = {row["code"]: str(row["id"]) for row in await city.rows.fetch("select id, code from intake.requests")}
    expected = {(one.rule, codes.get(one.subject, one.subject)) for one in verdict.violations}
    assert len(expected) >= 14
    assert of(await looked(city.dsn)) == expected
    assert sum(shown().values()) == len(verdict.violations)
    assert {rule for rule, count in shown().items() if count} == set(RULES) - {"effects_once"}


async def test_page_by_page_and_look_by_look_it_finds_the_same(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    await broken(city)
    group, person = uuid7(), await city.responder(load=1)
    for place in range(5):  # one visit for five requests, on as many pages
        together = await city.job(await city.request("assigned"), "accepted", responder=person, group=group, rides=place > 0)
    await city.offer(together, person, group=group)
    whole = of(await looked(city.dsn))
    monkeypatch.setattr(live, "PAGE", 2)
    assert of(await looked(city.dsn)) == whole
    monkeypatch.setattr(loop, "ENOUGH_SECONDS", 0.0)
    assert of(await looked(city.dsn, times=40)) == whole


async def test_a_finding_is_told_once_and_once_more_only_when_nobody_heard_it(city: City) -> None:
    await city.letter()
    pager = Pager(away=True)
    async with an_auditor(city.dsn, pager) as auditor:
        await auditor.audit()
        assert auditor.found == 1
        pager.away = False
        for _ in range(3):
            await auditor.audit()
        [(title, body)] = pager.heard
        assert title == "TechRescue audit: stuck 1"
        assert "a job" in body
        await city.rows.execute("update notify.dead_letters set status = 'discarded', resolved_at = now()")
        await auditor.audit()
        assert auditor.found == 0
        assert shown() == dict.fromkeys(RULES, 0)


class Interrupted(Auditor):
    """Between its two looks the world goes on."""

    between: str = ""

    async def _find(self, place: Place) -> tuple[set[Violation], Place]:
        found = await super()._find(place)
        async with open_connection(self._dsn) as connection:
            await connection.execute(self.between)
        return found


async def test_what_is_gone_a_moment_later_was_none(city: City) -> None:
    """The schemas are read one after the other."""
    await city.request("waiting")
    pager = Pager()
    async with open_pool(city.dsn, schema=AUDITOR, max_size=1) as pool:
        auditor = Interrupted(city.dsn, pool, pager)
        auditor.between = "delete from intake.requests"
        await auditor.audit()
    assert (pager.heard, auditor.found) == ([], 0)


async def test_another_takes_over_when_the_auditor_dies(city: City) -> None:
    await city.letter()
    first, second = Pager(), Pager()
    quick = {"every_seconds": 0.05, "first_seconds": 0.0}
    async with an_auditor(city.dsn, first, **quick) as one, an_auditor(city.dsn, second, **quick) as other:
        dies = asyncio.create_task(one.run())
        await eventually(lambda: bool(first.heard))
        await eventually(lambda: city.rows.fetchval("select count(*) from transport.audit_told"), what="kept for the next one")
        async with running(other):
            assert second.heard == []
            assert other.last_look is None
            await killed(dies)
            await eventually(lambda: other.last_look)
            assert second.heard == [], "the same finding is no news when somebody else looks"
            await city.lying()
            await eventually(lambda: bool(second.heard))
            assert len(of(second)) == 1, "what is new is told at once, and alone"


async def test_what_nobody_heard_from_the_last_auditor_the_next_one_tells(city: City) -> None:
    await city.letter()
    quick = {"every_seconds": 0.05, "first_seconds": 0.0}
    async with an_auditor(city.dsn, Pager(away=True), **quick) as one:
        dies = asyncio.create_task(one.run())
        await eventually(lambda: one.found)
        await killed(dies)
    pager = Pager()
    async with an_auditor(city.dsn, pager, **quick) as other, running(other):
        await eventually(lambda: bool(pager.heard))


async def test_what_was_told_long_ago_and_has_come_back_is_told_by_whoever_looks_then(city: City) -> None:
    await city.letter()
    assert len((await looked(city.dsn)).heard) == 1
    await city.rows.execute("update transport.audit_told set found_at = found_at - interval '61 minutes'")
    pager = Pager()
    async with an_auditor(city.dsn, pager, every_seconds=0.05, first_seconds=0.0) as other, running(other):
        await eventually(lambda: bool(pager.heard))
    assert await city.rows.fetchval("select count(*) from transport.audit_told where found_at < now() - interval '1 hour'") == 0


async def test_a_database_that_was_away_is_looked_at_again(city: City) -> None:
    await city.letter()
    pager = Pager()
    async with an_auditor(city.dsn, pager, every_seconds=0.05, first_seconds=0.0) as auditor, running(auditor):
        await eventually(lambda: bool(pager.heard))
        before = auditor.last_look
        await city.rows.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'techrescue-auditor'"
            " and datname = current_database()"
        )
        await eventually(lambda: auditor.last_look != before)
        assert auditor.trouble() is None


def test_an_auditor_that_has_the_lock_and_does_not_look_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    auditor: Any = Auditor("", None, Pager())  # type: ignore[arg-type]
    monkeypatch.setattr(loop, "STUCK_SECONDS", -1.0)
    assert auditor.trouble() is None, "somebody else has it"
    auditor._owned_at = 1.0
    assert auditor.trouble() is not None


GROWS = {
    *("requests", "jobs", "offers", "timers", "outbox", "messages", "message_attempts", "questions", "question_offers"),
    *("call_tasks", "dead_letters", "calls", "callbacks", "inquiries", "privacy_requests"),
}
NOT_OF_A_LOOK = {"bound_statements", "try_auditor_lock", "told_findings", "forget_told", "keep_told"}


ASKED = re.findall(r"^-- name: (\w+)$", LIVE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(set(ASKED) - NOT_OF_A_LOOK))
async def test_no_look_reads_a_whole_table_of_those_that_grow_for_ever(dsn: str, name: str) -> None:
    """Asked of tables that are empty, with whole reads made dear: what has an index for the question uses it then."""
    async with open_connection(dsn, schema=AUDITOR) as connection:
        await connection.execute("set search_path = dispatch, transport")
        await connection.execute("set enable_seqscan = off; set plan_cache_mode = force_generic_plan")
        await connection.execute(f"prepare looked_at as {live.QUERIES[name]}")
        types = await connection.fetchval("select parameter_types from pg_prepared_statements where name = 'looked_at'")
        plan = await connection.fetch(f"explain execute looked_at({', '.join(['null'] * len(types))})")
    read = "\n".join(row[0] for row in plan)
    whole = set(re.findall(r"Seq Scan on (\w+)", read)) & GROWS
    assert not whole, f"{name} reads all of {whole}:\n{read}"
