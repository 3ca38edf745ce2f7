"""Three neighbours need the same: invited to one hour, helped there by one, and whoever did not come is helped at home."""

from datetime import timedelta
from typing import Any

from tests.support.eventually import eventually
from tests.support.town import Sms, Town

HERE = {"category": "vneid_activate", "lat": 21.031, "lon": 105.802, "description": "Kích hoạt định danh mức 2"}
PATIENCE = 60.0
HOUR = 3600.0


def number_of(town: Town, call: dict[str, Any]) -> Sms | None:
    kinds = ("session_responder", "session_rider_responder")
    return next((sms for kind in kinds for sms in town.messages(call, kind)), None)


async def test_one_helper_helps_them_in_one_place(own_town: Town) -> None:
    town, morning = own_town, own_town.to_working_hours()
    calls = [town.file(**HERE) for _ in range(3)]

    await eventually(lambda: all(town.track(call)["status"] == "waiting" for call in calls), PATIENCE, what="jobs that wait")
    at, codes = (morning + timedelta(hours=3)).isoformat(), [call["code"] for call in calls]
    body = {"requests": codes, "at": at, "venue": "Nhà văn hóa tổ 5"}
    made = town.http.post("/v1/sessions", json=body, headers=town.token("operator"))
    assert made.status_code == 201, made.text
    for call in calls:
        asked = await town.sms(call, "session_ask", to=call["phone"])
        assert "Nhà văn hóa tổ 5" in asked.text
        assert town.track(call)["paused"]["reason"] == "session"
    town.answer(calls[0]["phone"], "1")

    town.let_pass(HOUR + 60)

    async def offered() -> Any:
        return next((sms for call in calls for sms in town.messages(call, "offer") if "Buổi hỗ trợ nhóm" in sms.text), None)

    offer = await eventually(offered, PATIENCE, what="an offer of the session")
    town.answer(offer.to, f"1 {offer.question}")
    numbers = {}
    for call in calls:
        await town.becomes(call, "assigned")
        numbers[call["id"]] = (await eventually(lambda call=call: number_of(town, call), PATIENCE, what="a number for each")).job
    town.answer(offer.to, "XONG")  # of whom?
    await eventually(lambda: any("nhắn kết quả kèm số" in sms.text for sms in town.to(offer.to)), PATIENCE, what="asked back")
    assert {town.track(call)["status"] for call in calls} == {"assigned"}
    town.answer(offer.to, f"XONG {numbers[calls[0]['id']]}")
    await town.becomes(calls[0], "resolved")
    town.answer(offer.to, f"VANG NHA {numbers[calls[1]['id']]}")
    await town.becomes(calls[1], "waiting")
    await town.sms(calls[1], "session_left_resident", to=calls[1]["phone"])
    town.answer(offer.to, f"XONG {numbers[calls[2]['id']]}")
    await town.becomes(calls[2], "resolved")
    await town.holds()
