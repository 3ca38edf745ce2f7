"""Somebody rings the hotline in vain: whatever is killed, they are called back, and what was typed becomes one request."""

import json
from typing import Any

from services.stories.hotline import HotlineStory
from tests.support.eventually import eventually
from tests.support.town import Town

HOA = "0900 654 321"


def says(town: Town, call: str, event: str) -> dict[str, Any]:
    body = {"call": call, "event": event, "from": HOA}
    answer = town.http.post("/v1/calls", json=body, headers=town.token("adapter"))
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def asks(town: Town, method: str, path: str, body: Any = None) -> Any:
    answer = town.http.request(method, path, json=body, headers=town.token("operator"))
    assert answer.is_success, answer.text
    return answer.json()


def killed(town: Town) -> None:
    town.kill()
    town.start()


async def test_a_call_that_nobody_took_outlives_every_kill_until_they_are_reached(own_town: Town) -> None:
    town = own_town
    says(town, "a1", "ringing")
    killed(town)
    says(town, "a1", "ringing")  # the telephone system was never told that it had been heard
    says(town, "a1", "missed")
    killed(town)
    (task,) = asks(town, "GET", "/v1/callbacks")["callbacks"]
    asks(town, "POST", f"/v1/callbacks/{task['id']}/take")
    killed(town)
    town.let_pass(11 * 60)
    (back,) = await eventually(
        lambda: [one for one in asks(town, "GET", "/v1/callbacks")["callbacks"] if one["owner"] == "hotline"]
    )
    town.let_pass(3 * 3600)
    (up,) = await eventually(lambda: [one for one in asks(town, "GET", "/v1/callbacks")["callbacks"] if one["escalated"]])
    assert back["id"] == up["id"] == task["id"]
    await town.holds()
    draft = "/v1/drafts/quay-1"
    asks(town, "POST", f"/v1/callbacks/{task['id']}/take")
    version = asks(town, "PUT", draft, {"form": {"description": "Quầy một cửa"}})["version"]
    killed(town)
    whole = {
        "requester": {"name": "Cô Hoa", "phone": HOA},
        "category": "system_outage",
        "description": "Quầy một cửa không vào được hệ thống",
        "location": {"lat": 21.035, "lon": 105.814},
        "visit_consent": True,
    }
    asks(town, "PUT", draft, {"version": version, "form": whole})
    filed = asks(town, "POST", f"{draft}/file")
    killed(town)
    assert asks(town, "POST", f"{draft}/file") == filed, "the answer was lost; the request is the one"
    asks(town, "POST", f"/v1/callbacks/{task['id']}/done", {"outcome": "reached"})
    assert asks(town, "GET", "/v1/callbacks")["callbacks"] == []
    offer = await town.sms(filed, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    await town.becomes(filed, "assigned")
    await town.holds()


async def test_the_story_of_a_call_is_told_to_its_end(own_town: Town) -> None:
    tokens = json.loads((own_town.home / "tokens.json").read_text(encoding="utf-8"))
    story = HotlineStory(f"http://127.0.0.1:{own_town.port}", tokens, limit_seconds=90)
    told = [f"{line.what} {line.text or ''}" for line in [line async for line in story.run()]]
    for word in ("rings the hotline", "nobody took it", "[đã che mã]", "accepted as P1", "answers first: yes", "has solved it"):
        assert any(word in line for line in told), word
    assert not any("482913" in line for line in told)
