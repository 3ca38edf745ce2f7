"""A broadcast is in nobody's way: its pace, its place behind everything, the night, the person's own limits, the money."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from notify.broadcasts.broadcast import BURST, BroadcastKind, BroadcastStatus, Order, TooLate
from notify.broadcasts.lane import BroadcastLane
from notify.sending.budget import Budgets, Purse
from notify.sending.claims import Claimed
from notify.sending.routes import Carriers
from notify.sending.sender import Sender
from notify.store import QUERIES
from services.audit.check import check
from shared.pacing import Bell
from tests.support.broadcasting import Studio
from tests.support.eventually import eventually
from tests.support.notifying import Bureau

READ = QUERIES["read_phones"]


@pytest.fixture
def studio(bureau: Bureau) -> Studio:
    return Studio(bureau)


async def test_two_senders_together_keep_the_pace_and_share_nobody(studio: Studio) -> None:
    made = await studio.make(*await studio.crowd(90), per_second=None)
    studio.bureau.settings = replace(studio.bureau.settings, broadcast_per_second=40)
    told: list[str] = []
    began = await studio.bureau.now()
    for _ in range(12):
        rounds = await asyncio.gather(*(studio.hand_out() for _ in range(3)))
        told += [one.outgoing.to for claimed in rounds for one in claimed]
        seconds = (await studio.bureau.now() - began).total_seconds()
        assert len(told) <= 40 * (seconds + BURST.total_seconds()), "never more than the pace and a burst, whoever hands out"
        await studio.bureau.move_clock(0.2)
    assert len(told) == len(set(told)) > 60
    assert (await studio.counts(made))["on_the_way"] == len(told)


async def test_in_no_second_more_leave_than_a_provider_takes_in_one_whoever_hands_out(studio: Studio) -> None:
    await studio.make(*await studio.crowd(120))
    studio.bureau.settings = replace(studio.bureau.settings, broadcast_per_second=40)
    for wait in (0.3, 0.3, 0.3, 0.05, 0.25, 0.3, 0.3, 0.1, 0.3):
        await asyncio.gather(*(studio.hand_out() for _ in range(2)))
        await studio.bureau.move_clock(wait)
    left = [row["started_at"] for row in await studio.bureau.rows("select started_at from message_attempts")]
    assert len(left) > 60
    assert max(sum(at - timedelta(seconds=1) < other <= at for other in left) for at in left) <= 36, "a tenth is held back"


async def test_its_own_pace_may_be_slower_and_others_get_the_rest(studio: Studio) -> None:
    people = await studio.crowd(40)
    slow = await studio.make(*people[:20], per_second=4)
    fast = await studio.make(*people[20:], kind=BroadcastKind.CAMPAIGN)
    assert len(await studio.hand_out()) == 21
    assert [(await studio.counts(made)).get("on_the_way") for made in (slow, fast)] == [1, 20]
    await studio.bureau.move_clock(0.1)
    assert not await studio.hand_out(), "the slow one has had its turn"


async def test_all_together_are_no_faster_than_the_lane(studio: Studio) -> None:
    people = await studio.crowd(60)
    studio.bureau.settings = replace(studio.bureau.settings, broadcast_per_second=20)
    for some in (people[:30], people[30:]):
        await studio.make(*some)
    assert len(await studio.hand_out()) == 5
    assert len(await studio.hand_out()) < 5, "what a moment allows is handed out once, whoever waits"


async def test_offers_come_first_and_a_broadcast_waits_while_they_wait(studio: Studio) -> None:
    bureau, [an, *people] = studio.bureau, await studio.crowd(3)
    await studio.make(an, *people)
    await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), an)
    await bureau.move_clock(1)
    assert not await studio.hand_out()
    async with bureau.sending():
        await bureau.drained()
    assert bureau.kinds_to(an) == ["offer"]
    assert len(await studio.hand_out()) == 3


async def test_a_broadcast_on_its_way_keeps_no_offer_waiting_and_eats_none_of_its_allowance(studio: Studio) -> None:
    bureau, [an] = studio.bureau, await studio.crowd(1)
    await studio.make(an)
    assert len(await studio.hand_out()) == 1  # claimed, and not sent: a slow provider
    job = await bureau.job(await bureau.person("Bà Lan", "+84912000001"))
    await bureau.offered(job, an)
    async with bureau.sending():
        await eventually(lambda: bureau.kinds_to(an) == ["offer"])
    assert await bureau.one("select status from messages where purpose = 'broadcast_outage'") == "sending"
    ground = await bureau.rows(READ, [an.id], timedelta(days=1), timedelta(hours=3), [])
    assert (len(ground[0]["sends"]), ground[0]["busy"]) == (1, []), "the offer alone counts, and another may leave at once"


async def test_nobody_is_told_at_night_and_all_are_in_the_morning(studio: Studio) -> None:
    people = await studio.crowd(2)
    await studio.bureau.at_local(22)
    made = await studio.make(*people, not_after=await studio.bureau.now() + timedelta(hours=12))
    assert await studio.told() == 0
    assert await studio.counts(made) == {"waiting": 2}
    await studio.bureau.at_local(8)
    await studio.tell_all()
    assert await studio.counts(made) == {"sent": 2}


async def test_what_would_come_too_late_after_the_night_is_left_out_and_counted(studio: Studio) -> None:
    people = await studio.crowd(2)
    await studio.bureau.at_local(22)
    made = await studio.make(*people, not_after=await studio.bureau.now() + timedelta(hours=2))
    await studio.told()
    assert await studio.counts(made) == {"skipped": {"quiet_hours": 2}}
    await studio.told()
    assert await studio.status(made) is BroadcastStatus.DONE


async def test_whose_turn_did_not_come_in_time_is_counted_as_too_late(studio: Studio) -> None:
    made = await studio.make(*await studio.crowd(4), per_second=1)
    await studio.told()
    await studio.bureau.move_clock(7 * 3600)
    assert await studio.told() == 0
    await studio.told()
    assert await studio.counts(made) == {"sent": 1, "skipped": {"too_late": 3}}
    assert await studio.status(made) is BroadcastStatus.DONE


async def test_what_is_too_late_is_not_started(studio: Studio) -> None:
    made = await studio.make(dry_run=True)
    await studio.bureau.move_clock(7 * 3600)
    with pytest.raises(TooLate):
        await studio.desk.move(made, Order.START, "ops-1")


async def test_who_wants_no_texts_is_told_nothing_nor_once_more_what_did_not_leave(studio: Studio) -> None:
    bureau, [an, binh] = studio.bureau, await studio.crowd(2)
    made = await studio.make(an)
    bureau.carrier.down = True
    assert await studio.told() == 1
    bureau.carrier.down = False
    for person in (an, binh):
        await bureau.writes(person, "STOP")
    async with bureau.sending():  # that they have stopped us is waited for, and a broadcast gives way to it
        await eventually(lambda: all(map(bureau.texts_to, (an, binh))))
    other = await studio.make(an, binh)
    await bureau.move_clock(1)
    await studio.tell_all()
    assert not list(studio.bulk())
    assert await studio.counts(made) == {"failed": {"unwanted": 1}}
    assert await studio.counts(other) == {"skipped": {"unwanted": 2}}


async def test_nobody_hears_more_than_two_an_hour(studio: Studio) -> None:
    [an] = await studio.crowd(1)
    for _ in range(3):
        await studio.make(an, not_after=await studio.bureau.now() + timedelta(hours=6))
    await studio.tell_all()
    assert len(studio.bureau.texts_to(an)) == 2
    await studio.bureau.move_clock(3600)
    await studio.tell_all()
    assert len(studio.bureau.texts_to(an)) == 3


async def test_the_last_of_a_days_money_and_most_places_are_for_those_who_are_waited_for(studio: Studio) -> None:
    made, bureau = await studio.make(*await studio.crowd(5)), studio.bureau
    purse, sender = Purse(Budgets(day_vnd=1000)), bureau.sender()
    lane = BroadcastLane(bureau.pool, bureau.vault, sender, bureau.settings, Bell(), purse=purse)
    async with bureau.sending(sender):
        await eventually(lambda: bool(sender.carriers()))
        purse.spent = 800
        await lane.tick()
        assert await studio.counts(made) == {"waiting": 5}
        bureau.carrier.hold = asyncio.Event()
        purse.spent = 799
        slow = BroadcastLane(
            bureau.pool, bureau.vault, Narrow(sender, 5), replace(bureau.settings, in_flight=8), Bell(), purse=purse
        )
        await slow.tick()
        assert await studio.counts(made) == {"waiting": 4, "on_the_way": 1}
        bureau.carrier.hold.set()


@dataclass
class Narrow:
    """A sender with few places left."""

    sender: Sender
    places: int

    def carriers(self) -> Carriers:
        return self.sender.carriers()

    def room(self) -> int:
        return self.places

    def take(self, claimed: Sequence[Claimed], until: float) -> None:
        self.sender.take(claimed, until)


async def test_a_broadcast_that_stands_still_is_found_by_the_judge_and_one_that_waits_for_the_morning_is_not(
    studio: Studio,
) -> None:
    bureau, people = studio.bureau, await studio.crowd(2)

    async def stuck() -> set[str]:
        verdict = await check(bureau.dsn)
        return {one.subject for one in verdict.violations if one.rule == "stuck"}

    made, unnamed = await studio.make(*people), await studio.make(gathered=False)
    await studio.make(dry_run=True)
    assert await stuck() == set()
    await bureau.move_clock(90)
    assert await stuck() == {str(made), str(unnamed)}
    await studio.tell_all()
    assert await stuck() == {str(unnamed)}
    await bureau.at_local(22)
    await studio.make(*people, not_after=await bureau.now() + timedelta(hours=12))
    await studio.told()
    await bureau.move_clock(3600)
    assert await stuck() == set(), "the other one is worth nothing any more"
