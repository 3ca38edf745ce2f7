"""May somebody come? One question on the visited person's own phone, words as people write them, or a call."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from intake.unreached import CALLS, QUESTION, WITHOUT_A_WORD
from notify.calls.call import CallOutcome
from notify.calls.desk import Calls
from notify.channels.port import ReceiptStatus
from notify.purpose import Purpose
from shared.events.contract import Priority, Role
from shared.events.registry import EventType
from shared.events.requests import ConsentAsk, RequestChanged, RequestState, RequestStatus
from shared.security.phrases import phrase
from shared.security.tokens import Caller
from tests.support.notifying import SEED, Bureau, Person

RESIDENT = Role.RESIDENT


@dataclass
class Question:
    """As intake tells of it."""

    bureau: Bureau
    lan: Person
    request: RequestState
    open_until: datetime
    behalf: bool = False
    ask_id: UUID = field(default_factory=uuid4)

    async def says(
        self, kind: EventType, *hearers: Person, again: bool = False, reason: str | None = None, **changes: Any
    ) -> None:
        event = self.bureau.about_request(kind, self.request, *(one.as_(RESIDENT) for one in hearers), **changes)
        assert isinstance(event.body, RequestChanged)
        ask = ConsentAsk(
            ask_id=self.ask_id, contact_point_id=self.lan.id, open_until=self.open_until, again=again, behalf=self.behalf
        )
        await self.bureau.hear(replace(event, body=event.body.model_copy(update={"consent": ask, "reason": reason})))
        await self.bureau.send_all()

    async def asked(self, *, again: bool = False) -> None:
        await self.says(EventType.REQUEST_CONSENT_ASKED, self.lan, again=again)

    async def answers(self) -> list[str]:
        replies = await self.bureau.emitted(EventType.REPLY_RECEIVED)
        assert all(reply["offer_id"] == str(self.ask_id) for reply in replies)
        return [reply["answer"] for reply in replies]

    async def calls(self) -> list[str]:
        rows = await self.bureau.rows("select purpose from call_tasks where status = 'open' order by created_at")
        return [row["purpose"] for row in rows]

    async def closes_call(self) -> None:
        call_id = await self.bureau.one("select id from call_tasks where status = 'open'")
        await Calls(self.bureau.pool, self.bureau.vault).done(call_id, Caller("Mai", "operator"), CallOutcome.UNREACHED)

    async def status(self) -> str:
        return str(await self.bureau.one("select status from questions where kind = 'consent'"))


async def a_question(bureau: Bureau, *, behalf: bool = False, **changes: Any) -> Question:
    lan = await bureau.person("Bà Lan", "+84912000001")
    request = await bureau.request(lan, visit_consent=None, **changes)
    return Question(bureau, lan, request, await bureau.now() + timedelta(hours=25), behalf)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1 10", "agreed"),
        ("co", "agreed"),
        ("Đồng ý", "agreed"),
        ("ok em", "agreed"),
        ("2 10", "not_agreed"),
        ("khong", "not_agreed"),
        ("thôi khỏi", "not_agreed"),
        ("không đồng ý", "not_agreed"),
        ("không cần đến", "not_agreed"),
        ("khong can nua 10", "not_agreed"),
    ],
)
async def test_what_people_write_is_understood(bureau: Bureau, text: str, answer: str) -> None:
    question = await a_question(bureau)
    await question.asked()
    (asked,) = bureau.texts_to(question.lan)
    assert "1 10 = đồng ý, 2 10 = không" in asked
    assert "1022 không bao giờ hỏi OTP hay tiền" in asked
    await bureau.writes(question.lan, text)
    assert await question.answers() == [answer]
    assert await question.status() == "answered"


async def test_it_is_asked_again_by_the_same_code_and_stays_open_beside_the_call(bureau: Bureau) -> None:
    question = await a_question(bureau, behalf=True)
    await question.asked()
    await question.asked(again=True)
    assert len(set(bureau.texts_to(question.lan))) == 1 < len(bureau.texts_to(question.lan))
    assert "người nhà nhờ giúp ông/bà (Không đăng nhập" in bureau.texts_to(question.lan)[0]
    await question.says(EventType.REQUEST_CONSENT_UNANSWERED, question.lan)
    assert await question.calls() == [Purpose.VISIT_CONSENT]
    await bureau.writes(question.lan, "1 10")
    assert await question.answers() == ["agreed"]
    await question.says(EventType.REQUEST_VISIT_AGREED, question.lan, reason="by_phone", visit_consent=True)
    assert await question.calls() == []
    assert "Cảm ơn ông/bà đã đồng ý" in bureau.texts_to(question.lan)[-1]
    assert "nhắn 2 10" in bureau.texts_to(question.lan)[-1], "how to change one's mind"


async def test_of_a_number_that_was_wrong_the_question_is_closed_and_nobody_calls_it(bureau: Bureau) -> None:
    question = await a_question(bureau)
    await question.asked()
    await question.says(EventType.REQUEST_CONSENT_UNANSWERED, question.lan)
    assert await question.calls() == [Purpose.VISIT_CONSENT]
    await question.says(EventType.REQUEST_AMENDED, reason="corrected")
    assert await question.status() == "answered"
    assert await question.calls() == []


async def test_a_change_of_mind_is_passed_on_each_time(bureau: Bureau) -> None:
    question = await a_question(bureau)
    await question.asked()
    for text in ("1 10", "2 10", "1 10", "1 10"):
        await bureau.writes(question.lan, text)
    assert await question.answers() == ["agreed", "not_agreed", "agreed", "agreed"], "what it is worth, intake says"


async def test_a_no_is_told_to_both_and_the_desk_calls(bureau: Bureau) -> None:
    hoa = await bureau.person("Hoa", "+84912000009")
    question = await a_question(bureau, behalf=True)
    await question.asked()
    await bureau.writes(question.lan, "2 10")
    changes = {"visit_consent": False, "status": RequestStatus.CANCELLED}
    await question.says(EventType.REQUEST_VISIT_REFUSED, hoa, question.lan, reason="by_phone", **changes)
    assert "KHÔNG ai đến nhà" in bureau.texts_to(question.lan)[-1]
    assert "không muốn ai đến nhà" in bureau.texts_to(hoa)[-1]
    assert await question.calls() == [Purpose.NO_VISIT_CALL]
    await question.says(EventType.REQUEST_REOPENED, question.lan, visit_consent=True, reopened=1)
    assert await question.calls() == [], "they have changed their mind"
    told = bureau.texts_to(question.lan)[-1]
    assert "đã mở lại" in told
    assert phrase(SEED, 0) not in told, "the first visit's is over; which is valid, whoever sets out makes known"


async def test_what_the_operator_hears_closes_the_question_and_its_code_lives_on(bureau: Bureau) -> None:
    question = await a_question(bureau)
    await question.asked()
    await question.says(EventType.REQUEST_VISIT_AGREED, visit_consent=True)
    assert await question.status() == "answered"
    assert len(bureau.texts_to(question.lan)) == 1, "whoever is on the telephone gets no text"
    await bureau.writes(question.lan, "2 10")
    assert await question.answers() == ["not_agreed"]
    await question.says(EventType.REQUEST_CONSENT_NOTED, question.lan, reason="there")
    assert "người giúp đã đến nơi" in bureau.texts_to(question.lan)[-1]


async def test_what_is_called_off_need_not_be_answered(bureau: Bureau) -> None:
    question = await a_question(bureau)
    await question.asked()
    await question.says(EventType.REQUEST_CANCELLED, question.lan, status=RequestStatus.CANCELLED)
    assert await question.status() == "answered"


async def test_an_offer_comes_before_the_question_of_a_helper_who_is_visited(bureau: Bureau) -> None:
    question = await a_question(bureau)
    await question.asked()
    binh = await bureau.person("Bình", "+84912000005")
    await bureau.offered(await bureau.job(binh), question.lan)
    await bureau.send_all()
    assert await question.status() == "paused"
    await bureau.writes(question.lan, "1 10")
    assert [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)] == ["agreed"]


async def test_what_does_not_arrive_is_said_with_the_question_it_asked(bureau: Bureau) -> None:
    question = await a_question(bureau)
    await question.asked()
    message_id = await bureau.one("select id from messages")
    await bureau.receipt(message_id, ReceiptStatus.UNDELIVERED)
    (failed,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert (failed["purpose"], failed["offer_id"]) == (QUESTION, str(question.ask_id)), "by these words intake knows it"


async def test_there_is_one_call_at_a_time_and_at_last_one_to_find_another_way(bureau: Bureau) -> None:
    question = await a_question(bureau)
    await question.says(EventType.REQUEST_CONSENT_UNANSWERED, question.lan, reason="silent")
    await question.says(EventType.REQUEST_CONSENT_UNANSWERED, question.lan, reason="no_word")
    assert await question.calls() == [Purpose.VISIT_CONSENT]
    await question.closes_call()
    await question.says(EventType.REQUEST_CONSENT_UNANSWERED, question.lan, reason="no_word")
    assert await question.calls() == [Purpose.VISIT_CONSENT]
    await question.closes_call()
    await question.says(EventType.REQUEST_CONSENT_UNANSWERED, question.lan, reason="unreached")
    assert await question.calls() == [Purpose.CONSENT_UNREACHED]
    done = await bureau.emitted(EventType.CALL_DONE)
    assert {one["purpose"] for one in done} | {Purpose.CONSENT_UNREACHED} == CALLS, "the words by which intake counts them"
    assert {one["outcome"] for one in done} < WITHOUT_A_WORD.keys() <= set(CallOutcome)
    await question.says(EventType.REQUEST_VISIT_AGREED, question.lan, visit_consent=True)
    assert await question.calls() == []


async def test_a_landline_is_called(bureau: Bureau) -> None:
    question = await a_question(bureau)
    question.lan = await bureau.person("Bà Lan", "+842438251234")
    await question.asked()
    assert bureau.texts_to(question.lan) == []
    assert await question.calls() == [Purpose.VISIT_CONSENT]


async def test_whoever_files_it_hands_on_the_telephone(bureau: Bureau) -> None:
    question = await a_question(bureau)
    await question.says(EventType.REQUEST_CONSENT_UNANSWERED, question.lan, reason="no_phone")
    assert await question.calls() == [Purpose.VISIT_CONSENT]


@pytest.mark.parametrize(("hours", "called"), [(0, False), (2, True)])
async def test_the_winner_waits_for_the_text_until_it_is_time_to_call(bureau: Bureau, hours: int, called: bool) -> None:
    question = await a_question(bureau, priority=Priority.P2)
    job = await bureau.job(question.lan, visit_consent=None)
    question.request = bureau.requests[job.request_id]
    await question.asked()
    await bureau.move_clock(hours * 3600.0)
    an = await bureau.person("Tổ 1", "+84912000002")
    await bureau.accepted(job, an, question.lan, await bureau.offered(job, an))
    await bureau.send_all()
    assert await question.calls() == ([Purpose.VISIT_CONSENT] if called else [])
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_NOT_AGREED, job, an.as_(Role.RESPONDER)))
    await bureau.send_all()
    assert "KHOAN ĐI" in bureau.texts_to(an)[-1]
