"""What the consumer claims in its own transaction: it leaves at once, once, and only if nothing speaks against it."""

import asyncio
from collections.abc import Sequence

import pytest

from notify.channels.port import Abilities
from notify.consumer import Notifier
from notify.sending.claims import Claimed
from notify.sending.routes import Carriers, Route
from notify.sending.sender import Sender
from shared.events.assignments import OfferKind
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.pacing import Bell
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, Person


class Shelf:
    """An Outlet that only takes: what a process that died right after its commit had in hand."""

    def __init__(self, *channels: ChannelKind, room: int = 100) -> None:
        self.channels = channels or (ChannelKind.SMS,)
        self.places = room
        self.taken: list[Claimed] = []

    def carriers(self) -> Carriers:
        return {channel: [Route("recording", Abilities(channel=channel, two_way=True))] for channel in self.channels}

    def room(self) -> int:
        return self.places

    def take(self, claimed: Sequence[Claimed], until: float) -> None:
        self.taken += claimed


async def hear(bureau: Bureau, outlet: Shelf | Sender, *events: Event) -> None:
    await Notifier(bureau.pool, bureau.vault, bureau.settings, outlet=outlet).handle(events)


async def filed(bureau: Bureau, resident: Person, priority: Priority = Priority.P2) -> Event:
    request = await bureau.request(resident, priority=priority)
    return bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT))


async def offer_made(bureau: Bureau, person: Person, kind: OfferKind = OfferKind.VISIT) -> Event:
    lan = await bureau.person("Bà Lan", "+84912000001")
    role = Role.LEAD if kind is OfferKind.ESCALATION else Role.RESPONDER
    offer = await bureau.offer(person, kind=kind)
    return bureau.about_job(EventType.OFFER_MADE, await bureau.job(lan), person.as_(role), offer=offer)


async def test_an_offer_is_with_the_carrier_without_a_second_transaction(bureau: Bureau) -> None:
    an, sender = await bureau.person("Tổ 1", "+84912000002"), bureau.sender()
    made = await offer_made(bureau, an)
    async with bureau.sending(sender):
        await eventually(sender.carriers)
        await hear(bureau, sender, made)
        assert await bureau.one("select count(*) from message_attempts") == 1, "claimed before anything was sent"
        await eventually(lambda: bureau.kinds_to(an) == ["offer"])
        await bureau.drained()
    assert await bureau.statuses() == ["submitted"]
    (submitted,) = await bureau.emitted(EventType.MESSAGE_SUBMITTED)
    assert submitted["offer_id"] is not None
    assert await bureau.one("select asked_at is not null from questions"), "the lease of the offer runs"


async def test_the_same_event_twice_is_sent_once(bureau: Bureau) -> None:
    an, sender = await bureau.person("Tổ 1", "+84912000002"), bureau.sender()
    made = await offer_made(bureau, an)
    async with bureau.sending(sender):
        await eventually(sender.carriers)
        await asyncio.gather(*(hear(bureau, sender, made) for _ in range(3)))
        await bureau.drained()
    assert bureau.kinds_to(an) == ["offer"]


async def test_who_dies_after_the_commit_leaves_an_unknown_message(bureau: Bureau) -> None:
    an, shelf = await bureau.person("Tổ 1", "+84912000002"), Shelf()
    await hear(bureau, shelf, await offer_made(bureau, an))
    assert len(shelf.taken) == 1
    async with bureau.sending():
        await bureau.sweep()
    assert bureau.carrier.taken == [], "nobody else sends what somebody has in hand"
    await bureau.move_clock(21)
    await bureau.sweep()
    assert await bureau.statuses() == ["unknown"]
    await bureau.move_clock(61)
    await bureau.sweep()
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["offer"]


async def test_offers_come_before_what_only_tells(bureau: Bureau) -> None:
    an, binh = await bureau.person("Tổ 1", "+84912000002"), await bureau.person("Bình", "+84912000003")
    events = [await filed(bureau, binh), await offer_made(bureau, an)]
    shelf = Shelf()
    await hear(bureau, shelf, *events)
    assert [one.letter.purpose for one in shelf.taken] == ["offer", "filed"]


