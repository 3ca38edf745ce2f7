"""In Telegram, in English, by somebody who shares a place on the map, changes their mind, and then wants a person."""

import secrets
from collections.abc import AsyncIterator

from services.stories.stage import Said, Stage
from services.stories.writing import written

TEXTS = (
    "hello, can you help me please",
    "I cannot log in to VNeID",
    "2",
    "Vị trí / location: 21.035000, 105.814000",
    "my name is John Smith",
    "can I talk to a human",
)


async def play(stage: Stage) -> AsyncIterator[Said]:
    account = str(5_000_000_000 + secrets.randbelow(10**9))
    async for said in written(stage, account, "telegram", TEXTS):
        yield said
