"""A group visit, in Vietnamese: where and when, who comes, and what each side hears of the others."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

SESSIONS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.SESSION_ASK: (
        (
            "Việc {code}: hỗ trợ chung lúc {session}, tại {venue}. Đến được không? 1 {question} = đến, "
            "2 {question} = giúp tại nhà."
        ),
    ),
    Purpose.SESSION_TAKEN_RESIDENT: ("Việc {code}: buổi lúc {session} tại {venue} đã có người giúp: {who}.",),
    Purpose.SESSION_OFF_RESIDENT: (
        "Việc {code}: buổi hỗ trợ chung KHÔNG tổ chức, xin ông/bà đừng đến. TechRescue đang tìm người giúp tại nhà.",
    ),
    Purpose.SESSION_LEFT_RESIDENT: (
        "Việc {code}: ông/bà không cần đến buổi chung, TechRescue tìm người giúp tại nhà. Ám hiệu MỚI: {phrase}.",
    ),
    Purpose.SESSION_RESPONDER: (
        (
            "Buổi hỗ trợ này là của bạn: {session}, {venue}, {count} người, {comers} người báo đến. Nhắn DI khi đi, DEN khi đến. "
            "Số {number}: {name}. Xong: XONG {number}, vắng: VANG NHA {number}."
        ),
    ),
    Purpose.SESSION_RIDER_RESPONDER: ("Buổi {session}, số {number}: {name}. Xong: XONG {number}, vắng: VANG NHA {number}.",),
    Purpose.SESSION_LESS_RESPONDER: ("Buổi {session}, số {number}: {said}. Cảm ơn bạn.",),
    Purpose.SESSION_WHO: ("Buổi chung: nhắn kết quả kèm số từng người (XONG hoặc VANG NHA). Còn: {choices}.",),
}
