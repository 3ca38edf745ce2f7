"""By SMS, without marks, from a number that is known by that: in pieces, with a mistake put right, and how it stands."""

import secrets
from collections.abc import AsyncIterator

from services.stories.stage import Said, Stage
from services.stories.writing import written

TEXTS = (
    "Chao em, toi khong dang nhap duoc VNeID",
    "12 Kim Ma, phuong Ba Dinh",
    "Lan",
    "sai roi, toi ten la Hoa",
    "1",
    "den dau roi",
)


async def play(stage: Stage) -> AsyncIterator[Said]:
    number = f"+84900{secrets.randbelow(900_000) + 100_000:06d}"
    async for said in written(stage, number, "sms", TEXTS):
        yield said
