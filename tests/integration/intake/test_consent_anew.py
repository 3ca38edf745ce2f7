"""A number turns out to be wrong while it is asked whether somebody may come: its word counts no more, the right one is asked."""

from typing import Any

import pytest

from shared.events.messages import Answer
from shared.events.requests import RequestChanged
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_consent import MINUTE, MOTHER, Phones, opened

RIGHT = "0988 111 222"


async def corrected(desk: Desk, wrong: str, right: str) -> None:
    asked = await desk.post("/v1/privacy/requests", {"kind": "correct", "identified": "callback", "phone": wrong})
    done = await desk.post(f"/v1/privacy/requests/{asked.json()['id']}/correct", {"phone": right})
    assert done.status_code == 200, done.text


@pytest.mark.parametrize(
    ("wrong", "form"),
    [("0912 345 678", {}), (MOTHER, {"on_behalf_of": "Mẹ tôi", "visited_phone": MOTHER})],
    ids=["of who files", "of who is visited"],
)
async def test_the_right_number_is_asked_and_the_wrong_one_decides_nothing(desk: Desk, wrong: str, form: dict[str, Any]) -> None:
    phones = Phones(desk)
    await phones.file(**form)
    before = await phones.newest()
    await corrected(desk, wrong, RIGHT)
    await phones.fire()
    taken_back, asked = (RequestChanged.model_validate(event) for event in (await phones.events())[-2:])
    assert before.consent is not None
    assert asked.consent is not None
    assert (taken_back.reason, taken_back.consent) == ("corrected", before.consent), "the wrong phone's question is closed"
    assert asked.consent.contact_point_id != before.consent.contact_point_id
    assert await opened(desk, asked) == "+84988111222"
    await phones.answer(Answer.AGREED, ask_id=before.consent.ask_id)
    assert (await phones.row())["visit_consent"] is None, "whoever had the wrong number opens no door"
    await phones.answer(Answer.AGREED)
    assert (await phones.row())["visit_consent"] is True


async def test_a_landline_is_called_and_the_wrong_number_is_not_called_instead(desk: Desk) -> None:
    phones = Phones(desk)
    await phones.file()
    await corrected(desk, "0912 345 678", "024 3825 1234")
    await phones.fire()
    called = await phones.newest()
    assert called.reason == "no_phone"
    assert await opened(desk, called) == "+842438251234"
    await phones.let_pass(60 * MINUTE)
    assert [event["type"] for event in await phones.events()].count("request.consent_unanswered") == 1


async def test_an_answer_that_was_given_is_not_asked_for_again(desk: Desk) -> None:
    phones = Phones(desk)
    await phones.file()
    await phones.answer(Answer.AGREED)
    await corrected(desk, "0912 345 678", RIGHT)
    await phones.fire()
    assert (await phones.told())[-2:] == ["visit_agreed", "amended"]
