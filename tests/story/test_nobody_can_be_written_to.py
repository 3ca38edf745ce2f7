"""The only provider is away: the request is accepted, and people hear of it from people, without anybody looking at a graph."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from tests.support.town import Town

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens there
AWAY = {
    "TECHRESCUE_CARRIER": "kannel",
    "TECHRESCUE_KANNEL_URL": NOBODY,
    "TECHRESCUE_KANNEL_USERNAME": "techrescue",
    "TECHRESCUE_KANNEL_PASSWORD": "a password of a test",
    "TECHRESCUE_KANNEL_SENDER": "8088",
    "TECHRESCUE_KANNEL_CALLBACK_URL": NOBODY,
    "TECHRESCUE_KANNEL_CALLBACK_SECRET": "a secret of a test, long enough",
    "TECHRESCUE_OUTAGE_SECONDS": "5",
    "TECHRESCUE_DEMO": "0",  # its roster is there already, and its numbers are told to nobody
    "TECHRESCUE_CITY_DESK_PHONE": "+84900000001",
}


@pytest.fixture
def cut_off(home: Path) -> Iterator[Town]:
    town = Town(home, **AWAY).start()
    yield town
    town.close()


async def test_a_request_that_no_text_can_carry_is_on_the_list_of_calls(cut_off: Town) -> None:
    town = cut_off
    request = town.file(lat=21.034, lon=105.802)

    def calls() -> set[tuple[str, str]]:
        answer = town.http.get("/v1/calls", headers=town.token("operator")).json()
        return {(call["role"], call["purpose"]) for call in answer["calls"] if call["request_id"] == request["id"]}

    await eventually(lambda: ("lead", "escalation") in calls(), 60, what="somebody calls the ward lead")
    assert ("resident", "filed") in calls(), "the operator reads the code aloud, too"
    shown = town.http.get("/v1/outages", headers=town.token("ops")).json()
    assert [(one["channel"], one["open"]) for one in shown["outages"]] == [("sms", True)]
    await eventually(lambda: "Tin nhắn không gửi đi được" in town.http.get("/").text, 10)
    [lead] = [
        c for c in town.http.get("/v1/calls", headers=town.token("operator")).json()["calls"] if c["purpose"] == "escalation"
    ]
    accepted = town.http.post(f"/v1/offers/{lead['offer_id']}/accept", headers=town.token("operator"))
    assert accepted.is_success, accepted.text
    await eventually(lambda: ("lead", "accepted_lead") in calls(), 30, what="and is told what they have taken")
    await town.holds()
