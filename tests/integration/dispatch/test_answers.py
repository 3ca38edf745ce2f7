"""First accept wins: on a real database, over both doors, at the same moment."""

import asyncio
import os
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from dispatch.jobs.offer import OfferClosed
from dispatch.roster.responder import CapacityFull
from dispatch.rows import offer_of
from shared.errors import Refused
from shared.events.messages import Answer, DeclineReason
from tests.integration.dispatch.conftest import OPERATOR, Town, entry
from tests.support.dispatching import reply

ROUNDS = int(os.environ.get("ACCEPT_ROUNDS", "2"))  # 200 for the proof; two keep the run short
CROWD = 50


async def accepts(town: Town, offer_id: UUID, *, by_message_at: datetime | None = None) -> str:
    """What the API says: won, or the reason why not; an answer by message gets no answer here."""
    if by_message_at:
        await town.replies(offer_id, Answer.ACCEPT, received_at=by_message_at)
        return "answered"
    try:
        await town.answers.accept(offer_id, OPERATOR)
    except Refused as error:
        return error.reason
    return "won"


@pytest.mark.parametrize("_round", range(ROUNDS))
async def test_fifty_accepts_at_the_same_moment_give_one_winner_and_forty_nine_are_told(town: Town, _round: int) -> None:
    crowd = await town.enrol(*(entry(number) for number in range(CROWD)))
    _, job_id = await town.filed()
    offers = await town.offered(job_id, crowd)
    at = await town.now()
    doors = [None if place % 2 else at for place in range(CROWD)]
    results = await asyncio.gather(*(accepts(town, offer, by_message_at=door) for offer, door in zip(offers, doors, strict=True)))
    assert results.count("won") <= 1
    assert await town.statuses(job_id) == {"accepted": 1, "withdrawn": CROWD - 1}
    withdrawn = await town.events("offer.withdrawn")
    assert len({event["recipients"][0]["contact_point_id"] for event in withdrawn}) == CROWD - 1
    assert len(withdrawn) == CROWD - 1  # nobody is told twice
    assert len(await town.events("assignment.accepted")) == 1
    assert await town.pool.fetchval("select sum(load) from responders") == 1


