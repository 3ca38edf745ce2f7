"""May somebody come? The visited person's own phone is asked, once more, then the desk calls; the last word counts."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from intake.erase import erase
from shared.events.assignments import AssignmentChanged, JobState, JobStatus
from shared.events.contract import Place, Priority
from shared.events.envelope import Event
from shared.events.messages import Answer, ReplyReceived
from shared.events.registry import EventType
from shared.events.requests import RequestChanged
from shared.ids import uuid7
from shared.postgres.transaction import app_now
from tests.integration.intake.conftest import Desk, form
from tests.support.databases import set_app_clock

MOTHER = "0987 654 321"
MINUTE = 60.0


class Phones:
    """What was published to people, and what they answer."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.offset = 0.0
        self.answers = 0

    async def file(self, **changes: Any) -> str:
        """Over the web, due today, so that no night comes in between."""
        response = await self.desk.file(form(channel="web", category="death", **changes), role=None)
        assert response.status_code == 202, response.text
        await self.fire()
        return str(response.json()["code"])

    async def fire(self) -> None:
        while await self.desk.timers.fire_due():
            pass

    async def let_pass(self, seconds: float) -> None:
        self.offset += seconds
        await set_app_clock(self.desk.dsn, self.offset)
        await self.fire()

    async def told(self) -> list[str]:
        """After the filing."""
        return [event["type"].removeprefix("request.") for event in await self.events()][1:]

    async def events(self) -> list[dict[str, Any]]:
        """But for whether the number is theirs."""
        return [event for event in await self.desk.events() if event["type"] != "request.number_asked"]

    async def newest(self) -> RequestChanged:
        return RequestChanged.model_validate((await self.events())[-1])

    async def now(self) -> datetime:
        async with self.desk.pool.acquire() as connection:
            return await app_now(connection)

    async def answer(self, answer: Answer, *, ago_seconds: float = 0.0, ask_id: UUID | None = None) -> None:
        asked = next(found for event in reversed(await self.events()) if (found := RequestChanged.model_validate(event)).consent)
        assert asked.consent is not None
        self.answers += 1
        phone, id_ = asked.consent.contact_point_id, asked.request.request_id
        body = ReplyReceived(
            city="hanoi", contact_point_id=phone, request_id=id_, job_id=id_, offer_id=ask_id or asked.consent.ask_id,
            answer=answer, received_at=await self.now() - timedelta(seconds=ago_seconds),
        )  # fmt: skip
        event = Event(
            type=EventType.REPLY_RECEIVED, subject=phone, version=self.answers, key=phone, body=body, time=body.received_at
        )
        await self.desk.board.handle([event])
        await self.desk.board.handle([event])  # told twice, heard once

    async def row(self) -> Any:
        return (await self.desk.rows("select * from requests"))[0]


@pytest.fixture
def phones(desk: Desk) -> Phones:
    return Phones(desk)


async def opened(desk: Desk, told: RequestChanged) -> str:
    """The number of the first hearer."""
    address = told.recipients[0].address
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [address.key_id]))[address.key_id]
    return key.open(address, purpose="phone").decode()


async def test_who_files_over_the_web_is_asked_twice_and_then_called(desk: Desk, phones: Phones) -> None:
    await phones.file()
    assert await phones.told() == ["consent_asked"]
    asked = await phones.newest()
    assert asked.consent is not None
    assert (asked.consent.again, asked.consent.behalf) == (False, False)
    assert await opened(desk, asked) == "+84912345678"
    await phones.let_pass(10 * MINUTE)
    assert (again := (await phones.newest()).consent) is not None
    assert (again.again, again.ask_id) == (True, asked.consent.ask_id)
    await phones.let_pass(10 * MINUTE)
    await phones.let_pass(60 * MINUTE)
    assert await phones.told() == ["consent_asked", "consent_asked", "consent_unanswered"], "then the desk has it, once"
    assert (await phones.row())["visit_consent"] is None
    assert [
        row["version"] for row in await desk.rows("select version from outbox where type <> 'request.number_asked' order by id")
    ] == [1, 2, 3, 4]


