"""What is over and old loses its words and numbers; what is young, or not over, keeps them."""

import asyncpg

from notify.channels.port import Receipt, ReceiptStatus
from notify.forgetting import Forgetting, Keeping
from notify.store import QUERIES
from shared.events.contract import Role
from shared.events.registry import EventType
from tests.support.notifying import Bureau

NOTHING = Keeping(texts_days=0, refs_days=0)


async def told(bureau: Bureau, number: int) -> None:
    resident = await bureau.person(f"Bà {number}", f"+84913{number:06}")
    request = await bureau.request(resident)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))


async def a_day_of_work(bureau: Bureau) -> None:
    """Three texts that arrived, one that is still with the carrier, a text of somebody, an overtaken receipt."""
    bureau.carrier.names_attempts = False
    for number in range(4):
        await told(bureau, number)
    await bureau.send_all()
    for reference in ("ref-1", "ref-2", "ref-3"):
        receipt = Receipt(carrier="recording", attempt_id=None, status=ReceiptStatus.DELIVERED, carrier_ref=reference)
        await bureau.desk().take_receipt(receipt)
    await bureau.writes(await bureau.person("Bà 0", "+84913000000"), "cảm ơn")


async def left(bureau: Bureau) -> tuple[int, ...]:
    row = await bureau.rows("""
        select (select count(*) from messages where body is not null and address is not null) as texts,
            (select count(*) from inbound_texts where body is not null) as heard,
            (select count(*) from attempt_refs) as refs, (select count(*) from receipts) as receipts,
            (select count(*) from messages) as messages""")
    return tuple(row[0])


async def test_what_is_young_is_kept(bureau: Bureau) -> None:
    await a_day_of_work(bureau)
    before = await left(bureau)
    await Forgetting(bureau.pool, Keeping(texts_days=1, refs_days=1)).look()
    assert await left(bureau) == before
    assert before[2:4] == (4, 3)


async def test_what_is_old_and_over_is_forgotten_in_small_bites_and_that_it_was_stays(bureau: Bureau) -> None:
    await a_day_of_work(bureau)
    messages = (await left(bureau))[4]
    forgetting = Forgetting(bureau.pool, NOTHING, bite=2)
    await forgetting.look()
    still = await bureau.one("select count(*) from messages where ended_at is null")
    assert await left(bureau) == (still, 0, 0, 0, messages)
    assert 0 < still < messages
    await told(bureau, 9)
    await forgetting.look()
    assert (await left(bureau))[0] == still + 1, "what is yet to be said is not touched"


async def test_a_call_that_is_over_has_no_number_any_more_and_one_to_make_has(bureau: Bureau) -> None:
    for number in ("024 3825 1234", "024 3825 4321"):
        resident = await bureau.person("Ông Ba", number)
        request = await bureau.request(resident)
        await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))
    over = await bureau.one("select id from call_tasks order by id limit 1")
    async with bureau.pool.acquire() as connection:
        await connection.execute("update call_tasks set status = 'done', outcome = 'told', ended_at = now() where id = $1", over)
    await Forgetting(bureau.pool, NOTHING).look()
    rows = await bureau.rows("select id = $1 as over, address is null and body is null as bare from call_tasks", over)
    assert [row["over"] == row["bare"] for row in rows] == [True, True]


async def test_strangers_and_probes_are_forgotten_in_bites_however_many_there_are(bureau: Bureau) -> None:
    owner = await asyncpg.connect(bureau.dsn)
    try:
        await owner.execute("""
            create table notify.bites (of text, many integer);
            grant insert on notify.bites to techrescue_notify;
            create function notify.note_bite() returns trigger language plpgsql as
                'begin insert into notify.bites select tg_table_name, count(*) from gone; return null; end';
            create trigger bite after delete on notify.strangers
                referencing old table as gone for each statement execute function notify.note_bite();
            create trigger bite after delete on notify.probes
                referencing old table as gone for each statement execute function notify.note_bite();
            insert into notify.strangers (channel, blind_index, tries_since, seen_at)
                select 'telegram', int4send(n), at, at
                from generate_series(1, 6) n,
                    lateral (select transport.app_clock() - interval '12 hours' * (n - 1) as at) as seen;
            insert into notify.probes (id, carrier, sent_at)
                select gen_random_uuid(), 'kannel', clock_timestamp() - interval '3 days' * (n - 1)
                from generate_series(1, 6) n""")
    finally:
        await owner.close()
    await Forgetting(bureau.pool, NOTHING, bite=2).look()
    assert await bureau.one("select count(*) from strangers") == 2, "who wrote within a day is known"
    assert await bureau.one("select count(*) from probes") == 3
    assert [tuple(row) for row in await bureau.rows("select of, many from bites where many > 0")] == [
        ("probes", 2),
        ("probes", 1),
        ("strangers", 2),
        ("strangers", 2),
    ]


async def test_the_oldest_are_found_by_the_key_of_their_table(bureau: Bureau) -> None:
    """A bite reads what it takes and not the table, however large it has grown."""
    async with bureau.pool.acquire() as connection:
        await connection.execute("""
            insert into attempt_refs select 'recording', 'r' || n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
            from generate_series(1, 20000) n""")
        await connection.execute("analyze attempt_refs")
        await connection.execute(f"prepare bite as {QUERIES['forget_refs']}")
        old = "'01900000-0000-7000-8000-0000ffffffff'"
        plan = [row[0] for row in await connection.fetch(f"explain execute bite({old}, 100)")]
    assert any("attempt_refs_by_age" in line for line in plan), plan


async def numbers(bureau: Bureau) -> list[str]:
    rows = await bureau.rows("select id from contact_points where address is not null order by id")
    return [str(row["id"]) for row in rows]


async def test_a_number_with_which_nothing_passed_for_a_year_is_forgotten_and_comes_back_with_its_next_word(
    bureau: Bureau,
) -> None:
    silent, talkative, owner = [await bureau.person(f"Bà {n}", f"+84913{n:06}") for n in range(3)]
    for number in range(3):
        await told(bureau, number)
    await bureau.send_all()
    await bureau.pool.execute(
        """insert into accounts (contact_point_id, channel, key_id, address, blind_index, bound_at)
           select id, 'telegram', key_id, 'box', '\\x01', now() from contact_points where id = $1""",
        owner.id,
    )
    await bureau.move_clock(364 * 86400)
    forgetting = Forgetting(bureau.pool, Keeping())
    await forgetting.look()
    assert len(await numbers(bureau)) == 3
    await bureau.writes(talkative, "cảm ơn")
    await bureau.move_clock(300 * 86400)
    await forgetting.look()
    assert await numbers(bureau) == sorted(str(one.id) for one in (talkative, owner))
    await bureau.writes(silent, "cho tôi hỏi")
    assert str(silent.id) in await numbers(bureau), "who writes has a number again"
    assert (await bureau.emitted(EventType.MESSAGE_RECEIVED))[-1]["phone"] is not None
