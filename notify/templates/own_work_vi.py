"""The Vietnamese texts to people about their own work: breaks and shifts. As in `vi.py` the first wording that fits is taken."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

OWN_WORK: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.ON_DUTY: (
        "Bạn đang trực đến {until}. TechRescue sẽ gửi việc cho bạn. Cần nghỉ, nhắn NGHI 30 (số phút) hoặc NGHI.",
        "Bạn đang trực {always}. TechRescue sẽ gửi việc cho bạn. Cần nghỉ, nhắn NGHI 30 (số phút) hoặc NGHI.",
        "TechRescue đã ghi bạn làm việc lại. Ca trực tới của bạn bắt đầu {next_shift}.",
        "TechRescue đã ghi bạn làm việc lại. Hiện bạn chưa có ca trực nào, xin hỏi phụ trách phường, xã.",
    ),
    Purpose.ON_BREAK: (
        "Bạn nghỉ đến {until}: TechRescue không gửi việc mới. Việc bạn đã nhận vẫn là của bạn. Làm lại sớm, nhắn LAM.",
    ),
    Purpose.OFF_DUTY: ("Bạn nghỉ: TechRescue không gửi việc mới cho đến khi bạn nhắn LAM. Việc bạn đã nhận vẫn là của bạn.",),
    Purpose.TEAM_HERE: (
        "Đã ghi. Tổ đang có mặt: {names}. Chưa được duyệt nên chưa tính: {not_counted}.",
        "Đã ghi. Tổ đang có mặt: {names}.",
        "Đã ghi. Chưa được duyệt nên chưa tính: {not_counted}. Tổ không có ai khác: TechRescue không gửi việc mới.",
        "Đã ghi. Tổ không còn ai có mặt: TechRescue không gửi việc mới. Ai trở lại, nhắn CO MAT và TÊN.",
    ),
    Purpose.TEAM_UNKNOWN: (
        "Chưa ghi gì: tổ không có ai tên đó. Tổ có: {names}. Nhắn CO MAT hoặc VANG và TÊN.",
        "Chưa ghi gì: danh sách chưa có tên thành viên của tổ. Xin hỏi phụ trách phường, xã.",
    ),
    Purpose.TEAM_WHICH: ("Chưa ghi gì: tổ có hơn một người tên đó: {names}. Nhắn lại CO MAT hoặc VANG và HỌ TÊN đầy đủ.",),
    Purpose.ASK_WHO_ABSENT: (
        "Ai vắng? Không gặp người dân: nhắn VANG NHA và số việc ({number}). Thành viên của tổ vắng: nhắn TO VANG {names}.",
    ),
    Purpose.DRILL: (
        (
            "Thử liên lạc TechRescue tháng {month}: không có việc gì phải làm. "
            "Trả lời 1 {question} để biết bạn vẫn nhận được tin. Hạn {until}."
        ),
    ),
    Purpose.DRILL_SILENT: (
        (
            "TechRescue không thấy bạn trả lời tin thử liên lạc nên tạm không gửi việc cho bạn. "
            "Muốn nhận việc lại, chỉ cần nhắn LIEN LAC (hoặc tin bất kỳ) đến số này."
        ),
    ),
    Purpose.DRILL_BACK: ("Cảm ơn bạn. TechRescue lại gửi việc cho bạn như trước.",),
    Purpose.SHIFT_CONFIRM: (
        (
            "TechRescue: bạn có ca {window}, {commune}. Trả lời 1 {question} = tôi trực, 2 {question} = không được. Hạn {until}. "
            "Đổi ca: DOI {question} và TÊN."
        ),
    ),
    Purpose.SHIFT_TAKE: (
        "TechRescue cần người trực {window}, {commune}. Trả lời 1 {question} = tôi nhận ca, 2 {question} = không. Hạn {until}.",
    ),
    Purpose.SHIFT_SWAP: (
        (
            "TechRescue: {colleague} xin đổi ca {window}, {commune}, lấy ca {returned} của bạn. "
            "Trả lời 1 {question} = đồng ý, 2 {question} = không. Hạn {until}."
        ),
        "TechRescue: {colleague} nhờ bạn trực thay {window}, {commune}. 1 {question} = nhận, 2 {question} = không. Hạn {until}.",
        "TechRescue: nhờ bạn trực thay đồng nghiệp {window}, {commune}. 1 {question} = nhận, 2 {question} = không. Hạn {until}.",
    ),
    Purpose.SHIFT_TAKE_OVER: (
        (
            "TechRescue GẤP: {colleague} đang trực phải nghỉ, nhờ bạn trực thay NGAY, ca {window}, {commune}. "
            "1 {question} = nhận, 2 {question} = không. Hạn {until}."
        ),
        (
            "TechRescue GẤP: đồng nghiệp đang trực phải nghỉ, nhờ bạn trực thay NGAY, ca {window}, {commune}. "
            "1 {question} = nhận, 2 {question} = không. Hạn {until}."
        ),
    ),
    Purpose.SWAP_ASKED: (
        "TechRescue đang hỏi {colleague} đổi ca {window} lấy ca {returned}. Có người đồng ý mới đổi. Chậm nhất {until} có tin.",
        "TechRescue đang hỏi {colleague} trực thay bạn ca {window}. Có người nhận bạn mới hết ca. Chậm nhất {until} có tin.",
        "TechRescue đang hỏi đồng nghiệp trực thay bạn ca {window}. Có người nhận bạn mới hết ca. Chậm nhất {until} có tin.",
    ),
    Purpose.SWAP_AGREED: (
        "{colleague} đã nhận phần còn lại của ca {window}. Bạn hết ca từ bây giờ. {leaves}",
        "Đã đổi: {colleague} trực ca {window}, bạn trực ca {returned}. Cảm ơn hai bạn.",
        "{colleague} trực thay bạn ca {window}. Bạn không phải trực ca này nữa.",
        "Đồng nghiệp đã nhận ca {window}. Bạn không phải trực ca này nữa. {leaves}",
        "Đồng nghiệp trực thay bạn ca {window}. Bạn không phải trực ca này nữa.",
    ),
    Purpose.SWAP_KEPT: (
        "{kept}. Ca {window} VẪN LÀ CỦA BẠN. Không trực được, báo phụ trách phường, xã ngay; nghỉ thì nhắn NGHI.",
        "{kept}. Không đổi được ca.",
    ),
    Purpose.SWAP_IMPOSSIBLE: (
        "Chưa hỏi ai, ca không đổi: {unequal}. Nhắn DOI CA hoặc GIAO CA và TÊN người khác, hoặc hỏi phụ trách phường, xã.",
    ),
    Purpose.SHIFT_KEPT: ("Cảm ơn bạn. Ca {window}, {commune} là của bạn.",),
    Purpose.SHIFT_GIVEN_UP: ("Đã ghi bạn không trực ca {window}, {commune}. TechRescue đang tìm người thay. Cảm ơn bạn đã báo.",),
    Purpose.SHIFT_SILENT: (
        (
            "Chưa thấy bạn trả lời nên TechRescue đang tìm người thay bạn ca {window}, {commune}. "
            "Nếu bạn vẫn trực, trả lời ngay 1 {question}."
        ),
        "Chưa thấy bạn trả lời nên TechRescue đang tìm người thay bạn ca {window}, {commune}.",
    ),
    Purpose.SHIFT_TAKEN: (
        "Cảm ơn bạn. Ca {window}, {commune} là của bạn. Ca {returned} bạn không phải trực nữa.",
        "Cảm ơn bạn. Ca {window}, {commune} là của bạn.",
    ),
    Purpose.SHIFT_FILLED: ("Ca {window}, {commune} đã có người nhận. Cảm ơn bạn.",),
    Purpose.SHIFT_OVER: ("Ca {window}, {commune} không cần trả lời nữa. Cảm ơn bạn.",),
    Purpose.SHIFT_GAP: ("TechRescue chưa tìm được người trực {window}, {commune}. Xin phụ trách phường, xã sắp xếp người.",),
}

# Codes of closed sets that become words.
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "leaves": {
        "keep": "Việc bạn đã nhận vẫn là của bạn đến khi xong.",
        "release": "Việc bạn đã nhận được giao cho người khác.",
    },
    "kept": {
        "refused": "Đồng nghiệp không nhận được",
        "silent": "Chưa ai trả lời",
        "nobody": "Không tìm được người trực thay",
        "over": "Không còn gì để đổi",
    },
    "unequal": {
        "yourself": "đó là ca của chính bạn",
        "inactive": "người này không còn trong danh sách",
        "phone_not_confirmed": "số của người này chưa được xác nhận",
        "unreachable": "tin không đến được số của người này",
        "another_commune": "người này thuộc phường, xã khác",
        "not_able": "người này thiếu một kỹ năng mà bạn có",
        "not_vetted": "tổ này khi đó không có ai đã được duyệt",
        "off_duty": "người này đang nghỉ",
        "works_then": "người này có ca trùng giờ đó",
        "no_shift": "không thấy ca nào của bạn để đổi",
        "several_shifts": "hôm đó có nhiều ca, hãy nhắn mã của ca",
        "unknown_name": "phường, xã này không có ai tên hay mã đó",
        "ambiguous_name": "có nhiều người trùng tên, hãy ghi cả họ tên hoặc mã",
        "no_return": "người này không có ca đó để đổi lại",
        "too_often": "đã hỏi đổi ca này nhiều lần rồi",
        "too_late": "quá sát giờ để đổi",
        "night": "từ 21 giờ đến 7 giờ không hỏi ai, hãy gọi 1022",
    },
}
