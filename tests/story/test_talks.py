"""People write to us on the running system: over each channel they are answered there, and it becomes a request."""

import json
import re

import pytest

from services.stories.registry import channels
from shared.folding import folded
from tests.support.eventually import eventually
from tests.support.town import Town

CODE = re.compile(r"TR-[0-9A-Z]{4}-[0-9A-Z]{4}")


def told(town: Town, channel: str) -> list[dict[str, str]]:
    status, said = town.command("story", "--channel", channel, "--json", "--limit-seconds", "60", "--pace-seconds", "0")
    assert status == 0, said
    return [json.loads(line) for line in said.splitlines()]


def test_there_is_a_story_for_each_channel_that_writes() -> None:
    assert {"sms", "telegram", "web", "zalo"} <= set(channels())


@pytest.mark.parametrize("channel", ["sms", "web", "zalo"])
async def test_a_conversation_becomes_a_request(town: Town, channel: str) -> None:
    lines = told(town, channel)
    ours = [line["text"] for line in lines if line["who"] == "we"]
    (code,) = {code for text in ours for code in CODE.findall(text)}
    await eventually(lambda: town.http.get(f"/v1/requests/{code}").is_success)
    assert "482913" not in str(ours)
    assert code in ours[-1], "and how it stands is told there"


async def test_who_files_by_sms_has_one_text_with_all_of_it(town: Town) -> None:
    phone = "+84900345679"
    for text, answer in (
        ("Không đăng nhập được VNeID", "o dau"),
        ("12 Kim Mã, phường Ba Đình", "ten"),
        ("Lan", "dung khong"),
        ("1", "am hieu"),
    ):
        town.answer(phone, text)
        last = await eventually(lambda answer=answer: [sms for sms in town.to(phone) if answer in folded(sms.text)][-1:])
    (code,) = CODE.findall(last[0].text)
    await eventually(lambda: [sms for sms in town.to(phone) if sms.kind == "consent_question"], what="what is asked next")
    assert [sms.kind for sms in town.to(phone) if code in sms.text and sms.kind != "consent_question"] == ["filed_here"]
    await town.holds()


async def test_who_wants_a_person_is_in_the_operators_list_with_all_that_was_said(town: Town) -> None:
    lines = told(town, "telegram")
    assert "What do you need help with?" in lines[1]["text"]
    found = town.http.get("/v1/messages", headers=town.token("operator")).json()["messages"]
    assert any(message["handover"] and "can I talk to a human" in message["text"] for message in found)


async def test_killed_in_the_middle_it_goes_on_where_it_was(own_town: Town) -> None:
    town, phone = own_town, "+84900345678"
    town.answer(phone, "Không đăng nhập được VNeID")
    await eventually(lambda: [sms for sms in town.to(phone) if sms.kind == "conversation"])
    town.kill()
    town.start()
    town.answer(phone, "12 Kim Mã, phường Ba Đình")
    await eventually(lambda: [sms for sms in town.to(phone) if "ten" in folded(sms.text)])
    await town.holds()
