"""One text to many, on a real database: each once, at a pace, in nobody's way, and every one of them counted."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from notify.broadcasts.broadcast import BroadcastKind, BroadcastStatus, Order
from notify.broadcasts.desk import MOST_NAMED, KeyUsed
from notify.broadcasts.lane import BroadcastLane
from notify.broadcasts.words import free
from notify.channels.port import CarrierRefused, ReceiptStatus
from notify.erase import erase
from notify.forgetting import Forgetting, Keeping
from notify.sending.budget import Budgets, Purse
from notify.sending.sweeper import Sweeper
from notify.store import QUERIES
from shared.errors import Invalid, NotFound
from shared.events.broadcasts import Audience, Listeners
from shared.events.contract import ChannelKind, Role
from shared.events.registry import EventType
from shared.pacing import Bell
from shared.postgres.transaction import transaction
from tests.support.broadcasting import WORDS, Studio
from tests.support.eventually import eventually
from tests.support.notifying import Bureau

READ = QUERIES["read_phones"]


@pytest.fixture
def studio(bureau: Bureau) -> Studio:
    return Studio(bureau)


async def test_a_dry_run_counts_people_parts_money_and_minutes_and_tells_nobody(studio: Studio) -> None:
    people = await studio.crowd(3)
    desk = await studio.bureau.person("Tổ 5", "+842438250000", ChannelKind.CALL)
    made = await studio.make(*people, desk, dry_run=True, per_second=1)
    found = await studio.desk.show(made)
    assert (found["status"], found["gathered"], found["people"]) == ("draft", True, 4)
    assert (found["parts"], found["vnd"]) == (3 * WORDS.parts("vi"), 3 * WORDS.parts("vi") * 350)
    assert found["minutes"] == round(3 / 60, 1)
    assert await studio.counts(made) == {"waiting": 3, "skipped": {"call": 1}}
    assert await studio.told() == 0
    [asked] = await studio.bureau.emitted(EventType.BROADCAST_REQUESTED)
    assert (asked["broadcast_id"], asked["audience"]["who"]) == (str(made), "responders")
    assert WORDS.vi not in str(asked), "the text stays here"


async def test_everybody_is_told_once_in_their_language_and_each_is_counted(studio: Studio) -> None:
    an, binh, chi = await studio.crowd(3)
    english = an.as_(Role.RESPONDER).model_copy(update={"language": "en"})
    made = await studio.make(gathered=False)
    page = await studio.name(made, [binh], last=False)
    await studio.bureau.hear(page, page)  # told twice
    body = page.body.model_copy(update={"recipients": (english, binh.as_(Role.RESIDENT), chi.as_(Role.RESPONDER)), "last": True})
    await studio.bureau.hear(replace(page, id=uuid4(), version=2, body=body))
    await studio.tell_all()
    assert sorted(studio.bulk()) == sorted([an.phone, binh.phone, chi.phone])
    assert (studio.bureau.texts_to(an), studio.bureau.texts_to(binh)) == ([WORDS.en], [WORDS.vi])
    assert await studio.counts(made) == {"sent": 3}
    assert await studio.status(made) is BroadcastStatus.DONE
    ids = {row["contact_point_id"]: row["id"] for row in await studio.bureau.rows("select id, contact_point_id from messages")}
    await studio.bureau.receipt(ids[an.id], ReceiptStatus.DELIVERED)
    await studio.bureau.receipt(ids[chi.id], ReceiptStatus.UNDELIVERED)
    assert await studio.counts(made) == {"sent": 1, "delivered": 1, "failed": {"undeliverable": 1}}
    assert await studio.bureau.emitted(EventType.MESSAGE_SUBMITTED) == [], "nobody else waits for these"


async def test_paused_nothing_leaves_resumed_the_others_do_and_stopped_the_rest_is_counted(studio: Studio) -> None:
    made = await studio.make(*await studio.crowd(3), per_second=1)
    await studio.told()
    await studio.desk.move(made, Order.PAUSE, "ops-1")
    await studio.bureau.move_clock(5)
    assert await studio.told() == 0
    await studio.desk.move(made, Order.RESUME, "desk-1")
    assert await studio.told() == 1
    await studio.desk.move(made, Order.STOP, "desk-1")
    await studio.bureau.move_clock(5)
    assert await studio.told() == 0
    assert await studio.counts(made) == {"sent": 2, "skipped": {"stopped": 1}}
    noted = await studio.bureau.rows("select actor, action from audit where subject = $1 order by id", made)
    assert [tuple(row) for row in noted] == [
        ("ops-1", "broadcast.make"), ("ops-1", "broadcast.paused"), ("desk-1", "broadcast.running"),
        ("desk-1", "broadcast.stopped"),
    ]  # fmt: skip


async def test_what_a_provider_did_not_take_goes_once_more_at_the_pace_and_stops_with_it(studio: Studio) -> None:
    an, binh = await studio.crowd(2)
    made = await studio.make(an, binh, per_second=1)
    studio.bureau.carrier.down = True
    assert await studio.told() == 1
    studio.bureau.carrier.down = False
    await studio.bureau.move_clock(1)
    assert await studio.told() == 1, "the pace is for texts, not for people"
    assert len(set(studio.bulk())) == 1
    await studio.bureau.move_clock(1)
    studio.bureau.carrier.refuses = CarrierRefused("later", permanent=False)
    assert await studio.told() == 1
    await studio.desk.move(made, Order.STOP, "ops-1")
    studio.bureau.carrier.refuses = None
    await studio.bureau.move_clock(60)
    assert await studio.told() == 0
    assert await studio.counts(made) == {"sent": 1, "skipped": {"stopped": 1}}


async def test_a_sender_that_dies_with_texts_in_hand_tells_nobody_twice(studio: Studio) -> None:
    made = await studio.make(*await studio.crowd(3))
    assert len(await studio.hand_out()) == 3  # committed, and then the process dies
    await studio.bureau.move_clock(30)
    assert not await studio.hand_out()
    await studio.bureau.sweep()
    assert await studio.counts(made) == {"unknown": 3}
    assert await studio.status(made) is BroadcastStatus.RUNNING
    await studio.bureau.move_clock(61)
    await studio.bureau.sweep()
    await studio.tell_all()
    assert list(studio.bulk()) == []
    assert await studio.counts(made) == {"failed": {"unknown": 3}}
    assert await studio.status(made) is BroadcastStatus.DONE
    assert await studio.bureau.rows("select 1 from call_tasks") == [], "nobody telephones thousands"


async def test_whoever_was_erased_in_between_is_left_out(studio: Studio) -> None:
    an, binh = await studio.crowd(2)
    made = await studio.make(an, binh)
    async with transaction(studio.bureau.pool, "notify.consume") as connection:
        assert await erase(connection, an.id) > 0
    await studio.tell_all()
    assert list(studio.bulk()) == [binh.phone]
    assert await studio.counts(made) == {"sent": 1, "skipped": {"erased": 1}}
    left = await studio.bureau.rows("select address from broadcast_people")
    assert [row["address"] for row in left] == [None, None]


async def test_only_vietnamese_mobile_numbers_are_written_to(studio: Studio) -> None:
    abroad = await studio.bureau.person("Kim", "+821012345678")
    made = await studio.make(abroad)
    await studio.tell_all()
    assert await studio.counts(made) == {"skipped": {"undeliverable": 1}}


async def test_people_that_are_handed_in_are_those_we_have_written_to(studio: Studio) -> None:
    [an] = await studio.crowd(1)
    await studio.make(an)
    await studio.tell_all()
    nobody = uuid4()
    made = await studio.make(gathered=False, audience=(an.id, nobody, an.id), kind=BroadcastKind.SESSION)
    found = await studio.desk.show(made)
    assert (found["people"], found["gathered"]) == (1, True)
    assert found["audience"] == {"who": "people", "ids": 2, "unknown": 1, "unknown_ids": [str(nobody)]}
    await studio.tell_all()
    assert studio.bureau.kinds_to(an) == ["broadcast_outage", "broadcast_session"]


async def test_ids_of_nobody_are_counted_and_some_of_them_named(studio: Studio) -> None:
    [an] = await studio.crowd(1)
    await studio.make(an)
    await studio.tell_all()
    nobodys = sorted(str(uuid4()) for _ in range(MOST_NAMED + 5))
    found = await studio.desk.show(await studio.make(gathered=False, audience=(an.id, *map(UUID, nobodys))))
    assert found["audience"] == {
        "who": "people", "ids": MOST_NAMED + 6, "unknown": MOST_NAMED + 5, "unknown_ids": nobodys[:MOST_NAMED],
    }  # fmt: skip
    found = await studio.desk.show(await studio.make(gathered=False, audience=(an.id,), kind=BroadcastKind.CAMPAIGN))
    assert found["audience"] == {"who": "people", "ids": 1}, "nothing where everybody is known"


RESPONDERS = Audience(who=Listeners.RESPONDERS, communes=("00004", "00008"))
OTHER_FORMS = {
    "text": {"words": free("Khác.", "Other.")},
    "kind": {"kind": BroadcastKind.CAMPAIGN},
    "wider": {"audience": Audience(who=Listeners.RESPONDERS)},
    "other people": {"audience": (uuid4(),)},
    "pace": {"per_second": 5},
    "dry run": {"dry_run": True},
}


@pytest.mark.parametrize("name", [*OTHER_FORMS, "time"])
async def test_the_same_key_makes_one_and_another_form_under_it_is_refused(studio: Studio, name: str) -> None:
    until = await studio.bureau.now() + timedelta(hours=6)
    same = {"key": "k-1", "gathered": False, "audience": RESPONDERS, "not_after": until}
    first = await studio.make(**same)
    turned = RESPONDERS.model_copy(update={"communes": RESPONDERS.communes[::-1]})
    assert await studio.make(**{**same, "audience": turned}) == first
    with pytest.raises(KeyUsed, match=str(first)):
        await studio.make(**{**same, **OTHER_FORMS.get(name, {"not_after": until + timedelta(hours=1)})})
    assert len(await studio.bureau.emitted(EventType.BROADCAST_REQUESTED)) == 1
    assert [row["id"] for row in await studio.desk.list()] == [first]


async def test_what_comes_back_from_the_sender_after_the_stop_is_withdrawn(studio: Studio) -> None:
    """One text is on its way when somebody stops the broadcast; the provider would take it later, and nobody wants that."""
    bureau, sender = studio.bureau, studio.bureau.sender()
    lane = BroadcastLane(bureau.pool, bureau.vault, sender, bureau.settings, Bell(), purse=Purse(Budgets()))
    made = await studio.make(*await studio.crowd(1))
    bureau.carrier.hold, bureau.carrier.refuses = asyncio.Event(), CarrierRefused("later", permanent=False)
    async with bureau.sending(sender):
        await eventually(lambda: bool(sender.carriers()))
        await lane.tick()
        await eventually(lambda: bureau.carrier.tried == 1)
        await studio.desk.move(made, Order.STOP, "ops-1")
        bureau.carrier.hold.set()
    assert await studio.counts(made) == {"on_the_way": 1}
    await lane.tick()
    assert await studio.counts(made) == {"skipped": {"stopped": 1}}


async def test_a_stop_takes_its_texts_in_the_order_in_which_everybody_locks_them(studio: Studio) -> None:
    """Whoever has the first of them is waited for with empty hands, so that they get the last one, too (law 2)."""
    made = await studio.make(*await studio.crowd(2))
    studio.bureau.carrier.down = True
    await studio.told()
    first, last = sorted(row["id"] for row in await studio.bureau.rows("select id from messages"))
    later = "update messages set not_before = not_before - interval '1 second' where id = $1"
    async with transaction(studio.bureau.pool, "notify.consume") as connection:
        await connection.execute(later, first)  # on the disk it lies behind the last one now
    async with transaction(studio.bureau.pool, "notify.consume") as connection:
        await connection.execute("select from messages where id = $1 for update", first)
        stopping = asyncio.create_task(studio.desk.move(made, Order.STOP, "ops-1"))
        await eventually(lambda: _somebody_waits(studio))
        await connection.execute("select from messages where id = $1 for update nowait", last)
    await stopping
    assert await studio.counts(made) == {"skipped": {"stopped": 2}}


async def _somebody_waits(studio: Studio) -> bool:
    return bool(await studio.bureau.one("select exists (select from pg_locks where not granted)"))


@pytest.mark.parametrize("order", [Order.PAUSE, Order.STOP])
async def test_what_nobody_knows_of_is_said_again_only_while_it_runs(
    studio: Studio, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notify.sending.repeats.WAITS", (0.0, 0.0, 0.0))
    studio.bureau.carrier.repeats_safely, studio.bureau.carrier.swallowed = True, 2
    made = await studio.make(*await studio.crowd(1))
    await studio.told()
    sweeper = Sweeper(studio.bureau.pool, studio.bureau.carriers, studio.bureau.settings, vault=studio.bureau.vault)
    await sweeper.sweep()
    assert studio.bureau.carrier.tried == 2
    await studio.desk.move(made, order, "ops-1")
    await sweeper.sweep()
    assert (studio.bureau.carrier.tried, await studio.counts(made)) == (2, {"unknown": 1})


@pytest.mark.parametrize("hours", [-1, 0, 15 * 24])
async def test_its_time_is_in_the_next_two_weeks(studio: Studio, hours: int) -> None:
    with pytest.raises(Invalid):
        await studio.make(not_after=await studio.bureau.now() + timedelta(hours=hours))


async def test_of_another_city_or_none_nothing_is_known(studio: Studio) -> None:
    for broadcast_id in (uuid4(), await elsewhere(studio)):
        with pytest.raises(NotFound):
            await studio.desk.show(broadcast_id)
        with pytest.raises(NotFound):
            await studio.desk.move(broadcast_id, Order.STOP, "ops-1")


async def elsewhere(studio: Studio) -> UUID:
    made = await studio.make(gathered=False)
    async with transaction(studio.bureau.pool, "notify.consume") as connection:
        await connection.execute("update broadcasts set city = 'hue'")
    return made


async def test_whom_an_old_broadcast_never_told_is_forgotten(studio: Studio) -> None:
    old = await studio.make(*await studio.crowd(3), dry_run=True)
    keep = Keeping(texts_days=1)
    await Forgetting(studio.bureau.pool, keep, bite=2).look()
    assert await studio.counts(old) == {"waiting": 3}
    await studio.bureau.move_clock(2 * 86400)
    young = await studio.make(*await studio.crowd(1), dry_run=True)
    await Forgetting(studio.bureau.pool, keep, bite=2).look()
    assert await studio.counts(old) == {"skipped": {"too_late": 3}}
    left = await studio.bureau.rows("select broadcast_id from broadcast_people where address is not null")
    assert [row["broadcast_id"] for row in left] == [young]
