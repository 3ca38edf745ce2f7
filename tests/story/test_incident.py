"""VNeID is down in the whole city: those who wait hear that it is known, and at the end each says whether it works."""

from datetime import datetime
from typing import Any

from tests.support.eventually import eventually
from tests.support.town import Town

VNEID = {"category": "vneid_login", "lat": 21.031, "lon": 105.802, "description": "VNeID không vào được"}
PATIENCE = 40.0


def say(town: Town, path: str, body: Any = None) -> dict[str, Any]:
    answer = town.http.post(path, json=body, headers=town.token("operator"))
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_everybody_is_held_told_and_asked(own_town: Town) -> None:
    town = own_town
    town.to_working_hours()
    first = town.file(**VNEID)
    incident = say(town, "/v1/incidents", {"category": "vneid_login", "symptom": "no_login"})
    told = await town.sms(first, "held_resident", to=first["phone"])
    assert "cả thành phố đang có sự cố này" in told.text
    known = await eventually(lambda: (found := town.file(**VNEID)) and found.get("known") and found, PATIENCE, what="known")
    assert "cả thành phố không đăng nhập được" in known["known"]["sentence"]["vi"]
    assert known["expected"] is None
    await town.sms(known, "held_resident", to=known["phone"])
    third = town.file(**VNEID)
    third_at = town.track(third)["timeline"][0]["at"]
    await town.sms(third, "held_resident", to=third["phone"])
    assert town.track(third)["paused"]["reason"] == "incident"

    town.kill()
    town.start()
    say(town, f"/v1/incidents/{incident['id']}/end")
    questions = {request["id"]: await town.sms(request, "incident_ask") for request in (first, known, third)}
    assert all(len(town.messages(request, "incident_ask")) == 1 for request in (first, known, third))

    town.answer(first["phone"], f"1 {questions[first['id']].question}")
    await town.becomes(first, "resolved")
    await town.sms(first, "incident_over_resident", to=first["phone"])

    town.answer(known["phone"], "2")
    await town.sms(known, "resumed_resident", to=known["phone"])
    assert town.track(known)["paused"] is None

    paused = town.track(third)["paused"]
    assert paused["reason"] == "incident"
    # Nobody answers: four staffed hours, which over a weekend or holidays take days.
    town.let_pass((datetime.fromisoformat(paused["until"]) - datetime.fromisoformat(third_at)).total_seconds() + 60)
    await town.sms(third, "resumed_resident", to=third["phone"])
    assert town.track(third)["status"] in {"waiting", "assigned"}
    await town.holds()
