"""A drill on a real database: who is asked, who is out afterwards, and how they come back."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.roster import drills
from dispatch.roster.drill import Rules
from shared.errors import NotFound
from shared.events.assignments import OfferStatus
from shared.events.contract import ChannelKind, Role
from shared.events.drills import DrillAnswered
from shared.events.duty import Duty, DutySaid
from shared.events.envelope import Event
from shared.events.messages import Answer, FailureReason, MessageChanged, MessageReceived
from shared.events.registry import EventType
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.shift_rig import at, clock
from tests.support.dispatching import sealed

RULES = Rules(days=1, most_out=0.5, least_answered=0.0)
AFTER = at(5, 17, 1)  # the time of those who were asked on Monday is over


async def enrol(town: Town, count: int, **changes: Any) -> list[UUID]:
    await town.enrol(*(entry(number, **changes) for number in range(1, count + 1)))
    rows = await town.pool.fetch("select contact_point_id from responders order by external_id")
    return [row[0] for row in rows]


async def begun(town: Town, rules: Rules = RULES) -> list[Any]:
    """Monday 10:00: a drill, all of which has been asked by the evening; the questions, by phone."""
    await drills.start(town.pool, "hanoi", rules)
    while await town.pool.fetchval("select exists (select from drill_asks where status = 'planned')"):
        await town.later(600)
    return [dict(row) for row in await town.pool.fetch("select * from drill_asks order by contact_point_id")]


async def left(town: Town, asks: list[Any]) -> None:
    """A provider has the questions."""
    await town.handle([report(EventType.MESSAGE_SUBMITTED, ask, at=await town.now()) for ask in asks])


def report(kind: EventType, ask: Any, *, at: Any, reason: FailureReason | None = None) -> Event:
    body = MessageChanged(
        message_id=uuid4(), city="hanoi", request_id=UUID(int=0), offer_id=ask["id"], contact_point_id=ask["contact_point_id"],
        role=Role.RESPONDER, purpose="drill", channel=ChannelKind.SMS, at=at, reason=reason,
    )  # fmt: skip
    return Event(type=kind, subject=body.message_id, version=1, key=body.request_id, body=body, time=at)


async def answers(town: Town, ask: Any, over: str = "kannel", *, phone: UUID | None = None) -> Event:
    who, now = phone or ask["contact_point_id"], await town.now()
    body = DrillAnswered(city="hanoi", contact_point_id=who, ask_id=ask["id"], over=over, received_at=now)
    event = Event(type=EventType.DRILL_ANSWERED, subject=who, version=1, key=who, body=body, time=now)
    await town.handle([event])
    return event


async def writes(town: Town, phone: UUID) -> None:
    now = await town.now()
    body = MessageReceived(city="hanoi", contact_point_id=phone, channel=ChannelKind.SMS, text=sealed(), received_at=now)
    await town.handle([Event(type=EventType.MESSAGE_RECEIVED, subject=phone, version=2, key=phone, body=body, time=now)])


async def out(town: Town) -> set[UUID]:
    return {row[0] for row in await town.pool.fetch("select id from contact_points where unreachable_why = 'drill'")}


async def settled(town: Town) -> list[tuple[str, str]]:
    return [(one["contact_point_id"], one["outcome"]) for one in await town.events("drill.settled")]


async def counts(town: Town) -> dict[str, int]:
    found: dict[str, int] = (await drills.status(town.pool, "hanoi"))["counts"]
    return found


async def test_every_phone_is_asked_once_by_day_and_a_few_at_a_time(town: Town) -> None:
    phones = await enrol(town, 100)
    await enrol_also(town)
    plan = await drills.plan(town.pool, "hanoi", Rules(days=2))
    assert (plan.phones, plan.communes, plan.channels, plan.known) == (100, {"00004": 100}, {"sms": 100}, None)
    await drills.start(town.pool, "hanoi", Rules(days=2))
    await town.fire()
    assert len(await town.events("drill.asked")) == 2, "fifty a day, in steps of ten minutes"
    await clock(town, at(2, 16, 50))
    for _ in range(60):
        await town.later(600)
    monday = await town.pool.fetchval("select count(*) from drill_asks where asked_at < $1", at(3, 0))
    assert 2 <= monday <= 50
    asked = await town.events("drill.asked")
    assert all(one["answer_by"].endswith("T10:00:00Z") and one["month"] == 3 for one in asked)
    for day in (3, 4):
        await clock(town, at(day, 9))
        for _ in range(48):
            await town.later(600)
    asked = await town.events("drill.asked")
    assert sorted(one["contact_point_id"] for one in asked) == sorted(str(phone) for phone in phones)
    local = await town.pool.fetch("select distinct (asked_at at time zone 'Asia/Ho_Chi_Minh')::time as at from drill_asks")
    assert all(9 <= row["at"].hour < 17 for row in local)


async def enrol_also(town: Town) -> None:
    """Nobody a drill asks: not confirmed, off the list."""
    await town.enrol(entry(900, confirmed=False), entry(901, active=False))


async def test_who_answers_stays_and_who_does_not_is_out_and_hears_how_to_come_back(town: Town) -> None:
    an, binh, chi, dung = await enrol(town, 4)
    asks = {ask["contact_point_id"]: ask for ask in await begun(town)}
    await left(town, list(asks.values()))
    await answers(town, asks[an], "telegram")
    await writes(town, binh)
    await clock(town, AFTER)
    assert await counts(town) == {"answered": 2, "silent": 2}
    assert await out(town) == {chi, dung}
    assert sorted(await settled(town)) == sorted([(str(chi), "silent"), (str(dung), "silent")])
    status = await drills.status(town.pool, "hanoi")
    assert (status["status"], status["answered_over"]) == ("over", {"telegram": 1})
    lines = (await town.send("GET", "/v1/roster/quality?commune=00004")).json()["lines"]
    assert len([line for line in lines if line["finding"] == "phone_unreachable"]) == 2, "the list of the ward lead"
    assert len(await drills.silent(town.pool, status["id"], "00004")) == 2

    await answers(town, asks[chi])
    await writes(town, dung)
    assert await out(town) == set()
    assert {outcome for phone, outcome in await settled(town) if phone in {str(chi), str(dung)}} == {"silent", "back"}
    assert await counts(town) == {"answered": 4}
    before = await settled(town)
    await writes(town, dung)
    await answers(town, asks[chi])
    assert await settled(town) == before, "said once"


async def test_an_answer_to_an_offer_or_a_word_of_duty_is_one_to_the_drill(town: Town) -> None:
    an, binh = await enrol(town, 2)
    asks = await begun(town)
    await left(town, asks)
    _, job_id = await town.filed()
    responder = await town.pool.fetchval("select id from responders where contact_point_id = $1", an)
    (offer,) = await town.offered(job_id, [responder])
    await town.replies(offer, Answer.DECLINE)
    assert (await town.offer(offer))["status"] == OfferStatus.DECLINED
    now = await town.now()
    body = DutySaid(city="hanoi", contact_point_id=binh, duty=Duty.OFF, received_at=now)
    await town.handle([Event(type=EventType.DUTY_SAID, subject=binh, version=1, key=binh, body=body, time=now)])
    await clock(town, AFTER)
    assert await counts(town) == {"answered": 2}
    assert await out(town) == set()


async def test_a_carrier_that_was_down_counts_against_nobody(town: Town) -> None:
    never, late, refused, dead = await enrol(town, 4)
    asks = {ask["contact_point_id"]: ask for ask in await begun(town)}
    now = await town.now()
    failed = EventType.MESSAGE_FAILED
    await town.handle([report(failed, asks[refused], at=now, reason=FailureReason.TOO_LATE)])
    await town.handle([report(failed, asks[dead], at=now, reason=FailureReason.UNDELIVERABLE)])
    await clock(town, at(5, 10))
    await left(town, [asks[late]])
    await clock(town, AFTER)
    assert await counts(town) == {"silent": 1, "unsent": 3}
    assert await out(town) == {dead}
    assert never not in await out(town)


async def test_a_network_that_loses_everything_cannot_empty_a_ward(town: Town) -> None:
    await enrol(town, 10)
    await left(town, await begun(town, Rules(days=1, most_out=0.2, least_answered=0.0)))
    await clock(town, AFTER)
    assert await counts(town) == {"silent": 2, "spared": 8}
    assert len(await out(town)) == 2


async def test_when_hardly_anybody_answers_it_is_the_drill_that_failed(town: Town) -> None:
    phones = await enrol(town, 10)
    asks = await begun(town, Rules(days=1, most_out=0.5, least_answered=0.2))
    await left(town, asks)
    await answers(town, next(ask for ask in asks if ask["contact_point_id"] == phones[0]))
    await clock(town, AFTER)
    assert await counts(town) == {"answered": 1, "spared": 9}
    assert await out(town) == set()


async def test_the_same_month_again_changes_nothing_and_another_month_begins_anew(town: Town) -> None:
    phones = await enrol(town, 2)
    asks = await begun(town)
    before = await drills.status(town.pool, "hanoi")
    assert await drills.start(town.pool, "hanoi", Rules(days=3)) == before
    await left(town, asks)
    await clock(town, AFTER)
    assert len(await out(town)) == 1, "half of the ward at most"
    assert (await drills.start(town.pool, "hanoi", RULES))["status"] == "over", "this month's is over"
    await clock(town, at(2, 9, 0).replace(month=4))
    await drills.start(town.pool, "hanoi", RULES)
    await town.fire()
    await town.later(600)
    again = await town.pool.fetch("select contact_point_id from drill_asks where status = 'asked'")
    assert {row[0] for row in again} == set(phones), "also who is out: they may come back"


async def test_a_stopped_drill_asks_nobody_counts_nobody_out_and_goes_on(town: Town) -> None:
    await enrol(town, 3)
    with pytest.raises(NotFound):
        await drills.stop(town.pool, "hanoi")
    await drills.start(town.pool, "hanoi", RULES)
    await town.fire()
    await left(town, [dict(row) for row in await town.pool.fetch("select * from drill_asks where status = 'asked'")])
    stopped = await drills.stop(town.pool, "hanoi")
    assert (stopped["status"], stopped["counts"]) == ("stopped", {"over": 1, "planned": 2})
    assert await drills.stop(town.pool, "hanoi") == stopped
    await town.later(3600)
    assert await counts(town) == {"over": 1, "planned": 2}
    await drills.start(town.pool, "hanoi", RULES)
    for _ in range(3):
        await town.later(600)
    assert await counts(town) == {"over": 1, "asked": 2}
    await clock(town, AFTER)
    assert await out(town) == set(), "those two never left"


async def test_a_step_that_comes_twice_or_late_asks_nobody_twice(town: Town) -> None:
    await enrol(town, 5)
    await begun(town)
    assert len(await town.events("drill.asked")) == 5
    await town.pool.execute(
        "insert into timers (id, kind, subject, due_at, guard)"
        " select gen_random_uuid(), 'drill', id, transport.app_clock(), step from drills on conflict do nothing"
    )
    await town.fire()
    assert len(await town.events("drill.asked")) == 5


async def test_an_answer_from_another_phone_is_none(town: Town) -> None:
    an, binh = await enrol(town, 2)
    asks = {ask["contact_point_id"]: ask for ask in await begun(town)}
    await left(town, list(asks.values()))
    await answers(town, asks[an], phone=binh)
    assert await counts(town) == {"asked": 2}


async def test_somebody_erased_in_between_is_not_asked(town: Town) -> None:
    await enrol(town, 2)
    await drills.start(town.pool, "hanoi", RULES)
    await town.pool.execute("update contact_points set address = null, confirmed_at = null")
    await town.later(0)
    await town.later(timedelta(minutes=20).total_seconds())
    assert await town.events("drill.asked") == []
    assert await counts(town) == {"over": 2}
