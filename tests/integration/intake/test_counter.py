"""A morning at a service point: numbers are taken, called, missed, served; nobody is lost and nobody waits for ever."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from prometheus_client import REGISTRY

from intake.erase import erase
from services.audit.invariants import judge
from services.audit.reading import read_world
from shared.events.counter import TicketCalled
from tests.support.hall import Hall, open_hall

PHONE = "0912 345 678"


@pytest.fixture
async def hall(dsn: str) -> AsyncIterator[Hall]:
    async with open_hall(dsn) as opened:
        yield opened


async def test_a_number_says_where_one_stands_and_admits_what_it_does_not_know(hall: Hall) -> None:
    first, second = await hall.taken(category="vneid_login"), await hall.taken(need="Mất sổ đỏ, hỏi thủ tục")
    assert (first["number"], second["number"]) == (1, 2)
    assert (first["position"], second["position"]) == (1, 2)
    assert second["expected_wait_seconds"] is None
    assert second["text"]["vi"].startswith("Điểm Hoàn Kiếm. Số 2. Trước ông/bà còn 1 người. Chưa ước được thời gian chờ.")
    assert "Number 2. 1 before you." in second["text"]["en"]
    assert await hall.next() is not None
    assert (await hall.looks(second))["position"] == 1
    assert (await hall.looks(first))["text"]["vi"] == "Mời số 1 đến quầy 1"


async def test_the_wait_is_what_it_took_at_this_very_point(hall: Hall) -> None:
    for _ in range(6):
        await hall.taken()
    for _ in range(5):
        await hall.serves(seconds=500)
    last = await hall.taken()
    waited = (await hall.looks(last))["expected_wait_seconds"]
    assert waited == pytest.approx(1.5 * 500, rel=0.1), "one before them, and half of whoever is there now"
    assert "Chờ khoảng 15 phút" in (await hall.looks(last))["text"]["vi"]
    elsewhere = await hall.taken(point="ba-dinh")
    assert elsewhere["expected_wait_seconds"] is None, "another point has times of its own"
    assert elsewhere["number"] == 1


async def test_priority_goes_first_and_at_most_twice_in_a_row_while_others_wait(hall: Hall) -> None:
    for _ in range(3):
        await hall.taken()
    for reason in ("elderly", "disabled", "pregnant", "elderly", "ill"):
        await hall.taken(priority=reason)
    assert [await hall.serves() for _ in range(9)] == [4, 5, 1, 6, 7, 2, 8, 3, None]


async def test_twenty_desks_at_once_get_twenty_people(hall: Hall) -> None:
    for _ in range(20):
        await hall.taken()
    called = await asyncio.gather(*(hall.next(f"{desk}") for desk in range(25)))
    numbers = [ticket["number"] for ticket in called if ticket is not None]
    assert sorted(numbers) == list(range(1, 21))
    assert called.count(None) == 5


async def test_a_desk_whose_answer_was_lost_is_told_the_same_person_again(hall: Hall) -> None:
    await hall.taken(need="Không vào được VNeID")
    await hall.taken()
    first, again = await hall.next(), await hall.next()
    assert first == again
    assert first is not None
    assert first["need"] == "Không vào được VNeID"
    assert [one.status_code for one in [await hall.says(first, "done"), await hall.says(first, "done")]] == [200, 200]
    following = await hall.next()
    assert following is not None
    assert following["number"] == 2


async def test_who_does_not_come_is_called_once_more_after_three_others_and_then_no_more(hall: Hall) -> None:
    for _ in range(6):
        await hall.taken()
    missing = await hall.next()
    assert missing is not None
    assert (await hall.says(missing, "no-show")).json()["position"] == 4
    assert [await hall.serves() for _ in range(3)] == [2, 3, 4]
    again = await hall.next()
    assert again is not None
    assert again["number"] == 1
    assert (await hall.says(again, "no-show")).json()["status"] == "missed"
    assert [await hall.serves() for _ in range(3)] == [5, 6, None]
    assert (await hall.says(missing, "done")).json()["reason"] == "ticket_is_over"


async def test_a_no_show_said_twice_is_one_and_a_late_one_counts_against_nobody_at_another_desk(hall: Hall) -> None:
    missing = await hall.taken()
    await hall.next("1")
    first, again = [await hall.says(missing, "no-show?desk=1") for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200), again.text
    assert first.json() == again.json()
    assert await hall.next("2") is not None
    late = await hall.says(missing, "no-show?desk=1")
    assert (late.status_code, late.json()["reason"]) == (409, "called_elsewhere")
    assert (await hall.looks(missing))["status"] == "called"
    assert (await hall.says(missing, "done?desk=2")).json()["status"] == "done"


async def test_nothing_can_be_said_of_a_ticket_before_it_is_called(hall: Hall) -> None:
    ticket = await hall.taken()
    for what in ("done", "no-show"):
        refused = await hall.says(ticket, what)
        assert (refused.status_code, refused.json()["reason"]) == (409, "ticket_not_called")


async def test_its_holder_cancels_without_a_token_and_the_line_moves_up(hall: Hall) -> None:
    first, second = await hall.taken(), await hall.taken()
    assert (await hall.post(f"/v1/tickets/{first['id']}/cancel", role=None)).json()["status"] == "cancelled"
    assert (await hall.looks(second))["position"] == 1
    assert await hall.serves() == 2


async def test_the_same_key_is_the_same_number_also_fifty_times_at_once(hall: Hall) -> None:
    answers = await asyncio.gather(*(hall.take(key="kiosk-9", need="in hộ giấy tờ") for _ in range(50)))
    assert {answer.json()["number"] for answer in answers} == {1}
    other = await hall.take(key="kiosk-9", need="việc khác")
    assert other.status_code == 422
    assert (await hall.taken())["number"] == 2, "no number is lost on a repetition"


async def test_whoever_left_a_number_is_called_there_too_and_nobody_else(hall: Hall) -> None:
    await hall.taken()
    await hall.taken(phone=PHONE)
    await hall.serves()
    assert await hall.desk.events() == []
    await hall.next("2A")
    (event,) = await hall.desk.events("ticket.called")
    called = TicketCalled.model_validate(event)
    assert (called.number, called.desk, called.point, called.again) == (2, "2A", "Điểm Hoàn Kiếm", False)
    key_id = called.recipients[0].address.key_id
    async with hall.desk.pool.acquire() as connection:
        key = (await hall.desk.vault.keys(connection, [key_id]))[key_id]
    assert key.open(called.recipients[0].address, purpose="phone") == b"+84912345678"
    assert hall.woken


async def test_phone_and_words_are_sealed_and_gone_when_it_is_over(hall: Hall) -> None:
    ticket = await hall.taken(phone=PHONE, need="Mã OTP 123456 của tôi là gì")
    (row,) = await hall.desk.rows("select * from tickets")
    assert "912345678" not in str(row)
    assert "OTP" not in str(row)
    called = await hall.next()
    assert called is not None
    assert "123456" not in called["need"], "codes are masked before they are stored"
    await hall.says(ticket, "done")
    (row,) = await hall.desk.rows("select * from tickets")
    assert (row["phone_box"], row["need_box"]) == (None, None)


async def test_a_forgotten_person_keeps_a_number_and_nothing_else(hall: Hall) -> None:
    await hall.taken(phone=PHONE, need="việc riêng")
    async with hall.desk.pool.acquire() as connection, connection.transaction():
        await erase(connection, await connection.fetchval("select contact_point_id from tickets"))
    called = await hall.next()
    assert called is not None
    assert called["need"] is None
    assert await hall.desk.events() == []


async def test_at_the_end_of_the_day_nobody_waits_unseen_and_numbers_begin_anew(hall: Hall) -> None:
    waiting, called = await hall.taken(), await hall.taken(priority="elderly")
    await hall.next()
    await hall.at(0, 1)
    await hall.fire()
    told = await hall.looks(waiting)
    assert told["status"] == "unserved"
    assert "gọi 1022" in told["text"]["vi"]
    assert (await hall.looks(called))["status"] == "called", "whoever sits there is served to the end"
    await hall.at(2)
    await hall.fire()
    assert (await hall.looks(called))["status"] == "unreported"
    assert (await hall.taken())["number"] == 1
    assert await hall.desk.rows("select action from audit where action in ('ticket_unserved', 'ticket_unreported')")


async def test_a_closed_point_gives_no_numbers_and_says_when_it_opens(hall: Hall) -> None:
    await hall.at(18)
    refused = await hall.take(point="ba-dinh")
    assert (refused.status_code, refused.json()["reason"]) == (409, "point_closed")
    assert "08:00" in refused.json()["detail"]


async def test_every_ticket_has_an_owner_and_a_clock_or_the_judge_says_so(hall: Hall) -> None:
    await hall.taken()
    await hall.taken()
    await hall.next()
    assert judge(await read_world(hall.desk.dsn)) == []
    await hall.desk.pool.execute("delete from timers where kind = 'ticket_close'")
    await hall.let_pass(120)
    world = await read_world(hall.desk.dsn)
    assert len(world.tickets) == 2
    await hall.desk.pool.execute("update tickets set taken_at = taken_at - interval '2 days'")
    assert {(found.rule, found.finding) for found in judge(await read_world(hall.desk.dsn))} == {
        ("timers", "a ticket that is waiting has no timer"),
        ("timers", "a ticket that is called has no timer"),
    }


async def test_a_ticket_becomes_one_request_whichever_desk_files_it(hall: Hall) -> None:
    ticket = await hall.taken(category="vneid_login", priority="elderly")
    await hall.next()
    body = {"requester": {"name": "Bà Lan", "phone": PHONE}, "description": "Không đăng nhập được"}
    kiosk = await hall.post(f"/v1/tickets/{ticket['id']}/file", body)
    desk = await hall.post(f"/v1/tickets/{ticket['id']}/file", body, role="operator")
    assert (kiosk.status_code, desk.status_code) == (202, 202), desk.text
    assert kiosk.json()["code"] == desk.json()["code"]
    assert f"đã lập yêu cầu {kiosk.json()['code']}" in kiosk.json()["text"]["vi"]
    assert "pass_phrase" not in kiosk.json(), "only an operator reads it aloud"
    assert desk.json()["pass_phrase"]
    (row,) = await hall.desk.rows("select channel, commune_code, vulnerable from requests")
    assert tuple(row) == ("counter", "00070", ["elderly"])
    assert (await hall.looks(ticket))["request"] == kiosk.json()["code"]


async def test_a_ticket_whose_key_is_forgotten_makes_no_second_request(hall: Hall) -> None:
    ticket = await hall.taken(category="vneid_login")
    body = {"requester": {"name": "Bà Lan", "phone": PHONE}, "description": "Không đăng nhập được"}
    assert (await hall.post(f"/v1/tickets/{ticket['id']}/file", body)).status_code == 202
    await hall.desk.pool.execute("delete from idempotency_keys")
    late = await hall.post(f"/v1/tickets/{ticket['id']}/file", body)
    assert (late.status_code, late.json()["reason"]) == (409, "ticket_is_over")
    assert await hall.desk.count("requests") == 1


async def test_guessing_tickets_is_counted(dsn: str) -> None:
    async with open_hall(dsn, guesses=2) as hall:
        ticket = await hall.taken()
        statuses = []
        for number in range(3):
            answer = await hall.client.get(f"/v1/tickets/00000000-0000-4000-8000-00000000000{number}")
            statuses.append(answer.status_code)
        assert statuses == [404, 404, 429]
        assert (await hall.looks(ticket))["number"] == 1, "a right one is answered all the same"


BAD: tuple[tuple[dict[str, Any], int], ...] = (
    ({"category": "no_such"}, 422),
    ({"priority": "important"}, 422),
    ({"phone": "024 3825 1234"}, 422),
    ({"phone": "12"}, 422),
    ({"need": "\u0000"}, 422),
    ({"name": "Bà Lan"}, 422),
)


@pytest.mark.parametrize(("form", "status"), BAD, ids=lambda value: str(value)[:30])
async def test_a_form_that_does_not_fit_takes_no_number(hall: Hall, form: dict[str, Any], status: int) -> None:
    answer = await hall.take(**form)
    assert answer.status_code == status, answer.text
    assert await hall.desk.count("tickets") == 0


async def test_no_point_no_key_no_role(hall: Hall) -> None:
    assert (await hall.take(point="nowhere")).status_code == 404
    assert (await hall.post("/v1/points/hoan-kiem/tickets", {})).status_code == 422
    assert (await hall.post("/v1/points/hoan-kiem/tickets", {}, role=None, idempotency_key="k")).status_code == 401
    assert (await hall.post("/v1/points/hoan-kiem/next", {"desk": "quầy số một"})).status_code == 422


async def test_the_screen_of_the_point_shows_numbers_only(hall: Hall) -> None:
    for _ in range(3):
        await hall.taken(phone=PHONE)
    await hall.serves()
    await hall.next("4")
    headers = {"authorization": f"Bearer {hall.desk.tokens['ops']}"}
    shown = (await hall.client.get("/v1/points/hoan-kiem/queue", headers=headers)).json()
    assert shown["at_desks"] == [{"number": 2, "desk": "4"}]
    assert shown["next"] == [{"number": 3, "priority": False}]
    assert shown["ended"] == {"done": 1}


async def test_waits_and_outcomes_are_measured(hall: Hall) -> None:
    def waited() -> float:
        return REGISTRY.get_sample_value("techrescue_intake_ticket_wait_seconds_sum", {"group": "others"}) or 0.0

    before = waited()
    await hall.taken()
    await hall.let_pass(300)
    await hall.next()
    assert waited() - before == pytest.approx(300, abs=30)
