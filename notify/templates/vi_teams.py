"""The Vietnamese texts about who of a team goes: to the team, and to the resident who was told somebody else."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.UNNAMED_RESIDENT: (
        "Việc {code}: người đã báo tên KHÔNG đến nữa. KHOAN MỞ CỬA cho ai khi TechRescue chưa báo tên người khác.",
    ),
    Purpose.NAMED_RESPONDER: (
        "Đã báo người cần giúp: {who} đến, việc {number}. Nhắn DI {number} khi đi. Đổi người thì nhắn {number} và TÊN khác.",
        "Đã báo người cần giúp: {who} đến.",
    ),
    Purpose.NAME_WANTED: (
        "Việc {number}: tổ có hơn một người tên đó: {choices}. Nhắn {number} và HỌ TÊN đầy đủ của người đi.",
        "Việc {number}: {why}. Nhắn {number} và TÊN người đi, TRA {number} nếu không đi được. Cần giúp, gọi 1022.",
        "Xin gọi 1022: {why}.",
    ),
    Purpose.NO_NAME_NEEDED: (
        "Việc {number} đã là của bạn, không cần báo tên ai đi. Không đi được thì nhắn TRA {number}.",
        "Việc đã là của bạn, không cần báo tên ai đi.",
    ),
}

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "hold": {"unnamed": "Tổ sẽ báo tên người đến. KHOAN MỞ CỬA cho ai khi TechRescue chưa báo tên."},
    "who_goes": {"unnamed": "AI ĐI?", "two": "HAI NGƯỜI NÀO ĐI?"},
    "why": {
        "needed": "cần biết ai đi, để báo người cần giúp",
        "unknown": "tổ không có ai tên đó đang có mặt và đã được duyệt",
        "ambiguous": "tổ có hơn một người tên đó",
        "two": "việc này cần HAI người cùng đi, nhắn tên cả hai",
        "too_few": "việc này cần HAI người cùng đi, tổ không đủ người có mặt",
        "absent": "người đó đang báo vắng",
        "not_vetted": "người đó chưa được duyệt để đến nhà dân",
    },
}
