"""What is printed, shown or read aloud at a service point: Vietnamese first, then English. No personal data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from intake.counter.ticket import Ticket, TicketStatus
from shared.calendar import OFFICE_HOURS


class Words(NamedTuple):
    vi: str
    en: str

    def told(self) -> dict[str, str]:
        return {"vi": self.vi, "en": self.en}


S = TicketStatus
LABELS: Final[Mapping[TicketStatus, Words]] = {
    S.WAITING: Words("Đang chờ đến lượt", "Waiting"),
    S.CALLED: Words("Đã đến lượt", "It is your turn"),
    S.DONE: Words("Đã xong", "Done"),
    S.MISSED: Words("Đã gọi hai lần, không gặp. Cần giúp thì lấy số mới", "Called twice, nobody came. Take a new number"),
    S.CANCELLED: Words("Đã hủy", "Cancelled"),
    S.UNSERVED: Words(
        "Điểm đã hết giờ trước khi đến lượt. Xin lỗi ông/bà: gọi 1022, hoặc lấy số mới khi mở cửa",
        "The point closed before your turn. We are sorry: call 1022, or take a new number when it opens",
    ),
    S.UNREPORTED: Words("Đã được gọi, ngày làm việc đã kết thúc", "Called; the day is over"),
}
UNKNOWN_WAIT: Final = Words("Chưa ước được thời gian chờ", "The wait cannot be estimated yet")
NEXT: Final = Words("Ông/bà là người tiếp theo", "You are next")


def ticket_text(ticket: Ticket, point: str, ahead: int, wait_seconds: float | None) -> Words:
    """The ticket itself: to be printed, or read aloud."""
    first = ticket.reason is not None
    place = NEXT if ahead == 0 else Words(f"Trước ông/bà còn {ahead} người", f"{ahead} before you")
    wait = wait_text(wait_seconds)
    return Words(
        f"{point}. Số {ticket.number}{', ưu tiên' if first else ''}. {place.vi}. {wait.vi}. "
        "Không ai được hỏi mã OTP hay thu tiền của ông/bà.",
        f"{point}. Number {ticket.number}{', priority' if first else ''}. {place.en}. {wait.en}. "
        "Nobody may ask you for an OTP or for money.",
    )


def wait_text(seconds: float | None) -> Words:
    """Rounded up to five minutes, as no queue is known better."""
    if seconds is None:
        return UNKNOWN_WAIT
    minutes = max(5, -(-int(seconds) // 300) * 5)
    return Words(f"Chờ khoảng {minutes} phút", f"About {minutes} minutes")


def called_text(number: int, desk: str) -> Words:
    return Words(f"Mời số {number} đến quầy {desk}", f"Number {number}, please come to desk {desk}")


def filed_text(number: int, code: str) -> Words:
    return Words(
        f"Số {number}: đã lập yêu cầu {code}. Giữ mã này để theo dõi. Chỉ mở cửa khi người đến nói đúng ám hiệu.",
        f"Number {number}: request {code} is filed. Keep this code. Open only to who says the pass phrase.",
    )


def opening_text(at: datetime | None) -> str:
    return "it does not open any more" if at is None else f"it opens {at.astimezone(OFFICE_HOURS.timezone):%Y-%m-%d %H:%M}"
