"""Nobody travels, and no address is told, before the visited person has agreed by their own phone; a "no" is a no."""

from uuid import uuid4

import asyncpg

from shared.postgres.embedded import start_embedded
from tests.support.eventually import eventually
from tests.support.town import Town

ON_ITS_WAY = "status = 'sending' or status = 'queued' and transport.app_clock() between not_before and not_after"


def file_over_the_web(town: Town, *, lat: float, lon: float, **changes: str) -> dict[str, str]:
    """A service point is down, so that it does not matter what time it is."""
    phone = f"+84900{uuid4().int % 900_000 + 100_000}"
    body = {
        "channel": "web",
        "requester": {"name": "Bác Sáu", "phone": phone},
        "category": "system_outage",
        "description": "Không vào được hệ thống",
        "location": {"lat": lat, "lon": lon},
        "address": "Số 7 ngõ Gạch",
        **changes,
    }
    answer = town.http.post("/v1/requests", json=body, headers={"Idempotency-Key": uuid4().hex})
    assert answer.status_code == 202, answer.text
    return {**answer.json(), "phone": phone}


async def test_the_helper_waits_until_the_resident_says_yes(town: Town) -> None:
    request = file_over_the_web(town, lat=21.178, lon=105.847)
    asked = await town.sms(request, "consent_question", to=request["phone"])
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    waits = await town.sms(request, "accepted_responder", to=offer.to)
    assert "ngõ Gạch" not in waits.text
    town.answer(offer.to, f"DI {offer.question}")
    told = await town.sms(request, "not_agreed_responder", to=offer.to)
    assert "KHOAN ĐI" in told.text
    assert town.track(request)["status"] == "assigned"

    town.answer(request["phone"], "Đồng ý")
    cleared = await town.sms(request, "cleared_responder", to=offer.to)
    assert "Số 7 ngõ Gạch" in cleared.text
    thanked = await town.sms(request, "consent_agreed", to=request["phone"])
    assert f"2 {asked.question}" in thanked.text
    town.answer(offer.to, f"DI {cleared.job}")
    await town.becomes(request, "on_the_way")
    await town.holds()


async def test_a_no_sends_everybody_home_and_may_be_taken_back(town: Town) -> None:
    request = file_over_the_web(town, lat=21.265, lon=105.709)
    asked = await town.sms(request, "consent_question", to=request["phone"])
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    await town.becomes(request, "assigned")
    town.answer(request["phone"], f"2 {asked.question}")
    home = await town.sms(request, "done_responder", to=offer.to)
    assert "người dân không cần giúp" in home.text
    refused = await town.sms(request, "consent_refused", to=request["phone"])
    assert "KHÔNG ai đến nhà" in refused.text
    assert town.track(request)["status"] == "cancelled"
    calls = town.http.get("/v1/calls", headers=town.token("operator")).json()["calls"]
    assert [call["purpose"] for call in calls if call["request_id"] == request["id"]] == ["no_visit_call"], "the desk sees it"

    town.answer(request["phone"], f"1 {asked.question}")
    await town.becomes(request, "waiting")
    await town.holds()


async def sends(town: Town) -> bool:
    """Whether a text is on its way, or could be now."""
    connection = await asyncpg.connect(start_embedded(town.home).dsn)
    try:
        return bool(await connection.fetchval(f"select exists (select from notify.messages where {ON_ITS_WAY})"))
    finally:
        await connection.close()


async def unreached(town: Town, request: dict[str, str], purpose: str, after: set[str]) -> str:
    """Time goes by until the desk has the next call of this kind; nobody picks up."""

    async def waiting() -> str | None:
        calls = town.http.get("/v1/calls", headers=town.token("operator")).json()["calls"]
        ours = [call["id"] for call in calls if call["request_id"] == request["id"] and call["purpose"] == purpose]
        found = next((one for one in ours if one not in after), None)
        if found is None:
            assert not await sends(
                town
            )  # whoever has a text in hand when a minute passes is taken for dead, and it goes out twice
            town.let_pass(60)
        return found

    call = await eventually(waiting, what=f"a call {purpose}")
    assert call is not None
    done = town.http.post(f"/v1/calls/{call}/done", json={"outcome": "unreached"}, headers=town.token("operator"))
    assert done.is_success, done.text
    return call


async def test_whoever_does_not_pick_up_is_called_again_and_is_forgotten_by_nobody(own_town: Town) -> None:
    town, made = own_town, set[str]()
    request = file_over_the_web(town, lat=21.035, lon=105.814, contact="call")
    for _ in range(3):
        made.add(await unreached(town, request, "visit_consent", made))
    for _ in range(2):
        made.add(await unreached(town, request, "consent_unreached", made))
    agreed = town.http.post(
        f"/v1/requests/{request['code']}/visit-consent", json={"agreed": True}, headers=town.token("operator")
    )
    assert agreed.is_success
    await town.holds()
