"""The network of a ward office is down and three people call: somebody says that it is one fault, one helper comes for all."""

from typing import Any

from tests.support.eventually import eventually
from tests.support.town import Town

HERE = {"lat": 21.012, "lon": 105.792, "category": "network_outage"}
LOOKED = 40.0  # the watch looks every ten seconds


async def group_of(town: Town, requests: list[dict[str, Any]], state: str = "proposed") -> dict[str, Any]:
    codes = {request["code"] for request in requests}

    def found() -> dict[str, Any] | None:
        groups = town.http.get("/v1/groups", params={"state": state}, headers=town.token("operator")).json()["groups"]
        return next((group for group in groups if codes <= {job["code"] for job in group["jobs"]}), None)

    group = await eventually(found, LOOKED, what=f"a group that is {state}")
    assert group is not None
    return group


def decide(town: Town, group: dict[str, Any], what: str) -> None:
    answer = town.http.post(f"/v1/groups/{group['id']}/{what}", headers=town.token("ward_lead"))
    assert answer.is_success, answer.text


async def test_one_helper_comes_for_all_and_the_next_caller_hears_known(town: Town) -> None:
    calls = [town.file(**HERE) for _ in range(3)]
    assert all("known" not in call for call in calls)
    group = await group_of(town, calls)
    decide(town, group, "confirm")
    for call in calls:
        told = await town.sms(call, "grouped_resident", to=call["phone"])
        assert "3 yêu cầu cùng báo" in told.text

    async def asked() -> Any:
        return next((sms for call in calls for sms in town.messages(call, "offer") if "chung 3 yêu cầu" in sms.text), None)

    offer = await eventually(asked, LOOKED, what="an offer of the one visit")
    town.answer(offer.to, f"1 {offer.question}")
    for call in calls:
        await town.sms(call, "accepted_responder", to=offer.to)
        await town.sms(call, "accepted_resident", to=call["phone"])
        await town.becomes(call, "assigned")
    town.answer(offer.to, "DI")  # without a number: the whole visit
    for call in calls:
        await town.becomes(call, "on_the_way")

    late = await eventually(lambda: (found := town.file(**HERE)) and found.get("known") and found, LOOKED, what="known")
    assert late["known"]["requests"] == 3
    await group_of(town, [late], "confirmed")
    decide(town, group, "confirm")
    await town.becomes(late, "assigned")
    await town.sms(late, "accepted_responder", to=offer.to)

    number = (await town.sms(late, "accepted_responder", to=offer.to)).job
    town.answer(offer.to, f"XONG {number}")
    await town.becomes(late, "resolved")
    assert town.track(calls[0])["status"] == "on_the_way"
    town.answer(offer.to, "XONG")
    for call in calls:
        await town.becomes(call, "resolved")
    await town.holds()
