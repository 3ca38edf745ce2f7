"""Phones at which nothing arrives are asked nothing, and are back by themselves with the next word from there."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.matching.policy import Policy
from shared.events.contract import ChannelKind
from shared.events.envelope import Event
from shared.events.messages import Answer, MessageReceived, TextsSaid
from shared.events.registry import EventType
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.matching_rig import matching
from tests.support.dispatching import reported, sealed
from tests.support.eventually import eventually


async def point_of(town: Town, responder_id: UUID) -> UUID:
    found: UUID = await town.pool.fetchval("select contact_point_id from responders where id = $1", responder_id)
    return found


async def fails(town: Town, responder_id: UUID, *, times: int = 1, reason: str = "undeliverable") -> None:
    """So many messages to this phone do not arrive."""
    point, now = await point_of(town, responder_id), await town.now()
    await town.handle(
        [reported(EventType.MESSAGE_FAILED, None, point, at=now, reason=reason, message_id=uuid4()) for _ in range(times)]
    )


async def writes(town: Town, responder_id: UUID) -> None:
    """Something that answers no question."""
    point, now = await point_of(town, responder_id), await town.now()
    body = MessageReceived(city="hanoi", contact_point_id=point, channel=ChannelKind.SMS, text=sealed(), received_at=now)
    await town.handle([Event(type=EventType.MESSAGE_RECEIVED, subject=point, version=1, key=point, body=body, time=now)])


async def unreachable(town: Town) -> list[str]:
    rows = await town.pool.fetch(
        "select unreachable_why from contact_points where unreachable_at is not null order by unreachable_at"
    )
    return [row[0] for row in rows]


async def test_after_three_in_a_row_nobody_asks_there_until_a_word_comes(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    await fails(town, an, times=2)
    assert await unreachable(town) == []
    await fails(town, an)
    assert await unreachable(town) == ["undelivered"]
    _, job_id = await town.filed()
    async with matching(town.pool, policy=Policy(retry_seconds=0.05)):
        await eventually(lambda: town.pool.fetchval("select count(*) from decisions"))
        shown: dict[str, Any] = (await town.send("GET", f"/v1/jobs/{job_id}/decision")).json()
        assert shown["decisions"][0]["exclusions"] == {"unreachable": 1, "not_able": 0}
        assert shown["decisions"][0]["sentence"]["vi"] == "Chưa hỏi được ai: 1 người không liên lạc được qua điện thoại."
        await writes(town, an)
        await eventually(lambda: town.pool.fetchval("select count(*) from offers where kind = 'visit'"))
    assert await unreachable(town) == []


async def test_whoever_could_not_be_asked_because_nothing_left_is_asked_when_it_does_again(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    now, point = await town.now(), await point_of(town, an)
    again = now + timedelta(minutes=2)
    await town.handle([reported(EventType.MESSAGE_FAILED, offer, point, at=now, reason="outage", retry_at=again)])
    assert (await town.offer(offer))["status"] == "undeliverable"
    async with matching(town.pool, policy=Policy(retry_seconds=0.05)):
        await eventually(lambda: town.pool.fetchval("select count(*) = 2 from decisions"))
        shown: dict[str, Any] = (await town.send("GET", f"/v1/jobs/{job_id}/decision")).json()
        assert {"had_enough_messages": 1, "not_able": 0} in [one["exclusions"] for one in shown["decisions"]], "not in vain now"
        await town.later(121)
        await eventually(lambda: town.pool.fetchval("select true from offers where responder_id = $1 and status = 'pending'", an))


@pytest.mark.parametrize("answer", [Answer.ACCEPT, Answer.DECLINE])
async def test_an_answer_in_between_ends_the_row(town: Town, answer: Answer) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await fails(town, an, times=2)
    await town.replies(offer, answer)
    await fails(town, an, times=2)
    assert await unreachable(town) == []


async def test_a_late_yes_shows_that_somebody_is_there_even_when_the_job_is_gone(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed()
    first, second = await town.offered(job_id, [an, binh])
    await fails(town, an, times=3)
    await town.replies(second, Answer.ACCEPT)
    await town.replies(first, Answer.ACCEPT)
    assert (await town.job(job_id))["responder_id"] == binh
    assert await unreachable(town) == []


async def test_what_lies_days_back_is_no_row_any_more(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    await fails(town, an, times=2)
    await town.clock_to(await town.now() + timedelta(days=3, seconds=1))
    await fails(town, an)
    assert await unreachable(town) == []


@pytest.mark.parametrize("reason", ["limit", "quiet_hours", "too_late", "erased", "unknown"])
async def test_only_what_could_not_be_delivered_counts(town: Town, reason: str) -> None:
    (an,) = await town.enrol(entry(1))
    await fails(town, an, times=5, reason=reason)
    assert await unreachable(town) == []


async def test_the_same_report_twice_counts_once(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    event = reported(EventType.MESSAGE_FAILED, None, await point_of(town, an), at=await town.now(), reason="undeliverable")
    for _ in range(3):
        await town.handle([event])
    assert await town.pool.fetchval("select undelivered from contact_points") == 1


async def test_a_drill_without_an_answer_takes_them_out_and_a_confirmation_brings_them_back(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    point = await point_of(town, an)
    path = f"/v1/contact-points/{point}/drill"
    assert (await town.send("POST", path, {"answered": False}, role="ward_lead")).status_code == 200
    assert await unreachable(town) == ["drill"]
    assert (await town.send("GET", "/v1/responders/V-1")).json()["unreachable_why"] == "drill"
    [line] = (await town.send("GET", "/v1/roster/quality?commune=00004")).json()["lines"]
    assert (line["finding"], line["days"]) == ("phone_unreachable", 0)
    assert (await town.send("POST", f"/v1/contact-points/{point}/confirm")).status_code == 200
    assert await unreachable(town) == []
    await town.send("POST", path, {"answered": False})
    await town.send("POST", path, {"answered": True})
    assert await unreachable(town) == []
    assert (await town.send("POST", f"/v1/contact-points/{uuid4()}/drill", {"answered": True})).status_code == 404
    assert (await town.send("POST", f"/v1/contact-points/{uuid4()}/drill", {"answered": False})).status_code == 404
    assert (await town.send("POST", path, {"answered": False}, role="adapter")).status_code == 403


async def test_the_database_refuses_what_the_index_has_not_heard(town: Town) -> None:
    near, far = await town.enrol(entry(1), entry(2))
    async with matching(town.pool, policy=Policy(retry_seconds=0.05)):
        await town.pool.execute(
            """update contact_points
               set unreachable_at = transport.app_clock(), unreachable_why = 'drill', updated_at = '2020-01-01'
               where id = (select contact_point_id from responders where id = $1)""",
            near,
        )
        _, job_id = await town.filed()
        await eventually(lambda: town.pool.fetchval("select count(*) from offers where job_id = $1", job_id))
    assert await town.pool.fetchval("select array_agg(responder_id) from offers") == [far]


async def test_by_hand_they_may_be_asked_and_it_is_said(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    await fails(town, an, times=3)
    _, job_id = await town.filed()
    answer = await town.send("POST", f"/v1/jobs/{job_id}/assign", {"responder": "V-1", "dry_run": False})
    assert (answer.status_code, answer.json()["warnings"]) == (200, ["unreachable"])
    assert "không liên lạc được qua điện thoại" in answer.json()["sentence"]["vi"]


async def wants_texts(town: Town, responder_id: UUID, *, wanted: bool) -> None:
    point, now = await point_of(town, responder_id), await town.now()
    body = TextsSaid(city="hanoi", contact_point_id=point, wanted=wanted, received_at=now)
    await town.handle([Event(type=EventType.TEXTS_SAID, subject=point, version=1, key=point, body=body, time=now)])


async def test_who_wants_no_texts_is_out_until_they_want_them_again(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    await wants_texts(town, an, wanted=False)
    assert await unreachable(town) == ["stopped"]
    await writes(town, an)  # anything else does not bring them back
    await fails(town, an, times=3)
    point = await point_of(town, an)
    assert (await town.send("POST", f"/v1/contact-points/{point}/confirm")).status_code == 200
    assert await unreachable(town) == ["stopped"], "nor does somebody who rings them"
    lines: list[dict[str, Any]] = (await town.send("GET", "/v1/roster/quality?commune=00004")).json()["lines"]
    assert "phone_stopped" in {line["finding"] for line in lines}, "the list of the ward lead"
    await wants_texts(town, an, wanted=True)
    assert await unreachable(town) == []