async def test_with_no_room_left_the_queue_gives_offers_first(bureau: Bureau) -> None:
    an, binh = await bureau.person("Tổ 1", "+84912000002"), await bureau.person("Bình", "+84912000003")
    await hear(bureau, Shelf(room=0), await filed(bureau, binh), await offer_made(bureau, an))
    await bureau.send_all()
    assert bureau.carrier.kinds() == ["offer", "filed"]


async def test_a_phone_that_has_a_text_before_it_waits_for_its_turn(bureau: Bureau) -> None:
    binh, shelf = await bureau.person("Bình", "+84912000003"), Shelf()
    await hear(bureau, shelf, await filed(bureau, binh), await filed(bureau, binh))
    await hear(bureau, shelf, await filed(bureau, binh))
    assert len(shelf.taken) == 1
    assert sorted(await bureau.statuses()) == ["queued", "queued", "sending"]


async def test_what_waited_for_a_phone_leaves_when_the_one_before_is_recorded(bureau: Bureau) -> None:
    binh, sender = await bureau.person("Bình", "+84912000003"), bureau.sender(settings=bureau.patient)
    events = [await filed(bureau, binh) for _ in range(3)]
    async with bureau.sending(sender):
        await eventually(sender.carriers)
        await hear(bureau, sender, *events)
        await eventually(lambda: len(bureau.texts_to(binh)) == 3)
        await bureau.drained()
    assert bureau.carrier.most_at_once == 1


async def test_a_question_behind_another_stays_behind_it(bureau: Bureau) -> None:
    an, shelf = await bureau.person("Tổ 1", "+84912000002"), Shelf()
    await hear(bureau, shelf, await offer_made(bureau, an))
    await hear(bureau, shelf, await offer_made(bureau, an))
    assert len(shelf.taken) == 1
    assert await bureau.statuses() == ["sending", "held"]


@pytest.mark.parametrize("what", ["night", "limit", "no carrier", "no room"])
async def test_what_may_not_go_now_goes_through_the_queue(bureau: Bureau, what: str) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    if what == "night":
        await bureau.at_local(23)
    if what == "limit":
        for _ in range(5):
            gone = await bureau.job(lan, priority=Priority.P2)
            await bureau.hear(bureau.about_job(EventType.JOB_CANCELLED, gone, an.as_(Role.RESPONDER)))
            await bureau.send_all()
    shelf = Shelf(ChannelKind.ZALO if what == "no carrier" else ChannelKind.SMS, room=0 if what == "no room" else 9)
    job = await bureau.job(lan, priority=Priority.P3)
    cancelled = bureau.about_job(EventType.JOB_CANCELLED, job, an.as_(Role.RESPONDER))
    night = bureau.about_job(EventType.JOB_ESCALATED, job, an.as_(Role.RESIDENT))
    await hear(bureau, shelf, night if what == "night" else cancelled)
    assert shelf.taken == []
    assert (await bureau.statuses())[-1] == "queued"


async def test_a_carrier_that_is_away_takes_nothing_from_the_consumer(bureau: Bureau) -> None:
    an, sender = await bureau.person("Tổ 1", "+84912000002"), bureau.sender()
    bureau.carrier.down = True
    async with bureau.sending(sender):
        await eventually(sender.carriers)
        await hear(bureau, sender, await offer_made(bureau, an))
        await eventually(lambda: not sender.carriers())
        bureau.carrier.down = False
        await eventually(lambda: bureau.kinds_to(an) == ["offer"])
        await eventually(sender.carriers)
        await bureau.drained()
    assert await bureau.one("select attempts from messages") == 1


async def test_a_sender_that_has_stopped_takes_nothing(bureau: Bureau) -> None:
    sender = Sender(bureau.pool, bureau.vault, bureau.carriers, bureau.settings, Bell())
    assert sender.carriers() == {}
    await hear(bureau, sender, await offer_made(bureau, await bureau.person("Tổ 1", "+84912000002")))
    assert await bureau.statuses() == ["queued"]
