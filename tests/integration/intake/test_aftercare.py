"""After the help: a day later the resident is asked, closes or reopens it with a word, and says how good it was."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from intake.deadlines import Deadlines
from intake.settings import IntakeSettings
from shared.events.assignments import JobStatus, Outcome
from shared.events.contract import ChannelKind, Role, Sealed
from shared.events.envelope import Event
from shared.events.messages import Answer, FailureReason, MessageChanged, ReplyReceived
from shared.events.registry import EventType
from shared.events.requests import RequestState
from shared.ids import uuid7
from shared.postgres.transaction import app_now
from shared.telemetry.metrics_intake import INQUIRIES
from shared.timers import Timer
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_board import Job, filed, status
from tests.support.databases import set_app_clock

HOUR, DAY = 3600.0, 86400.0


class Helped:
    """A request whose help is over; its resident's phone, and a clock that can be moved."""

    def __init__(self, desk: Desk, request: RequestState) -> None:
        self.desk = desk
        self.request = request
        self.ahead = 0.0
        self.said = 0

    async def let_pass(self, seconds: float) -> None:
        self.ahead += seconds
        await set_app_clock(self.desk.dsn, self.ahead)
        while await self.desk.timers.fire_due():
            pass

    async def asked(self, about: str) -> dict[str, Any]:
        """The newest question of this kind, as it was published."""
        found = [event for event in await self.desk.events("request.inquired") if event["inquiry"]["about"] == about]
        return found[-1]["inquiry"] if found else {}

    async def answers(self, answer: Answer, about: str, *, ago: float = 0.0, **said: Any) -> None:
        ask = await self.asked(about)
        self.said += 1
        person = self.request.resident.contact_point_id
        async with self.desk.pool.acquire() as connection:
            at: datetime = await app_now(connection) - timedelta(seconds=ago)
        body = ReplyReceived(
            city="hanoi", contact_point_id=person, request_id=self.request.request_id, job_id=self.request.request_id,
            offer_id=UUID(ask["ask_id"]), answer=answer, received_at=at, **said,
        )  # fmt: skip
        event = Event(type=EventType.REPLY_RECEIVED, subject=person, version=self.said, key=person, body=body, time=at)
        await self.desk.board.handle([event])
        await self.desk.board.handle([event])  # told twice, heard once

    async def told(self) -> list[str]:
        return [event["type"].removeprefix("request.") for event in await self.desk.events()][1:]

    async def status(self) -> str:
        return await status(self.desk, self.request)


async def helped(desk: Desk, **changes: Any) -> Helped:
    request = await filed(desk, **changes)
    job = Job(request)
    await desk.board.handle([job.says(JobStatus.ACCEPTED), job.says(JobStatus.DONE, Outcome.SOLVED)])
    return Helped(desk, request)


async def test_a_day_later_the_resident_is_asked_and_a_yes_closes_it_and_asks_for_a_mark(desk: Desk) -> None:
    case = await helped(desk)
    await case.let_pass(23 * HOUR)
    assert await case.told() == []
    await case.let_pass(14 * HOUR)
    assert await case.told() == ["inquired"]
    await case.answers(Answer.FIXED, "fixed")
    assert await case.told() == ["inquired", "confirmed", "inquired"]
    assert await case.status() == "closed"
    assert (await case.asked("survey"))["contact_point_id"] == str(case.request.resident.contact_point_id)
    (kept,) = await desk.rows("select actor, detail->>'to' as after from audit where action = 'confirm'")
    assert tuple(kept) == ("resident", "closed")


async def test_a_no_opens_it_anew_for_the_same_helper_with_less_time(desk: Desk) -> None:
    case = await helped(desk, visit_consent=True)
    assert case.request.priority == "P3"
    await case.let_pass(37 * HOUR)
    await case.answers(Answer.NOT_FIXED, "fixed")
    assert await case.status() == "filed"
    (again,) = await desk.events("request.reopened")
    assert (again["reason"], again["request"]["priority"], again["request"]["reopened"]) == ("not_fixed", "P2", 1)
    assert again["recipients"], "the resident hears that somebody is looked for again"
    await case.answers(Answer.FIXED, "fixed")
    await desk.pool.execute("update requests set status = 'resolved'")
    await case.answers(Answer.FIXED, "fixed")
    assert await case.status() == "resolved", "that question was of the round before"


async def test_silence_closes_it_as_ever_and_a_late_no_opens_it_all_the_same(desk: Desk) -> None:
    case = await helped(desk)
    await case.let_pass(37 * HOUR)
    await case.let_pass(48 * HOUR)
    assert await case.status() == "closed"
    assert await case.told() == ["inquired"], "nobody has confirmed it"
    assert [row["actor"] for row in await desk.rows("select actor from audit where action = 'close'")] == ["timer"]
    await case.answers(Answer.NOT_FIXED, "fixed")
    assert await case.status() == "filed"


