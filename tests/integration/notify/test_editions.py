"""Editions stay as they were handed in, imported shares are counted once: on a real PostgreSQL, as the role that may do it."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from notify.reports.editions import list_editions, read_edition, submit, verify
from notify.reports.facts import By
from notify.reports.importing import import_kpis
from notify.reports.report import Question
from notify.reports.rows import read_report
from notify.store import QUERIES
from shared.postgres.pool import open_pool
from tests.integration.notify.test_reports import CAMPAIGN, WEEK, logged, solved
from tests.support.eventually import eventually
from tests.support.sla_events import Story


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="notify", max_size=4) as pool:
        yield pool


async def test_an_edition_stays_byte_for_byte_and_says_what_it_supersedes(pool: asyncpg.Pool) -> None:
    story = Story(datetime.now(UTC) - timedelta(days=2))
    today = datetime.now(UTC).date()
    question = Question(city="hanoi", since=today - timedelta(days=5), until=today + timedelta(days=1))
    await logged(pool, solved(story))
    first = await submit(pool, question, CAMPAIGN, by="an")
    for _ in range(6):
        await logged(pool, solved(Story(datetime.now(UTC) - timedelta(days=1))))
    assert (await read_edition(pool, "hanoi", first.id)).body == first.body
    second = await submit(pool, question, CAMPAIGN, by="binh")
    assert (first.supersedes, second.supersedes) == (None, first.id)
    assert json.loads(second.body)["supersedes"] == str(first.id)
    assert first.sha256 != second.sha256
    assert [one.id for one in await list_editions(pool, "hanoi")] == [first.id, second.id]
    other = await submit(
        pool, Question(city="hanoi", since=question.since, until=question.until, by=(By.DAY,)), CAMPAIGN, by="an"
    )
    assert other.supersedes is None, "another question"


async def test_nobody_changes_or_removes_an_edition(pool: asyncpg.Pool) -> None:
    await submit(pool, WEEK, CAMPAIGN, by="an")
    for statement in (
        "update notify.sla_editions set body = ''",
        "delete from notify.sla_editions",
        "truncate notify.sla_editions",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)


async def test_verify_finds_what_was_changed_in_the_log_and_in_the_edition(pool: asyncpg.Pool, dsn: str) -> None:
    today = datetime.now(UTC).date()
    question = Question(city="hanoi", since=today - timedelta(days=5), until=today, by=(By.COMMUNE,))
    for number in range(6):
        await logged(pool, solved(Story(datetime.now(UTC) - timedelta(days=2, minutes=number))))
    edition = await submit(pool, question, CAMPAIGN, by="an")
    for _ in range(6):
        await logged(pool, solved(Story(datetime.now(UTC) + timedelta(seconds=1))))
    assert await verify(pool, edition, CAMPAIGN) == [], "what came later is no difference"
    await pool.execute("update notify.sla_log set at = at + interval '3 minutes' where type = 'assignment.accepted'")
    found = await verify(pool, edition, CAMPAIGN)
    assert {(one.subject, one.figure) for one in found} >= {("figures all/all/P2/accepted", "p50_seconds")}
    login = await asyncpg.connect(dsn)
    await login.execute('update notify.sla_editions set body = replace(body, \'"city":"hanoi"\', \'"city":"hanoj"\')')
    await login.close()
    changed = await read_edition(pool, "hanoi", edition.id)
    assert "sha256" in {one.figure for one in await verify(pool, changed, CAMPAIGN)}


SHARES = b"""measure,day,commune_code,n,good
satisfaction,2026-11-17,00004,40,39
satisfaction,2026-11-18,00008,60,45
hotline_answer,2026-11-17,,100,81
"""


async def test_imported_shares_are_summed_against_their_targets_and_imported_once(pool: asyncpg.Pool) -> None:
    first = await import_kpis(pool, "hanoi", SHARES, by="an")
    again = await import_kpis(pool, "hanoi", SHARES, by="an")
    corrected = await import_kpis(pool, "hanoi", SHARES.replace(b"60,45", b"60,57"), by="an")
    assert [(one.added, one.changed, one.same) for one in (first, again, corrected)] == [(3, 0, 0), (0, 0, 3), (0, 1, 2)]
    question = Question(city="hanoi", since=date(2026, 11, 16), until=date(2026, 11, 30), phase="pilot", by=(By.COMMUNE,))
    found = {(row["by"], row["group"], row["measure"]): row for row in (await read_report(pool, question, CAMPAIGN))["kpis"]}
    everybody = found["all", "all", "satisfaction"]
    assert (everybody["n"], everybody["share"], everybody["target_percent"], everybody["holds"]) == (100, 0.96, 90, True)
    assert found["commune", "00008", "satisfaction"]["share"] == 0.95
    assert found["all", "all", "hotline_answer"]["holds"] is True


async def test_an_edition_holds_after_a_later_import_and_after_a_correction(pool: asyncpg.Pool) -> None:
    question = Question(city="hanoi", since=date(2026, 11, 16), until=date(2026, 11, 30), phase="pilot", by=(By.COMMUNE,))
    before = await submit(pool, question, CAMPAIGN, by="an")
    await import_kpis(pool, "hanoi", SHARES, by="an")
    told = await submit(pool, question, CAMPAIGN, by="an")
    await import_kpis(pool, "hanoi", SHARES.replace(b"60,45", b"60,57") + b"satisfaction,2026-11-19,00008,50,24\n", by="binh")
    corrected = await submit(pool, question, CAMPAIGN, by="an")
    await import_kpis(pool, "hanoi", SHARES, by="an")  # the first words again are a correction, too
    shares = []
    for edition in (before, told, corrected, await submit(pool, question, CAMPAIGN, by="an")):
        assert await verify(pool, edition, CAMPAIGN) == []
        rows = [row for row in edition.document["kpis"] if (row["by"], row["measure"]) == ("all", "satisfaction")]
        shares.append([(row["n"], row["share"]) for row in rows])
    assert shares == [[], [(100, 0.84)], [(150, 0.8)], [(150, 0.72)]]


async def test_an_edition_waits_for_an_import_in_hand_whose_rows_are_older_than_its_commit(pool: asyncpg.Pool) -> None:
    question = Question(city="hanoi", since=date(2026, 11, 16), until=date(2026, 11, 30), phase="pilot")
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(QUERIES["lock_kpi_rows"])
        rows = [{"measure": "satisfaction", "day": "2026-11-17", "commune_code": "", "n": 40, "good": 39}]
        await connection.fetch(QUERIES["put_kpi_rows"], "hanoi", "an", rows)
        handing_in = asyncio.create_task(submit(pool, question, CAMPAIGN, by="an"))
        await eventually(lambda: waits_for_a_lock(pool))
    edition = await handing_in
    assert await verify(pool, edition, CAMPAIGN) == []
    assert {row["n"] for row in edition.document["kpis"] if row["measure"] == "satisfaction"} == {40}


async def waits_for_a_lock(pool: asyncpg.Pool) -> bool:
    ours = "(select oid from pg_database where datname = current_database())"
    waiting = f"select exists (select from pg_locks where locktype = 'advisory' and not granted and database = {ours})"
    return bool(await pool.fetchval(waiting))
