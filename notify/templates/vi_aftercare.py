"""After the help, and when somebody else speaks for a request: what a registered number is asked, in Vietnamese."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

AFTERCARE: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.FIXED_ASK: ("Việc {code}: hôm nay đã dùng được chưa? Trả lời 1 {question} = được rồi, 2 {question} = chưa được.",),
    Purpose.SURVEY_ASK: (
        "Cảm ơn ông/bà, việc {code} đã xong. Chấm từ 1 (kém) đến 5 (tốt) và vì sao, ví dụ: 5 {question} nhanh.",
    ),
    Purpose.PHRASE_AGAIN: ("Việc {code}: ám hiệu là {phrase}. Chỉ mở cửa cho người nói đúng ám hiệu này.",),
    Purpose.NUMBER_CODE: (
        "Mã xác nhận số điện thoại cho việc {code}: {number}. Chỉ nhập trên trang đã gửi yêu cầu; không đọc cho bất kỳ ai.",
    ),
    Purpose.CANCEL_ASK: (
        "Có người muốn HỦY việc {code} của ông/bà. Trả lời 1 {question} = đúng, hủy; 2 {question} = không, vẫn cần giúp.",
    ),
    Purpose.MOVE_ASK: (
        (
            "Có người muốn ĐỔI việc {code}: đến {where}, không trước {at}. "
            "Trả lời 1 {question} = đúng, đổi; 2 {question} = không, giữ nguyên."
        ),
        "Có người muốn ĐỔI NƠI của việc {code}: đến {where}. Trả lời 1 {question} = đúng, đổi; 2 {question} = không, giữ nguyên.",
        (
            "Có người muốn ĐỔI GIỜ của việc {code}: không đến trước {at}. "
            "Trả lời 1 {question} = đúng, đổi; 2 {question} = không, giữ nguyên."
        ),
    ),
    Purpose.MOVED_RESIDENT: ("Đã đổi nơi của việc {code} như ông/bà đồng ý.",),
    Purpose.WISH_OVER: ("Việc {code}: không thấy ông/bà đồng ý nên mọi việc giữ nguyên như cũ, không có gì thay đổi.",),
}

# What a resident reads of a visit that is put off, by the reason.
POSTPONED: Final[Mapping[str, str]] = {
    "absent": "người giúp đến không gặp ai, 1022 gọi hẹn lại rồi có người đến.",
    "wrong_address": "không tìm thấy nhà, 1022 gọi hỏi lại đường rồi có người đến.",
    "slot": "đã đổi giờ như ông/bà đồng ý, đến giờ đó có người đến.",
}
