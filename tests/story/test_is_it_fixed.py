"""A day later: "is it fixed?" A no sends the same helper again, a yes asks for a mark; wishes from elsewhere are asked."""

from typing import Any

from tests.story.test_an_account import THERE, links, writes_in_chat
from tests.story.test_at_the_door import on_the_way
from tests.support.eventually import eventually
from tests.support.town import Sms, Town

DAY_AND_A_NIGHT = 37 * 3600.0


async def helped(town: Town, **changes: Any) -> tuple[dict[str, Any], Sms]:
    request = town.file(**changes)
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    job = (await town.sms(request, "accepted_responder", to=offer.to)).job
    town.answer(offer.to, f"XONG {job}")
    await town.becomes(request, "resolved")
    return request, offer


async def test_who_is_not_helped_says_so_and_the_same_helper_is_asked_first(own_town: Town) -> None:
    town = own_town
    request, offer = await helped(town)
    town.let_pass(DAY_AND_A_NIGHT)
    asked = await town.sms(request, "fixed_ask", to=request["phone"])
    assert "đã dùng được chưa" in asked.text
    town.answer(request["phone"], "chưa được")
    await town.sms(request, "reopened_resident", to=request["phone"])

    def asked_again() -> list[Sms]:
        return [sms for sms in town.messages(request, "offer") if sms.id > asked.id]

    offers = await eventually(asked_again, what="an offer after the reopening")
    assert {sms.to for sms in offers} == {offer.to}
    await town.holds()


async def test_a_yes_closes_it_and_a_mark_is_counted(own_town: Town) -> None:
    town = own_town
    request, _ = await helped(town)
    town.let_pass(DAY_AND_A_NIGHT)
    asked = await town.sms(request, "fixed_ask", to=request["phone"])
    town.answer(request["phone"], f"1 {asked.question}")
    await town.becomes(request, "closed")
    survey = await town.sms(request, "survey_ask", to=request["phone"])
    assert "từ 1 (kém) đến 5 (tốt)" in survey.text
    town.answer(request["phone"], "5 nhanh lắm")

    def noted() -> bool:
        status, told = town.command("case", request["code"], "--json")
        return status == 0 and '"request.rated"' in told and "nhanh" not in told

    await eventually(noted, what="the mark")
    await town.holds()


async def test_a_stranger_with_the_code_calls_nothing_off(town: Town) -> None:
    request = town.file(lat=21.02, lon=105.83)
    wished = town.http.post(f"/v1/requests/{request['code']}/cancel-wish")
    assert wished.status_code == 202
    asked = await town.sms(request, "cancel_ask", to=request["phone"])
    town.answer(request["phone"], f"2 {asked.question}")

    def denied() -> bool:
        return "cancel_wish_denied" in town.command("case", request["code"])[1]

    await eventually(denied, what="the no of the number")
    assert town.track(request)["status"] != "cancelled"
    town.http.post(f"/v1/requests/{request['code']}/cancel-wish")
    again = await eventually(lambda: [sms for sms in town.messages(request, "cancel_ask") if sms.id > asked.id])
    town.answer(request["phone"], f"1 {again[-1].question}")
    await town.becomes(request, "cancelled")
    await town.holds()


async def test_a_stranger_with_the_code_moves_nothing_and_the_number_does(town: Town) -> None:
    request = town.file(lat=21.02, lon=105.83)
    path, wish = f"/v1/requests/{request['code']}/move-wish", {"address": "5 ngõ 7, Phường Bồ Đề"}
    assert town.http.post(path, json=wish).status_code == 202
    asked = await town.sms(request, "move_ask", to=request["phone"])
    assert ("5 ngõ 7" in asked.text, "Bồ Đề" in asked.text) == (True, True)
    before = town.track(request)["commune"]
    town.answer(request["phone"], f"1 {asked.question}")
    await town.sms(request, "moved_resident", to=request["phone"])
    assert town.track(request)["commune"] != before
    await town.holds()


async def test_a_mark_comes_by_chat_by_web_and_from_paper_and_the_last_one_counts(own_town: Town) -> None:
    town = own_town
    request, _ = await helped(town)
    await links(town, request["phone"])
    town.let_pass(DAY_AND_A_NIGHT)
    [asked] = await eventually(lambda: [sms for sms in town.to(THERE) if sms.kind == "fixed_ask"])
    writes_in_chat(town, f"1 {asked.question}")
    await town.becomes(request, "closed")
    [survey] = await eventually(lambda: [sms for sms in town.to(THERE) if sms.kind == "survey_ask"])
    assert "từ 1 (kém) đến 5 (tốt)" in survey.text
    writes_in_chat(town, "5 nhanh lắm")

    def marks() -> int:
        return town.command("case", request["code"], "--json")[1].count('"request.rated"')

    await eventually(lambda: marks() == 1, what="the mark by chat")
    path = f"/v1/requests/{request['code']}/survey"
    assert town.http.post(path, json={"score": 2, "why": "hôm sau lại hỏng"}).is_success, "by whoever has the code, on the web"
    assert town.http.post(path, json={"score": 4}, headers=town.token("operator")).json()["score"] == 4, "typed from paper"
    await eventually(lambda: marks() == 3, what="all three marks")
    await town.holds()


async def test_somebody_at_the_door_is_asked_about_by_sms_and_a_no_stops_the_visit(own_town: Town) -> None:
    town = own_town
    request, _, _ = await on_the_way(town, lat=21.045, lon=105.844)
    town.answer(request["phone"], f"ám hiệu {request['pass_phrase']}")
    await eventually(lambda: [sms for sms in town.to(request["phone"]) if "Đúng ám hiệu" in sms.text], what="the yes")
    town.answer(request["phone"], "Có người lạ ở trước cửa")
    await eventually(lambda: [sms for sms in town.to(request["phone"]) if "đã dừng buổi này" in sms.text], what="the warning")
    await town.becomes(request, "frozen")
    assert "NGHI KẺ GIẢ DANH" in (await town.sms(request, "escalation")).text
    await town.holds()
