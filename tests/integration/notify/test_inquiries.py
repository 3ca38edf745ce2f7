"""What a registered number is asked about its request: is it fixed, how was it, shall it be called off?"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from intake.aftercare.asking import QUESTIONS
from notify.purpose import Purpose
from notify.sending.throttle import LOCAL
from shared.events.contract import Priority, Role
from shared.events.registry import EventType
from shared.events.requests import Inquired, Inquiry, RequestChanged, RequestState, RequestStatus
from tests.support.notifying import Bureau, Person


@dataclass
class Resolved:
    """A request whose help is over, and what intake says of it."""

    bureau: Bureau
    lan: Person
    request: RequestState
    asks: dict[Inquired, UUID] = field(default_factory=dict)

    async def says(
        self,
        kind: EventType,
        about: Inquired,
        *,
        hears: bool = True,
        score: int | None = None,
        reason: str | None = None,
        wish: dict[str, str] | None = None,
        **changes: object,
    ) -> None:
        recipients = (self.lan.as_(Role.RESIDENT),) if hears else ()
        event = self.bureau.about_request(kind, self.request, *recipients, **changes)
        assert isinstance(event.body, RequestChanged)
        ask_id = self.asks.setdefault(about, uuid4())
        until = await self.bureau.now() + timedelta(hours=48)
        move = None if wish is None else self.lan.key.seal(orjson.dumps(wish), purpose="details")
        inquiry = Inquiry(ask_id=ask_id, contact_point_id=self.lan.id, open_until=until, about=about, move=move)
        await self.bureau.hear(
            replace(event, body=event.body.model_copy(update={"inquiry": inquiry, "score": score, "reason": reason}))
        )
        await self.bureau.send_all()

    async def answers(self) -> list[str]:
        return [reply["answer"] for reply in await self.bureau.emitted(EventType.REPLY_RECEIVED)]

    async def calls(self) -> list[str]:
        rows = await self.bureau.rows("select purpose from call_tasks where status = 'open' order by created_at")
        return [row["purpose"] for row in rows]


async def resolved(bureau: Bureau, phone: str = "+84912000001", **changes: Any) -> Resolved:
    await bureau.at_local(10)
    lan = await bureau.person("Bà Lan", phone)
    return Resolved(bureau, lan, await bureau.request(lan, status=RequestStatus.RESOLVED, **changes))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *(("1 10", "fixed"), ("1", "fixed"), ("Được", "fixed"), ("được rồi em ạ", "fixed"), ("xong rồi", "fixed")),
        *(("2", "not_fixed"), ("chưa", "not_fixed"), ("van loi 10", "not_fixed"), ("không dùng được", "not_fixed")),
    ],
)
async def test_is_it_fixed_is_answered_as_people_answer(bureau: Bureau, text: str, answer: str) -> None:
    case = await resolved(bureau)
    await case.says(EventType.REQUEST_INQUIRED, Inquired.FIXED)
    (asked,) = bureau.texts_to(case.lan)
    assert "1 10 = được rồi, 2 10 = chưa được" in asked
    assert "không bao giờ hỏi OTP" in asked
    await bureau.writes(case.lan, text)
    assert await case.answers() == [answer]


async def test_at_night_nobody_is_asked_and_intake_hears_from_when_on_they_may_be(bureau: Bureau) -> None:
    case = await resolved(bureau, priority=Priority.P3)
    await bureau.at_local(23)
    await case.says(EventType.REQUEST_INQUIRED, Inquired.FIXED)
    assert bureau.texts_to(case.lan) == []
    (failed,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert (failed["purpose"], failed["offer_id"]) == ("fixed_ask", str(case.asks[Inquired.FIXED]))
    assert failed["purpose"] in QUESTIONS, "by these words intake knows it"
    assert datetime.fromisoformat(failed["retry_at"]).astimezone(LOCAL).hour == 7
    case.asks.clear()
    await bureau.at_local(8)
    await case.says(EventType.REQUEST_INQUIRED, Inquired.FIXED)
    await bureau.writes(case.lan, "1")
    assert await case.answers() == ["fixed"]


async def test_a_landline_is_called_about_it_and_never_only_for_a_mark(bureau: Bureau) -> None:
    case = await resolved(bureau, "+842438251234")
    await case.says(EventType.REQUEST_INQUIRED, Inquired.FIXED)
    assert await case.calls() == [Purpose.FIXED_ASK]
    await case.says(EventType.REQUEST_CONFIRMED, Inquired.FIXED, hears=False, status=RequestStatus.CLOSED)
    assert await case.calls() == [], "an operator has heard it"
    await case.says(EventType.REQUEST_INQUIRED, Inquired.SURVEY)
    assert (await case.calls(), bureau.texts_to(case.lan)) == ([], [])


async def test_a_mark_and_why_are_passed_on_sealed_and_a_bad_one_is_read_by_a_person(bureau: Bureau) -> None:
    case = await resolved(bureau)
    await case.says(EventType.REQUEST_INQUIRED, Inquired.SURVEY)
    await bureau.writes(case.lan, "5 10 nhanh")
    (good,) = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (good["answer"], good["score"], good["offer_id"]) == ("rated", 5, str(case.asks[Inquired.SURVEY]))
    assert "nhanh" not in str(good)
    key = case.lan.key
    assert good["why"]["key_id"] == str(key.id)
    assert await bureau.emitted(EventType.MESSAGE_RECEIVED) == []
    await bureau.writes(case.lan, "1 10 hôm sau lại hỏng")
    assert [reply["score"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)] == [5, 1]
    assert len(await bureau.emitted(EventType.MESSAGE_RECEIVED)) == 1


async def test_a_yes_to_a_survey_is_no_mark_and_a_person_reads_it(bureau: Bureau) -> None:
    case = await resolved(bureau)
    await case.says(EventType.REQUEST_INQUIRED, Inquired.SURVEY)
    await bureau.writes(case.lan, "có")
    assert await case.answers() == []
    assert len(await bureau.emitted(EventType.MESSAGE_RECEIVED)) == 1


@pytest.mark.parametrize(("text", "answer"), [("1", "calls_off"), ("2", "keeps_on"), ("không", "keeps_on")])
async def test_whoever_has_the_number_decides_whether_it_is_called_off(bureau: Bureau, text: str, answer: str) -> None:
    case = await resolved(bureau)
    await case.says(EventType.REQUEST_INQUIRED, Inquired.CANCEL, status=RequestStatus.WAITING)
    assert "HỦY" in bureau.texts_to(case.lan)[-1]
    await bureau.writes(case.lan, text)
    assert await case.answers() == [answer]


@pytest.mark.parametrize(("text", "answer"), [("1", "moves"), ("2", "stays"), ("khong", "stays")])
async def test_whoever_has_the_number_reads_what_is_to_change_and_decides(bureau: Bureau, text: str, answer: str) -> None:
    case = await resolved(bureau)
    wish = {"address": "5 ngõ 7", "commune_code": "00004", "at": "2026-11-26T02:00:00+00:00"}
    await case.says(EventType.REQUEST_INQUIRED, Inquired.MOVE, status=RequestStatus.WAITING, wish=wish)
    asked = bureau.texts_to(case.lan)[-1]
    assert ("ĐỔI" in asked, "5 ngõ 7, " in asked, "09:00" in asked) == (True, True, True)
    await bureau.writes(case.lan, text)
    assert await case.answers() == [answer]


async def test_what_a_stranger_has_typed_lures_nobody(bureau: Bureau) -> None:
    case = await resolved(bureau)
    wish = {"address": "gọi 0987 654 321 nhận tiền tại evil.com/x", "commune_code": "00004"}
    await case.says(EventType.REQUEST_INQUIRED, Inquired.MOVE, status=RequestStatus.WAITING, wish=wish)
    asked = bureau.texts_to(case.lan)[-1]
    assert ("ĐỔI NƠI" in asked, "evil" in asked, "0987" in asked) == (True, False, False)


async def test_silence_to_a_wish_ends_that_question_alone_and_is_told(bureau: Bureau) -> None:
    case = await resolved(bureau)
    await case.says(EventType.REQUEST_INQUIRED, Inquired.CANCEL, status=RequestStatus.WAITING)
    await case.says(EventType.REQUEST_INQUIRED, Inquired.MOVE, status=RequestStatus.WAITING, wish={"commune_code": "00004"})
    await case.says(EventType.REQUEST_INQUIRY_OVER, Inquired.CANCEL, status=RequestStatus.WAITING, reason="silence")
    assert "không có gì thay đổi" in bureau.texts_to(case.lan)[-1]
    rows = await bureau.rows("select kind, status from questions order by kind")
    assert {row["kind"]: row["status"] == "withdrawn" for row in rows} == {"cancel": True, "move": False}


async def test_what_is_opened_anew_need_not_be_answered(bureau: Bureau) -> None:
    case = await resolved(bureau)
    await case.says(EventType.REQUEST_INQUIRED, Inquired.FIXED)
    await case.says(EventType.REQUEST_REOPENED, Inquired.FIXED, status=RequestStatus.FILED, reopened=1)
    assert await bureau.one("select status from questions where kind = 'fixed'") == "withdrawn"
    assert "đã mở lại" in bureau.texts_to(case.lan)[-1]
