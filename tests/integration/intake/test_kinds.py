"""Whoever cannot name their trouble is heard all the same; who asks and why it is urgent stays with the request."""

from uuid import uuid4

import pytest

from intake.kinds.kind import UNNAMED
from shared.categories import CATEGORIES
from shared.events.incidents import IncidentStatus
from tests.integration.intake.conftest import Desk, form
from tests.integration.intake.test_known_incident import heard, learned


def unnamed(text: str, **changes: object) -> dict[str, object]:
    return form(category=None, description=text, **changes)


async def test_a_text_that_speaks_clearly_names_the_category(desk: Desk) -> None:
    answer = (await desk.file(unnamed("may in o quay mot cua bi ket giay"))).json()
    assert (answer["category"], answer["priority"]) == ("equipment", "P2")
    assert answer["candidates"][0] == "equipment"
    assert "loại việc do máy đoán" in answer["priority_reason"]["vi"]
    (event,) = await desk.events("request.filed")
    assert (event["request"]["category"], event["request"]["skills"]) == ("equipment", ["equipment"])


async def test_nobody_is_refused_for_not_knowing_what_it_is(desk: Desk) -> None:
    answer = (await desk.file(unnamed("Alo, giúp tôi với"))).json()
    assert (answer["status"], answer["category"], answer["priority"]) == ("filed", UNNAMED, "P3")
    assert "chưa rõ loại việc" in answer["priority_reason"]["vi"]


async def test_a_body_without_the_field_is_the_same_as_null(desk: Desk) -> None:
    body = unnamed("khai sinh cho con mới sinh")
    del body["category"]
    assert (await desk.file(body)).json()["category"] == "birth"


async def test_the_public_is_told_no_reasons(desk: Desk) -> None:
    answer = (await desk.file(unnamed("Alo, giúp tôi với", channel="web"), role=None)).json()
    assert not {"candidates", "priority_reason"} & set(answer)
    shown = (await desk.send("GET", f"/v1/requests/{answer['code']}", role=None)).json()
    assert not {"candidates", "priority_reason", "requester_kind"} & set(shown)


async def test_an_operator_reads_later_who_asked_and_why_it_is_urgent(desk: Desk) -> None:
    filed = await desk.filed(category="equipment", requester_kind="service_point")
    shown = (await desk.send("GET", f"/v1/requests/{filed['code']}")).json()
    assert (shown["priority"], shown["requester_kind"]) == ("P1", "service_point")
    assert shown["priority_reason"] == {
        "vi": "điểm phục vụ bị ngừng, nhiều người phải chờ",
        "en": "a service point is down, many people wait",
    }
    (event,) = await desk.events("request.filed")
    assert event["request"]["requester_kind"] == "service_point"


@pytest.mark.parametrize(
    ("category", "said", "priority"),
    [
        ("equipment", {}, "P2"),
        ("equipment", {"requester_kind": "resident"}, "P2"),
        ("equipment", {"requester_kind": "official"}, "P1"),
        ("birth", {"requester_kind": "service_point"}, "P3"),
        ("birth", {"due_today": True}, "P2"),
        ("system_outage", {"due_today": True}, "P1"),
    ],
)
async def test_who_asks_and_a_deadline_raise_the_priority(
    desk: Desk, category: str, said: dict[str, object], priority: str
) -> None:
    assert (await desk.filed(category=category, **said))["priority"] == priority


async def test_what_an_operator_says_ends_the_doubt(desk: Desk) -> None:
    filed = (await desk.file(unnamed("Alo, giúp tôi với", due_today=True))).json()
    changed = (await desk.send("PATCH", f"/v1/requests/{filed['code']}", {"category": "birth"})).json()
    assert changed["priority"] == "P2"
    assert changed["priority_reason"]["vi"] == "hạn nộp là hôm nay"
    shown = (await desk.send("GET", f"/v1/requests/{filed['code']}")).json()
    assert (shown["category"], shown["candidates"]) == ("birth", [])


async def test_to_say_that_the_guess_was_right_ends_the_doubt_too(desk: Desk) -> None:
    filed = (await desk.file(unnamed("may in o quay bi ket giay"))).json()
    changed = (await desk.send("PATCH", f"/v1/requests/{filed['code']}", {"category": "equipment"})).json()
    assert changed["priority_reason"]["vi"] == "theo loại việc: Hỏng thiết bị: máy in, quét, lấy số, ki-ốt"


async def test_a_known_incident_is_told_also_where_the_text_named_it(desk: Desk) -> None:
    await learned(desk, heard(uuid4(), IncidentStatus.OPEN, 2))
    answer = (await desk.file(unnamed("vneid khong dang nhap duoc, bao sai mat khau"))).json()
    assert answer["known"]["incident"] is True
    assert answer["expected"] is None


async def test_the_same_key_gives_the_same_reasons_again(desk: Desk) -> None:
    first = await desk.file(unnamed("may in o quay bi ket giay"), key="once")
    again = await desk.file(unnamed("may in o quay bi ket giay"), key="once")
    assert again.json() == first.json()
    assert await desk.count("requests") == 1


async def test_anybody_may_read_which_categories_there_are(desk: Desk) -> None:
    answer = await desk.send("GET", "/v1/categories", role=None)
    assert {one["key"] for one in answer.json()["categories"]} == set(CATEGORIES)


async def test_operators_and_bots_read_the_same_script(desk: Desk) -> None:
    scripts = [(await desk.send("GET", "/v1/categories/fraud/questions", role=role)).json() for role in ("operator", "adapter")]
    assert scripts[0] == scripts[1]
    assert any(question["key"] == "still_talking" and question["before_visit"] for question in scripts[0]["questions"])
    assert (await desk.send("GET", "/v1/categories/fraud/questions", role=None)).status_code == 401
    assert (await desk.send("GET", "/v1/categories/weather/questions")).status_code == 404


async def test_a_text_alone_is_told_what_it_may_be_about_and_kept_nowhere(desk: Desk) -> None:
    answer = await desk.post("/v1/suggestions", {"text": "co nguoi goi xung la cong an bao bam vao link"}, role="adapter")
    told = answer.json()
    assert told["category"] == "fraud"
    assert told["candidates"][0]["category"] == "fraud"
    assert told["confidence"] == told["candidates"][0]["score"]
    assert told["place"]["commune_code"] is None
    assert (await desk.post("/v1/suggestions", {"text": "a"}, role=None)).status_code == 401
    assert (await desk.post("/v1/suggestions", {"text": ""})).status_code == 422
    assert (await desk.post("/v1/suggestions", {"text": "a" * 2001})).status_code == 422
    assert await desk.count("requests") == 0


async def test_one_text_may_say_what_it_is_and_where(desk: Desk) -> None:
    told = (await desk.post("/v1/suggestions", {"text": "may in o mot cua phuong Cau Giay bi ket giay"})).json()
    assert told["category"] == "equipment"
    assert told["place"]["commune_code"] == "00166"
    unclear = (await desk.post("/v1/suggestions", {"text": "nhà tôi ở Hoàn Kiếm, VNeID không vào được"})).json()
    assert unclear["place"]["commune_code"] is None
    assert unclear["place"]["question"].endswith("?")


async def test_a_request_that_names_neither_place_nor_category_is_filed_whole(desk: Desk) -> None:
    body = unnamed("may in o quay bi ket giay", location=None, address="Số 5 ngõ 12, phường Cầu Giấy")
    answer = (await desk.file(body)).json()
    assert (answer["status"], answer["commune_code"], answer["category"]) == ("filed", "00166", "equipment")
