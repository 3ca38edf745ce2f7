"""To another place or hour, wanted by somebody without the registered number: it is asked, and only its yes moves anything."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from intake.hotline.settings import HotlineSettings
from intake.settings import IntakeSettings
from shared.events.contract import Sealed
from shared.events.messages import Answer
from shared.postgres.transaction import app_now
from tests.integration.intake.conftest import Desk, open_desk
from tests.integration.intake.test_aftercare import HOUR, Helped
from tests.integration.intake.test_board import filed
from tests.support.desk import item_of
from tests.support.ringing import Hotline

HOME = {"location": {"lat": 21.0285, "lon": 105.8542}, "address": "12 phố Hàng Bông"}
ELSEWHERE = "0987 000 111"
OTHER_PLACE = {"address": "5 ngõ 7, Phường Bồ Đề"}


async def waiting(desk: Desk) -> Helped:
    return Helped(desk, await filed(desk, visit_consent=True, **HOME))


async def row_of(desk: Desk, case: Helped) -> Any:
    (row,) = await desk.rows(
        "select commune_code, status, version, details_box, key_id from requests where id = $1", case.request.request_id
    )
    return row


async def address_of(desk: Desk, case: Helped) -> str:
    row = await row_of(desk, case)
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [row["key_id"]]))[row["key_id"]]
    opened = key.open(Sealed(key_id=row["key_id"], box=row["details_box"]), purpose="details")
    return str(orjson.loads(opened)["address"])


async def test_another_place_waits_for_the_number_and_its_yes_moves_the_request(desk: Desk) -> None:
    case = await waiting(desk)
    before = await row_of(desk, case)
    wished = await desk.post(f"/v1/requests/{case.request.code}/move-wish", OTHER_PLACE, role=None)
    assert (wished.status_code, "Đã hỏi số điện thoại đã đăng ký" in wished.json()["advice"]) == (202, True)
    assert (await row_of(desk, case))["version"] == before["version"], "nothing has moved"
    assert (await item_of(desk, case.request.code))["wishes"] == ["move"], "the desk sees what waits"
    (asked,) = await desk.events("request.inquired")
    assert "Bồ Đề" not in str(asked), "where to, is sealed"
    await case.answers(Answer.MOVES, "move")
    (moved,) = await desk.events("request.amended")
    assert (moved["reason"], moved["request"]["commune_code"]) == ("moved", (await row_of(desk, case))["commune_code"])
    assert moved["request"]["commune_code"] != before["commune_code"]
    assert moved["request"]["place"] != asked["request"]["place"], "dispatch hears where it is now"
    assert await address_of(desk, case) == OTHER_PLACE["address"]
    assert (await item_of(desk, case.request.code))["wishes"] == []


@pytest.mark.parametrize("says_no", [True, False], ids=["no", "silence"])
async def test_without_a_yes_all_stays_and_silence_is_told_so(desk: Desk, says_no: bool) -> None:
    case = await waiting(desk)
    before = await row_of(desk, case)
    await desk.post(f"/v1/requests/{case.request.code}/move-wish", OTHER_PLACE, role=None)
    if says_no:
        await case.answers(Answer.STAYS, "move")
    else:
        await case.let_pass(25 * HOUR)
    assert await row_of(desk, case) == before
    (over,) = await desk.events("request.inquiry_over")
    assert (over["reason"], len(over["recipients"])) == ((None, 0) if says_no else ("silence", 1))
    await case.answers(Answer.MOVES, "move")
    assert await row_of(desk, case) == before, "answered is answered"
    actions = [row["action"] for row in await desk.rows("select action from audit where action like 'move%' order by id")]
    assert actions == ["move_wished", "move_wish_denied" if says_no else "move_wish_unanswered"]
    assert await desk.rows("select 1 from inquiries where move_box is not null") == [], "what was wanted is kept nowhere"


async def test_another_hour_is_handed_to_dispatch_only_by_a_yes(desk: Desk) -> None:
    case = await waiting(desk)
    path = f"/v1/requests/{case.request.code}/move-wish"
    async with desk.pool.acquire() as connection:
        now = await app_now(connection)
    for bad in (now - timedelta(hours=1), now + timedelta(days=15)):
        assert (await desk.post(path, {"at": bad.isoformat()}, role=None)).status_code == 422
    at = now + timedelta(days=2)
    assert (await desk.post(path, {"at": at.isoformat()}, role=None)).status_code == 202
    assert await desk.events("request.amended") == []
    await case.answers(Answer.MOVES, "move")
    (later,) = await desk.events("request.amended")
    assert later["reason"] == "later"
    assert later["wanted_at"].startswith(at.isoformat()[:16])


async def test_what_the_number_is_saying_yes_to_cannot_be_exchanged_meanwhile(desk: Desk) -> None:
    case = await waiting(desk)
    path = f"/v1/requests/{case.request.code}/move-wish"
    assert (await desk.post(path, OTHER_PLACE, role=None)).status_code == 202
    assert (await desk.post(path, OTHER_PLACE, role=None)).status_code == 202
    other = await desk.post(path, {"address": "9 phố Hàng Gai, Phường Hoàn Kiếm"}, role=None)
    assert (other.status_code, other.json()["reason"]) == (409, "wish_waits")
    assert len(await desk.events("request.inquired")) == 1


async def test_an_address_that_names_no_single_commune_is_asked_about_and_wishes_nothing(desk: Desk) -> None:
    case = await waiting(desk)
    path = f"/v1/requests/{case.request.code}/move-wish"
    unclear = await desk.post(path, {"address": "số 3"}, role=None)
    assert (unclear.status_code, unclear.json()["reason"]) == (409, "place_unclear")
    assert (await desk.post(path, {"commune_code": "00004"}, role=None)).status_code == 422, "nobody can go to a commune"
    assert await desk.events("request.inquired") == []


async def test_a_program_that_speaks_for_somebody_never_moves_or_calls_off_by_itself(desk: Desk) -> None:
    case = await waiting(desk)
    path = f"/v1/requests/{case.request.code}"
    moved = await desk.send("PATCH", path, {**OTHER_PLACE, "description": "Vẫn hỏng"}, role="adapter")
    cancelled = await desk.post(f"{path}/cancel", role="adapter")
    refused = await desk.post(f"{path}/visit-consent", {"agreed": False}, role="adapter")
    assert [answer.status_code for answer in (moved, cancelled, refused)] == [202, 202, 202]
    assert {one["inquiry"]["about"] for one in await desk.events("request.inquired")} == {"move", "cancel"}
    assert await case.status() == "filed"
    (amended,) = await desk.events("request.amended")
    assert amended["request"]["commune_code"] == case.request.commune_code, "what is no move is done at once"


@pytest.mark.parametrize("phone", ["0912 345 678", ELSEWHERE], ids=["registered", "elsewhere"])
async def test_the_number_from_which_an_operator_is_called_decides(desk: Desk, phone: str) -> None:
    case = await waiting(desk)
    path = f"/v1/requests/{case.request.code}"
    known = phone != ELSEWHERE
    moved = await desk.send("PATCH", path, {**OTHER_PLACE, "caller_phone": phone})
    assert moved.status_code == (200 if known else 202)
    assert bool(await desk.events("request.amended")) is known
    assert (await desk.post(f"{path}/cancel", {"caller_phone": phone})).status_code == (200 if known else 202)
    assert await case.status() == ("cancelled" if known else "filed")


@pytest.mark.parametrize("phone", ["0912345678", "0987000111", "anonymous"], ids=["registered", "elsewhere", "hidden"])
async def test_what_the_telephone_system_says_counts_for_more_than_what_is_typed(desk: Desk, phone: str) -> None:
    case = await waiting(desk)
    async with desk.pool.acquire() as connection:
        line = Hotline(desk, began=await app_now(connection))
    await line.newcomer("operator.7")
    await line.told("c1", "ringing", caller=phone)
    await line.told("c1", "answered", caller=phone, operator="operator.7")
    path = f"/v1/requests/{case.request.code}/cancel"
    answer = await desk.post(path, {"caller_phone": "0912 345 678"}, role="operator.7")
    known = phone == "0912345678"
    assert answer.status_code == (200 if known else 202)
    assert await case.status() == ("cancelled" if known else "filed")


@pytest.mark.parametrize("agent", ["201", "202"], ids=["mapped", "of_nobody"])
async def test_an_extension_of_the_exchange_is_the_operator_to_whom_it_was_given(dsn: str, agent: str) -> None:
    settings = IntakeSettings(hotline=HotlineSettings(operators={"201": "operator.7"}))
    async with open_desk(dsn, settings) as desk:
        case = await waiting(desk)
        async with desk.pool.acquire() as connection:
            line = Hotline(desk, began=await app_now(connection))
        await line.newcomer("operator.7")
        await line.told("c1", "ringing", caller=ELSEWHERE)
        await line.told("c1", "answered", caller=ELSEWHERE, operator=agent)
        path = f"/v1/requests/{case.request.code}/cancel"
        typed = await desk.post(path, {"caller_phone": "0912 345 678"}, role="operator.7")
        assert typed.status_code == (202 if agent == "201" else 200), "whose call it is counts for more than what is typed"


@pytest.mark.parametrize("agreed", [True, False])
async def test_an_operator_who_has_called_the_number_says_what_it_wants(desk: Desk, agreed: bool) -> None:
    case = await waiting(desk)
    path = f"/v1/requests/{case.request.code}"
    none = await desk.post(f"{path}/wish-answer", {"about": "cancel", "agreed": True})
    assert (none.status_code, none.json()["reason"]) == (409, "wish_over"), "nobody wants it"
    await desk.post(f"{path}/cancel-wish", role=None)
    assert (await desk.post(f"{path}/wish-answer", {"about": "cancel", "agreed": agreed}, role=None)).status_code == 401
    answer = await desk.post(f"{path}/wish-answer", {"about": "cancel", "agreed": agreed})
    assert answer.json()["status"] == await case.status() == ("cancelled" if agreed else "filed")