async def test_a_yes_is_published_and_thanked_and_ends_the_asking(phones: Phones) -> None:
    await phones.file()
    await phones.answer(Answer.AGREED)
    agreed = await phones.newest()
    assert (agreed.request.visit_consent, agreed.reason, len(agreed.recipients)) == (True, "by_phone", 1)
    await phones.let_pass(60 * MINUTE)
    assert await phones.told() == ["consent_asked", "visit_agreed"]
    await phones.answer(Answer.AGREED)
    assert await phones.told() == ["consent_asked", "visit_agreed", "consent_noted"], "politely, whatever is said twice"
    assert (await phones.newest()).reason == "agreed"


async def test_a_no_ends_it_and_may_be_taken_back(desk: Desk, phones: Phones) -> None:
    code = await phones.file()
    await phones.answer(Answer.NOT_AGREED)
    row = await phones.row()
    assert (row["status"], row["visit_consent"]) == ("cancelled", False)
    await phones.answer(Answer.AGREED)
    row = await phones.row()
    assert (row["status"], row["visit_consent"], row["reopened"]) == ("filed", True, 1)
    assert await phones.told() == ["consent_asked", "visit_refused", "reopened"]
    response = await desk.post(f"/v1/requests/{code}/visit-consent", {"agreed": False})
    assert response.json()["status"] == "cancelled"
    await phones.answer(Answer.AGREED, ago_seconds=5 * MINUTE)
    assert (await phones.newest()).reason == "refused", "said before the operator heard the no"
    assert (await phones.row())["status"] == "cancelled"


async def test_an_answer_after_the_call_counts_as_the_later_word(desk: Desk, phones: Phones) -> None:
    code = await phones.file()
    await desk.post(f"/v1/requests/{code}/visit-consent", {"agreed": True})
    called = await phones.newest()
    assert called.consent is not None, "so that the question on the phone is closed"
    assert called.recipients == (), "they are on the telephone"
    await phones.let_pass(MINUTE)
    await phones.answer(Answer.NOT_AGREED)
    assert (await phones.row())["visit_consent"] is False


@pytest.mark.parametrize(
    ("status", "answer", "how"),
    [("in_progress", Answer.NOT_AGREED, "there"), ("resolved", Answer.NOT_AGREED, "over"), ("closed", Answer.AGREED, "over")],
)
async def test_too_late_is_said_and_changes_nothing(desk: Desk, phones: Phones, status: str, answer: Answer, how: str) -> None:
    await phones.file()
    await desk.pool.execute("update requests set status = $1", status)
    before = await phones.row()
    await phones.answer(answer)
    assert ((await phones.newest()).reason, (await phones.told())[-1]) == (how, "consent_noted")
    assert await phones.row() == before


async def test_an_answer_to_another_question_is_not_ours(phones: Phones) -> None:
    await phones.file()
    await phones.answer(Answer.AGREED, ask_id=uuid7())
    assert await phones.told() == ["consent_asked"]


async def test_answers_to_offers_are_no_business_of_intake(desk: Desk, phones: Phones) -> None:
    await phones.file()
    await phones.answer(Answer.ACCEPT)
    assert await phones.told() == ["consent_asked"]
    assert await desk.count("inbox") == 0


async def test_the_mother_is_asked_on_her_own_phone_and_her_number_is_under_her_own_key(desk: Desk, phones: Phones) -> None:
    await phones.file(on_behalf_of="Mẹ Hoa", visited_phone=MOTHER, visit_consent=True)
    asked = await phones.newest()
    assert asked.consent is not None
    assert asked.consent.behalf
    assert await opened(desk, asked) == "+84987654321"
    row = await phones.row()
    assert (row["visited_box"], row["visit_consent"]) == (None, None)
    assert asked.recipients[0].contact_point_id != row["contact_point_id"]
    await phones.answer(Answer.NOT_AGREED)
    assert len((await phones.newest()).recipients) == 2, "who has filed it for her hears that nobody comes"


async def test_at_night_nobody_is_woken_for_what_others_have_filed(desk: Desk, phones: Phones) -> None:
    local = await phones.now() + timedelta(hours=7)
    await phones.let_pass((24 + 23 - local.hour) * 3600.0)  # 23 o'clock, one day on
    body = form(channel="web", on_behalf_of="Mẹ Hoa", visited_phone=MOTHER)
    assert (await desk.file(body, role=None)).status_code == 202
    await phones.fire()
    assert await phones.told() == []
    assert (await phones.row())["visited_box"] is not None
    for _ in range(15):  # over a holiday, if need be
        await phones.let_pass(24 * 3600.0)
    assert "consent_asked" in await phones.told()