async def test_versions_have_no_gap_and_each_event_carries_its_own(town: Town) -> None:
    crowd = await town.enrol(*(entry(number) for number in range(3)))
    _, job_id = await town.filed()
    first, *_ = await town.offered(job_id, crowd)
    await town.answers.accept(first, OPERATOR)
    events = await town.events()
    assert [event["version"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["job"]["version"] == event["version"] for event in events)
    assert (await town.job(job_id))["version"] == len(events)


async def test_capacity_is_never_exceeded_when_many_jobs_are_accepted_at_once(town: Town) -> None:
    """One phone has one open question, so the others are late yeses to expired offers: all at once, two places."""
    (team,) = await town.enrol(entry(1, capacity=2))
    offers = []
    for _ in range(6):
        _, job_id = await town.filed()
        offers += await town.offered(job_id, [team])
        await town.later(1000)
    results = await asyncio.gather(*(accepts(town, offer) for offer in offers))
    assert results.count("won") == 2
    assert results.count("full") == 4
    assert await town.pool.fetchval("select load from responders") == 2


async def test_the_database_itself_refuses_a_load_above_capacity(town: Town) -> None:
    await town.enrol(entry(1))
    with pytest.raises(asyncpg.CheckViolationError):
        await town.pool.execute("update responders set load = 2")


async def test_a_late_yes_wins_a_job_that_is_still_open(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.later(400)
    assert (await town.offer(offer))["status"] == "expired"
    await town.replies(offer, Answer.ACCEPT)
    assert (await town.job(job_id))["status"] == "accepted"


async def test_a_late_yes_to_a_taken_job_is_thanked_once(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed()
    (late,) = await town.offered(job_id, [an])
    await town.later(400)
    (winner,) = await town.offered(job_id, [binh])
    await town.replies(winner, Answer.ACCEPT)
    event = await town.replies(late, Answer.ACCEPT)
    thanks = [found for found in await town.events("offer.withdrawn") if found["reason"] == "already_taken"]
    assert [found["offer"]["offer_id"] for found in thanks] == [str(late)]
    before = len(await town.events())
    await town.handle([event])
    await town.handle([event])
    assert len(await town.events()) == before


async def test_an_answer_that_crossed_our_word_on_the_way_is_not_told_again(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed()
    mine, yours = await town.offered(job_id, [an, binh])
    before = await town.now() - timedelta(seconds=1)
    await town.answers.accept(mine, OPERATOR)
    await town.replies(yours, Answer.ACCEPT, received_at=before)
    assert [event["reason"] for event in await town.events("offer.withdrawn")] == ["taken"]
    await town.replies(yours, Answer.ACCEPT, received_at=await town.now() + timedelta(seconds=60))
    assert [event["reason"] for event in await town.events("offer.withdrawn")] == ["taken", "already_taken"]


async def test_saying_the_same_thing_twice_changes_nothing(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.answers.accept(offer, OPERATOR)
    await town.answers.en_route(job_id, OPERATOR)
    before = len(await town.events())
    await town.answers.accept(offer, OPERATOR)
    await town.answers.en_route(job_id, OPERATOR)
    assert len(await town.events()) == before


async def test_somebody_without_a_free_place_is_refused_and_the_job_waits_on(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, first = await town.filed()
    (early,) = await town.offered(first, [an])
    await town.later(400)
    _, second = await town.filed()
    (offer,) = await town.offered(second, [an])
    await town.answers.accept(offer, OPERATOR)
    with pytest.raises(CapacityFull):
        await town.answers.accept(early, OPERATOR)
    assert (await town.job(first))["status"] == "pending"


async def test_another_phone_cannot_answer_somebody_elses_offer(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed()
    mine, yours = await town.offered(job_id, [an, binh])
    stranger = (await town.offer(yours))["contact_point_id"]
    event = await town.replies(mine, Answer.DECLINE)
    forged = event.body.model_copy(update={"contact_point_id": stranger, "answer": Answer.ACCEPT})
    with pytest.raises(OfferClosed):
        await town.answers.accept(mine, OPERATOR)
    await town.handle([type(event)(type=event.type, subject=stranger, version=2, key=stranger, body=forged, time=event.time)])
    assert (await town.job(job_id))["status"] == "offered"


async def test_why_somebody_said_no_is_kept_and_told(town: Town) -> None:
    _, job_id = await town.filed()
    [first] = await town.offered(job_id, await town.enrol(entry(1)))
    await town.replies(first, Answer.DECLINE, reason=DeclineReason.FAR)
    assert await town.pool.fetchval("select reason from offers where status = 'declined'") == "far"
    assert [event["reason"] for event in await town.events("offer.declined")] == ["far"]


async def test_who_is_late_says_so_and_no_clock_moves(town: Town) -> None:
    _, job_id = await town.filed()
    [first] = await town.offered(job_id, await town.enrol(entry(1)))
    await town.replies(first, Answer.LATE, minutes=25)
    assert await town.events("assignment.late") == [], "of what nobody has accepted there is nothing to be late for"
    await town.replies(first, Answer.ACCEPT)
    clocks = "select kind, due_at from timers where subject = $1 order by kind"
    due = await town.pool.fetch(clocks, job_id)
    await town.replies(first, Answer.LATE, minutes=25)
    assert due == await town.pool.fetch(clocks, job_id) != []
    await town.replies(first, Answer.ON_SCENE)
    await town.replies(first, Answer.LATE, minutes=30)  # who is there is not late
    [told] = await town.events("assignment.late")
    assert told["minutes"] == 25
    assert {one["role"] for one in told["recipients"]} == {"resident", "responder"}


async def test_a_no_is_remembered_and_a_yes_counts_into_the_day(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed()
    first, second = await town.offered(job_id, [an, binh])
    await town.replies(first, Answer.DECLINE)
    await town.replies(second, Answer.ACCEPT)
    rows = await town.pool.fetch("select id, declined_at, offers_today, accepted_today from responders")
    found = {row["id"]: (row["declined_at"] is not None, row["offers_today"], row["accepted_today"]) for row in rows}
    assert found == {an: (True, 1, 0), binh: (False, 1, 1)}


async def test_a_no_after_the_yes_gives_it_back_though_both_were_read_late_and_once(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    said = await town.now()
    await town.later(60)  # both texts have waited, and dispatch reads them in one go
    asked = offer_of(await town.offer(offer))
    yes = reply(asked, Answer.ACCEPT, received_at=said + timedelta(seconds=1))
    no = reply(asked, Answer.DECLINE, received_at=said + timedelta(seconds=2))
    await town.handle([yes, no])
    assert (await town.offer(offer))["status"] == "released"
    assert (await town.job(job_id))["responder_id"] is None
    [released] = await town.events("assignment.released")
    assert {one["role"] for one in released["recipients"]} == {"resident", "responder"}
    before = len(await town.events())
    await town.handle([no, yes])
    await town.replies(offer, Answer.DECLINE)
    assert len(await town.events()) == before
    assert await town.pool.fetchval("select load from responders") == 0


async def test_a_no_that_was_said_before_an_operator_took_down_the_yes_gives_nothing_back(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    before = await town.now()
    await town.answers.accept(offer, OPERATOR)
    await town.replies(offer, Answer.DECLINE, received_at=before)
    assert (await town.job(job_id))["status"] == "accepted"
    await town.replies(offer, Answer.DECLINE)
    assert (await town.offer(offer))["status"] == "released"


async def test_a_yes_after_a_no_is_told_that_others_are_asked(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed()
    refused, _ = await town.offered(job_id, [an, binh])
    await town.replies(refused, Answer.DECLINE)
    await town.replies(refused, Answer.ACCEPT)
    [told] = await town.events("offer.withdrawn")
    assert (told["reason"], told["offer"]["offer_id"], len(told["recipients"])) == ("moved_on", str(refused), 1)
    assert (await town.job(job_id))["status"] == "offered"
