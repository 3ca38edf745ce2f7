"""Somebody who wrote in a chat and gave no number has it erased by its conversation: as it runs, with a full replay."""

import json

from tests.support.eventually import eventually
from tests.support.secrecy import opens, replay_everything
from tests.support.town import Town

THERE, ELSEWHERE = "6100001", "6100002"


async def writes(town: Town, account: str, text: str) -> None:
    """And is answered."""
    before = len(town.to(account))
    town.http.post("/dev/replies", json={"from": account, "channel": "telegram", "text": text}).raise_for_status()
    await eventually(lambda: len(town.to(account)) > before, what=f"an answer to {text}")


async def named(town: Town) -> set[str]:
    """Who is named by anything that some key opens, in any table or topic."""
    told = " ".join(words for _, words in await opens(town))
    return {name for name in ("Zyxwq", "Kvuxyz") if name in told}


async def test_a_chat_without_a_number_is_erased_by_its_conversation_and_stays_so(own_town: Town) -> None:
    town, operator = own_town, own_town.token("operator")
    for account, name in ((THERE, "Zyxwq"), (ELSEWHERE, "Kvuxyz")):
        await writes(town, account, "Không đăng nhập được VNeID")
        await writes(town, account, "12 Kim Mã, phường Ba Đình")
        await writes(town, account, f"tôi tên là {name}")
    await writes(town, THERE, "xóa dữ liệu của tôi")

    def handed_over() -> list[str]:
        messages = town.http.get("/v1/messages", headers=operator).json()["messages"]
        return [message["conversation_id"] for message in messages if "xóa dữ liệu" in message["text"]]

    (conversation,) = await eventually(handed_over)
    body = {"kind": "erase", "identified": "chat", "conversation": conversation}
    right = town.http.post("/v1/privacy/requests", json=body, headers=operator)
    assert (right.status_code, right.json()["has_number"]) == (201, False), right.text
    (waiting,) = town.http.get("/v1/privacy/requests", headers=town.token("ops")).json()["requests"]
    await town.holds(drained=True)
    assert await named(town) == {"Zyxwq", "Kvuxyz"}

    status, said = town.command("erase", "--conversation", waiting["conversation_id"], "--yes", "--json")
    assert (status, json.loads(said)["has_number"]) == (0, False), said
    assert town.to(THERE) == []
    assert town.http.get("/v1/privacy/requests", headers=operator).json()["requests"] == []
    await replay_everything(town)
    assert await named(town) == {"Kvuxyz"}
    assert town.to(THERE) == [], "nothing is told there again"
    assert town.command("erase", "--conversation", conversation, "--yes")[0] == 2, "nobody is there any more"
    await writes(town, THERE, "tình trạng")
    assert "Zyxwq" not in str(town.to(THERE)), "to us they are somebody new"
    await writes(town, ELSEWHERE, "tình trạng")
    assert "Số điện thoại nào" in town.to(ELSEWHERE)[-1].text, "the other goes on where it was"
