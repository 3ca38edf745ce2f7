"""What happens once somebody is at the door, as both sides live it: by SMS, and with a clock that looks after them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from notify.sms_text import fold
from shared.postgres.embedded import start_embedded
from tests.support.eventually import eventually
from tests.support.town import Sms, Town

WATCHED = 91 * 60.0  # seconds: a helper at a service point is asked after 90 minutes


async def there(town: Town, **place: Any) -> tuple[dict[str, Any], Sms, str]:
    request = town.file(**place)
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    job = (await town.sms(request, "accepted_responder", to=offer.to)).job
    town.answer(offer.to, f"DEN {job}")
    await town.becomes(request, "in_progress")
    return request, offer, job


async def job_of(town: Town, request: dict[str, Any]) -> UUID:
    connection = await asyncpg.connect(start_embedded(town.home).dsn)
    try:
        found: UUID = await connection.fetchval("select id from dispatch.jobs where request_id = $1", UUID(request["id"]))
        return found
    finally:
        await connection.close()


def calls(town: Town, request: dict[str, Any]) -> list[str]:
    found: list[dict[str, Any]] = town.http.get("/v1/calls", headers=town.token("operator")).json()["calls"]
    return [call["purpose"] for call in found if call["request_id"] == request["id"]]


async def test_nobody_at_home_is_put_off_and_goes_on_at_the_agreed_hour(town: Town) -> None:
    request, offer, job = await there(town, lat=21.02, lon=105.79)
    town.answer(offer.to, f"{job} vang nha")
    told = await town.sms(request, "postponed_resident", to=request["phone"])
    assert "Ám hiệu MỚI" in told.text
    assert "hỏi bạn trước" in (await town.sms(request, "done_responder", to=offer.to)).text
    await town.becomes(request, "waiting")
    await eventually(lambda: calls(town, request) == ["absent_call"])
    shown = await eventually(lambda: town.track(request)["paused"])
    assert (shown["reason"], "hẹn giờ" in shown["label"]) == ("absent", True)
    await town.holds()

    agreed = town.http.post(
        f"/v1/assignments/{await job_of(town, request)}/slot",
        headers=town.token("operator"),
        json={"at": datetime.now(UTC).isoformat()},
    )
    assert agreed.is_success, agreed.text
    await eventually(lambda: len([sms for sms in town.messages(request, "offer") if sms.to == offer.to]) == 2)
    await eventually(lambda: calls(town, request) == [])
    await town.holds()


async def test_unsafe_goes_to_the_ward_lead_and_nobody_else_is_sent(town: Town) -> None:
    request, offer, job = await there(town, lat=21.01, lon=105.82)
    town.answer(offer.to, f"khong an toan {job}")
    assert "rời chỗ không an toàn" in (await town.sms(request, "unsafe_responder", to=offer.to)).text
    assert "KHÔNG AN TOÀN" in (await town.sms(request, "escalation")).text
    await town.sms(request, "unsafe_resident", to=request["phone"])
    await town.becomes(request, "frozen")
    await eventually(lambda: calls(town, request) == ["unsafe_call"])
    await town.holds()


async def test_an_sos_is_heard_at_once_and_done_does_not_end_it(town: Town) -> None:
    request, offer, job = await there(town, lat=20.99, lon=105.86)
    town.answer(offer.to, "SOS")
    await town.sms(request, "sos_responder", to=offer.to)
    assert "SOS" in (await town.sms(request, "alarm_lead")).text
    town.answer(offer.to, f"XONG {job}")
    await town.becomes(request, "resolved")
    assert calls(town, request) == ["sos_call"]
    await town.holds()


async def test_a_helper_who_is_there_for_long_is_asked_and_silence_alarms(own_town: Town) -> None:
    town = own_town
    request, offer, job = await there(town)
    town.let_pass(WATCHED)
    asked = await town.sms(request, "ask_well", to=offer.to)
    assert f"1 {job}" in asked.text
    town.let_pass(11 * 60)
    await eventually(lambda: calls(town, request) == ["well_call"])
    town.let_pass(11 * 60)
    assert "KHONG TRA LOI" in fold((await town.sms(request, "alarm_lead")).text)
    await town.holds()


async def test_no_sign_of_life_is_replaced(own_town: Town) -> None:
    town = own_town
    request = town.file()
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    await town.sms(request, "accepted_responder", to=offer.to)
    town.let_pass(5 * 60)  # the lease is over, and its timer sets the next
    await town.holds()
    town.let_pass(6 * 60)
    await town.sms(request, "ask_going", to=offer.to)
    town.let_pass(6 * 60)
    await town.sms(request, "replaced_responder", to=offer.to)
    await town.sms(request, "released_resident", to=request["phone"])
    await eventually(lambda: [sms for sms in town.messages(request, "offer") if sms.to != offer.to])
