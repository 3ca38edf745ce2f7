"""kill -9 at any moment: what was answered with 202 is still there, goes on, and happens once."""

import json

import pytest

from tests.support.town import Town


async def test_what_was_accepted_survives_and_goes_on(own_town: Town) -> None:
    town = own_town
    places = [(21.035, 105.814), (20.97, 105.78)]
    requests = [town.file(lat=lat, lon=lon) for lat, lon in places]
    town.kill()  # perhaps before dispatch has heard of any of them
    town.start()
    for request in requests:
        offer = await town.sms(request, "offer", within=30)
        town.answer(offer.to, f"1 {offer.question}")
        town.kill()  # perhaps before the answer was made anything of
        town.start()
        await town.becomes(request, "assigned", within=30)
        assert len(town.messages(request, "accepted_responder")) <= 1
    await town.holds()


async def test_a_stop_is_clean_and_the_next_start_knows_everything(own_town: Town) -> None:
    town = own_town
    request = town.file()
    await town.sms(request, "offer")
    tokens = (town.home / "tokens.json").read_text(encoding="utf-8")
    assert town.stop() == 0
    town.start()
    assert (town.home / "tokens.json").read_text(encoding="utf-8") == tokens
    assert town.track(request)["code"] == request["code"]
    assert json.loads(town.command("check", "--json")[1])["holds"]


async def test_a_second_process_in_the_same_home_is_refused(own_town: Town) -> None:
    second = Town(own_town.home)
    second.http.close()
    with pytest.raises(AssertionError, match="another TechRescue runs"):
        second.start()
    assert second.command("check")[0] == 0, "commands may, beside the process"
    assert own_town.http.get("/readyz").is_success
