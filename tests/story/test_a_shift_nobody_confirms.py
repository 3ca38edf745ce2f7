"""A student does not confirm a shift: asked by SMS, asked again, and another student steps in by SMS before it begins."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.shifts.shift import LOCAL
from tests.support.eventually import eventually
from tests.support.town import Sms, Town, sms_of

COMMUNE = "00004"
SILENT, READY = "+84900088801", "+84900088802"


def texts(town: Town, number: str, kind: str) -> list[Sms]:
    rows = town.http.get("/dev/messages", params={"since": 0, "limit": 1000}).json()
    return [sms for sms in map(sms_of, rows) if (sms.to, sms.kind) == (number, kind)]


async def newest(town: Town, number: str, kind: str, count: int = 1) -> Sms:
    found = await eventually(
        lambda: len(texts(town, number, kind)) >= count and texts(town, number, kind), what=f"{count} × {kind}"
    )
    return found[-1]


def enrol(town: Town, name: str, number: str, shifts: str) -> None:
    body = {"kind": "volunteer", "name": name, "phone": number, "commune_code": COMMUNE, "shifts": shifts, "confirmed": True}
    answer = town.http.put(f"/v1/responders/{name}", json=body, headers=town.token("ward_lead"))
    assert answer.is_success, answer.text


def clock_to(town: Town, moment: datetime) -> None:
    town.move_clock((moment - datetime.now(UTC)).total_seconds())


def shifts(town: Town) -> dict[str, str]:
    query = {"commune": COMMUNE, "days": 1}
    found: dict[str, Any] = town.http.get("/v1/shifts", params=query, headers=town.token("ward_lead")).json()
    return {one["responder"]: one["status"] for one in found["shifts"] if one["responder"].startswith("SV-")}


async def test_silence_is_asked_again_and_then_somebody_else_steps_in(own_town: Town) -> None:
    town = own_town
    day = (datetime.now(LOCAL) + timedelta(days=2)).date()
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=LOCAL)
    enrol(town, "SV-1", SILENT, f"{day} 13:00-18:00")
    enrol(town, "SV-2", READY, f"{day + timedelta(days=3)} 08:00-12:00")

    clock_to(town, noon - timedelta(hours=23))
    first = await newest(town, SILENT, "shift_confirm")
    assert "13:00-18:00 ngày mai" in first.text
    clock_to(town, noon - timedelta(hours=1))
    again = await newest(town, SILENT, "shift_confirm", 2)
    assert "13:00-18:00 hôm nay" in again.text
    assert again.question != first.question

    clock_to(town, noon + timedelta(minutes=1))
    assert f"1 {again.question}" in (await newest(town, SILENT, "shift_silent")).text
    place = await newest(town, READY, "shift_take")
    town.answer(READY, f"1 {place.question}")
    await newest(town, READY, "shift_taken")
    assert shifts(town) == {"SV-1": "silent", "SV-2": "confirmed"}

    town.answer(SILENT, f"1 {again.question}")  # too late by now, and told so
    await newest(town, SILENT, "shift_filled")
    assert shifts(town) == {"SV-1": "silent", "SV-2": "confirmed"}
    await town.holds()
