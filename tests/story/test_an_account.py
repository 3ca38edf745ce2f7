"""A helper links a chat account by SMS, and is written to there from then on: on the running system, with its simulated chat."""

import json
import re

from services.story import CALLS
from tests.support.eventually import eventually
from tests.support.town import Town

THERE = "5550001"


def writes_in_chat(town: Town, text: str, account: str = THERE) -> None:
    town.http.post("/dev/replies", json={"from": account, "text": text, "channel": "telegram"}).raise_for_status()


async def links(town: Town, phone: str, account: str = THERE) -> None:
    town.answer(phone, "LIEN KET")
    [brings] = await eventually(lambda: [sms for sms in town.to(phone) if sms.kind == "link_code"])
    code = re.search(r"\b\d{6}\b", brings.text)
    assert code is not None
    writes_in_chat(town, code[0], account)
    await eventually(lambda: [sms for sms in town.to(phone) if sms.kind == "linked"])


async def test_who_has_linked_an_account_is_asked_there_and_answers_there(own_town: Town) -> None:
    town = own_town
    asked = await town.sms(town.file(), "offer")
    writes_in_chat(town, "LIEN KET")
    [how] = await eventually(lambda: town.to(THERE))
    assert "LIEN KET" in how.text, "whose account it is nobody knows yet"
    await links(town, asked.to)
    await eventually(lambda: [sms.kind for sms in town.to(THERE)] == ["link_how", "linked"])
    writes_in_chat(town, f"1 {asked.question}")  # asked by SMS, answered in the chat
    [mine] = await eventually(lambda: [sms for sms in town.to(THERE) if sms.kind == "accepted_responder"])
    writes_in_chat(town, f"DI {mine.job}")
    await eventually(lambda: [sms for sms in town.to(THERE) if sms.kind == "en_route_responder"])
    await town.holds()
    status, said = town.command("erase", "--yes", asked.to)
    assert status == 0, said
    assert {sms.kind for sms in town.to(THERE)} == {"link_how"}, "told when it was nobody's yet"


async def test_the_story_tells_apart_who_is_written_to_in_a_chat(own_town: Town) -> None:
    town = own_town
    for number, call in enumerate(CALLS):  # the helpers whom the story will ask, too
        request = town.file(lat=call.lat, lon=call.lon)
        asked = await town.sms(request, "offer")
        await links(town, asked.to, f"555000{number}")
        town.answer(asked.to, f"1 {asked.question}")
        await town.becomes(request, "assigned")
    status, said = town.command("story", "--json", "--limit-seconds", "90", "--pace-seconds", "0")
    assert status == 0, said
    told = [json.loads(line) for line in said.splitlines()]
    names = {call.who for call in CALLS}
    for line in told:
        if line["text"] and line["text"].startswith("Việc này là của bạn"):
            assert line["what"] == "tells the helper"
        if line["text"] and line["text"].startswith("TechRescue đã nhận việc"):
            assert line["what"].removeprefix("tells ") in names
    in_chats = {sms.text for number in range(len(CALLS)) for sms in town.to(f"555000{number}")}
    assert [line for line in told if line["text"] in in_chats], "some of it was said in a chat"
