"""Without the registered number: a wish to call off waits for its yes, the phrase goes there and nowhere else."""

from typing import Any

import orjson
import pytest

from shared.events.assignments import JobStatus
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.security.phrases import phrase
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_aftercare import HOUR, Helped
from tests.integration.intake.test_board import Job, filed, status


async def waiting(desk: Desk, **changes: Any) -> Helped:
    return Helped(desk, await filed(desk, visit_consent=True, **changes))


async def actions(desk: Desk) -> list[str]:
    return [row["action"] for row in await desk.rows("select action from audit where action like 'cancel%' order by id")]


@pytest.mark.parametrize(("answer", "after"), [(Answer.CALLS_OFF, "cancelled"), (Answer.KEEPS_ON, "filed")])
async def test_a_wish_from_elsewhere_waits_for_the_number(desk: Desk, answer: Answer, after: str) -> None:
    case = await waiting(desk)
    path = f"/v1/requests/{case.request.code}/cancel-wish"
    wished = await desk.post(path, role=None)
    assert (wished.status_code, "số điện thoại đã đăng ký" in wished.json()["advice"]) == (202, True)
    assert "912" not in wished.text, "whose number it is, nobody is told"
    assert (await desk.post(path, role=None)).status_code == 202
    assert await case.told() == ["inquired"], "asked once, however often it is wished"
    assert await case.status() == "filed"
    await case.answers(answer, "cancel")
    assert await case.status() == after
    await case.answers(Answer.CALLS_OFF, "cancel")
    assert await case.status() == after, "answered is answered"
    told = {Answer.CALLS_OFF: "cancelled", Answer.KEEPS_ON: "inquiry_over"}[answer]
    assert await case.told() == ["inquired", told]
    assert "cancel_wished" in await actions(desk)


async def test_silence_is_no_yes(desk: Desk) -> None:
    case = await waiting(desk)
    await desk.post(f"/v1/requests/{case.request.code}/cancel-wish", role=None)
    await case.let_pass(25 * HOUR)
    assert await actions(desk) == ["cancel_wished", "cancel_wish_unanswered"]
    await case.answers(Answer.CALLS_OFF, "cancel")
    assert await status(desk, case.request) == "filed"


async def test_wishes_are_limited_and_codes_cannot_be_guessed(desk: Desk) -> None:
    case = await waiting(desk)
    path = f"/v1/requests/{case.request.code}/cancel-wish"
    assert [(await desk.post(path, role=None)).status_code for _ in range(11)] == [202] * 10 + [429]
    assert (await desk.post("/v1/requests/TR-AAAA-AAAA/cancel-wish", role=None)).status_code == 404
    await desk.post(f"/v1/requests/{case.request.code}/cancel")
    assert (await desk.post(path)).json()["reason"] == "request_is_cancelled"


async def test_the_phrase_goes_to_the_number_and_is_not_shown_to_whoever_asks(desk: Desk) -> None:
    case = await waiting(desk)
    path = f"/v1/requests/{case.request.code}/phrase"
    assert (await desk.post(path, role=None)).status_code == 401
    answer = await desk.post(path)
    assert (answer.status_code, answer.json()["by"]) == (202, "message")
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [case.request.details.key_id]))[case.request.details.key_id]
    seed = orjson.loads(key.open(case.request.details, purpose="details"))["phrase_seed"]
    (event,) = await desk.events(EventType.REQUEST_PHRASE_WANTED)
    assert event["visit"] == 0
    assert event["recipients"][0]["contact_point_id"] == str(case.request.resident.contact_point_id)
    assert phrase(seed, 0) not in answer.text
    assert phrase(seed, 0) not in str(event)
    assert [row["actor"] for row in await desk.rows("select actor from audit where action = 'phrase_sent'")] == ["test operator"]


async def test_a_phrase_that_is_not_surely_valid_is_not_told(desk: Desk) -> None:
    case = await waiting(desk)
    path = f"/v1/requests/{case.request.code}/phrase"
    job = Job(case.request)
    await desk.board.handle([job.says(JobStatus.ACCEPTED), job.says(JobStatus.PENDING)])
    await desk.pool.execute("update requests set reopened = 1")
    assert (await desk.post(path)).json()["reason"] == "phrase_not_yet"
    assert await desk.events(EventType.REQUEST_PHRASE_WANTED) == []
