"""A daughter has filed for her mother, who is erased: nobody hears of the mother any more, and the request is not lost."""

from typing import Any

from tests.story.test_may_somebody_come import file_over_the_web
from tests.support.eventually import eventually
from tests.support.secrecy import opens, replay_everything
from tests.support.town import Town

MOTHER = "+84900345671"
KEPT_A_WEEK = (".outbox", ".log")  # what was published


async def told_of_her(town: Town) -> set[str]:
    opened = [words for where, words in await opens(town) if not where.startswith("topic ") and not where.endswith(KEPT_A_WEEK)]
    return {word for word in ("Zyxwq", "Kvuxyz", MOTHER) if word in " ".join(opened)}


async def test_whoever_is_erased_is_visited_by_nobody_and_the_request_is_not_lost(own_town: Town) -> None:
    town, operator = own_town, own_town.token("operator")
    about = {"on_behalf_of": "Zyxwq", "visited_phone": MOTHER, "address": "Số 7 ngõ Kvuxyz"}
    request = file_over_the_web(town, lat=21.035, lon=105.814, **about)
    asked = await town.sms(request, "consent_question", to=MOTHER)
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    await town.becomes(request, "assigned")
    town.answer(MOTHER, f"1 {asked.question}")
    cleared = await town.sms(request, "cleared_responder", to=offer.to)
    assert "Kvuxyz" in cleared.text
    await town.holds(drained=True)
    assert await told_of_her(town) == {"Zyxwq", "Kvuxyz", MOTHER}

    status, said = town.command("erase", MOTHER, "--yes", "--json")
    assert status == 0, said

    def calls() -> list[dict[str, Any]]:
        found = town.http.get("/v1/calls", headers=operator).json()["calls"]
        return [call for call in found if call["request_id"] == request["id"] and call["purpose"] == "consent_unreached"]

    (call,) = await eventually(calls, what="the desk is to find out how it goes on")
    assert "Zyxwq" not in str(call)
    assert town.track(request)["status"] == "assigned"
    assert "Kvuxyz" not in str(town.messages(request)), "also on the phones of others"
    town.answer(offer.to, f"DI {cleared.job}")
    assert "KHOAN ĐI" in (await town.sms(request, "not_agreed_responder", to=offer.to)).text

    await town.holds(drained=True)
    await replay_everything(town)
    assert await told_of_her(town) == set()
    assert town.to(MOTHER) == []
    agreed = town.http.post(f"/v1/requests/{request['code']}/visit-consent", json={"agreed": True}, headers=operator)
    assert agreed.is_success, agreed.text
    again = await town.sms(request, "cleared_responder", to=offer.to)
    assert "Kvuxyz" not in again.text
    await eventually(lambda: calls() == [], what="nobody needs to find out any more")
    await town.holds()
