"""What people change after filing: the row, the event, the timeline and the refusals."""

import asyncio
from typing import Any

import asyncpg
import orjson
import pytest

from intake.erase import erase
from shared.events.requests import RequestChanged
from tests.integration.intake.conftest import Desk

PLACE = {"location": {"lat": 21.0285, "lon": 105.8542}}


async def details(desk: Desk) -> dict[str, Any]:
    """The sealed details of the newest event, opened."""
    state = RequestChanged.model_validate((await desk.events())[-1]).request
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [state.details.key_id]))[state.details.key_id]
    opened: dict[str, Any] = orjson.loads(key.open(state.details, purpose="details"))
    return opened


async def force_status(desk: Desk, status: str) -> None:
    await desk.pool.execute("update requests set status = $1", status)


async def test_an_operator_finds_out_where_it_is(desk: Desk) -> None:
    code = (await desk.filed(location=None, address="gần chợ"))["code"]
    response = await desk.send("PUT", f"/v1/requests/{code}/location", {**PLACE, "address": "Số 5 Hàng Đào, cccd 001203004567"})
    assert response.status_code == 200
    assert response.json()["status"] == "filed"
    (event,) = await desk.events("request.located")
    state = RequestChanged.model_validate(event).request
    assert (state.version, state.commune_code is not None, state.place is not None) == (2, True, True)
    (row,) = await desk.rows("select owner, status from requests")
    assert (row["owner"], row["status"]) == (None, "filed")
    opened = await details(desk)
    assert (opened["lat"], opened["lon"]) == (21.0285, 105.8542)
    assert opened["address"].startswith("Số 5 Hàng Đào")
    assert "001203004567" not in opened["address"]


async def test_only_an_operator_locates(desk: Desk) -> None:
    code = (await desk.filed(location=None))["code"]
    assert (await desk.send("PUT", f"/v1/requests/{code}/location", PLACE, role="adapter")).status_code == 403
    assert (await desk.send("PUT", f"/v1/requests/{code}/location", PLACE, role=None)).status_code == 401


async def test_a_located_request_is_not_located_again(desk: Desk) -> None:
    code = (await desk.filed())["code"]
    refused = await desk.send("PUT", f"/v1/requests/{code}/location", PLACE)
    assert (refused.status_code, refused.json()["reason"]) == (409, "already_located")


async def test_an_amendment_changes_what_it_names_and_nothing_else(desk: Desk) -> None:
    code = (await desk.filed(address="Số 1", vulnerable=["elderly"]))["code"]
    before = await details(desk)
    response = await desk.send(
        "PATCH", f"/v1/requests/{code}", {"description": "OTP 123456 không về", "category": "network_outage", "contact": "call"}
    )
    assert response.status_code == 200
    assert response.json()["priority"] == "P1"
    after = await details(desk)
    assert {name for name in after if after[name] != before[name]} == {"description"}
    assert "123456" not in after["description"]
    state = RequestChanged.model_validate((await desk.events("request.amended"))[0]).request
    assert (state.category, state.priority, state.by_call, state.vulnerable, state.version) == (
        "network_outage",
        "P1",
        True,
        ("elderly",),
        2,
    )


async def test_a_landline_stays_called_when_messages_are_asked_for(desk: Desk) -> None:
    code = (await desk.filed(requester={"name": "An", "phone": "024 3825 1234"}))["code"]
    await desk.send("PATCH", f"/v1/requests/{code}", {"contact": "message"})
    (row,) = await desk.rows("select by_call from requests")
    assert row["by_call"] is True


async def test_a_new_place_without_a_point_unmakes_the_old_point(desk: Desk) -> None:
    code = (await desk.filed())["code"]
    await desk.send("PATCH", f"/v1/requests/{code}", {"commune_code": "00008"})
    opened = await details(desk)
    assert (opened["lat"], opened["lon"]) == (None, None)
    (row,) = await desk.rows("select commune_code from requests")
    assert row["commune_code"] == "00008"


async def test_cancelling_tells_the_resident_and_ends_it(desk: Desk) -> None:
    code = (await desk.filed())["code"]
    assert (await desk.post(f"/v1/requests/{code}/cancel")).json()["status"] == "cancelled"
    (event,) = await desk.events("request.cancelled")
    assert (event["reason"], event["recipients"][0]["role"]) == ("cancelled", "resident")
    again = await desk.post(f"/v1/requests/{code}/cancel")
    assert (again.status_code, again.json()["reason"]) == (409, "request_is_cancelled")
    assert len(await desk.events("request.cancelled")) == 1


async def test_many_changes_at_once_are_one_after_the_other(desk: Desk) -> None:
    """Every version once, none lost: the row lock decides, and exactly one cancel wins."""
    code = (await desk.filed())["code"]
    amended = [desk.send("PATCH", f"/v1/requests/{code}", {"description": f"lần {n}"}) for n in range(20)]
    cancelled = [desk.post(f"/v1/requests/{code}/cancel") for _ in range(5)]
    statuses = [response.status_code for response in await asyncio.gather(*amended, *cancelled)]
    versions = [event["request"]["version"] for event in await desk.events()]
    assert versions == list(range(1, len(versions) + 1))
    assert statuses[20:].count(200) == 1
    assert len(versions) == 1 + statuses.count(200)


@pytest.mark.parametrize("path", ["cancel", "reopen"])
async def test_the_public_changes_nothing(desk: Desk, path: str) -> None:
    code = (await desk.filed())["code"]
    assert (await desk.post(f"/v1/requests/{code}/{path}", role=None)).status_code == 401
    assert (await desk.post(f"/v1/requests/{code}/{path}", role="ops")).status_code == 403


