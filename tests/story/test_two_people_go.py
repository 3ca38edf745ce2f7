"""Somebody lives alone: a team is asked to send two, both are named to the resident, and the door knows both."""

from typing import Any

from tests.story.test_who_goes import a_team, check, job_of
from tests.support.eventually import eventually
from tests.support.town import Town

FAR_WARD = {"lat": 21.112, "lon": 105.528}


async def test_two_are_asked_for_named_and_told(town: Town) -> None:
    """Due today, so that it does not matter what time it is; the operator chooses the team."""
    external_id, phone = a_team(town, "Nguyễn Thị Lan", "Trần Anh Tuấn", "Lê Minh")
    request = town.file(**FAR_WARD, category="death", vulnerable=["lives_alone"])
    job_id = await eventually(lambda: job_of(town, request), what="a job")
    assign = {"responder": external_id}
    told = town.http.post(f"/v1/jobs/{job_id}/assign", json=assign, headers=town.token("operator"))
    assert told.is_success, told.text
    offer = await town.sms(request, "offer", to=phone)
    assert "cần HAI người cùng đi" in offer.text

    number = offer.question
    town.answer(phone, f"1 {number} LAN")
    wanted = await town.sms(request, "name_wanted", to=phone)
    assert "nhắn tên cả hai" in wanted.text
    town.answer(phone, f"DI {number}")
    await eventually(lambda: len(town.messages(request, "name_wanted")) == 2)
    assert town.track(request)["status"] == "assigned", "nobody sets out alone"

    town.answer(phone, f"{number} Lan và Minh")
    named = await town.sms(request, "named_resident", to=request["phone"])
    assert "Nguyễn Thị Lan và Lê Minh" in named.text
    door: dict[str, Any] = await eventually(lambda: (seen := check(town, request))["open"] and seen)
    assert (door["who"]["member"], door["who"]["partner"]) == ("Nguyễn Thị Lan", "Lê Minh")
    town.answer(phone, f"DI {number}")
    await town.becomes(request, "on_the_way")
    await town.holds()


async def test_with_a_relative_there_one_is_enough(town: Town) -> None:
    external_id, phone = a_team(town, "Phạm Hồng", "Đỗ Mai")
    where = {**FAR_WARD, "category": "death", "vulnerable": ["lives_alone"], "someone_present": True}
    request = town.file(**where)
    job_id = await eventually(lambda: job_of(town, request), what="a job")
    town.http.post(f"/v1/jobs/{job_id}/assign", json={"responder": external_id}, headers=town.token("operator"))
    offer = await town.sms(request, "offer", to=phone)
    assert "có người nhà ở cùng" in offer.text
    town.answer(phone, f"1 {offer.question} HONG")
    await town.sms(request, "accepted_resident", to=request["phone"])
    town.answer(phone, f"DI {offer.question}")
    await town.becomes(request, "on_the_way")
