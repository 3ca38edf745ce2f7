"""What dispatch says of a job becomes the status a resident sees: in order, once, and never backwards."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from intake.board import job_of
from shared.events.assignments import AssignmentChanged, JobState, JobStatus, Outcome
from shared.events.contract import ChannelKind, Place, Sealed
from shared.events.envelope import Event
from shared.events.messages import MessageReceived
from shared.events.registry import EventType
from shared.events.requests import RequestChanged, RequestState
from shared.ids import uuid7
from tests.integration.intake.conftest import Desk
from tests.support.databases import set_app_clock
from tests.support.eventually import eventually

KINDS = {
    JobStatus.PENDING: EventType.JOB_OPENED,
    JobStatus.OFFERED: EventType.OFFER_MADE,
    JobStatus.ACCEPTED: EventType.ASSIGNMENT_ACCEPTED,
    JobStatus.EN_ROUTE: EventType.ASSIGNMENT_EN_ROUTE,
    JobStatus.ON_SCENE: EventType.ASSIGNMENT_ON_SCENE,
    JobStatus.DONE: EventType.ASSIGNMENT_DONE,
    JobStatus.CANCELLED: EventType.JOB_CANCELLED,
    JobStatus.HANDED_OFF: EventType.ASSIGNMENT_HANDED_OFF,
}


class Job:
    """A job of dispatch as its events show it; `says` makes the next one."""

    def __init__(self, request: RequestState, *, opened_after: float = 1) -> None:
        self.id = uuid7()
        self.version = 0
        self.request = request
        self.opened_at = request.filed_at + timedelta(seconds=opened_after)

    def says(self, status: JobStatus, outcome: Outcome | None = None) -> Event:
        self.version += 1
        request = self.request
        state = JobState(
            job_id=self.id,
            request_id=request.request_id,
            city=request.city,
            code=request.code,
            version=self.version,
            status=status,
            priority=request.priority,
            category=request.category,
            commune_code=request.commune_code or "00004",
            place=request.place or Place(lat=21.0, lon=105.8),
            visit=0,
            details=request.details,
            resident=request.resident,
            outcome=outcome,
            filed_at=request.filed_at,
            opened_at=self.opened_at,
        )
        at = self.opened_at + timedelta(minutes=self.version)
        body = AssignmentChanged(job=state)
        return Event(type=KINDS[status], subject=self.id, version=self.version, key=request.request_id, body=body, time=at)


async def filed(desk: Desk, **changes: Any) -> RequestState:
    await desk.filed(**changes)
    return RequestChanged.model_validate((await desk.events())[-1]).request


async def status(desk: Desk, request: RequestState) -> str:
    (row,) = await desk.rows("select status from requests where id = $1", request.request_id)
    return str(row["status"])


async def timeline(desk: Desk, request: RequestState) -> list[str]:
    view = (await desk.client.get(f"/v1/requests/{request.code}")).json()
    return [step["status"] for step in view["timeline"]]


async def test_a_whole_visit_is_shown_step_by_step_even_in_one_batch(desk: Desk) -> None:
    request = await filed(desk)
    job = Job(request)
    steps = [JobStatus.PENDING, JobStatus.OFFERED, JobStatus.ACCEPTED, JobStatus.EN_ROUTE, JobStatus.ON_SCENE]
    await desk.board.handle([*map(job.says, steps), job.says(JobStatus.DONE, Outcome.SOLVED)])
    assert await timeline(desk, request) == ["filed", "waiting", "assigned", "on_the_way", "in_progress", "resolved"]


async def test_an_event_that_comes_twice_changes_nothing_more(desk: Desk) -> None:
    request = await filed(desk)
    opened = Job(request).says(JobStatus.PENDING)
    await desk.board.handle([opened, opened])
    await desk.board.handle([opened])
    assert await timeline(desk, request) == ["filed", "waiting"]
    assert await desk.count("inbox") == 1


async def test_a_stale_version_is_dropped(desk: Desk) -> None:
    request = await filed(desk)
    job = Job(request)
    early, late = job.says(JobStatus.PENDING), job.says(JobStatus.ACCEPTED)
    await desk.board.handle([late])
    await desk.board.handle([early])
    assert await status(desk, request) == "assigned"


async def test_a_released_visit_waits_again(desk: Desk) -> None:
    request = await filed(desk)
    job = Job(request)
    await desk.board.handle([job.says(JobStatus.ACCEPTED), job.says(JobStatus.PENDING)])
    assert await timeline(desk, request) == ["filed", "assigned", "waiting"]


async def test_what_was_cancelled_stays_cancelled(desk: Desk) -> None:
    request = await filed(desk)
    await desk.post(f"/v1/requests/{request.code}/cancel")
    await desk.board.handle([Job(request).says(JobStatus.ACCEPTED)])
    assert await status(desk, request) == "cancelled"


async def test_a_second_visit_is_a_new_job_of_the_same_request(desk: Desk) -> None:
    request = await filed(desk)
    first, second = Job(request), Job(request, opened_after=3600)
    await desk.board.handle([first.says(JobStatus.DONE, Outcome.SECOND_VISIT), second.says(JobStatus.ACCEPTED)])
    await desk.board.handle([first.says(JobStatus.DONE, Outcome.SECOND_VISIT)])
    assert await status(desk, request) == "assigned"


async def test_after_reopening_the_old_job_has_nothing_more_to_say(desk: Desk) -> None:
    request = await filed(desk)
    old, new = Job(request), Job(request, opened_after=3600)
    await desk.board.handle([old.says(JobStatus.DONE, Outcome.SOLVED)])
    assert (await desk.post(f"/v1/requests/{request.code}/reopen")).status_code == 200
    await desk.board.handle([old.says(JobStatus.DONE, Outcome.SOLVED)])
    assert await status(desk, request) == "filed"
    await desk.board.handle([new.says(JobStatus.OFFERED)])
    assert await status(desk, request) == "waiting"


async def test_a_job_of_a_request_nobody_knows_is_dropped(desk: Desk) -> None:
    request = await filed(desk)
    stranger = request.model_copy(update={"request_id": uuid7()})
    await desk.board.handle([Job(stranger).says(JobStatus.PENDING), Job(request).says(JobStatus.PENDING)])
    assert await status(desk, request) == "waiting"


async def test_an_unanswered_resolution_closes_after_three_days(desk: Desk) -> None:
    request = await filed(desk)
    await desk.board.handle([Job(request).says(JobStatus.DONE, Outcome.SOLVED)])
    await set_app_clock(desk.dsn, 71 * 3600)
    await desk.timers.fire_due()
    assert await status(desk, request) == "resolved"
    await set_app_clock(desk.dsn, 73 * 3600)
    await desk.timers.fire_due()
    assert await status(desk, request) == "closed"
    assert [row["actor"] for row in await desk.rows("select actor from audit where action = 'close'")] == ["timer"]


async def test_a_reopened_request_is_not_closed_by_the_old_timer(desk: Desk) -> None:
    request = await filed(desk)
    await desk.board.handle([Job(request).says(JobStatus.DONE, Outcome.SOLVED)])
    await desk.post(f"/v1/requests/{request.code}/reopen")
    await desk.board.handle([Job(request, opened_after=60).says(JobStatus.DONE, Outcome.SOLVED)])
    await desk.pool.execute("update timers set due_at = now() - interval '1 minute' where kind = 'close' and guard = 2")
    await desk.timers.fire_due()
    assert await status(desk, request) == "resolved"


async def test_a_request_without_a_place_is_asked_for_again_and_again(desk: Desk) -> None:
    request = await filed(desk, location=None)
    for hours, reminders in ((1, 1), (3, 2), (9, 3)):
        await set_app_clock(desk.dsn, hours * 3600)
        await desk.timers.fire_due()
        notes = await desk.rows("select detail from audit where action = 'still_needs_location' order by id")
        assert len(notes) == reminders
        assert len(await desk.rows("select 1 from timers where kind = 'locate' and subject = $1", request.request_id)) == 1
    await desk.send("PUT", f"/v1/requests/{request.code}/location", {"commune_code": "00004"})
    await set_app_clock(desk.dsn, 99 * 3600)
    await desk.timers.fire_due()
    assert not await desk.rows("select 1 from timers where kind = 'locate'")


async def test_the_sweep_forgets_what_is_over_and_comes_again(desk: Desk) -> None:
    await desk.file(role=None, body={**_web(), "channel": "web"})
    await set_app_clock(desk.dsn, 31 * 86400)
    await eventually(lambda: _swept(desk))
    assert await desk.count("idempotency_keys") == 0
    assert len(await desk.rows("select 1 from timers where kind = 'sweep'")) == 1
    assert await desk.count("requests") == 1


async def test_changes_of_the_board_are_kept_for_a_day(desk: Desk) -> None:
    old, young = await filed(desk), await filed(desk)
    await desk.pool.execute("update board_changes set at = at - interval '26 hours' where request_id = $1", old.request_id)
    await desk.timers.fire_due()
    assert [row["request_id"] for row in await desk.rows("select request_id from board_changes")] == [young.request_id]


async def _swept(desk: Desk) -> bool:
    await desk.timers.fire_due()
    return await desk.count("allowances") == 0


def _web() -> dict[str, Any]:
    return {
        "requester": {"name": "An", "phone": "0912345678"},
        "category": "vneid_login",
        "description": "giúp với",
        "commune_code": "00004",
    }


@pytest.mark.parametrize("copies", [1, 2])
async def test_what_a_person_writes_is_kept_sealed(desk: Desk, copies: int) -> None:
    request = await filed(desk)
    person = request.resident.contact_point_id
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [request.details.key_id]))[request.details.key_id]
    event = written(person, key.seal("vẫn chưa được".encode(), purpose="text"), request)
    await desk.board.handle([event] * copies)
    (row,) = await desk.rows("select * from incoming_messages")
    assert row["contact_point_id"] == person
    assert key.open(Sealed(key_id=row["key_id"], box=row["text_box"]), purpose="text").decode() == "vẫn chưa được"
    (note,) = await desk.rows("select subject, detail from audit where action = 'wrote'")
    assert note["subject"] == person
    assert "chưa" not in orjson.dumps(note["detail"]).decode()


def written(person: UUID, text: Sealed, request: RequestState, *, phone: Sealed | None = None, place: int = 0) -> Event:
    """For people to read. `place`: of several, in order."""
    at = request.filed_at + timedelta(microseconds=place)
    named = {"city": "hanoi", "contact_point_id": person, "channel": ChannelKind.SMS, "for_people": True}
    body = MessageReceived(**named, text=text, received_at=at, phone=phone)
    return Event(type=EventType.MESSAGE_RECEIVED, subject=person, version=1, key=person, body=body, time=at)


async def test_a_pause_is_shown_with_its_reason_until_it_is_over(desk: Desk) -> None:
    request = await filed(desk)
    job = Job(request)
    await desk.board.handle([job.says(JobStatus.PENDING)])
    assert (await shown(desk, request))["paused"] is None
    until = datetime.now(UTC) + timedelta(hours=5)
    await desk.board.handle([paused(job, EventType.CLOCK_PAUSED, "resident_later", until)])
    pause = (await shown(desk, request))["paused"]
    assert (pause["reason"], pause["label"]) == ("resident_later", "Hẹn vào lúc khác theo yêu cầu của ông/bà")
    assert datetime.fromisoformat(pause["until"]) == until
    await desk.board.handle([paused(job, EventType.CLOCK_RESUMED, None, None)])
    assert (await shown(desk, request))["paused"] is None


async def test_what_may_be_expected_is_later_by_what_stood_still(desk: Desk) -> None:
    request = await filed(desk, category="system_outage")  # day and night
    job = Job(request)
    first = datetime.fromisoformat((await shown(desk, request))["expected"])
    until = job.opened_at + timedelta(hours=5)
    said = paused(job, EventType.CLOCK_PAUSED, "resident_later", until)
    await desk.board.handle([replace(said, body=said.body.model_copy(update={"since": job.opened_at}))])
    assert datetime.fromisoformat((await shown(desk, request))["expected"]) == first + timedelta(hours=5)
    resumed = paused(job, EventType.CLOCK_RESUMED, None, None)  # two hours early
    state = job_of(resumed).model_copy(update={"held_seconds": 3 * 3600.0})
    body = AssignmentChanged(job=state, reason="resident_later", since=job.opened_at)
    await desk.board.handle([replace(resumed, body=body)])
    assert datetime.fromisoformat((await shown(desk, request))["expected"]) == first + timedelta(hours=3)


async def test_off_hours_nothing_else_is_expected(desk: Desk) -> None:
    request = await filed(desk)
    before = (await shown(desk, request))["expected"]
    until = datetime.now(UTC) + timedelta(hours=5)
    await desk.board.handle([paused(Job(request), EventType.CLOCK_PAUSED, "off_hours", until)])
    assert (await shown(desk, request))["expected"] == before


async def test_a_pause_whose_time_is_over_or_whose_job_somebody_has_is_not_shown(desk: Desk) -> None:
    request = await filed(desk)
    job = Job(request)
    until = datetime.now(UTC) + timedelta(hours=5)
    await desk.board.handle([job.says(JobStatus.PENDING), paused(job, EventType.CLOCK_PAUSED, "off_hours", until)])
    assert (await shown(desk, request))["paused"]["reason"] == "off_hours"
    await desk.board.handle([job.says(JobStatus.ACCEPTED)])
    assert (await shown(desk, request))["paused"] is None
    await desk.board.handle([job.says(JobStatus.PENDING)])
    await set_app_clock(desk.dsn, 6 * 3600)
    assert (await shown(desk, request))["paused"] is None


def paused(job: Job, kind: EventType, reason: str | None, until: datetime | None) -> Event:
    said = job.says(JobStatus.PENDING)
    state = job_of(said).model_copy(update={"pause": reason, "paused_until": until})
    return replace(said, type=kind, body=AssignmentChanged(job=state, reason=reason, until=until))


async def shown(desk: Desk, request: RequestState) -> dict[str, Any]:
    view: dict[str, Any] = (await desk.client.get(f"/v1/requests/{request.code}")).json()
    return view
