"""A team takes a visit: the resident opens to nobody without a name, and to the person named."""

import json
from typing import Any
from uuid import uuid4

from tests.support.eventually import eventually
from tests.support.town import Town

FAR_WARD = {"lat": 21.112, "lon": 105.528}  # Phúc Thọ: nobody else's story happens here


def a_team(town: Town, *names: str) -> tuple[str, str]:
    """Enrolled by a ward lead; its own name and number."""
    phone = f"+84900{uuid4().int % 900_000 + 100_000}"
    members = [{"id": f"TV-{place}", "name": name, "vetted": True} for place, name in enumerate(names, start=1)]
    body = {
        "kind": "team",
        "name": "Tổ Đường Mới",
        "phone": phone,
        "commune_code": "09715",
        "capacity": 3,
        "members": members,
        "confirmed": True,
    }
    external_id = f"story-{uuid4().hex[:8]}"
    answer = town.http.put(f"/v1/responders/{external_id}", json=body, headers=town.token("ward_lead"))
    assert answer.is_success, answer.text
    return external_id, phone


async def test_the_resident_waits_for_the_name_and_the_door_knows_it(town: Town) -> None:
    external_id, phone = a_team(town, "Nguyễn Thị Lan", "Lê Lan Anh", "Trần Anh Tuấn")
    request = town.file(**FAR_WARD)
    job_id = await eventually(lambda: job_of(town, request), what="a job")
    asked = town.http.post(f"/v1/jobs/{job_id}/assign", json={"responder": external_id}, headers=town.token("operator"))
    assert asked.is_success, asked.text
    offer = await town.sms(request, "offer", to=phone)

    town.answer(phone, f"1 {offer.question} LAN")
    which = await town.sms(request, "name_wanted", to=phone)
    assert ("Nguyễn Thị Lan; Lê Lan Anh" in which.text, "Tuấn" in which.text) == (True, False)
    wait = await town.sms(request, "accepted_resident", to=request["phone"])
    assert "KHOAN MỞ CỬA" in wait.text
    told = check(town, request)
    assert (told["matches"], told["open"]) == (True, False)

    number = offer.question
    town.answer(phone, f"DI {number}")
    await eventually(lambda: len(town.messages(request, "name_wanted")) == 2)
    assert town.track(request)["status"] == "assigned"

    town.answer(phone, f"{number} chi thi lan")
    named = await town.sms(request, "named_resident", to=request["phone"])
    assert "Nguyễn Thị Lan (Tổ Đường Mới)" in named.text
    door = await eventually(lambda: (told := check(town, request))["open"] and told)
    assert door["who"]["member"] == "Nguyễn Thị Lan"
    town.answer(phone, f"DI {number}")
    await town.becomes(request, "on_the_way")
    await town.holds()


def check(town: Town, request: dict[str, Any]) -> dict[str, Any]:
    answer = town.http.post(f"/v1/requests/{request['code']}/visit-check", json={"phrase": request["pass_phrase"]})
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


def job_of(town: Town, request: dict[str, Any]) -> str | None:
    """As the operator's screen finds it: by the life of the request."""
    status, text = town.command("case", request["code"], "--json")
    assert status == 0, text
    jobs = json.loads(text)["jobs"]
    return str(jobs[0]["id"]) if jobs else None
