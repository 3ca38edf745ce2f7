"""A morning at a service point, on the running system: a number, a text, a desk, a request; and what other doors see of it."""

import json
import re
from uuid import uuid4

from tests.support.counter_bodies import draw_ticket
from tests.support.eventually import eventually
from tests.support.town import Town

POINT = "00070"


async def test_who_waits_is_called_by_text_and_the_ticket_becomes_a_request(own_town: Town) -> None:
    town, phone = own_town, f"+84900{uuid4().int % 900_000 + 100_000}"
    points = town.http.get("/v1/points").json()["points"]
    assert len(points) == 126
    assert all(point["open_now"] for point in points)
    kiosk, desk = town.token("adapter"), town.token("operator")
    first, second = draw_ticket(town, POINT), draw_ticket(town, POINT, phone=phone, priority="elderly", category="system_outage")
    assert town.http.get(f"/v1/tickets/{first}").json()["position"] == 2
    called = town.http.post(f"/v1/points/{POINT}/next", json={"desk": "3"}, headers=desk).json()["ticket"]
    assert called["id"] == second
    [text] = await eventually(lambda: [sms for sms in town.to(phone) if sms.kind == "ticket_called"])
    assert text.text.startswith("TechRescue: mời số 2 đến quầy 3, Điểm phục vụ hành chính công Phường Hoàn Kiếm.")
    body = {"requester": {"name": "Bà Lan", "phone": phone}, "description": "Quầy không vào được mạng", "visit_consent": True}
    filed = town.http.post(f"/v1/tickets/{second}/file", json=body, headers=kiosk)
    assert filed.status_code == 202, filed.text
    request = filed.json()
    told = await town.sms({"id": request["id"]}, "filed", to=phone)
    assert re.search(r"đúng ám hiệu: \w+", told.text), "nobody has read the phrase aloud"
    await town.sms({"id": request["id"]}, "offer")
    assert town.http.post(f"/v1/tickets/{second}/done", headers=desk).json()["status"] == "done"
    listed = town.http.get("/open311/v2/requests.json", params={"service_code": "system_outage"}).json()
    assert [one["service_request_id"] for one in listed] == [request["id"]]
    assert phone not in str(listed)
    await town.holds()
    town.let_pass(26 * 3600)
    await eventually(lambda: town.http.get(f"/v1/tickets/{first}").json()["status"] == "unserved")
    await town.holds()


async def test_the_story_of_the_kiosk_is_told_to_its_end(own_town: Town) -> None:
    status, said = own_town.command("story", "--channel", "kiosk", "--json", "--limit-seconds", "90", "--pace-seconds", "0")
    assert status == 0, said
    told = [json.loads(line) for line in said.splitlines()]
    assert any("goes first" in line["what"] for line in told)
    assert next(line["text"] for line in told if line["what"].startswith("and a text goes")).startswith("TechRescue: mời số")
    assert any((line["text"] or "").startswith("Số 2: đã lập yêu cầu TR-") for line in told)
    assert "has solved it" in [line["what"] for line in told]


async def test_a_list_that_was_checked_is_filed_once_also_over_a_kill(own_town: Town) -> None:
    town, file = own_town, own_town.home / "list.csv"
    rows = [f"Người {n},0900{n:06d},equipment,máy in hỏng {n},00070" for n in range(100_000, 100_040)]
    file.write_text("\n".join(("name,phone,category,description,commune", *rows, "Bình,12,x,y,")), encoding="utf-8")
    status, said = town.command("import", "requests", str(file), "--check", "--json")
    assert (status, '"status": "checked"' in said or '"checked"' in said) == (1, True), said
    headers = {**town.token("ops"), "content-type": "text/csv"}
    first = town.http.post("/v1/imports", content=file.read_bytes(), headers=headers).json()
    assert (first["rows"], first["filed"], first["bad_cells"]) == (41, 40, 2)
    town.kill()
    town.start()
    again = town.http.post("/v1/imports", content=file.read_bytes(), headers=headers).json()
    assert (again["filed"], again["before"], again["id"]) == (0, 40, first["id"])
    await eventually(lambda: town.http.get(f"/v1/requests/{first['codes'][0]['code']}").json()["status"] != "filed")
    status, said = town.command("import", "requests", str(file))
    assert "0 filed, 40 filed before" in said, said
    await town.holds()