@pytest.mark.parametrize("meanwhile", ["reopen", "erased"])
async def test_nobody_is_asked_about_what_is_over(desk: Desk, meanwhile: str) -> None:
    case = await helped(desk)
    if meanwhile == "reopen":
        await desk.post(f"/v1/requests/{case.request.code}/reopen")
    else:
        await desk.pool.execute("update requests set phone_box = '', details_box = ''")
    await case.let_pass(37 * HOUR)
    assert "inquired" not in await case.told()


async def test_a_question_that_could_not_be_sent_is_asked_again_when_it_may_be(desk: Desk) -> None:
    case = await helped(desk)
    await case.let_pass(37 * HOUR)
    first = await case.asked("fixed")
    async with desk.pool.acquire() as connection:
        now: datetime = await app_now(connection)
    person, request_id = case.request.resident.contact_point_id, case.request.request_id
    body = MessageChanged(
        message_id=uuid7(), city="hanoi", request_id=request_id, offer_id=UUID(first["ask_id"]), contact_point_id=person,
        role=Role.RESIDENT, purpose="fixed_ask", channel=ChannelKind.SMS, at=now, reason=FailureReason.LIMIT,
        retry_at=now + timedelta(hours=2),
    )  # fmt: skip
    kind = EventType.MESSAGE_FAILED
    await desk.board.handle([Event(type=kind, subject=body.message_id, version=1, key=request_id, body=body, time=now)])
    await case.let_pass(HOUR)
    assert (await case.asked("fixed"))["ask_id"] == first["ask_id"]
    await case.let_pass(2 * HOUR)
    again = await case.asked("fixed")
    assert (again["ask_id"] != first["ask_id"], again["open_until"]) == (True, first["open_until"])
    (noted,) = await desk.rows("select actor, detail->>'about' as about from audit where action = 'asked_again'")
    assert tuple(noted) == ("timer", "fixed")
    await case.answers(Answer.FIXED, "fixed")
    assert await case.status() == "closed"


async def test_an_operator_says_what_they_have_heard_on_the_telephone(desk: Desk) -> None:
    case = await helped(desk, contact="call")
    await case.let_pass(37 * HOUR)
    path = f"/v1/requests/{case.request.code}"
    assert (await desk.post(f"{path}/fixed", {"fixed": True}, role=None)).status_code == 401
    answer = await desk.post(f"{path}/fixed", {"fixed": True})
    assert (answer.status_code, answer.json()["status"]) == (200, "closed")
    assert await case.asked("survey") == {}, "whoever was called is asked in the same call"
    again = await desk.post(f"{path}/fixed", {"fixed": True})
    assert (again.status_code, again.json()["reason"]) == (409, "request_is_over")


async def test_one_mark_a_request_and_the_last_word_of_a_week_counts(desk: Desk) -> None:
    case = await helped(desk)
    await case.let_pass(37 * HOUR)
    await case.answers(Answer.FIXED, "fixed")
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [case.request.details.key_id]))[case.request.details.key_id]
    why: Sealed = key.seal("làm nhanh".encode(), purpose="text")
    await case.answers(Answer.RATED, "survey", score=5, why=why)
    await case.answers(Answer.RATED, "survey", score=1, ago=60)
    (mark,) = await desk.rows("select score, why_box, door from surveys")
    assert tuple(mark) == (5, why.box, "phone"), "the older word came later, and counts less"
    path = f"/v1/requests/{case.request.code}/survey"
    assert (await desk.post(path, {"score": 2, "why": "Hôm sau lại hỏng"}, role=None)).status_code == 200
    (mark,) = await desk.rows("select score, why_box, door from surveys")
    assert (mark["score"], mark["door"]) == (2, "web")
    assert key.open(Sealed(key_id=key.id, box=mark["why_box"]), purpose="text").decode() == "Hôm sau lại hỏng"
    assert (await desk.post(path, {"score": 4})).status_code == 200
    assert await desk.rows("select 1 from surveys where door = 'paper' and score = 4 and why_box is null")
    assert [event["score"] for event in await desk.events("request.rated")] == [5, 2, 4]
    assert "hỏng" not in str(await desk.events()), "why, is in no event"
    await case.let_pass(8 * DAY)
    late = await desk.post(path, {"score": 3}, role=None)
    assert (late.status_code, late.json()["reason"]) == (409, "survey_over")


