"""Time runs out, and something happens: who does not come is asked, and who answers for the ward hears of it."""

from services.demo import WARD_LEAD, phone
from shared.geo.communes import COMMUNES
from tests.support.town import Town

LATE = 31 * 60.0  # seconds; somebody was promised within thirty minutes
LONG = 60.0


async def test_a_helper_who_does_not_come_is_asked_and_the_ward_lead_is_told(own_town: Town) -> None:
    town = own_town
    request = town.file(lat=21.035, lon=105.814)
    number = next(place for place, commune in enumerate(COMMUNES) if commune.code == request["commune_code"])
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    mine = await town.sms(request, "accepted_responder", to=offer.to)
    town.answer(offer.to, f"DI {mine.job}")
    await town.sms(request, "en_route_resident", to=request["phone"])

    town.move_clock(LATE)
    asked = await town.sms(request, "late_responder", to=offer.to, within=LONG)
    told = await town.sms(request, "late_lead", to=phone(number, WARD_LEAD), within=LONG)
    assert (asked.job, request["code"] in told.text) == (mine.job, True)
    status, case = town.command("case", request["code"])
    assert status == 0
    assert "sla.breached" in case
    assert "arrival" in case

    town.answer(offer.to, f"TRA {asked.job}")
    renewed = await town.sms(request, "released_resident", to=request["phone"], within=LONG)
    assert request["pass_phrase"] not in renewed.text
    await town.holds()
