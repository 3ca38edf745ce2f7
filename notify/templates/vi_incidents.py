"""A fault of the whole city, in Vietnamese: what whoever waits is told and asked, and what the city desk has to decide."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

INCIDENTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.HELD_RESIDENT: (
        (
            "Việc {code}: cả thành phố đang có sự cố này, TechRescue đã biết. Việc được giữ lại, hết sự cố sẽ nhắn hỏi. "
            "Không cần gọi lại."
        ),
    ),
    Purpose.HELD_NEWS_RESIDENT: (
        "Việc {code}, lúc {at}: sự cố chung chưa hết, hết sẽ nhắn hỏi ông/bà. Xin lỗi ông/bà. Tin sau: {next_news}.",
    ),
    Purpose.INCIDENT_ASK: (
        (
            "Việc {code}: sự cố chung đã hết. Đã dùng được chưa? 1 {question} = được, 2 {question} = chưa. "
            "Chưa trả lời thì từ {until} tìm người giúp."
        ),
    ),
    Purpose.INCIDENT_OVER_RESIDENT: ("Việc {code}: ông/bà báo đã dùng được, TechRescue kết thúc việc. Nếu lại lỗi, gọi 1022.",),
    Purpose.INCIDENT_LEAD: (
        (
            "TechRescue: {people} người báo {category}, nhiều hơn hẳn ngày thường. Sự cố chung? Mở hoặc bỏ đề xuất ở mục sự cố "
            "của trung tâm."
        ),
    ),
    Purpose.INCIDENT_OPEN_LEAD: (
        "TechRescue: sự cố {category} mở từ {since}, đang giữ {people} việc. Hết sự cố chưa? Xin kết thúc ở mục sự cố.",
    ),
}
