"""An address instead of a place: located where it names one commune, else a task with the question that decides."""

from typing import Any

import pytest

from shared.events.requests import RequestChanged
from tests.integration.intake.conftest import Desk, form
from tests.integration.intake.test_changes import details
from tests.support.desk import item_of, operator_of

CUA_NAM, GIANG_VO, O_CHO_DUA = "00082", "00025", "00190"
SPLIT = "ngõ 105 Láng Hạ, phường Thành Công, quận Ba Đình"
QUESTION = "Địa chỉ thuộc phường Thành Công cũ nay là phường Giảng Võ hay phường Ô Chợ Dừa ạ?"


async def found(desk: Desk, query: str, role: str | None = "operator") -> Any:
    response = await desk.send("GET", f"/v1/places?{query}", role=role)
    return response.json() if response.status_code == 200 else response.status_code


async def test_an_address_that_names_one_commune_is_a_place(desk: Desk) -> None:
    answer = await desk.filed(location=None, address="12 Phan Bội Châu, phừơng Cửa Nâm, HN")
    assert (answer["status"], answer["commune_code"]) == ("filed", CUA_NAM)
    assert "place" not in answer
    (row,) = await desk.rows("select commune_code, place_note, owner from requests")
    assert tuple(row) == (CUA_NAM, "from_address", None)


async def test_a_pin_in_the_address_is_kept_exactly_and_told_coarsely(desk: Desk) -> None:
    answer = await desk.filed(location=None, address="https://www.google.com/maps?q=21.027561,105.814042")
    assert answer["commune_code"] == GIANG_VO
    state = RequestChanged.model_validate((await desk.events())[-1]).request
    assert state.place is not None
    assert (state.place.lat, state.place.lon) == (21.028, 105.814)
    opened = await details(desk)
    assert (opened["lat"], opened["lon"]) == (21.027561, 105.814042)


@pytest.mark.parametrize("told", [{"commune_code": GIANG_VO, "location": None}, {"location": {"lat": 21.0276, "lon": 105.814}}])
async def test_an_address_of_another_commune_than_was_told_changes_nothing_and_is_noted(desk: Desk, told: dict[str, Any]) -> None:
    answer = await desk.filed(**told, address="12 Phan Bội Châu, phường Cửa Nam")
    assert (answer["commune_code"], answer["place_note"]) == (GIANG_VO, "address_elsewhere")
    shown = await item_of(desk, answer["code"])
    assert shown["place_note"] == {"what": "address_elsewhere", "label": "Địa chỉ ghi xã, phường khác với vị trí: cần hỏi lại"}


@pytest.mark.parametrize("address", ["9 Láng Hạ, phường Giảng Võ", SPLIT, "nhà cuối ngõ"])
async def test_an_address_that_may_lie_there_is_not_wondered_at(desk: Desk, address: str) -> None:
    assert "place_note" not in await desk.filed(location=None, commune_code=GIANG_VO, address=address)


async def test_an_unclear_address_waits_for_a_person_who_hears_what_to_ask(desk: Desk) -> None:
    answer = await desk.filed(location=None, address=SPLIT)
    assert (answer["status"], answer["commune_code"]) == ("needs_location", None)
    assert answer["place"]["question"] == QUESTION
    assert [candidate["commune_code"] for candidate in answer["place"]["candidates"]] == [GIANG_VO, O_CHO_DUA]
    (waiting,) = (await desk.send("GET", "/v1/places/waiting")).json()["requests"]
    assert (waiting["code"], waiting["address"]) == (answer["code"], SPLIT)
    assert waiting["place"]["question"] == QUESTION
    assert [candidate["commune_code"] for candidate in waiting["place"]["candidates"]] == [GIANG_VO, O_CHO_DUA]
    (note,) = await desk.rows("select actor, detail from audit where action = 'addresses_shown'")
    assert (note["actor"], note["detail"]) == ("test operator", {"requests": 1})


async def test_whoever_sees_one_commune_sees_no_address_of_which_nobody_knows_the_commune(desk: Desk) -> None:
    await desk.filed(location=None, address=SPLIT)
    of_one_ward = await operator_of(desk, GIANG_VO)
    assert (await desk.send("GET", "/v1/places/waiting", role=of_one_ward)).json() == {"requests": []}
    assert await desk.rows("select from audit where action = 'addresses_shown'") == []


async def test_who_asks_again_hears_the_same_question(desk: Desk) -> None:
    body = form(location=None, address=SPLIT)
    first, again = await desk.file(body, key="one"), await desk.file(body, key="one")
    assert again.json()["place"] == first.json()["place"]


async def test_the_address_that_was_found_out_locates(desk: Desk) -> None:
    code = (await desk.filed(location=None, address=SPLIT))["code"]
    located = await desk.send("PUT", f"/v1/requests/{code}/location", {"address": "9 Láng Hạ, phường Giảng Võ"})
    assert (located.status_code, located.json()["commune_code"], located.json()["status"]) == (200, GIANG_VO, "filed")
    assert (await details(desk))["address"] == "9 Láng Hạ, phường Giảng Võ"
    assert (await desk.send("GET", "/v1/places/waiting")).json() == {"requests": []}


async def test_an_address_that_is_still_unclear_is_refused_with_the_question_and_the_codes(desk: Desk) -> None:
    code = (await desk.filed(location=None))["code"]
    refused = await desk.send("PUT", f"/v1/requests/{code}/location", {"address": SPLIT})
    assert (refused.status_code, refused.json()["reason"]) == (409, "place_unclear")
    assert refused.json()["detail"] == f"ask, then send commune_code ({GIANG_VO}, {O_CHO_DUA}) or location: {QUESTION}"
    (row,) = await desk.rows("select status, owner from requests")
    assert tuple(row) == ("needs_location", "city_desk")


async def test_nothing_of_an_address_is_in_clear(desk: Desk) -> None:
    await desk.filed(location=None, address="Nhà số 5 ngõ Bí Mật, phường Thành Công")
    tables = await desk.rows("select tablename from pg_tables where schemaname = 'intake'")
    dumped = [str(row) for table in tables for row in await desk.rows(f"select * from {table['tablename']}")]
    assert not [row for row in dumped if "Bí Mật" in row]


async def test_places_are_looked_up_by_words_and_by_a_point(desk: Desk) -> None:
    by_words = await found(desk, "q=p.%20c%E1%BB%ADa%20nam%20hn", "adapter")
    assert (by_words["commune_code"], by_words["name"], by_words["question"]) == (CUA_NAM, "Phường Cửa Nam", None)
    by_point = await found(desk, "lat=21.0275&lon=105.814")
    assert (by_point["commune_code"], by_point["point"]) == (GIANG_VO, {"lat": 21.0275, "lon": 105.814})
    outside = await found(desk, "q=qu%E1%BA%ADn%201,%20TP%20HCM")
    assert (outside["commune_code"], outside["candidates"]) == (None, [])


@pytest.mark.parametrize(
    ("query", "role", "status"),
    [
        ("q=hn", None, 401),
        ("q=hn", "ward_lead", 403),
        ("", "operator", 422),
        ("lat=21", "operator", 422),
        ("q=hn&lon=105", "operator", 422),
        ("lat=91&lon=105", "operator", 422),
        ("q=" + "x" * 4001, "operator", 422),
    ],
)
async def test_who_may_not_look_up_or_asks_wrongly_is_told(desk: Desk, query: str, role: str | None, status: int) -> None:
    assert await found(desk, query, role) == status
