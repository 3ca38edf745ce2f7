"""The judge on a real database: its queries fit the schemas, and its role can read all of them and write none."""

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from services.audit.case import read_case
from services.audit.check import check
from services.audit.invariants import judge
from services.audit.live import past_their_time
from services.audit.reading import QUERIES, read_world
from shared.errors import Invalid, NotFound
from shared.postgres.pool import open_connection


async def no_sweeps(dsn: str) -> None:
    """Migrations set the first hourly sweeps due at once; nobody is running here to do them."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("delete from intake.timers; delete from dispatch.timers; delete from notify.timers")
    await connection.close()


async def test_an_empty_system_holds(dsn: str) -> None:
    await no_sweeps(dsn)
    verdict = await check(dsn, drained=True)
    assert verdict.holds
    assert verdict.counts["requests"] == {}


async def test_the_judge_may_not_write(dsn: str) -> None:
    async with open_connection(dsn, schema="auditor") as connection:
        for table in ("intake.requests", "dispatch.jobs", "notify.messages", "transport.log"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"delete from {table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select * from vault.keys")


async def test_an_event_that_nobody_publishes_is_found(dsn: str) -> None:
    await no_sweeps(dsn)
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "insert into intake.outbox (event_id, topic, key, type, subject, version, source, occurred_at, body, created_at)"
        " values (gen_random_uuid(), 't', 'k', 'request.filed', gen_random_uuid(), 1, '/intake', now(), '',"
        " now() - interval '2 min')"
    )
    await connection.close()
    verdict = await check(dsn)
    assert [violation.rule for violation in verdict.violations] == ["no_loss"]


async def test_a_dead_letter_that_nobody_looks_at_is_found_until_it_is_settled(dsn: str) -> None:
    await no_sweeps(dsn)
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "insert into notify.dead_letters (event_id, topic, partition, record_offset, key, subject, headers, body, reason, at)"
        " values (gen_random_uuid(), 't', 0, 1, 'k', 'a job', '{}', '', 'why', now() - interval '2 min')"
    )
    verdict = await check(dsn)
    assert [(one.rule, one.subject) for one in verdict.violations] == [("stuck", "a job")]
    assert verdict.counts["dead_letters"] == 1
    await connection.execute("update notify.dead_letters set status = 'discarded', resolved_at = now()")
    await connection.close()
    assert (await check(dsn)).holds


A_CALL = r"""
    insert into intake.calls (id, call_hash, source, contact_point_id, key_id, phone_box, lost_at, lost, outcome, began_at,
        unanswered_at, heard_at)
    select $1, '\x01'::bytea, 'exchange', $2, $2, 'box', at, 'missed', 'missed', at, at, at
    from (select now() - $3::interval as at) told"""
A_CALLBACK = """
    insert into intake.callbacks (id, contact_point_id, key_id, phone_box, reason, misses, first_at, last_at, status, owner,
        due_at, tries, raised, opened_at, version)
    select $1, $2, $2, 'box', 'missed_call', 1, at, at, 'open', 'hotline', at + interval '15 min', 0, 0, at, 1
    from (select now() - $3::interval as at) told"""


async def test_a_caller_whom_nobody_calls_back_is_found_until_there_is_a_callback_in_time(dsn: str) -> None:
    await no_sweeps(dsn)
    call, callback, person = uuid4(), uuid4(), uuid4()
    connection = await asyncpg.connect(dsn)
    await connection.execute(A_CALL, call, person, timedelta(minutes=20))
    assert [(one.rule, one.subject) for one in (await check(dsn)).violations] == [("no_loss", str(call))]
    await connection.execute(A_CALLBACK, callback, person, timedelta(minutes=20))
    assert [(one.rule, one.subject) for one in (await check(dsn)).violations] == [("timers", str(callback))]
    await connection.execute("update intake.callbacks set due_at = now() + interval '5 min', raised = 1")
    assert (await check(dsn)).holds
    await connection.execute("update intake.callbacks set status = 'ended', ended_at = now(), covers_until = now()")
    assert (await check(dsn)).holds
    await connection.close()


async def test_the_auditor_sees_a_forgotten_caller_without_being_asked(dsn: str) -> None:
    await no_sweeps(dsn)
    call = uuid4()
    connection = await asyncpg.connect(dsn)
    await connection.execute(A_CALL, call, uuid4(), timedelta(minutes=20))
    await connection.close()
    async with open_connection(dsn, schema="auditor") as watching:
        part = await past_their_time(watching)
    assert [one.subject for one in judge(part.world, part.by)] == [str(call)]


A_RIGHT = """
    insert into intake.privacy_requests (id, kind, contact_point_id, identified, asked_at, due_at, opened_by, owner)
    values ($1, 'erase', gen_random_uuid(), 'callback', now() - interval '3 days', now() - interval '1 hour', 'An',
        'city_desk')"""
AN_INQUIRY = """
    with waiting as (
        insert into intake.requests (id, city, code, version, status, channel, category, priority, skills, contact_point_id,
            key_id, phone_box, details_box, language, vulnerable, by_call, filed_by, filed_at, expected_at, clock_at,
            danger_at, commune_code, lat, lon)
        values ($2, 'hanoi', 'TR-2345-6789', 5, 'resolved', 'hotline', 'vneid_login', 'P3', '{}', $2,
            $2, 'box', 'box', 'vi', '{}', false, 'An', now() - interval '3 days', now(), now(),
            now(), '00004', 21.03, 105.81)
    )
    insert into intake.inquiries (ask_id, request_id, about, round, asked_at, asked_by, open_until)
    values ($1, $2, 'fixed', 0, now() - interval '2 days', 'timer', now() - interval '1 hour')"""
A_TIMER = "insert into intake.timers (id, kind, subject, due_at) values (gen_random_uuid(), $1, $2, now() + interval '1 hour')"


async def seen(dsn: str) -> list[tuple[str, str]]:
    """By who is asked, and by who looks all the time."""
    asked = [(one.rule, one.subject) for one in (await check(dsn)).violations]
    async with open_connection(dsn, schema="auditor") as watching:
        part = await past_their_time(watching)
    assert [(one.rule, one.subject) for one in judge(part.world, part.by)] == asked
    return asked


async def test_a_right_past_its_legal_clock_is_found_until_it_has_gone_up_and_rings(dsn: str) -> None:
    await no_sweeps(dsn)
    right = uuid4()
    connection = await asyncpg.connect(dsn)
    await connection.execute(A_RIGHT, right)
    await connection.execute(A_TIMER, "privacy", right)
    assert await seen(dsn) == [("timers", str(right))]
    await connection.execute("update intake.privacy_requests set owner = 'ops', raised_at = now()")
    assert await seen(dsn) == []
    await connection.execute("delete from intake.timers")
    assert await seen(dsn) == [("timers", str(right))]
    await connection.execute("update intake.privacy_requests set status = 'done', ended_at = now()")
    assert await seen(dsn) == []
    await connection.close()


async def test_a_question_that_nobody_answers_and_nothing_ends_is_found(dsn: str) -> None:
    await no_sweeps(dsn)
    inquiry, request = uuid4(), uuid4()
    connection = await asyncpg.connect(dsn)
    await connection.execute(AN_INQUIRY, inquiry, request)
    assert await seen(dsn) == [("timers", str(inquiry))]
    await connection.execute(A_TIMER, "close", request)
    assert await seen(dsn) == []
    await connection.execute(
        "delete from intake.timers; update intake.requests set status = 'closed', clock_at = null, danger_at = null"
    )
    assert await seen(dsn) == []
    await connection.close()


async def test_the_two_clocks_are_told_apart(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("select transport.set_clock_offset(3600)")
    await connection.close()
    world = await read_world(dsn)
    assert 3590 < (world.app_now - world.wall_now).total_seconds() < 3610


async def test_a_code_that_is_none_and_one_that_nobody_has(dsn: str) -> None:
    with pytest.raises(Invalid):
        await read_case(dsn, "what?")
    with pytest.raises(NotFound):
        await read_case(dsn, "TR-7K3M-92QX")


async def test_every_query_fits_the_migrated_schema(dsn: str) -> None:
    async with open_connection(dsn, schema="auditor") as connection:
        for name, statement in QUERIES.items():
            context = next((part for part in ("intake", "dispatch", "notify") if part in name), "intake")
            await connection.execute(f"set search_path to {context}, transport")
            await connection.prepare(statement)
