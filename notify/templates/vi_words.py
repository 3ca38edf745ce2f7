"""What somebody reads who writes about our texts themselves, in Vietnamese."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose
from notify.templates import vi_accounts as accounts

TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    **accounts.TEXTS,
    Purpose.LATER_RESIDENT: (
        "Việc {code}: {who} sẽ đến muộn hơn khoảng {minutes} phút. Chỉ mở cửa khi người đến nói đúng ám hiệu.",
    ),
    Purpose.LATER_RESPONDER: (
        "Đã báo cho người cần giúp: bạn đến việc {number} muộn hơn khoảng {minutes} phút. Không đến được thì nhắn TRA {number}.",
    ),
    Purpose.ASK_LATE: (
        (
            "Việc {number}: bạn đến muộn bao nhiêu phút, từ 1 đến 180? Nhắn TRE 20 PHUT VIEC {number}. "
            "Muộn hơn hay không đến được thì nhắn TRA {number}."
        ),
    ),
    Purpose.STOPPED: (
        (
            "TechRescue đã ghi: số này không nhận tin nữa, chỉ còn tin cần cho an toàn của bạn và việc đang có. "
            "Điều khác 1022 sẽ gọi. Nhận lại, nhắn NHAN TIN."
        ),
    ),
    Purpose.STARTED: ("TechRescue đã ghi nhận: số này lại nhận tin. Muốn dừng, nhắn STOP. Cần giúp gọi 1022.",),
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