async def test_a_mark_needs_help_that_was_given_and_strangers_are_counted(desk: Desk) -> None:
    request = await filed(desk)
    path = f"/v1/requests/{request.code}/survey"
    assert (await desk.post(path, {"score": 3}, role=None)).status_code == 409
    for bad in ({"score": 0}, {"score": 6}, {"score": "5"}, {"score": 5, "why": ""}, {}):
        assert (await desk.post(path, bad, role=None)).status_code == 422
    path = f"/v1/requests/{(await helped(desk)).request.code}/survey"
    answers = [(await desk.post(path, {"score": 3}, role=None)).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    assert (await desk.post("/v1/requests/TR-AAAA-AAAA/survey", {"score": 3}, role=None)).status_code == 404


@pytest.mark.parametrize(
    ("role", "rings"), [("operator", "0987 000 111"), ("adapter", None)], ids=["from_another_number", "a_program"]
)
async def test_only_a_word_of_the_registered_number_closes_and_anybody_has_it_looked_at_again(
    desk: Desk, role: str, rings: str | None
) -> None:
    case = await helped(desk)
    path = f"/v1/requests/{case.request.code}/fixed"
    asked = await desk.post(path, {"fixed": True, "caller_phone": rings}, role=role)
    assert (asked.status_code, asked.json()["waits_for"]) == (202, "registered_number")
    assert "đã sửa xong" in asked.json()["advice"]
    assert (await desk.post(path, {"fixed": True, "caller_phone": rings}, role=role)).status_code == 202
    assert (await case.told(), await case.status()) == (["inquired"], "resolved"), "asked once, and nothing is closed"
    await case.answers(Answer.FIXED, "fixed")
    assert await case.status() == "closed"
    again = await desk.post(path, {"fixed": False, "caller_phone": rings}, role=role)
    assert (again.status_code, await case.status()) == (200, "filed"), "help that is given again is taken from nobody"


async def test_who_rings_from_the_registered_number_closes_at_once(desk: Desk) -> None:
    case = await helped(desk)
    answer = await desk.post(f"/v1/requests/{case.request.code}/fixed", {"fixed": True, "caller_phone": "0912 345 678"})
    assert (answer.status_code, answer.json()["status"]) == (200, "closed")


@pytest.mark.parametrize("hours", [1, 14])
async def test_who_was_asked_already_is_not_asked_a_day_later_and_no_program_can_ask_every_day(desk: Desk, hours: int) -> None:
    case = await helped(desk)
    await case.let_pass(hours * HOUR)
    await desk.post(f"/v1/requests/{case.request.code}/fixed", {"fixed": True}, role="adapter")
    await case.let_pass(30 * HOUR)
    await desk.post(f"/v1/requests/{case.request.code}/fixed", {"fixed": True}, role="adapter")
    assert await case.told() == ["inquired"]


@pytest.mark.parametrize("why", ["họ đòi mã OTP 482913", "482913"])
async def test_a_code_in_why_is_kept_at_no_door(desk: Desk, why: str) -> None:
    case = await helped(desk)
    await case.let_pass(37 * HOUR)
    await case.answers(Answer.FIXED, "fixed")
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [case.request.details.key_id]))[case.request.details.key_id]

    async def kept() -> str:
        ((box,),) = await desk.rows("select why_box from surveys")
        return key.open(Sealed(key_id=key.id, box=box), purpose="text").decode()

    await case.answers(Answer.RATED, "survey", score=1, why=key.seal(why.encode(), purpose="text"))
    assert "482913" not in await kept()
    path = f"/v1/requests/{case.request.code}/survey"
    for role in (None, "operator"):
        assert (await desk.post(path, {"score": 2, "why": why}, role=role)).status_code == 200
        assert "482913" not in await kept()


async def test_what_nobody_answers_ends_and_is_counted_and_a_late_word_is_heard_all_the_same(desk: Desk) -> None:
    case = await helped(desk)
    silent = INQUIRIES.labels("fixed", "silence")
    before = silent._value.get()
    await case.let_pass(37 * HOUR)
    assert [row["answer"] for row in await desk.rows("select answer from inquiries")] == [None]
    await case.let_pass(50 * HOUR)
    async with desk.pool.acquire() as connection:
        await Deadlines(IntakeSettings(), desk.vault).sweep(
            connection, Timer(kind="sweep", subject=uuid7(), due_at=await app_now(connection))
        )
    assert [row["answer"] for row in await desk.rows("select answer from inquiries")] == ["silence"]
    assert silent._value.get() == before + 1
    await case.answers(Answer.NOT_FIXED, "fixed")
    assert await case.status() == "filed"
