"""What somebody reads who asks what they can answer, in Vietnamese."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose
from notify.templates import vi_accounts as accounts

TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    **accounts.TEXTS,
    Purpose.WORDS: (
        (
            "TechRescue: trả lời 1 {question} là có, 2 {question} là không. Việc {number}: nhắn DI, DEN, XONG hay TRA kèm số. "
            "Nguy hiểm nhắn SOS. Cần giúp gọi 1022."
        ),
        ("TechRescue: trả lời 1 {question} là có, 2 {question} là không. Nguy hiểm nhắn SOS. Cần giúp gọi 1022."),
        (
            "TechRescue, việc {number}: nhắn DI khi đi, DEN khi đến, XONG khi xong, TRA nếu không đi được, kèm số {number}. "
            "Nguy hiểm nhắn SOS. Cần giúp gọi 1022."
        ),
        ("TechRescue: không có câu hỏi nào đang chờ số này. Nghỉ nhắn NGHI, làm lại nhắn LAM. Cần giúp gọi 1022."),
    ),
}
