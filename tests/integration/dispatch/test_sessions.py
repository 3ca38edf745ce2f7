"""Several residents of one place are invited to one hour: asked, helped by one, and each goes on from what came of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.faults.group_watch import GroupWatch
from dispatch.faults.grouping import GroupRules
from shared.events.contract import Place, Priority, Recipient, Role, Sealed
from shared.events.envelope import Event
from shared.events.messages import Answer, ReplyReceived
from shared.events.registry import EventType
from shared.events.requests import RequestState
from shared.postgres.transaction import transaction
from tests.integration.dispatch.conftest import Town, entry

HOUR = 3600.0
FAR = Place(lat=21.06, lon=105.834)


async def filed(town: Town, count: int = 3, **changes: Any) -> list[tuple[RequestState, UUID]]:
    """Residents with keys of their own: where they meet is sealed for each."""
    found = []
    for _ in range(count):
        phone = f"+8490{uuid4().int % 10_000_000:07d}"
        async with transaction(town.pool, "dispatch.roster") as connection:
            [known] = await town.vault.contact_points(connection, [phone])
        address = known.key.seal(phone.encode(), purpose="phone")
        resident = Recipient(role=Role.RESIDENT, contact_point_id=known.contact_point_id, address=address)
        details = Sealed(key_id=known.key.id, box=known.key.seal(b"{}", purpose="details").box)
        found.append(await town.filed(priority=Priority.P3, resident=resident, details=details, **changes))
    return found


async def made(
    town: Town, jobs: list[UUID], hours: float = 4, changes: dict[str, Any] | None = None
) -> tuple[int, dict[str, Any]]:
    at = (await town.now() + timedelta(hours=hours)).isoformat()
    body = {"jobs": [str(job) for job in jobs], "at": at, "venue": "Nhà văn hóa tổ 5", **(changes or {})}
    answer = await town.send("POST", "/v1/sessions", body, role="ward_lead")
    return answer.status_code, answer.json()


async def invited(town: Town, count: int = 3) -> tuple[UUID, list[tuple[RequestState, UUID]]]:
    people = await filed(town, count)
    status, told = await made(town, [job for _, job in people])
    assert status == 201, told
    return UUID(told["id"]), people


async def says(town: Town, request: RequestState, job_id: UUID, answer: Answer) -> None:
    asked = [event for event in await town.events("job.questioned") if event["job"]["job_id"] == str(job_id)]
    contact = request.resident.contact_point_id
    body = ReplyReceived(
        city="hanoi",
        contact_point_id=contact,
        request_id=request.request_id,
        job_id=job_id,
        offer_id=UUID(asked[-1]["offer"]["offer_id"]),
        answer=answer,
        received_at=await town.now(),
    )
    await town.handle(
        [Event(type=EventType.REPLY_RECEIVED, subject=contact, version=1, key=contact, body=body, time=body.received_at)]
    )


async def taken(town: Town, group: UUID) -> UUID:
    """Two hours before, the matcher asks somebody, who says yes."""
    (an,) = await town.enrol(entry(1))
    await town.later(2 * HOUR + 5)
    head = await town.pool.fetchval("select id from jobs where group_id = $1 and not rides", group)
    (offer,) = await town.offered(head, [an])
    await town.replies(offer, Answer.ACCEPT)
    return offer


async def statuses(town: Town, people: list[tuple[RequestState, UUID]]) -> list[str]:
    return [(await town.job(job))["status"] for _, job in people]


async def test_each_is_told_where_and_when_and_asked_and_waits(town: Town) -> None:
    group, people = await invited(town)
    asked = await town.events("job.questioned")
    assert {UUID(event["job"]["job_id"]) for event in asked} == {job for _, job in people}
    for event in asked:
        assert (event["offer"]["kind"], event["until"], event["reason"]) == ("session", event["job"]["session_at"], "session")
        async with transaction(town.pool, "dispatch.roster") as connection:
            keys = await town.vault.keys(connection, [UUID(event["job"]["venue"]["key_id"])])
        [key] = keys.values()
        assert key.open(Sealed(**event["job"]["venue"]), purpose="venue").decode() == "Nhà văn hóa tổ 5"
    rows = await town.pool.fetch("select pause, rides, shared_by from jobs where group_id = $1", group)
    assert {row["pause"] for row in rows} == {"session"}
    assert sorted(row["rides"] for row in rows) == [False, True, True]
    stored = await town.pool.fetchval(
        "select string_agg(body::text, ' ') from (select encode(body, 'escape') as body from outbox) o"
    )
    assert "Nhà văn" not in stored


async def test_one_yes_covers_all_and_each_has_an_outcome_of_its_own(town: Town) -> None:
    group, people = await invited(town)
    await says(town, *people[0], Answer.COMES)
    [shown] = (await town.send("GET", "/v1/groups?state=confirmed")).json()["groups"]
    assert sorted(str(job["coming"]) for job in shown["jobs"]) == ["None", "None", "True"]
    assert len({job["session_at"] for job in shown["jobs"]}) == 1
    offer = await taken(town, group)
    assert await statuses(town, people) == ["accepted"] * 3
    assert await town.pool.fetchval("select sum(load) from responders") == 1
    made_offer = [event for event in await town.events("offer.made") if event["offer"]["offer_id"] == str(offer)]
    assert (made_offer[0]["job"]["shared_by"], made_offer[0]["job"]["session_at"] is not None) == (3, True)
    assert {event["coming"] for event in await town.events("assignment.accepted")} == {1}
    for (_, job), outcome in zip(people, ("solved", "absent", "solved"), strict=True):
        answer = await town.send("POST", f"/v1/assignments/{job}/done", {"outcome": outcome})
        assert answer.status_code == 200, answer.text
    assert await statuses(town, people) == ["done", "pending", "done"]
    missed = await town.job(people[1][1])
    assert (missed["group_id"], missed["outcome"], missed["filed_at"]) == (None, None, people[1][0].filed_at)
    assert await town.pool.fetchval("select sum(load) from responders") == 0


async def test_who_says_no_is_helped_at_home_and_the_helper_hears_of_fewer(town: Town) -> None:
    group, people = await invited(town)
    await says(town, *people[2], Answer.STAYS_AWAY)
    left = await town.job(people[2][1])
    assert (left["group_id"], left["pause"], left["status"]) == (None, None, "pending")
    offer = await taken(town, group)
    await says(town, *people[1], Answer.STAYS_AWAY)
    assert await statuses(town, people) == ["accepted", "pending", "pending"]
    released = await town.events("assignment.released")
    assert [(event["reason"], [one["role"] for one in event["recipients"]]) for event in released] == [
        ("not_coming", ["resident", "responder"])
    ]
    assert (await town.offer(offer))["status"] == "accepted"


async def test_a_session_that_is_cancelled_puts_every_job_back_with_its_clock(town: Town) -> None:
    group, people = await invited(town)
    await taken(town, group)
    assert (await town.send("POST", f"/v1/groups/{group}/split")).status_code == 200
    assert await statuses(town, people) == ["pending"] * 3
    rows = [await town.job(job) for _, job in people]
    assert {(row["group_id"], row["pause"], row["rides"]) for row in rows} == {(None, None, False)}
    assert [row["filed_at"] for row in rows] == [request.filed_at for request, _ in people]
    assert all(row["held_seconds"] == pytest.approx(2 * HOUR, abs=10) for row in rows)
    assert await town.pool.fetchval("select sum(load) from responders") == 0


async def test_nobody_found_means_that_everybody_hears_so_in_time(town: Town) -> None:
    _, people = await invited(town)
    await town.later(2 * HOUR + 5)
    await town.later(1.5 * HOUR)
    ungrouped = await town.events("job.ungrouped")
    assert {(event["reason"], UUID(event["job"]["job_id"])) for event in ungrouped} == {("no_helper", job) for _, job in people}
    assert await statuses(town, people) == ["pending"] * 3


async def test_a_word_for_the_whole_session_closes_nobody(town: Town) -> None:
    group, people = await invited(town)
    offer_id = await taken(town, group)
    offer = await town.offer(offer_id)
    said = ReplyReceived(
        city="hanoi",
        contact_point_id=offer["contact_point_id"],
        request_id=offer["request_id"],
        job_id=offer["job_id"],
        offer_id=offer_id,
        answer=Answer.DONE,
        whole=True,
        received_at=await town.now(),
    )
    key = offer["contact_point_id"]
    await town.handle([Event(type=EventType.REPLY_RECEIVED, subject=key, version=9, key=key, body=said, time=said.received_at)])
    assert await statuses(town, people) == ["accepted"] * 3
    [wanted] = await town.events("assignment.outcome_wanted")
    assert [one["role"] for one in wanted["recipients"]] == ["responder"]


async def test_a_proposed_group_becomes_a_session(town: Town) -> None:
    people = await filed(town, 3)
    await GroupWatch(town.pool, "hanoi", GroupRules()).look()
    proposed = await town.pool.fetchval("select id from groups where status = 'proposed'")
    status, told = await made(town, [], changes={"group": str(proposed)})
    assert (status, len(told["jobs"])) == (201, 3)
    await GroupWatch(town.pool, "hanoi", GroupRules()).look()
    assert await town.pool.fetchval("select status from groups where id = $1", proposed) == "over"
    assert {(await town.job(job))["pause"] for _, job in people} == {"session"}


async def test_the_desk_answers_for_whoever_was_called(town: Town) -> None:
    _, people = await invited(town)
    comes = await town.send("POST", f"/v1/jobs/{people[0][1]}/comes", {"comes": True})
    assert (comes.status_code, comes.json()["coming"]) == (200, True)
    stays = await town.send("POST", f"/v1/jobs/{people[1][1]}/comes", {"comes": False})
    assert (stays.status_code, stays.json()["group_id"]) == (200, None)
    again = await town.send("POST", f"/v1/jobs/{people[1][1]}/comes", {"comes": True})
    assert (again.status_code, again.json()["reason"]) == (409, "not_asked")


async def test_what_cannot_be_is_refused_and_nothing_changes(town: Town) -> None:
    people = await filed(town, 2)
    [(_, far)] = await filed(town, 1, place=FAR)
    jobs = [job for _, job in people]
    for body, reason in (
        ({"jobs": [str(jobs[0])]}, "session_size"),
        ({"jobs": [str(jobs[0]), str(far)]}, "too_far"),
        ({"at": (await town.now() + timedelta(minutes=5)).isoformat()}, "too_soon"),
    ):
        status, told = await made(town, jobs, changes=body)
        assert (status, told["reason"]) == (409, reason)
    for body in (
        {"venue": ""},
        {"venue": "xem evil chấm com"},
        {"venue": "gọi 0912 345 678"},
        {"jobs": []},
        {"at": "tomorrow"},
        {"group": str(uuid4())},
    ):
        assert (await made(town, jobs, changes=body))[0] == 422
    assert (await made(town, [uuid4(), jobs[0]]))[0] == 404
    assert await town.events("job.questioned") == []
    assert (await made(town, jobs))[0] == 201
    assert (await made(town, jobs))[1]["reason"] in {"job_not_waiting", "in_a_group"}
    assert isinstance(await town.now(), datetime)
