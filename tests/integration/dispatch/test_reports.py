"""What notify says of messages that left: leases begin, texts are counted, and said twice it is heard once."""

from datetime import timedelta

from dispatch.consumer import HANDLERS, WANTED
from shared.events.contract import Role
from shared.events.registry import EventType
from tests.integration.dispatch.conftest import Town, entry
from tests.support.dispatching import reported


async def test_a_message_that_left_starts_the_lease_moves_the_timer_and_counts_once(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer_id,) = await town.offered(job_id, [an])
    offer, at = await town.offer(offer_id), await town.now() + timedelta(seconds=5)
    event = reported(EventType.MESSAGE_SUBMITTED, offer_id, offer["contact_point_id"], at=at)
    await town.handle([event, event])
    await town.handle([event])
    ends = at + timedelta(seconds=180)
    assert ((await town.offer(offer_id))["submitted_at"], (await town.offer(offer_id))["expires_at"]) == (at, ends)
    assert await town.pool.fetchval("select due_at from timers where kind = 'offer_expiry' and subject = $1", offer_id) == ends
    assert await town.pool.fetchval("select sent_at from allowances") == [at]


async def test_messages_of_one_phone_in_one_batch_are_counted_newest_first(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    point = await town.pool.fetchval("select contact_point_id from responders where id = $1", an)
    first = await town.now()
    moments = [first + timedelta(seconds=number) for number in range(3)]
    _, job_id = await town.filed()
    (offer_id,) = await town.offered(job_id, [an])
    await town.handle([reported(EventType.MESSAGE_SUBMITTED, offer_id, point, at=at) for at in moments])
    assert await town.pool.fetchval("select sent_at from allowances") == moments[::-1]
    assert (await town.offer(offer_id))["submitted_at"] == first


async def test_texts_to_residents_and_calls_are_not_ours_to_count(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer_id,) = await town.offered(job_id, [an])
    offer = await town.offer(offer_id)
    resident = reported(EventType.MESSAGE_SUBMITTED, None, job_id)
    call = reported(EventType.MESSAGE_SUBMITTED, offer_id, offer["contact_point_id"], channel="call")
    await town.handle([resident, call])
    assert await town.pool.fetchval("select count(*) from allowances") == 0
    assert await town.pool.fetchval("select count(*) from inbox") == 3


async def test_what_answers_a_helper_s_own_words_keeps_nobody_from_asking_them(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    point = await town.pool.fetchval("select contact_point_id from responders where id = $1", an)
    about = {"role": Role.RESPONDER, "purpose": "later_responder", "answers": True}
    later = await town.now() + timedelta(hours=3)
    await town.handle([reported(EventType.MESSAGE_SUBMITTED, None, point, **about) for _ in range(5)])
    await town.handle([reported(EventType.MESSAGE_FAILED, None, point, reason="limit", retry_at=later, **about)])
    assert await town.pool.fetchval("select count(*) from allowances") == 0


async def test_what_a_helper_gets_as_a_resident_keeps_nobody_from_asking_them(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    point = await town.pool.fetchval("select contact_point_id from responders where id = $1", an)
    about = {"role": Role.RESIDENT, "purpose": "filed"}
    later = await town.now() + timedelta(hours=3)
    await town.handle([reported(EventType.MESSAGE_SUBMITTED, None, point, **about) for _ in range(5)])
    await town.handle([reported(EventType.MESSAGE_FAILED, None, point, reason="limit", retry_at=later, **about)])
    assert await town.pool.fetchval("select count(*) from allowances") == 0
    _, job_id = await town.filed()
    shown = await town.send("POST", f"/v1/jobs/{job_id}/assign", {"responder": "V-1", "dry_run": True})
    assert "had_enough_messages" not in shown.json()["warnings"]


def test_every_event_that_changes_something_here_is_wanted() -> None:
    assert set(HANDLERS) < WANTED
    assert EventType.MESSAGE_DELIVERED not in WANTED
