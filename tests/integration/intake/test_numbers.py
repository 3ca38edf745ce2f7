"""A number never seen before files over the web: it gets a code, its requests are marked until it is shown to be theirs."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from intake.settings import IntakeSettings
from shared.events.contract import Sealed
from shared.events.messages import Answer
from shared.events.requests import RequestChanged, RequestState
from tests.integration.intake.conftest import Desk, form, open_desk
from tests.integration.intake.test_aftercare import HOUR, Helped
from tests.support.desk import PLACES, WEST, operator_of


@pytest.fixture
async def holding(dsn: str) -> AsyncIterator[Desk]:
    async with open_desk(dsn, IntakeSettings(hold_unconfirmed_seconds=1800)) as opened:
        yield opened


async def over_the_web(desk: Desk, **changes: Any) -> RequestState:
    """Suspected fraud: nobody is asked whether somebody may come."""
    answer = await desk.file(form(channel="web", category="fraud", **changes), role=None)
    assert answer.status_code == 202, answer.text
    while await desk.timers.fire_due():
        pass
    found = [RequestChanged.model_validate(event).request for event in await desk.events()]
    return next(one for one in reversed(found) if one.code == answer.json()["code"])


async def code_for(desk: Desk) -> str:
    """What stood in the text."""
    event = (await desk.events("request.number_asked"))[-1]
    secret = Sealed.model_validate(event["secret"])
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [secret.key_id]))[secret.key_id]
    return key.open(secret, purpose="code").decode()


async def number(desk: Desk, request: RequestState) -> str | None:
    seen = (await desk.client.get(f"/v1/requests/{request.code}")).json()
    marked: str | None = seen["number"]
    return marked


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_a_new_number_is_marked_until_its_code_comes_back(desk: Desk) -> None:
    request = await over_the_web(desk)
    assert request.status == "filed", "it is helped at once"
    code = await code_for(desk)
    assert (len(code), code.isdigit()) == (6, True)
    assert await number(desk, request) == "unconfirmed"
    path = f"/v1/requests/{request.code}/confirm-number"
    assert (await desk.post(path, {"code": other(code)}, role=None)).json()["reason"] == "code_wrong"
    assert await number(desk, request) == "unconfirmed"
    assert (await desk.post(path, {"code": code}, role=None)).json() == {"code": request.code, "number": "confirmed"}
    assert await number(desk, request) is None
    again = await over_the_web(desk)
    assert (await number(desk, again), len(await desk.events("request.number_asked"))) == (None, 1)
    for table in ("numbers", "audit", "outbox", "timers"):
        assert not await desk.rows(f"select 1 from {table} as kept where to_jsonb(kept)::text like $1", f'%"{code}"%')


async def test_what_one_commune_says_of_a_number_makes_nobody_theirs_and_takes_from_no_other_word(desk: Desk) -> None:
    theirs, typed = await operator_of(desk, WEST), await over_the_web(desk, location=PLACES[WEST])
    called = await desk.file(form(location=PLACES[WEST]), role="operator")
    for code in (typed.code, called.json()["code"]):
        answer = await desk.post(f"/v1/requests/{code}/confirm-number", {"code": None}, role=theirs)
        assert answer.json() == {"code": code, "number": "confirmed"}
        await desk.pool.execute("update numbers set confirmed_at = null")  # the next one is asked about, too
    words = await desk.rows("select code, on_word_of from requests")
    assert dict(words) == {typed.code: "somebody", called.json()["code"]: "operator"}


async def test_a_second_request_of_the_same_number_brings_no_second_code(desk: Desk) -> None:
    await over_the_web(desk)
    second = await over_the_web(desk)
    assert len(await desk.events("request.number_asked")) == 1
    assert await number(desk, second) == "unconfirmed"
    assert (await desk.post(f"/v1/requests/{second.code}/confirm-number", {"code": await code_for(desk)}, role=None)).is_success


async def test_tries_end_and_so_does_the_code(desk: Desk) -> None:
    request = await over_the_web(desk)
    code, path = await code_for(desk), f"/v1/requests/{request.code}/confirm-number"
    for _ in range(5):
        assert (await desk.post(path, {"code": other(code)}, role=None)).json()["reason"] == "code_wrong"
    assert (await desk.post(path, {"code": code}, role=None)).json()["reason"] == "code_over"
    assert (await desk.post(path, {"code": None}, role=None)).status_code == 422, "only an operator has called there"
    assert (await desk.post(path, {"code": None})).is_success
    assert await number(desk, request) is None


async def test_a_code_is_good_for_a_day(desk: Desk) -> None:
    request = await over_the_web(desk)
    await Helped(desk, request).let_pass(25 * HOUR)
    answer = await desk.post(f"/v1/requests/{request.code}/confirm-number", {"code": await code_for(desk)}, role=None)
    assert (answer.status_code, answer.json()["reason"]) == (409, "code_over")


async def test_whoever_was_here_before_or_calls_needs_no_code(desk: Desk) -> None:
    await desk.filed()
    assert await number(desk, await over_the_web(desk)) is None
    assert await desk.events("request.number_asked") == []


async def test_a_landline_gets_no_text_and_is_confirmed_by_a_call(desk: Desk) -> None:
    request = await over_the_web(desk, requester={"name": "Bà Sáu", "phone": "024 3825 1234"})
    assert (await desk.events("request.number_asked"), await number(desk, request)) == ([], "unconfirmed")
    assert (await desk.post(f"/v1/requests/{request.code}/confirm-number", {"code": None})).is_success
    assert await number(desk, request) is None


async def test_any_answer_from_the_number_shows_that_somebody_has_it(desk: Desk) -> None:
    request = await over_the_web(desk)
    await desk.post(f"/v1/requests/{request.code}/cancel-wish", role=None)
    await Helped(desk, request).answers(Answer.KEEPS_ON, "cancel")
    assert await number(desk, request) is None


async def test_a_deployment_may_let_unconfirmed_requests_wait_but_not_for_ever(holding: Desk) -> None:
    first = await over_the_web(holding)
    second = await over_the_web(holding)
    assert (first.held, second.held) == (True, True), "filed twice is confirmed as little"
    await holding.post(f"/v1/requests/{second.code}/confirm-number", {"code": await code_for(holding)}, role=None)
    freed = [RequestChanged.model_validate(event) for event in await holding.events("request.amended")]
    assert {(one.request.code, one.request.held, one.request.version) for one in freed} == {
        (first.code, False, 2),
        (second.code, False, 2),
    }
    third = await over_the_web(holding)
    assert third.held is False


async def test_whoever_shows_nothing_is_helped_after_the_wait(holding: Desk) -> None:
    request = await over_the_web(holding)
    await Helped(holding, request).let_pass(1801)
    (freed,) = [RequestChanged.model_validate(event).request for event in await holding.events("request.amended")]
    assert (freed.held, await number(holding, request)) == (False, "unconfirmed")


async def test_the_hotline_waits_for_nothing(holding: Desk) -> None:
    await holding.filed()
    (event,) = await holding.events()
    assert event["request"].get("held", False) is False