async def test_reopening_makes_a_new_round(desk: Desk) -> None:
    code = (await desk.filed())["code"]
    await force_status(desk, "resolved")
    response = await desk.post(f"/v1/requests/{code}/reopen")
    assert response.json()["status"] == "filed"
    (event,) = await desk.events("request.reopened")
    assert event["request"]["reopened"] == 1


async def test_an_address_alone_leads_to_its_place_and_dispatch_hears_of_it(desk: Desk) -> None:
    code = (await desk.filed(address="12 Hàng Bông"))["code"]
    before = RequestChanged.model_validate((await desk.events("request.filed"))[0]).request
    answer = await desk.send("PATCH", f"/v1/requests/{code}", {"address": "5 ngõ 7, Phường Bồ Đề"})
    (event,) = await desk.events("request.amended")
    after = RequestChanged.model_validate(event).request
    assert answer.json()["commune_code"] == after.commune_code != before.commune_code
    assert after.place != before.place
    opened = await details(desk)
    assert (opened["address"], opened["lat"], opened["lon"]) == ("5 ngõ 7, Phường Bồ Đề", None, None)


async def test_an_address_that_may_be_in_several_communes_is_asked_about_and_changes_nothing(desk: Desk) -> None:
    code = (await desk.filed(address="12 Hàng Bông"))["code"]
    asked = await desk.send("PATCH", f"/v1/requests/{code}", {"address": "số 3", "description": "Vẫn hỏng"})
    assert (asked.status_code, asked.json()["reason"]) == (409, "place_unclear")
    assert await desk.events("request.amended") == []
    told = await desk.send("PATCH", f"/v1/requests/{code}", {"address": "số 3", "commune_code": "00082"})
    assert told.json()["commune_code"] == "00082"


async def test_consent_is_kept_and_published(desk: Desk) -> None:
    code = (await desk.filed())["code"]
    await desk.post(f"/v1/requests/{code}/visit-consent", {"agreed": True}, role="adapter")
    await desk.post(f"/v1/requests/{code}/visit-consent", {"agreed": False})
    assert [event["request"]["visit_consent"] for event in await desk.events()] == [None, True, False]
    assert [event["type"] for event in await desk.events()][1:] == ["request.visit_agreed", "request.visit_refused"]


async def test_who_did_it_is_in_the_audit(desk: Desk) -> None:
    code = (await desk.filed())["code"]
    await desk.post(f"/v1/requests/{code}/cancel", role="adapter")
    rows = await desk.rows("select actor, action from audit order by id")
    assert [tuple(row) for row in rows] == [("test operator", "filed"), ("test adapter", "cancel_wished")]


async def test_a_code_is_understood_as_people_write_it(desk: Desk) -> None:
    code = (await desk.filed())["code"]
    written = code.replace("-", " ").lower()
    assert (await desk.client.get(f"/v1/requests/{written}")).json()["code"] == code


async def test_the_public_view_has_a_timeline_in_vietnamese_and_no_personal_data(desk: Desk) -> None:
    code = (await desk.filed(location=None, address="Số 5 Hàng Đào"))["code"]
    await desk.send("PUT", f"/v1/requests/{code}/location", PLACE)
    await desk.post(f"/v1/requests/{code}/cancel")
    view = (await desk.client.get(f"/v1/requests/{code}")).json()
    assert [step["status"] for step in view["timeline"]] == ["needs_location", "filed", "cancelled"]
    assert view["timeline"][-1]["label"] == view["label"] == "Đã hủy"
    text = orjson.dumps(view).decode()
    assert not [word for word in ("Bình", "912345678", "Hàng Đào", "VNeID từ sáng") if word in text]


async def test_after_erasing_nothing_of_the_person_is_left_and_what_ran_is_ended(desk: Desk) -> None:
    code = (await desk.filed())["code"]
    (row,) = await desk.rows("select contact_point_id from requests")
    login = await asyncpg.connect(desk.dsn)
    async with desk.pool.acquire() as connection, connection.transaction():
        assert await erase(connection, row["contact_point_id"]) == 1
    await desk.vault.erase(login, row["contact_point_id"])
    await login.close()
    assert await desk.count("idempotency_keys") == 0
    (request,) = await desk.rows("select status, phone_box, details_box from requests")
    assert tuple(request) == ("cancelled", "", "")
    (event,) = await desk.events("request.cancelled")
    assert (event["reason"], event["recipients"]) == ("erased", [])
    await force_status(desk, "resolved")
    refused = await desk.post(f"/v1/requests/{code}/reopen")
    assert (refused.status_code, refused.json()["reason"]) == (409, "erased")


@pytest.mark.parametrize("status", ["waiting", "in_progress", "resolved", "closed", "cancelled"])
async def test_a_complaint_leaves_the_request_as_it_is_and_says_a_word(desk: Desk, status: str) -> None:
    code = (await desk.filed())["code"]
    await force_status(desk, status)
    answer = await desk.send("POST", f"/v1/requests/{code}/complaint", {"reason": "asked_money"})
    assert (answer.status_code, answer.json()["status"]) == (200, status)
    [event] = await desk.events("request.complained")
    body = RequestChanged.model_validate(event)
    assert (body.reason, body.request.status, body.recipients) == ("asked_money", status, ())


async def test_who_may_complain_for_somebody_and_how(desk: Desk) -> None:
    code = (await desk.filed())["code"]
    path = f"/v1/requests/{code}/complaint"
    assert (await desk.send("POST", path, {"reason": "anything I like"})).status_code == 422
    assert (await desk.send("POST", path, {"reason": "late"}, role="ward_lead")).status_code == 403
    assert (await desk.send("POST", path, {"reason": "late"}, role="adapter")).status_code == 200
