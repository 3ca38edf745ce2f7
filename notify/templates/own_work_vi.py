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
    Purpose.TEAM_WHICH: (
        "Chưa ghi gì: tổ có hơn một người tên đó: {names}. Nhắn lại CO MAT hoặc VANG và HỌ TÊN đầy đủ.",
    ),
    Purpose.ASK_WHO_ABSENT: (
        "Ai vắng? Không gặp người dân: nhắn VANG và số việc ({number}). Thành viên của tổ vắng: nhắn TO VANG {names}.",
    ),
    Purpose.SHIFT_CONFIRM: (
        "TechRescue: bạn có ca {window}, {commune}. Trả lời 1 {question} = tôi trực, 2 {question} = không được. Hạn {until}.",
    ),
    Purpose.SHIFT_TAKE: (
        "TechRescue cần người trực {window}, {commune}. Trả lời 1 {question} = tôi nhận ca, 2 {question} = không. Hạn {until}.",
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
    Purpose.SHIFT_TAKEN: ("Cảm ơn bạn. Ca {window}, {commune} là của bạn.",),
    Purpose.SHIFT_FILLED: ("Ca {window}, {commune} đã có người nhận. Cảm ơn bạn.",),
    Purpose.SHIFT_OVER: ("Ca {window}, {commune} không cần trả lời nữa. Cảm ơn bạn.",),
    Purpose.SHIFT_GAP: ("TechRescue chưa tìm được người trực {window}, {commune}. Xin phụ trách phường, xã sắp xếp người.",),
}
