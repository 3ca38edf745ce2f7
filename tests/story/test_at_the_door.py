"""Somebody stands at the door, and the person behind it asks us."""

from typing import Any

from tests.support.eventually import eventually
from tests.support.town import Sms, Town


def asks(town: Town, request: dict[str, Any], **said: Any) -> dict[str, Any]:
    answer = town.http.post(f"/v1/requests/{request['code']}/visit-check", json=said)
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def on_the_way(town: Town, **place: Any) -> tuple[dict[str, Any], Sms, str]:
    request = town.file(**place)
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    job = (await town.sms(request, "accepted_responder", to=offer.to)).job
    town.answer(offer.to, f"DI {job}")
    await town.becomes(request, "on_the_way")
    return request, offer, job


async def test_the_right_words_name_the_visitor_and_a_no_stops_the_visit(town: Town) -> None:
    request, offer, job = await on_the_way(town, lat=21.045, lon=105.844)
    assert asks(town, request, phrase="công an phường đây")["tries_left"] == 2
    assert asks(town, request, phrase=request["pass_phrase"].upper())["who"]["name"]

    assert asks(town, request, refused=True)["frozen"] is True
    stop = await town.sms(request, "stopped_responder", to=offer.to)
    warned = await town.sms(request, "frozen_resident", to=request["phone"])
    assert ("DỪNG" in stop.text, "ĐỪNG MỞ CỬA" in warned.text) == (True, True)
    await town.becomes(request, "frozen")
    lead = await town.sms(request, "escalation")
    assert "NGHI KẺ GIẢ DANH" in lead.text

    def to_make() -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = town.http.get("/v1/calls", headers=town.token("operator")).json()["calls"]
        return [call for call in calls if call["request_id"] == request["id"]]

    calls = await eventually(lambda: len(to_make()) == 2 and to_make())
    assert sorted(call["purpose"] for call in calls) == ["police_contact", "safety_call"]

    town.answer(offer.to, f"DEN {job}")  # the number means nothing any more
    await town.holds()
    assert town.track(request)["status"] == "frozen"
