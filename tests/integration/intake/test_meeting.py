"""A meeting on the web: opened by the resident, for the call that goes on, at an address that is sent to nobody."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from intake.settings import IntakeSettings
from shared.events.assignments import JobStatus, ResponderKind, ResponderRef
from shared.events.requests import RequestState
from shared.ids import uuid7
from tests.integration.intake.conftest import Desk, open_desk
from tests.integration.intake.test_board import Job, filed, shown
from tests.integration.intake.test_visit_check import accepted

JITSI = "https://meet.example.org/{room}"


@dataclass
class Caller:
    desk: Desk
    request: RequestState
    job: Job

    async def says(self, status: JobStatus, *, by_phone: bool = True, visit: int = 0) -> None:
        helper = ResponderRef(responder_id=uuid7(), kind=ResponderKind.VOLUNTEER, contact_point_id=uuid7(), by_phone=by_phone)
        await self.desk.board.handle([accepted(self.job.says(status), helper, visit)])

    async def opens(self, role: str | None = None) -> Any:
        return await self.desk.post(f"/v1/requests/{self.request.code}/meeting", None, role=role)


@pytest.fixture
async def call(dsn: str) -> AsyncIterator[Caller]:
    async with open_desk(dsn, IntakeSettings(meeting_url=JITSI)) as desk:
        request = await filed(desk)
        yield Caller(desk, request, Job(request))


async def test_the_resident_opens_it_while_somebody_helps_by_phone_and_twice_is_the_same(call: Caller) -> None:
    await call.says(JobStatus.ACCEPTED)
    first, second = await call.opens(), await call.opens()
    assert first.status_code == second.status_code == 200, first.text
    assert first.json() == second.json()
    address: str = first.json()["url"]
    room = address.removeprefix("https://meet.example.org/techrescue-")
    assert len(room) == 24
    (told,) = await call.desk.events("meeting.opened")
    assert (told["request_id"], told["visit"]) == (str(call.request.request_id), 0)
    assert room not in str(await call.desk.events())  # no event, and so no message, ever holds it


async def test_the_page_says_that_somebody_calls_and_nobody_comes(call: Caller) -> None:
    assert (await shown(call.desk, call.request))["by_phone"] is False
    await call.says(JobStatus.ACCEPTED)
    assert (await shown(call.desk, call.request))["by_phone"] is True
    await call.says(JobStatus.PENDING)
    assert (await shown(call.desk, call.request))["by_phone"] is False


async def test_without_a_call_there_is_no_meeting(call: Caller) -> None:
    assert (await call.opens()).json()["reason"] == "no_call"
    await call.says(JobStatus.ACCEPTED, by_phone=False)
    refused = await call.opens()
    assert (refused.status_code, refused.json()["reason"]) == (409, "no_call")
    assert await call.desk.events("meeting.opened") == []


async def test_a_visit_that_follows_has_no_meeting_and_the_door_knows_again_who_comes(call: Caller) -> None:
    await call.says(JobStatus.ACCEPTED)
    door = f"/v1/requests/{call.request.code}/visit-check"
    assert (await call.desk.post(door, {"refused": True})).json()["reason"] == "nobody_comes"
    await call.says(JobStatus.ACCEPTED, by_phone=False, visit=1)
    assert (await call.opens()).json()["reason"] == "no_call"
    assert (await call.desk.post(door, {"phrase": "sai hai"})).json()["tries_left"] == 2


async def test_a_code_that_nobody_has_is_no_request(call: Caller) -> None:
    answer = await call.desk.post("/v1/requests/TR-2222-2222/meeting", None, role=None)
    assert answer.status_code == 404


async def test_a_neighbours_guesses_keep_nobody_from_their_own_call(call: Caller) -> None:
    await call.says(JobStatus.ACCEPTED)
    guesses = [await call.desk.post(f"/v1/requests/TR-2222-{n:04d}/meeting", None, role=None) for n in range(40)]
    assert {answer.status_code for answer in guesses} == {404, 429}
    assert "1022" in guesses[-1].json()["advice"]
    assert (await call.opens()).status_code == 200


async def test_a_deployment_without_meetings_says_so(desk: Desk) -> None:
    request = await filed(desk)
    call = Caller(desk, request, Job(request))
    await call.says(JobStatus.ACCEPTED)
    assert (await call.opens()).json()["reason"] == "no_meetings"
    assert await desk.events("meeting.opened") == []
