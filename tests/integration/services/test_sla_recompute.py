"""Stored = recomputed from the log, on a real database; and whoever changes one row is found out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from notify.sla.rows import count, write_log
from services.audit.sla import recompute
from services.audit.sla_log import compare
from shared.events.contract import Priority
from shared.events.envelope import Event, encode
from shared.events.registry import EventType
from shared.postgres.pool import open_connection, open_pool
from shared.transport.postgres_log import PostgresLog
from tests.integration.notify.test_sla_rows import life, take
from tests.support.sla_events import Story


def hours_ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


async def lived(dsn: str, rounds: int = 30) -> None:
    """Requests of all tiers and ages, one of them paused, one cancelled; counted."""
    async with open_pool(dsn, schema="notify", max_size=2) as pool:
        for number in range(rounds):
            await take(pool, life(Story(hours_ago(3 + number), priority=list(Priority)[number % 4])))
        story = Story(hours_ago(6))
        since = story.filed_at + timedelta(minutes=5)
        resumed = story.told(EventType.CLOCK_RESUMED, since + timedelta(hours=2))
        body = resumed.body.model_copy(update={"reason": "resident_later", "since": since})
        event = replace(resumed, body=body)
        await take(pool, [story.filed(), event, story.told(EventType.JOB_CANCELLED, since + timedelta(hours=3))])
        while await write_log(pool) or await count(pool):
            pass


async def test_stored_is_recomputed_and_the_bar_hears_of_every_round(dsn: str) -> None:
    await lived(dsn)
    heard: list[tuple[int, int]] = []
    proof = await recompute(dsn, None, lambda done, total: heard.append((done, total)))
    assert proof.differences == []
    assert (proof.rounds, proof.events, proof.waiting) == (31, 30 * 6 + 3, 0)
    assert heard[-1] == (31, 31)


ONE = "ctid = (select min(ctid) from notify.sla_rounds where accepted_at is not null)"
TOTAL = "series = 'breaches' and priority = 'P2' and label = 'accepted'"


@pytest.mark.parametrize(
    ("tampering", "figure"),
    [
        (f"update notify.sla_rounds set accepted_at = accepted_at - interval '1 second' where {ONE}", "accepted"),
        ("update notify.sla_rounds set pauses = '{}' where pauses <> '{}'", "pauses"),
        (f"update notify.sla_counts set value = value + 1 where {TOTAL}", "count"),
        (f"delete from notify.sla_rounds where {ONE}", "round"),
        ("delete from notify.sla_log where type = 'assignment.accepted' and priority = 'P1'", "accepted"),
    ],
)
async def test_one_row_that_was_changed_is_found(dsn: str, tampering: str, figure: str) -> None:
    await lived(dsn, rounds=8)
    login = await asyncpg.connect(dsn)
    await login.execute(tampering)
    await login.close()
    proof = await recompute(dsn, None)
    assert figure in {one.figure for one in proof.differences}


async def test_only_rounds_that_began_since_are_looked_at(dsn: str) -> None:
    await lived(dsn)
    proof = await recompute(dsn, hours_ago(10.5))
    assert proof.differences == []
    assert proof.rounds == 9


async def test_it_reads_with_a_role_that_cannot_write(dsn: str) -> None:
    async with open_connection(dsn, schema="auditor") as connection:
        for table in ("sla_log", "sla_rounds", "sla_counts"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"delete from notify.{table}")


async def published(dsn: str, events: Sequence[Event]) -> None:
    async with open_pool(dsn, schema="notify", max_size=2) as pool:
        await PostgresLog(pool).publisher().publish([encode(event, source="/test") for event in events])


async def test_the_log_is_compared_with_what_the_transport_has(dsn: str) -> None:
    stories = [life(Story(hours_ago(2 + number))) for number in range(120)]  # more than a page
    await published(dsn, [event for story in stories for event in story])
    async with open_pool(dsn, schema="notify", max_size=2) as pool:
        for story in stories:
            await take(pool, story)
        while await write_log(pool):
            pass
    proof = await compare(dsn, None, "")
    assert (proof.differences, proof.events, proof.waiting) == ([], 720, 0)
    login = await asyncpg.connect(dsn)
    await login.execute("update notify.sla_log set at = at + interval '1 minute' where event_id = $1", stories[7][3].id)
    await login.execute("delete from notify.sla_log where event_id = $1", stories[9][4].id)
    await login.close()
    found = (await compare(dsn, None, "")).differences
    assert {(one.subject, one.figure) for one in found} == {
        (f"event {stories[7][3].id}", "at"),
        (f"event {stories[9][4].id}", "event"),
    }


async def test_what_cannot_be_read_is_counted_and_is_no_figure(dsn: str) -> None:
    (good, *_) = [encode(event, source="/test") for event in life(Story(hours_ago(2)))]
    bad = replace(good, value=b"{", headers=tuple((k, str(uuid4()).encode() if k == "ce_id" else v) for k, v in good.headers))
    async with open_pool(dsn, schema="notify", max_size=2) as pool:
        await PostgresLog(pool).publisher().publish([bad])
    proof = await compare(dsn, None, "")
    assert (proof.unreadable, proof.events, proof.differences) == (1, 0, [])
