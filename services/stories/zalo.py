"""In Zalo, from an account that is no number's: all in one breath, with a code that nobody should send."""

import secrets
from collections.abc import AsyncIterator

from services.stories.stage import Said, Stage
from services.stories.writing import written


async def play(stage: Stage) -> AsyncIterator[Said]:
    account = f"61420000{secrets.randbelow(10**11):011d}"
    number = f"0900 {secrets.randbelow(900) + 100} {secrets.randbelow(900) + 100}"
    texts = (
        f"Chào em, tôi là Nguyễn Thị Lan, ở 12 Kim Mã, phường Ba Đình, không đăng nhập được VNeID, số điện thoại {number}",
        "mã OTP của tôi là 482913",
        "2",
        "đúng rồi em",
        "tình trạng",
    )
    async for said in written(stage, account, "zalo", texts):
        yield said
