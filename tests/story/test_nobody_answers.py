"""Nobody takes it: the wave ends, the ward lead is asked, then the deputy, then the city. There is always somebody."""

from services.demo import CITY_DESK, DEPUTY, TEAM, WARD_LEAD, phone
from shared.geo.communes import COMMUNES
from tests.support.eventually import eventually
from tests.support.town import Town

PATIENCE = 6 * 60.0  # seconds: each is asked 5 minutes after the one before
LONG = 60.0
BETWEEN_FIVE = {"lat": 21.034, "lon": 105.802}  # five teams live about as near


async def test_silence_climbs_to_the_city_desk(own_town: Town) -> None:
    town = own_town
    request = town.file(**BETWEEN_FIVE)
    number = next(place for place, commune in enumerate(COMMUNES) if commune.code == request["commune_code"])
    await eventually(lambda: len(town.messages(request, "offer")) == 5, LONG)

    leads = [phone(number, WARD_LEAD), phone(number, DEPUTY), CITY_DESK]
    for place, lead in enumerate(leads, start=1):
        town.move_clock(place * PATIENCE)
        await town.sms(request, "escalation", to=lead, within=LONG)
        assert town.track(request)["status"] in {"filed", "waiting"}
        await town.holds()
    assert list(dict.fromkeys(sms.to for sms in town.messages(request, "escalation"))) == leads

    resident = await town.sms(request, "escalated_resident", to=request["phone"])
    assert request["code"] in resident.text
    desk = await town.sms(request, "escalation", to=CITY_DESK)
    town.answer(CITY_DESK, f"1 {desk.question}")
    await town.sms(request, "accepted_lead", to=CITY_DESK)


async def test_a_lead_names_who_shall_go(own_town: Town) -> None:
    town = own_town
    request = town.file(**BETWEEN_FIVE)
    commune = request["commune_code"]
    number = next(place for place, one in enumerate(COMMUNES) if one.code == commune)
    await eventually(lambda: len(town.messages(request, "offer")) == 5, LONG)
    lead = phone(number, WARD_LEAD)
    town.move_clock(PATIENCE)
    asked = await town.sms(request, "escalation", to=lead, within=LONG)

    town.answer(lead, f"{asked.question} Bà Tám")
    why = await town.sms(request, "assign_refused", to=lead)
    assert f"{asked.question} TÊN KHÁC" in why.text
    town.forget_messages()
    town.answer(lead, f"{asked.question} demo-team-{commune}")
    await town.sms(request, "assigned_lead", to=lead)
    named = await town.sms(request, "offer", to=phone(number, TEAM))
    town.answer(named.to, f"1 {named.question}")
    await town.sms(request, "accepted_responder", to=named.to)
    await town.becomes(request, "assigned")
    await town.holds()
