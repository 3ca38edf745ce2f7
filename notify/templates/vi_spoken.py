"""What is only ever spoken, in Vietnamese: an operator reads it from a call task, so there is no budget of an SMS."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

SPOKEN: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.NEEDS_LOCATION: (
        "Việc {code} chưa có địa chỉ. Hỏi: ông/bà ở số nhà, ngõ, đường nào, phường hay xã nào, gần chỗ nào dễ thấy?",
    ),
    Purpose.INTERPRETER: (
        (
            "Việc {code}: người cần giúp nói {language}, người đến ({who}) không nói được. Tìm người dịch, gọi ba bên với hai "
            "người trước giờ đến."
        ),
        "Việc {code}: người cần giúp nói {language}, người đến không nói được. Tìm người dịch, gọi ba bên trước giờ đến.",
    ),
    Purpose.SAFETY_CALL: (
        (
            "Việc {code}: có người lạ ở cửa. Nói: ông/bà đừng mở cửa, khóa cửa lại. Hỏi: ông/bà có an toàn không, "
            "người đó còn ở đó không, họ nói gì, có ai ở cùng không? Thấy nguy hiểm thì gọi 113 ngay. "
            "Hỏi: đã đưa OTP, mật khẩu, thẻ hay tiền cho ai chưa? Có thì gọi ngay ngân hàng để khóa thẻ, tài khoản."
        ),
    ),
    Purpose.POLICE_CONTACT: (
        (
            "GỌI CÔNG AN {commune} (hoặc 113), không gọi người dân. Việc {code}: nghi kẻ giả danh ở cửa nhà {name}, "
            "điện thoại {phone}, địa chỉ {address}. Hỏi tên người trực và giờ đến, ghi lại."
        ),
    ),
    Purpose.ABSENT_CALL: (
        "Việc {code}: người giúp đến mà không gặp ai. Hỏi: khi nào ông/bà ở nhà? Không hẹn được thì từ {opens} đến lại.",
    ),
    Purpose.ADDRESS_CALL: (
        "Việc {code}: người giúp không tìm thấy nhà. Hỏi: số nhà, ngõ, đường, gần chỗ nào? Sửa địa chỉ là có người đến ngay.",
    ),
    Purpose.REFUSAL_CALL: (
        "Việc {code}: người giúp báo ông/bà không cần giúp nữa. Hỏi: có đúng không, vì sao? Vẫn cần thì lập yêu cầu mới.",
    ),
    Purpose.SLOT_CALL: (
        "Việc {code} cần thêm một buổi. Hỏi: khi nào tiện? Ghi giờ hẹn. Không hẹn được thì từ {opens} có người đến.",
    ),
    Purpose.OFFICE_HANDOVER: (
        "GỌI {office}, không gọi người dân. Việc {code}: {category}. Chuyển việc, hỏi ai nhận và bao giờ xong, ghi lại.",
    ),
    Purpose.OFFICE_CALL: ("Việc {code} đã chuyển {office}. Hỏi: đã xong chưa, còn vướng gì? Chưa xong thì hỏi lại nơi đó.",),
    Purpose.UNSAFE_CALL: (
        "Việc {code}: bạn báo không an toàn. Hỏi: đã ra ngoài chưa, có ai bị thương không, chuyện gì? Nguy hiểm gọi 113 ngay.",
    ),
    Purpose.WELL_CALL: ("Việc {code}: chưa thấy người giúp trả lời tin hỏi thăm. Hỏi: mọi việc ổn chứ, có cần ai đến không?",),
    Purpose.FRAUD_CALL: (
        (
            "Việc {code} nghi lừa đảo. Nói: ông/bà đừng chuyển tiền, đừng đọc mã, đừng cài gì thêm. Hỏi: đã chuyển hay đọc gì "
            "chưa? Rồi thì gọi ngân hàng khóa tài khoản ngay. Phụ trách phường, xã sẽ liên hệ."
        ),
    ),
    Purpose.SOS_CALL: (
        "SOS, việc {code}, {commune}. Hỏi: đang ở đâu, chuyện gì, có ai bị thương không? Nguy hiểm thì gọi 113 ngay, giữ máy.",
    ),
}
