"""A trouble that a call may solve, over SMS: solved by phone, and gone on to a visit, with the hotline between the two."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.story.test_after_the_door import calls
from tests.support.eventually import eventually
from tests.support.switch import a_switch
from tests.support.town import Sms, Town

TROUBLE = {"category": "payment", "description": "Nộp phí trên cổng cứ báo lỗi", "visit_consent": None}


async def talking(town: Town, **place: Any) -> tuple[dict[str, Any], Sms, str]:
    """Filed, taken by somebody who calls, and connected by the hotline."""
    request = town.file(**TROUBLE, **place)
    offer = await town.sms(request, "offer_by_phone")
    assert "Hoa" not in offer.text
    town.answer(offer.to, f"1 {offer.question}")
    told = await town.sms(request, "calling_responder", to=offer.to)
    resident = await town.sms(request, "called_resident", to=request["phone"])
    assert request["pass_phrase"] in told.text
    assert request["pass_phrase"] in resident.text
    assert request["phone"][3:] not in told.text
    await eventually(lambda: calls(town, request) == ["remote_call"])
    await town.becomes(request, "assigned")
    door = town.http.post(f"/v1/requests/{request['code']}/visit-check", json={"phrase": request["pass_phrase"]})
    assert (door.status_code, door.json()["reason"]) == (409, "nobody_comes")  # whoever stands there now is none of ours
    connect(town, request, "told")
    await town.becomes(request, "in_progress")
    return request, offer, told.job


def seen_by_the_helper(town: Town, request: dict[str, Any]) -> str | None:
    """On the page behind the link of their offer, which an operator may look at, too."""
    job = town.command("case", request["code"], "--json")[1]
    offers = re.findall(r'"offer(?:_id)?": ?"([0-9a-f-]{36})"', job)
    pages = [town.http.get(f"/v1/offers/{one}", headers=town.token("operator")).json() for one in dict.fromkeys(offers)]
    return next((page["meeting"] for page in pages if page.get("meeting")), None)


def connect(town: Town, request: dict[str, Any], outcome: str) -> None:
    operator = town.token("operator")
    (task,) = [one for one in town.http.get("/v1/calls", headers=operator).json()["calls"] if one["request_id"] == request["id"]]
    done = town.http.post(f"/v1/calls/{task['id']}/done", headers=operator, json={"outcome": outcome})
    assert done.is_success, done.text


@pytest.fixture
def town_with_meetings(home: Path) -> Iterator[Town]:
    town = Town(home, TECHRESCUE_MEETING_URL="https://meet.example.org/{room}").start()
    yield town
    town.close()


async def test_solved_by_phone_and_nobody_has_travelled(town_with_meetings: Town) -> None:
    town = town_with_meetings
    town.to_working_hours()
    request, offer, job = await talking(town)
    meeting = town.http.post(f"/v1/requests/{request['code']}/meeting").json()["url"]
    await eventually(lambda: seen_by_the_helper(town, request) == meeting)
    assert not any("meet" in sms.text for sms in town.messages(request))
    town.answer(offer.to, f"XONG {job}")
    await town.becomes(request, "resolved")
    await town.sms(request, "done_resident", to=request["phone"])
    assert town.messages(request, "offer") == []
    found = town.http.get("/v1/remote-results", headers=town.token("ops")).json()["categories"]
    assert [(one["category"], one["solved"]) for one in found] == [("payment", 1)]
    await town.holds(drained=True)


async def test_killed_while_the_provider_rings_nobody_is_rung_twice(home: Path) -> None:
    async with a_switch() as switch:
        town = Town(home, TECHRESCUE_BRIDGE_URL=switch.url, TECHRESCUE_BRIDGE_TOKEN="secret")
        await asyncio.to_thread(town.start)
        try:
            town.to_working_hours()
            request = town.file(**TROUBLE)
            offer = await town.sms(request, "offer_by_phone")
            switch.loses = 2  # we never hear that it rings
            town.answer(offer.to, f"1 {offer.question}")
            await eventually(lambda: switch.rings)
            town.kill()
            switch.status[switch.rings[0]] = "connected"
            await asyncio.to_thread(town.start)
            await town.becomes(request, "in_progress")
            (numbers,) = switch.calls.values()
            assert numbers == {"from": "1022", "helper": offer.to, "resident": request["phone"]}
            assert len(switch.rings) == 1
            await town.holds()
        finally:
            await asyncio.to_thread(town.close)


async def test_a_call_that_was_not_enough_goes_on_to_a_visit_with_a_new_phrase(own_town: Town) -> None:
    town = own_town
    town.to_working_hours()
    request, caller, job = await talking(town)
    town.answer(caller.to, f"CAN DEN {job}")
    told = await town.sms(request, "travel_resident", to=request["phone"])
    assert request["pass_phrase"] not in told.text
    await town.sms(request, "travel_responder", to=caller.to)
    offer = await town.sms(request, "offer")
    assert offer.to != caller.to
    town.answer(offer.to, f"1 {offer.question}")
    await town.sms(request, "accepted_responder", to=offer.to)
    await town.becomes(request, "assigned")
    await eventually(lambda: calls(town, request) == ["visit_consent"])
    await town.holds()


async def test_a_resident_who_does_not_pick_up_is_visited(own_town: Town) -> None:
    town = own_town
    town.to_working_hours()
    request = town.file(**TROUBLE)
    offer = await town.sms(request, "offer_by_phone")
    town.answer(offer.to, f"1 {offer.question}")
    await eventually(lambda: calls(town, request) == ["remote_call"])
    connect(town, request, "unreached")
    await town.sms(request, "travel_resident", to=request["phone"])
    await town.sms(request, "offer")
    await town.holds()


async def test_without_a_smartphone_somebody_comes_at_once(own_town: Town) -> None:
    town = own_town
    town.to_working_hours()
    request = town.file(**TROUBLE, vulnerable=["no_smartphone"])
    await town.sms(request, "offer")
    assert town.messages(request, "offer_by_phone") == []
