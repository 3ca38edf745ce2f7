"""Whoever rang in vain is called back: one task a number, one operator at a time, a clock that nobody can forget."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from intake.hotline.callback import CallbackOutcome, Reason
from intake.hotline.settings import HotlineSettings
from intake.hotline.watch import HotlineWatch
from services.audit.reading import QUERIES as AUDIT
from shared.errors import Invalid, NotFound
from shared.events.contract import ChannelKind
from shared.postgres.pool import open_connection
from shared.security.tokens import Caller
from shared.telemetry.metrics_intake import HOTLINE_CALLBACKS, HOTLINE_ESCALATED
from tests.integration.intake.conftest import Desk, form
from tests.integration.intake.test_numbers import code_for, over_the_web
from tests.integration.intake.test_talking import writer
from tests.support.ringing import BINH, CHI, Hotline, a_hotline

S = HotlineSettings()
REACHED = CallbackOutcome.REACHED


@pytest.fixture
def line(desk: Desk) -> Hotline:
    return a_hotline(desk)


async def missed(line: Hotline, call: str = "a1", second: float = 30, **more: Any) -> dict[str, Any]:
    await line.told(call, "ringing", second - 30, **more)
    await line.told(call, "missed", second, **more)
    return (await line.callbacks())[0]


async def test_a_missed_call_is_returned_by_whoever_takes_it(desk: Desk, line: Hotline) -> None:
    task = await missed(line)
    assert (task["reason"], task["owner"], task["misses"], task["phone"]) == ("missed_call", "hotline", 1, "0912***678")
    mine = (await line.take(task)).json()
    assert (mine["phone"], mine["status"], mine["owner"]) == ("+84912345678", "taken", "test operator")
    assert (await line.done(task, "reached")).json()["outcome"] == "reached"
    assert await line.callbacks() == []
    actions = [row["action"] for row in await desk.rows("select action from audit where subject = $1 order by id", mine["id"])]
    assert actions == ["callback.opened", "callback.taken", "callback.said"]


async def test_several_misses_of_one_number_are_one_task_with_a_count(line: Hotline) -> None:
    for number in range(3):
        await missed(line, f"a{number}", 30 + 60 * number)
    await missed(line, "b1", 45, caller=CHI)
    assert sorted((task["phone"], task["misses"]) for task in await line.callbacks()) == [("0912***678", 3), ("0912***679", 1)]


async def test_of_two_operators_at_once_one_has_it(desk: Desk, line: Hotline) -> None:
    await line.newcomer("an")
    for number in range(8):
        task = await missed(line, f"a{number}", 30, caller=f"0912 345 7{number:02}")
        task = next(one for one in await line.callbacks() if one["status"] == "open")
        answers = await asyncio.gather(line.take(task), line.take(task, "an"))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        refused = next(answer for answer in answers if answer.status_code == 409)
        assert refused.json()["reason"] == "callback_taken"
        assert "phone" not in refused.json()


async def test_a_lease_that_ran_out_goes_back_and_another_takes_it(desk: Desk, line: Hotline) -> None:
    await line.newcomer("an")
    task = await missed(line)
    await line.take(task)
    await line.minutes_pass(S.lease_seconds / 60 + 1)
    (back,) = await line.callbacks()
    assert (back["status"], back["owner"]) == ("open", "hotline")
    assert (await line.take(task, "an")).status_code == 200
    assert (await line.done(task, "reached")).status_code == 409, "she has it now"
    assert (await line.done(task, "reached", "an")).status_code == 200


async def test_nobody_calls_and_it_goes_up_to_the_city_desk_where_everybody_sees_it(desk: Desk, line: Hotline) -> None:
    await missed(line)
    await line.minutes_pass(S.due_seconds / 60 + 1)
    (late,) = await line.callbacks()
    assert (late["overdue"], late["escalated"]) == (True, False)
    await missed(line, "b1", 60, caller=CHI)
    await line.minutes_pass(S.escalate_seconds / 60)
    first, *_ = await line.callbacks()
    assert (first["escalated"], first["owner"]) == (True, "city_desk")
    await HotlineWatch(desk.pool, desk.hotline.callbacks).look()
    assert (HOTLINE_CALLBACKS._value.get(), HOTLINE_ESCALATED._value.get()) == (2, 2)


async def test_after_three_calls_that_nobody_picks_up_it_is_the_desks(desk: Desk, line: Hotline) -> None:
    task = await missed(line)
    for tries in range(S.most_tries):
        assert (await line.take(task)).status_code == 200
        answer = (await line.done(task, "no_answer")).json()
        assert (answer["tries"], answer["status"]) == (tries + 1, "open")
        assert (await line.done(task, "no_answer")).json()["tries"] == tries + 1, "sent twice"
    (up,) = await line.callbacks()
    assert (up["owner"], up["escalated"]) == ("city_desk", True)


async def test_a_call_answered_later_ends_it_and_one_answered_before_does_not(line: Hotline) -> None:
    task = await missed(line, "a1", 100)
    await line.told("a0", "ringing", 0)
    await line.told("a0", "answered", 5)  # told late: it was before
    assert [one["id"] for one in await line.callbacks()] == [task["id"]]
    await line.told("a2", "ringing", 200)
    await line.told("a2", "answered", 205)
    assert await line.callbacks() == []
    await line.told("a3", "missed", 150)  # told late: they were spoken with since
    assert await line.callbacks() == []
    assert (await line.take(task)).json()["reason"] == "callback_over"


async def test_a_request_filed_by_that_number_ends_it(desk: Desk, line: Hotline) -> None:
    task = await missed(line)
    await desk.filed()
    assert await line.callbacks() == [], "nobody calls them while it is still open"
    await HotlineWatch(desk.pool, desk.hotline.callbacks).look()
    assert [row["outcome"] for row in await desk.rows("select outcome from callbacks")] == ["filed"]
    assert (await line.take(task)).status_code == 409


async def test_a_number_typed_on_the_web_ends_nobodys_callback_until_it_is_confirmed(desk: Desk, line: Hotline) -> None:
    first = await over_the_web(desk)
    task = await missed(line)
    await line.minutes_pass(10)
    await over_the_web(desk)
    await desk.hotline.watch.look()
    assert [one["id"] for one in await line.callbacks()] == [task["id"]], "anybody can have typed it"
    await desk.post(f"/v1/requests/{first.code}/confirm-number", {"code": await code_for(desk)}, role=None)
    assert await line.callbacks() == []
    await desk.hotline.watch.look()
    assert [row["outcome"] for row in await desk.rows("select outcome from callbacks")] == ["filed"]


async def test_a_code_that_came_back_for_one_request_says_nothing_of_another(desk: Desk, line: Hotline) -> None:
    first = await over_the_web(desk)
    task = await missed(line, second=600)
    await line.minutes_pass(10)
    await over_the_web(desk)
    await desk.post(f"/v1/requests/{first.code}/confirm-number", {"code": await code_for(desk)}, role=None)
    await desk.hotline.watch.look()
    assert [one["id"] for one in await line.callbacks()] == [task["id"]], "theirs is from before they rang"


async def test_an_operator_who_called_there_about_a_request_ends_it(desk: Desk, line: Hotline) -> None:
    await over_the_web(desk)
    await missed(line, second=600)
    await line.minutes_pass(10)
    request = await over_the_web(desk)
    await desk.post(f"/v1/requests/{request.code}/confirm-number", {"code": None})
    await desk.hotline.watch.look()
    assert await line.callbacks() == []


async def test_a_number_that_a_stranger_gave_in_a_chat_ends_nothing_for_its_owner(desk: Desk, line: Hotline) -> None:
    task = await missed(line)
    await line.minutes_pass(10)
    stranger, binh = await writer(desk, None, ChannelKind.TELEGRAM), await writer(desk, "+84912345678")
    await stranger.told()
    await stranger.writes("0912 345 678")
    await stranger.writes("1")
    (request,) = await desk.rows("select code from requests")
    assert request["code"] in await binh.writes("hủy yêu cầu"), "whether to cancel it"
    await desk.hotline.watch.look()
    assert [one["id"] for one in await line.callbacks()] == [task["id"]]


async def test_what_an_operator_filed_at_the_counter_ends_it_and_what_a_kiosk_filed_does_not(desk: Desk, line: Hotline) -> None:
    task = await missed(line)
    await line.minutes_pass(10)
    for role, left in [("adapter", [task["id"]]), ("operator", [])]:
        assert (await desk.file(form(channel="counter"), role=role)).status_code == 202
        await desk.hotline.watch.look()
        assert [one["id"] for one in await line.callbacks()] == left


async def test_the_judge_takes_no_number_typed_on_the_web_for_a_call_that_was_returned(desk: Desk, line: Hotline) -> None:
    async def unreturned() -> tuple[int, int]:
        async with open_connection(desk.dsn, schema="auditor") as auditor:
            late = await auditor.fetch(AUDIT["calls_unreturned"], timedelta(minutes=1), 10)
            return len(late), len(await auditor.fetch(AUDIT["intake_unreturned"]))

    first = await over_the_web(desk)
    await missed(line)
    await line.minutes_pass(10)
    await over_the_web(desk)
    assert await unreturned() == (0, 0)
    await desk.pool.execute("delete from callbacks")
    assert await unreturned() == (1, 1), "anybody can have typed it"
    await desk.post(f"/v1/requests/{first.code}/confirm-number", {"code": await code_for(desk)}, role=None)
    await desk.pool.execute("delete from callbacks")
    assert await unreturned() == (0, 0)


async def test_a_request_written_from_the_number_itself_ends_it(desk: Desk, line: Hotline) -> None:
    await missed(line)
    await line.minutes_pass(10)
    binh = await writer(desk, "+84912345678")
    await binh.told()
    await binh.writes("1")
    await desk.hotline.watch.look()
    assert await line.callbacks() == []


async def test_the_operator_who_files_it_while_talking_says_what_came_of_the_call(desk: Desk, line: Hotline) -> None:
    task = await missed(line)
    await line.take(task)
    await desk.filed()
    await HotlineWatch(desk.pool, desk.hotline.callbacks).look()
    assert await line.callbacks() == []
    assert [(await line.done(task, "reached")).json()["outcome"] for _ in range(2)] == ["reached", "reached"]


async def test_who_was_reached_and_rings_again_in_vain_is_called_again(desk: Desk, line: Hotline) -> None:
    task = await missed(line)
    await line.take(task)
    await line.done(task, "reached")
    await line.minutes_pass(60)
    await desk.post("/v1/calls", {"call": "a2", "event": "missed", "from": BINH}, role="adapter")
    (again,) = await line.callbacks()
    assert (again["id"] != task["id"], again["misses"]) == (True, 1)


async def test_somebody_asks_to_be_called_and_a_missed_call_joins_it(desk: Desk, line: Hotline) -> None:
    callbacks = desk.hotline.callbacks
    asked = await callbacks.ask(BINH, Reason.PASS_PHRASE)
    assert await callbacks.ask(BINH, Reason.PASS_PHRASE) == asked
    await missed(line)
    (task,) = await line.callbacks()
    assert (task["id"], task["reason"], task["misses"]) == (str(asked), "pass_phrase", 1)
    await desk.filed()
    await HotlineWatch(desk.pool, callbacks).look()
    assert len(await line.callbacks()) == 1, "they asked for something else"
    with pytest.raises(Invalid):
        await callbacks.ask("113", Reason.ASKED)


async def test_operators_and_programs_may_ask_for_somebody(desk: Desk, line: Hotline) -> None:
    for role, status in [("adapter", 202), ("operator", 202), ("ops", 403), (None, 401)]:
        answer = await desk.post("/v1/callbacks", {"phone": CHI, "reason": "chat"}, role=role)
        assert answer.status_code == status
    assert [task["reason"] for task in await line.callbacks()] == ["chat"]
    assert (await desk.post("/v1/callbacks", {"phone": "12345678"}, role="adapter")).status_code == 422


async def test_calls_of_one_number_at_once_make_one_task_and_an_answer_among_them_none(desk: Desk, line: Hotline) -> None:
    words = [line.told(f"a{number}", "missed", 30 + number) for number in range(6)]
    await asyncio.gather(*words, line.told("b", "answered", 60))
    assert await line.callbacks() == []
    await asyncio.gather(*(line.told(f"c{number}", "missed", 90 + number) for number in range(6)))
    assert [task["misses"] for task in await line.callbacks()] == [6]


async def test_who_works_for_one_commune_calls_back_those_who_have_a_request_there(desk: Desk, line: Hotline) -> None:
    request = await desk.filed()
    task = await missed(line, second=600)
    await missed(line, "b1", 600, caller=CHI)
    here, elsewhere = (Caller("a ward's desk", "operator", commune_code=code) for code in (request["commune_code"], "00004"))
    callbacks = desk.hotline.callbacks
    assert [one["phone"] for one in await callbacks.waiting(10, here.commune_code)] == ["0912***678"]
    assert await callbacks.waiting(10, elsewhere.commune_code) == []
    for refused in (callbacks.take(UUID(task["id"]), elsewhere), callbacks.done(UUID(task["id"]), elsewhere, REACHED)):
        with pytest.raises(NotFound):
            await refused
    taken = await callbacks.take(UUID(task["id"]), here)
    assert (taken["phone"], taken["open_requests"]) == ("+84912345678", [request["code"]])


WRONG: list[tuple[str, Any]] = [("a word of ours", {"outcome": "filed"}), ("no word", {"outcome": "maybe"}), ("nothing", {})]


@pytest.mark.parametrize("body", [row[1] for row in WRONG], ids=[row[0] for row in WRONG])
async def test_what_came_of_a_call_is_one_of_three_words(desk: Desk, line: Hotline, body: Any) -> None:
    task = await missed(line)
    await line.take(task)
    assert (await desk.post(f"/v1/callbacks/{task['id']}/done", body)).status_code == 422
    assert (await desk.post(f"/v1/callbacks/{uuid4()}/done", {"outcome": "reached"})).status_code == 404


async def test_what_is_done_without_taking_it_is_refused(line: Hotline) -> None:
    answer = await line.done(await missed(line), "reached")
    assert (answer.status_code, answer.json()["reason"]) == (403, "callback_not_taken")


async def test_a_callback_that_ended_is_forgotten_after_a_month(desk: Desk, line: Hotline) -> None:
    task = await missed(line)
    await line.take(task)
    await line.done(task, "wrong_number")
    await line.minutes_pass(31 * 24 * 60)
    await line.minutes_pass(61)  # whatever its own timer held in that moment is skipped; the next sweep has it
    assert await desk.count("callbacks") == 0


def test_the_story_uses_a_form_of_the_same_number() -> None:
    assert form()["requester"]["phone"] == BINH
