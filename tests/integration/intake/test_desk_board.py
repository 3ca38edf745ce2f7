"""The operators' board: what is open, what is next in danger first, with its clocks, its helper, its calls and what was heard."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.events.assignments import (
    AssignmentChanged,
    JobStatus,
    OfferKind,
    OfferState,
    OfferStatus,
    Outcome,
    ResponderKind,
    ResponderRef,
)
from shared.events.contract import ChannelKind, Role
from shared.events.envelope import Event
from shared.events.messages import CallChanged, FailureReason, MessageChanged
from shared.events.registry import EventType
from shared.events.requests import RequestState
from shared.ids import uuid7
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_board import Job, filed
from tests.support.databases import set_app_clock
from tests.support.desk import board, codes, item_of


def changed(event: Event, kind: EventType, *, offer: OfferState | None = None, **job: Any) -> Event:
    body = event.body
    assert isinstance(body, AssignmentChanged)
    return replace(event, type=kind, body=body.model_copy(update={"job": body.job.model_copy(update=job), "offer": offer}))


def offer(status: OfferStatus = OfferStatus.PENDING, offer_id: UUID | None = None) -> OfferState:
    return OfferState(
        offer_id=offer_id or uuid7(),
        kind=OfferKind.VISIT,
        status=status,
        wave=1,
        responder_id=uuid7(),
        contact_point_id=uuid7(),
        lease_seconds=300,
        not_after=datetime.now(UTC) + timedelta(minutes=20),
    )


def call(
    request: RequestState, version: int, *, due_in: float = 60, owner: str = "city_desk", id_: UUID, done: bool = False
) -> Event:
    body = CallChanged(
        call_id=id_,
        city=request.city,
        request_id=request.request_id,
        contact_point_id=request.resident.contact_point_id,
        purpose="visit_consent",
        outcome="told" if done else None,
        owner=owner,
        due_at=datetime.now(UTC) + timedelta(seconds=due_in),
    )
    kind = EventType.CALL_DONE if done else EventType.CALL_REQUESTED
    return Event(type=kind, subject=id_, version=version, key=request.request_id, body=body, time=datetime.now(UTC))


def text(request: RequestState, purpose: str, *, minutes: float, role: Role = Role.RESIDENT, failed: bool = False) -> Event:
    body = MessageChanged(
        message_id=uuid7(),
        city=request.city,
        request_id=request.request_id,
        offer_id=None,
        contact_point_id=request.resident.contact_point_id,
        role=role,
        purpose=purpose,
        channel=ChannelKind.SMS,
        at=request.filed_at + timedelta(minutes=minutes),
        reason=FailureReason.UNDELIVERABLE if failed else None,
    )
    kind = EventType.MESSAGE_FAILED if failed else EventType.MESSAGE_DELIVERED
    return Event(type=kind, subject=body.message_id, version=1, key=request.request_id, body=body, time=body.at)


async def test_what_is_next_in_danger_stands_first_and_what_is_over_leaves(desk: Desk) -> None:
    visit = await filed(desk, requester={"name": "An", "phone": "0912345671"})
    down = await filed(desk, category="system_outage", requester={"name": "Bình", "phone": "0912345672"})
    lost = await filed(desk, location=None, requester={"name": "Chi", "phone": "0912345673"})
    await desk.board.handle([Job(visit).says(JobStatus.PENDING), Job(down).says(JobStatus.PENDING)])
    assert await codes(desk) == [down.code, lost.code, visit.code]  # 5 minutes, 15 minutes, an hour of staffed time
    await desk.board.handle([Job(down, opened_after=2).says(JobStatus.DONE, Outcome.SOLVED)])
    assert await codes(desk) == [lost.code, visit.code]
    await desk.post(f"/v1/requests/{lost.code}/cancel")
    assert await codes(desk) == [visit.code]


async def test_clocks_are_absolute_and_count_on_the_clock_of_all(desk: Desk) -> None:
    request = await filed(desk, category="system_outage")
    await desk.board.handle([Job(request).says(JobStatus.PENDING)])
    before = await item_of(desk, request.code)
    assert [clock["what"] for clock in before["clocks"]] == ["accept", "arrival", "resolve"]
    await set_app_clock(desk.dsn, 400)
    after = await item_of(desk, request.code)
    assert after["danger_at"] == before["danger_at"] == before["clocks"][0]["ends_at"]
    assert 398 <= before["seconds_left"] - after["seconds_left"] <= 402
    assert after["seconds_left"] < 0  # five minutes to find somebody are over


async def test_who_has_it_is_named_to_operators_and_ops_see_only_that_somebody_has(desk: Desk) -> None:
    request = await filed(desk)
    async with desk.pool.acquire() as connection:
        (key,) = await desk.vault.new_keys(connection, [None])
    who = ResponderRef(
        responder_id=uuid7(), kind=ResponderKind.TEAM, contact_point_id=uuid7(), name=key.seal("Tổ số 4".encode(), purpose="name")
    )
    await desk.board.handle([changed(Job(request).says(JobStatus.ACCEPTED), EventType.ASSIGNMENT_ACCEPTED, responder=who)])
    item = await item_of(desk, request.code)
    assert item["who"] == {"kind": "team", "name": "Tổ số 4", "member": None, "unnamed": False, "by_phone": False}
    assert item["clocks"][0]["what"] == "arrival"
    assert item["decision"] == f"/v1/jobs/{item['job_id']}/decision"
    (seen,) = (await board(desk, role="ops"))["requests"]
    assert seen["who"]["kind"] == "team"
    assert seen["who"]["name"] is None


async def test_offers_that_may_still_be_answered_are_counted_down(desk: Desk) -> None:
    request = await filed(desk)
    job, first, second = Job(request), offer(), offer()
    await desk.board.handle(
        [changed(job.says(JobStatus.OFFERED), EventType.OFFER_MADE, offer=one) for one in (first, second)],
    )
    item = await item_of(desk, request.code)
    assert item["offers_out"] == 2
    assert item["clocks"][0]["what"] == "offer"
    no = first.model_copy(update={"status": OfferStatus.DECLINED})
    await desk.board.handle([changed(job.says(JobStatus.OFFERED), EventType.OFFER_DECLINED, offer=no)])
    assert (await item_of(desk, request.code))["offers_out"] == 1
    await desk.board.handle([job.says(JobStatus.CANCELLED)])
    assert await desk.count("offers_out") == 0


async def test_why_it_stands_still_and_who_was_asked_instead(desk: Desk) -> None:
    request = await filed(desk)
    until = datetime.now(UTC) + timedelta(hours=30)
    job = Job(request)
    up = changed(job.says(JobStatus.PENDING), EventType.JOB_ESCALATED, escalated_to="ward_lead")
    paused = changed(job.says(JobStatus.PENDING), EventType.CLOCK_PAUSED, pause="resident_later", paused_until=until)
    await desk.board.handle([up, paused])
    item = await item_of(desk, request.code)
    assert item["paused"]["reason"] == "resident_later"
    assert datetime.fromisoformat(item["danger_at"]) == until  # nobody can be late before then
    broken = changed(job.says(JobStatus.PENDING), EventType.SLA_BREACHED, escalated_to="deputy")
    assert isinstance(broken.body, AssignmentChanged)
    await desk.board.handle([replace(broken, body=broken.body.model_copy(update={"reason": "accept"}))])
    item = await item_of(desk, request.code)
    assert (item["escalated_to"], item["breached"]) == ("deputy", "accept")


async def test_the_last_thing_the_resident_heard_in_whatever_order_it_is_told(desk: Desk) -> None:
    request = await filed(desk)
    late, early = text(request, "accepted_resident", minutes=5), text(request, "filed", minutes=0)
    await desk.board.handle([late, text(request, "offer", minutes=9, role=Role.RESPONDER)])
    await desk.board.handle([early, text(request, "en_route_resident", minutes=7, failed=True)])
    heard = (await item_of(desk, request.code))["heard"]
    assert (heard["what"], heard["channel"]) == ("accepted_resident", "sms")


async def test_a_call_that_somebody_has_to_make_is_shown_with_its_owner_and_its_clock(desk: Desk) -> None:
    quiet = await filed(desk, requester={"name": "An", "phone": "0912345671"})
    request = await filed(desk, requester={"name": "Bình", "phone": "0912345672"})
    id_ = uuid7()
    await desk.board.handle([call(request, 1, id_=id_)])
    assert await codes(desk) == [request.code, quiet.code]
    (task,) = (await item_of(desk, request.code))["calls"]
    assert (task["owner"], task["purpose"], task["take"]) == ("city_desk", "visit_consent", f"/v1/calls/{id_}/take")
    await desk.board.handle([call(request, 2, id_=id_, owner="bàn 3")])
    await desk.board.handle([call(request, 1, id_=id_)])  # told again, and late
    assert [task["owner"] for task in (await item_of(desk, request.code))["calls"]] == ["bàn 3"]
    await desk.board.handle([call(request, 3, id_=id_, owner="bàn 3", done=True)])
    assert await codes(desk) == [quiet.code, request.code]
    assert (await item_of(desk, request.code))["calls"] == []


async def test_what_is_over_stays_on_the_board_while_somebody_has_to_call(desk: Desk) -> None:
    request = await filed(desk)
    id_ = uuid7()
    await desk.board.handle([Job(request).says(JobStatus.HANDED_OFF), call(request, 1, id_=id_)])
    assert await codes(desk) == [request.code]
    await desk.board.handle([call(request, 2, id_=id_, done=True)])
    assert await codes(desk) == []


async def test_filters_and_their_refusals(desk: Desk) -> None:
    down = await filed(desk, category="system_outage", requester={"name": "An", "phone": "0912345671"})
    visit = await filed(desk, requester={"name": "Bình", "phone": "0912345672"})
    await desk.board.handle([Job(down).says(JobStatus.PENDING)])
    assert await codes(desk, "?priority=P1") == [down.code]
    assert await codes(desk, "?status=filed,needs_location") == [visit.code]
    assert await codes(desk, "?commune=00004&status=on_the_way") == []
    for wrong in ("?status=lost", "?priority=P9", "?commune=99999", "?cursor=abc", "?limit=0", "?limit=9999"):
        assert (await desk.send("GET", f"/v1/board{wrong}")).status_code == 422, wrong
    assert (await desk.send("GET", "/v1/board", role=None)).status_code == 401
    assert (await desk.send("GET", "/v1/board", role="adapter")).status_code == 403


async def test_the_board_holds_no_number_and_no_resident(desk: Desk) -> None:
    await filed(desk, requester={"name": "Nguyễn Thị Bình", "phone": "0912 345 678"}, address="12 Hàng Bông")
    told = (await desk.send("GET", "/v1/board")).text
    assert "912345678" not in told.replace(" ", "")
    assert not any(word in told for word in ("Bình", "Hàng Bông", "VNeID từ sáng"))


@pytest.mark.parametrize("cursor", ["", "x" * 6001, "MTIz", "LTEvMDAvMS8x"])
async def test_a_cursor_that_is_none_of_ours_is_refused(desk: Desk, cursor: str) -> None:
    assert (await desk.send("GET", f"/v1/board?cursor={cursor}")).status_code == 422
