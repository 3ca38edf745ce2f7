"""A helper links a chat account by SMS, and is written to there from then on: on the running system, with its simulated chat."""

import re

from tests.support.eventually import eventually
from tests.support.town import Town

THERE = "5550001"


def writes_in_chat(town: Town, text: str) -> None:
    town.http.post("/dev/replies", json={"from": THERE, "text": text, "channel": "telegram"}).raise_for_status()


async def test_who_has_linked_an_account_is_asked_there_and_answers_there(own_town: Town) -> None:
    town = own_town
    asked = await town.sms(town.file(), "offer")
    writes_in_chat(town, "xin chào")
    [how] = await eventually(lambda: town.to(THERE))
    assert "LIEN KET" in how.text, "whose account it is nobody knows yet"
    town.answer(asked.to, "LIEN KET")
    [brings] = await eventually(lambda: [sms for sms in town.to(asked.to) if sms.kind == "link_code"])
    code = re.search(r"\b\d{6}\b", brings.text)
    assert code is not None
    writes_in_chat(town, code[0])
    await eventually(lambda: [sms.kind for sms in town.to(THERE)] == ["link_how", "linked"])
    await eventually(lambda: [sms for sms in town.to(asked.to) if sms.kind == "linked"])
    writes_in_chat(town, f"1 {asked.question}")  # asked by SMS, answered in the chat
    [mine] = await eventually(lambda: [sms for sms in town.to(THERE) if sms.kind == "accepted_responder"])
    writes_in_chat(town, f"DI {mine.job}")
    await eventually(lambda: [sms for sms in town.to(THERE) if sms.kind == "en_route_responder"])
    await town.holds()
    status, said = town.command("erase", "--yes", asked.to)
    assert status == 0, said
    assert {sms.kind for sms in town.to(THERE)} == {"link_how"}, "told when it was nobody's yet"
