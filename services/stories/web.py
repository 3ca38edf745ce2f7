"""On our own page, by somebody without any account: bit by bit, with a correction, and then how it stands."""

import secrets
from collections.abc import AsyncIterator

from services.stories.stage import Said, Stage


async def play(stage: Stage) -> AsyncIterator[Said]:
    number = f"0900 {secrets.randbelow(900) + 100} {secrets.randbelow(900) + 100}"
    texts = (
        "Nộp hồ sơ trên cổng dịch vụ công đến bước cuối báo lỗi hệ thống",
        "vẫn chưa được em ạ",
        "nhà tôi ở 12 Kim Mã, phường Ba Đình",
        "tôi là Trần Văn Minh",
        f"số của tôi {number}",
        "đúng rồi",
        "tình trạng",
    )
    chat = await stage.ask("POST", "/v1/chat")
    for number_of, text in enumerate(texts):
        await stage.think()
        yield stage.said("they", text)
        told = await stage.ask(
            "POST",
            f"/v1/chat/{chat['id']}/messages",
            json={"id": f"line-{number_of}", "text": text},
            headers={"Chat-Token": chat["token"]},
        )
        for reply in told["replies"]:
            yield stage.said("we", reply)