@pytest.mark.parametrize(
    "changes",
    [
        {"on_behalf_of": "Mẹ Hoa"},  # nobody has told her number: whoever filed it hands on the telephone
        {"contact": "call"},
        {"on_behalf_of": "Mẹ Hoa", "visited_phone": "024 3825 1234"},
    ],
)
async def test_whom_no_text_reaches_is_called_at_once(phones: Phones, changes: dict[str, Any]) -> None:
    await phones.file(**changes)
    await phones.let_pass(60 * MINUTE)
    assert await phones.told() == ["consent_unanswered"]
    assert (await phones.newest()).reason == "no_phone"


async def test_a_helper_who_waits_brings_the_call_forward(desk: Desk, phones: Phones) -> None:
    await phones.file()
    asked = await phones.newest()
    state, now = asked.request, await phones.now()
    assert state.commune_code is not None
    job = JobState(
        job_id=uuid7(), request_id=state.request_id, city="hanoi", code=state.code, version=2, status=JobStatus.ACCEPTED,
        priority=Priority.P2, category=state.category, commune_code=state.commune_code, place=Place(lat=21.0, lon=105.8), visit=0,
        details=state.details, resident=state.resident, filed_at=now, opened_at=now,
    )  # fmt: skip
    body = AssignmentChanged(job=job)
    kind = EventType.ASSIGNMENT_ACCEPTED
    await desk.board.handle([Event(type=kind, subject=job.job_id, version=2, key=state.request_id, body=body, time=now)])
    await phones.let_pass(5 * MINUTE + 1)
    assert await phones.told() == ["consent_asked", "consent_unanswered"], "after five minutes, not after twenty"
    await phones.let_pass(60 * MINUTE)
    assert await phones.told() == ["consent_asked", "consent_unanswered"], "and no second text after the call"


async def test_who_is_called_off_or_erased_is_asked_nothing_more(desk: Desk, phones: Phones) -> None:
    code = await phones.file()
    await desk.post(f"/v1/requests/{code}/cancel")
    assert (await phones.newest()).consent is not None, "so that the question on the phone is closed"
    await phones.let_pass(60 * MINUTE)
    assert await phones.told() == ["consent_asked", "cancelled"]
    contact = (await phones.row())["contact_point_id"]
    async with desk.pool.acquire() as connection:
        await erase(connection, contact)
    assert [row["phone_box"] for row in await desk.rows("select phone_box from consents")] == [None]


async def test_when_the_asked_person_is_erased_whoever_filed_it_is_called(desk: Desk, phones: Phones) -> None:
    await phones.file(on_behalf_of="Mẹ Hoa", visited_phone=MOTHER)
    mother = (await phones.newest()).recipients[0].contact_point_id
    async with desk.pool.acquire() as connection:
        await erase(connection, mother)
    await phones.let_pass(20 * MINUTE)
    unanswered = await phones.newest()
    assert (await phones.told())[-1] == "consent_unanswered"
    assert unanswered.recipients[0].contact_point_id == (await phones.row())["contact_point_id"]


async def test_on_the_hotline_the_operator_asks_and_says_what_they_have_heard(desk: Desk, phones: Phones) -> None:
    await desk.filed()
    await desk.filed(visit_consent=True, on_behalf_of="Mẹ Hoa")
    await phones.fire()
    assert [event["request"]["visit_consent"] for event in await phones.events()] == [None, True]


async def test_a_wrong_number_of_the_visited_person_is_refused(desk: Desk) -> None:
    response = await desk.file(form(visited_phone="12345678", on_behalf_of="Mẹ"))
    assert response.status_code == 422
    assert b"visited_phone" in response.content


async def test_one_number_is_not_written_to_on_behalf_of_half_the_city(desk: Desk) -> None:
    answers = [
        await desk.file(
            form(channel="web", requester={"name": "X", "phone": f"09123456{n:02}"}, on_behalf_of="Mẹ", visited_phone=MOTHER),
            role=None,
        )
        for n in range(6)
    ]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert orjson.loads(answers[-1].content)["status"] == 429
