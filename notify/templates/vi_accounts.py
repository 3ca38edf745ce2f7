"""The Vietnamese texts about accounts in chats: the code by SMS, that one is bound or ended, and how to bind one."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.LINK_CODE: (
        ("TechRescue: mã liên kết {link_code}, dùng trong 10 phút. Mở {apps}, nhắn mã này vào đó. Không đưa mã cho ai."),
    ),
    Purpose.LINKED: (
        (
            "TechRescue: đã liên kết {app} với số này. Tin riêng của bạn đến đó trước, tin chung qua SMS. "
            "Không phải bạn thì nhắn HUY LIEN KET."
        ),
    ),
    Purpose.LINK_MOVED: (
        "TechRescue: tài khoản {app} đã chuyển sang số khác, từ nay nhắn bạn bằng SMS. Muốn liên kết lại, nhắn LIEN KET.",
    ),
    Purpose.UNLINKED: ("TechRescue: đã hủy liên kết, từ nay nhắn bạn bằng SMS. Muốn liên kết lại, nhắn SMS LIEN KET.",),
    Purpose.ACCOUNT_GONE: (
        "TechRescue: tin gửi qua {app} không đến được nữa, từ nay nhắn bạn bằng SMS. Muốn dùng lại, nhắn SMS LIEN KET.",
    ),
    Purpose.LINK_HOW: (
        (
            "TechRescue chưa biết số điện thoại của bạn nên chưa nhận tin ở đây. Nhắn SMS LIEN KET tới số vẫn nhắn cho bạn, "
            "rồi viết mã nhận được vào đây. Cần giúp, gọi 1022."
        ),
    ),
    Purpose.LINK_WRONG: ("Mã không đúng hoặc đã hết hạn. Nhắn SMS LIEN KET để nhận mã mới. Cần giúp, gọi 1022.",),
}
