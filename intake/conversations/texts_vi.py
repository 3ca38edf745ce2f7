"""What we say in a conversation, in Vietnamese. `SMS`: shorter, where one or two parts have to be enough; no links anywhere."""

from collections.abc import Mapping
from typing import Final

ANOTHER: Final = "khác"
LIES_IN: Final = "{address} (nay thuộc {commune})"
SHARED_POINT: Final = "vị trí đã gửi"
THIS_NUMBER: Final = "số này"
FOR_OTHER: Final = "{name} (nhờ giúp {whom})"
WHICH_WARD: Final = "Mình ở phường, xã nào:"

TEXTS: Final[Mapping[str, str]] = {
    "hello": "Dạ, TechRescue chào anh/chị ạ.",
    "help": "Anh/chị kể việc cần giúp, địa chỉ và tên, em gửi người đến. Nhắn “tình trạng” để hỏi yêu cầu đã gửi,"
    " “sai rồi” để sửa, “thôi” để dừng, “gặp người thật” để gặp nhân viên. Gấp xin gọi 1022.",
    "welcome_back": "Dạ, em chào lại anh/chị. Em vẫn nhớ việc mình đang nói.",
    "ask_trouble": "Anh/chị cần giúp việc gì ạ? Ví dụ: không đăng nhập được VNeID.",
    "ask_kind": "Việc này giống việc nào nhất ạ? {kinds}.",
    "fraud": "Đừng chuyển tiền cho ai. Đừng đọc mã cho ai. Đừng làm theo lời người gọi: cúp máy. Lỡ làm theo rồi thì gọi ngay"
    " ngân hàng và 113.",
    "tip": "{tip}",
    "tip_helped": "Mừng quá! Còn gì nữa anh/chị cứ nhắn ở đây ạ.",
    "tip_goes_on": "Dạ, vậy em ghi yêu cầu để có người giúp.",
    "ask_tried": "Cách trên được chưa ạ? 1 được rồi, 2 chưa. Cần người giúp: nhắn “gặp người”.",
    "ask_place": "Mình ở đâu ạ? Xin cho số nhà, đường và phường, xã.",
    "ask_which_place": "{communes}",
    "ask_name": "Em xin tên anh/chị ạ?",
    "ask_phone": "Số điện thoại nào gọi được cho mình ạ?",
    "ask_whom": "Người cần giúp là người khác ạ? Nếu phải, xin nhắn số điện thoại của người đó, để hỏi trước khi có ai đến;"
    " không có số thì nhắn 1. Chính anh/chị cần giúp thì nhắn 2.",
    "ask_right": "Em hiểu là: {trouble} ({kind}). Địa chỉ: {where}. Tên: {name}. Điện thoại: {phone}."
    " {consent}Đúng không ạ? 1 đúng, 2 sửa.",
    "ask_what_wrong": "Sai chỗ nào ạ? 1 việc cần giúp, 2 địa chỉ, 3 tên, 4 số điện thoại.",
    "ask_cancel": "Anh/chị muốn hủy yêu cầu {code} ạ? 1 hủy, 2 giữ.",
    "ask_call": "Tổng đài gọi lại cho mình vào số nào ạ?",
    "call_back": "Dạ, tổng đài sẽ gọi lại {phone} ngay khi có nhân viên rảnh. Gấp xin gọi 1022.",
    "not_understood": "Dạ, em chưa hiểu ý mình.",
    "no_secrets": "Xin đừng gửi mã OTP, mật khẩu, số thẻ hay giấy tờ cho ai, kể cả em. Em đã che đi và không lưu."
    " Lỡ đưa cho người khác rồi, anh/chị gọi ngân hàng và 1022 ngay.",
    "who_we_are": "Em là máy trả lời của TechRescue, hỗ trợ công nghệ tại cộng đồng; tổng đài là 1022."
    " Chúng tôi không bao giờ hỏi mã OTP, mật khẩu, số thẻ hay tiền."
    " Người đến giúp phải nói đúng ám hiệu. Còn ngờ thì đừng mở cửa, gọi 1022 để hỏi.",
    "why_we_ask": "Em hỏi để có người tìm được mình và giúp đúng việc ạ. Chưa muốn cho thì nhắn “gặp người” hoặc gọi 1022.",
    "filing": "Em đang gửi yêu cầu, xin đợi một chút ạ.",
    "filed": "Đã nhận yêu cầu, mã {code}. TechRescue sẽ gọi để đọc ám hiệu nhận ra người đến giúp."
    " Nhắn “tình trạng” để hỏi, “thôi” để hủy.",
    "filed_elsewhere": "Đã nhận yêu cầu, mã {code}. Ám hiệu để nhận ra người đến giúp được gửi tới số {phone};"
    " có người nhận việc cũng báo tới đó. Nhắn “tình trạng” để hỏi.",
    "stands": "Yêu cầu {code}: {status}.",
    "stands_nowhere": "Em chưa thấy yêu cầu nào đang mở. Anh/chị gửi mã TR-… hoặc kể việc cần giúp ạ.",
    "no_such_code": "Em không tìm thấy mã này. Anh/chị xem lại mã trong tin nhắn của TechRescue, hoặc gọi 1022.",
    "cancelled": "Dạ, em dừng ở đây, chưa gửi yêu cầu nào. Khi cần, anh/chị cứ nhắn lại ạ.",
    "cancelled_request": "Đã hủy yêu cầu {code}. Khi cần, anh/chị cứ nhắn lại ạ.",
    "not_cancelled": "Yêu cầu {code} không hủy được nữa: {status}. Cần gì gấp xin gọi 1022.",
    "dropped": "Dạ, em bỏ việc đang nói dở. Yêu cầu {code} vẫn giữ nguyên; muốn hủy yêu cầu đó, xin nhắn “thôi” lần nữa.",
    "cancel_asked": "Em đã nhắn hỏi số điện thoại đã đăng ký của yêu cầu {code}. Số đó trả lời đồng ý thì yêu cầu mới được hủy.",
    "door": "{advice}",
    "door_nobody": "Lúc này không có ai của TechRescue đến nhà mình. ĐỪNG mở cửa. Gọi 1022 để hỏi. Thấy nguy hiểm, gọi 113.",
    "door_which": "ĐỪNG mở cửa vội. Nhắn mã yêu cầu kèm lời người đó nói, ví dụ: TR-7K3M-92QX ám hiệu hoa sen."
    " Thấy nguy hiểm, gọi 113.",
    "cancel_which": "Anh/chị muốn hủy yêu cầu nào? Nhắn HUY kèm mã, ví dụ: HUY {code}.",
    "kept": "Dạ, em giữ nguyên yêu cầu {code}.",
    "thanks": "Dạ, không có gì ạ. Cần thêm gì anh/chị cứ nhắn.",
    "reminder": "Anh/chị còn đó không ạ? Em vẫn đợi để gửi yêu cầu giúp mình.",
    "goodbye": "Em xin phép dừng ở đây. Điều mình đã nói em còn nhớ trong 7 ngày, nhắn lại là làm tiếp. Gấp xin gọi 1022.",
    "farewell": "Em xin phép dừng ở đây. Khi cần giúp, anh/chị cứ nhắn lại; gấp xin gọi 1022.",
    "to_person": "Dạ, em chuyển cho nhân viên kèm những gì mình đã nói. Nhân viên sẽ liên lạc lại. Gấp xin gọi 1022.",
    "with_person": "Dạ, việc của mình đang ở chỗ nhân viên, kể cả lời này. Nhân viên sẽ liên lạc lại. Gấp xin gọi 1022.",
    "to_person_cry": "Nếu có nguy hiểm, gọi ngay 113 (công an), 114 (cháy), 115 (cấp cứu). Em báo nhân viên ngay bây giờ.",
    "to_person_lost": "Dạ, em xin lỗi, em chưa hiểu. Em chuyển cho nhân viên xem, nhân viên sẽ liên lạc lại. Gấp xin gọi 1022.",
    "to_person_correct": "Yêu cầu đã gửi rồi nên em chuyển cho nhân viên sửa giúp. Nhân viên sẽ liên lạc lại. Gấp xin gọi 1022.",
    "to_person_failed": "Dạ, em chưa gửi được yêu cầu này nên chuyển cho nhân viên làm giúp mình. Gấp xin gọi 1022.",
}
SMS: Final[Mapping[str, str]] = {
    "help": "Kể việc cần giúp, địa chỉ, tên. TINH TRANG: hỏi yêu cầu. SAI ROI: sửa."
    " THOI: dừng. GAP NGUOI THAT: gặp nhân viên. Gấp gọi 1022.",
    "ask_kind": "Giống việc nào nhất ạ? {kinds}.",
    "ask_whom": "Giúp người khác ạ? Nhắn số điện thoại của người đó; không có số: nhắn 1. Chính mình cần: nhắn 2.",
    "ask_right": "Em hiểu: {trouble}. Địa chỉ: {where}. Tên: {name}. {consent}Đúng không ạ? 1 đúng, 2 sửa.",
    "no_secrets": "Đừng gửi OTP, mật khẩu, số thẻ, giấy tờ cho ai. Em đã che. Lỡ lộ thì gọi ngân hàng và 1022.",
    "who_we_are": "Em là máy trả lời của TechRescue, tổng đài 1022."
    " Chúng tôi không bao giờ hỏi OTP, mật khẩu, số thẻ hay tiền."
    " Người đến giúp phải nói đúng ám hiệu. Còn ngờ: gọi 1022.",
    "fraud": "Đừng chuyển tiền cho ai. Đừng đọc mã cho ai. Cúp máy. Lỡ rồi thì gọi ngay ngân hàng và 113.",
    "filed": "Đã nhận, mã {code}. TechRescue sẽ gọi đọc ám hiệu nhận người đến giúp. TINH TRANG: hỏi. THOI: hủy.",
    "goodbye": "Em xin dừng ở đây. Em còn nhớ trong 7 ngày, nhắn lại là làm tiếp. Gấp gọi 1022.",
}
