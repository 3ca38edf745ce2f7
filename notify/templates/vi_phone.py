"""The Vietnamese texts about help by telephone: to the helper, who goes nowhere, and to the resident, whom 1022 calls."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.OFFER_BY_PHONE: (
        (
            "TechRescue, giúp QUA ĐIỆN THOẠI: {category}. 1022 nối máy, bạn không phải đi đâu. "
            "Trả lời 1 {question} để nhận, 2 {question} để từ chối. Hạn {lease}."
        ),
    ),
    Purpose.CALLED_RESIDENT: (
        (
            "Việc {code}: {who} sẽ gọi giúp ông/bà từ số 1022. Chỉ nghe khi người gọi nói đúng ám hiệu: {phrase}. "
            "Không bấm link, không cài gì thêm."
        ),
        "Việc {code}: {who} sẽ gọi giúp ông/bà từ số 1022, nói ám hiệu trước. Không bấm link, không cài gì thêm.",
    ),
    Purpose.TRAVEL_RESIDENT: (
        (
            "Việc {code}: qua điện thoại chưa xong, TechRescue đang tìm người đến. Ám hiệu MỚI: {phrase}. "
            "Ai nói ám hiệu cũ thì đừng mở cửa."
        ),
    ),
    Purpose.CALLING_RESPONDER: (
        (
            "Việc {number} là của bạn: 1022 nối máy ngay. Nói trước ám hiệu: {phrase}. Không gửi link, không điều khiển máy, "
            "không hỏi OTP. Nhắn XONG {number}, cần người đến CAN DEN {number}, cơ quan CO QUAN {number}."
        ),
    ),
    Purpose.TRAVEL_RESPONDER: (
        "Đã ghi nhận việc {number} không xong qua điện thoại, TechRescue tìm người đến. Cảm ơn bạn.",
        "Đã ghi nhận việc không xong qua điện thoại, TechRescue tìm người đến. Cảm ơn bạn.",
    ),
    Purpose.ASK_CALLED: (
        (
            "Việc {number}: cuộc gọi giúp thế nào? Nhắn XONG {number}, CAN DEN {number} nếu cần người đến, 1 {number} nếu đang "
            "giúp. Chưa trả lời thì từ {until} có người khác đến giúp."
        ),
    ),
}

SPOKEN: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.REMOTE_CALL: (
        (
            "NỐI MÁY việc {code}: gọi {who} ({phone}), rồi gọi người cần giúp và nối hai bên, không đọc số bên này cho bên kia. "
            "Nói trước với người cần giúp ám hiệu: {phrase}. Ở lại nghe phần đầu. Không nghe máy: ghi không gặp, sẽ có người đến."
        ),
        (
            "NỐI MÁY việc {code}: tìm số của {who} trong danh sách, gọi, rồi gọi người cần giúp và nối hai bên. "
            "Nói ám hiệu trước. Không nghe máy: ghi không gặp, sẽ có người đến."
        ),
    ),
}
