"""What people read in a report: Vietnamese, then English. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from notify.reports.campaign import Measure, PhaseName
from notify.reports.clocks import Clock
from notify.reports.endings import Ending
from notify.reports.facts import NOBODY, NOWHERE, OUTSIDE, UNKNOWN, By
from notify.reports.suppression import ALL, FEWEST
from shared.calendar import OFFICE_HOURS
from shared.events.assignments import ResponderKind
from shared.events.requests import Channel
from shared.geo.communes import COMMUNES
from shared.pauses import Pause

Words = tuple[str, str]

CLOCKS: Final[Mapping[str, Words]] = {
    Clock.FIRST_OFFER: ("Gửi lời đề nghị đầu tiên", "first offer"),
    Clock.ACCEPTED: ("Có người nhận", "accepted"),
    Clock.ON_SCENE: ("Có mặt hoặc bắt đầu hỗ trợ từ xa", "on scene, or remote start"),
    Clock.DONE: ("Xử lý xong", "done"),
    Clock.DONE_CONFIRMED: ("… người dân xác nhận", "… confirmed by the resident"),
    Clock.DONE_UNCONFIRMED: ("… chưa xác nhận, đóng sau 72 giờ", "… unconfirmed, closed after 72 h"),
    Clock.NEWS: ("Lâu nhất không có tin cho người dân", "longest without news"),
}
ENDINGS: Final[Mapping[str, Words]] = {
    ALL: ("Tất cả", "all"),
    Ending.OPEN: ("Đang xử lý", "open"),
    Ending.CONFIRMED: ("Xong, người dân xác nhận", "solved, confirmed"),
    Ending.UNCONFIRMED: ("Xong, chưa xác nhận, đóng sau 72 giờ", "solved, unconfirmed, closed after 72 h"),
    Ending.AWAITING: ("Xong, chờ xác nhận", "solved, awaiting confirmation"),
    Ending.REOPENED: ("Người dân báo chưa xong", "reopened"),
    Ending.SECOND_VISIT: ("Cần đến lần nữa", "second visit"),
    Ending.UNREACHED: ("Không gặp được", "unreached"),
    Ending.HANDED_OFF: ("Chuyển cơ quan khác", "handed off"),
    Ending.CANCELLED: ("Đã hủy", "cancelled"),
}
MEASURES: Final[Mapping[str, Words]] = {
    Measure.RESOLUTION: ("Xử lý xong đúng hạn", "resolved in time"),
    Measure.SATISFACTION: ("Hài lòng", "satisfied"),
    Measure.ONLINE_SERVICE_USE: ("Nộp hồ sơ trực tuyến", "handed in online"),
    Measure.HOTLINE_ANSWER: ("1022 nhấc máy trong 20 giây", "hotline answered in 20 s"),
}
SECTIONS: Final[Mapping[str, Words]] = {
    ALL: ("Toàn thành phố", "the whole city"),
    By.COMMUNE: ("Phường, xã", "commune"),
    By.CHANNEL: ("Kênh tiếp nhận", "channel"),
    By.RESPONDER: ("Người hỗ trợ", "responder"),
    By.VULNERABLE: ("Người dễ bị tổn thương", "vulnerable"),
    By.DAY: ("Ngày", "day"),
    By.WEEK: ("Tuần", "week"),
    By.PHASE: ("Giai đoạn", "phase"),
}
PAUSES: Final[Mapping[str, Words]] = {
    Pause.OFF_HOURS: ("Ngoài giờ làm việc", "off hours"),
    Pause.RESIDENT_LATER: ("Người dân hẹn lúc khác", "the resident asked for later"),
    Pause.WAITING_OFFICE: ("Chờ cơ quan có thẩm quyền", "waiting for an office"),
    Pause.INCIDENT: ("Sự cố chung", "incident of the whole city"),
    Pause.SESSION: ("Buổi hỗ trợ chung", "group session"),
    Pause.ABSENT: ("Vắng nhà", "nobody opened"),
    Pause.WRONG_ADDRESS: ("Sai địa chỉ", "wrong address"),
    Pause.SECOND_VISIT: ("Chờ hẹn lần nữa", "second visit to be agreed"),
    Pause.NIGHT: ("Ban đêm, chờ đủ hai người", "night, two people needed"),
    Pause.SLOT: ("Đã hẹn giờ", "an agreed hour"),
}
_GROUPS: Final[Mapping[str, Words]] = {
    ALL: SECTIONS[ALL],
    UNKNOWN: ("Không rõ", "unknown"),
    NOBODY: ("Chưa có ai", "nobody"),
    NOWHERE: ("Chưa rõ nơi", "no commune yet"),
    OUTSIDE: ("Ngoài chiến dịch", "outside the campaign"),
    "yes": ("Có", "yes"),
    "no": ("Không", "no"),
    Channel.HOTLINE: ("Tổng đài", "hotline"),
    Channel.WEB: ("Trang web", "web"),
    Channel.CHAT: ("Tin nhắn", "chat"),
    Channel.COUNTER: ("Tại điểm phục vụ", "walk-in"),
    Channel.OPEN311: ("Open311", "Open311"),
    Channel.IMPORT: ("Tệp danh sách", "file"),
    ResponderKind.TEAM: ("Tổ công nghệ số cộng đồng", "team"),
    ResponderKind.VOLUNTEER: ("Sinh viên tình nguyện", "volunteer"),
    ResponderKind.ENGINEER: ("Kỹ sư", "engineer"),
    ResponderKind.MOBILE_POINT: ("Điểm lưu động", "mobile point"),
    PhaseName.PILOT: ("Thí điểm", "pilot"),
    PhaseName.EXPANSION: ("Mở rộng", "expansion"),
    PhaseName.EVALUATION: ("Đánh giá", "evaluation"),
}
PRIORITIES: Final[Mapping[str, Words]] = {
    "P1": ("Cấp 1", "P1"),
    "P2": ("Cấp 2", "P2"),
    "P3": ("Cấp 3", "P3"),
    "P4": ("Cấp 4", "P4"),
    ALL: ("Mọi cấp", "all tiers"),
}
TERMS: Final[Mapping[str, Words]] = {
    "round": ("Lượt hỗ trợ", "round"),
    "n": ("n", "n"),
    "share": ("Đúng hạn", "kept"),
    "fractile": ("P50, P90, P95, P99", "fractile"),
    "news": ("Lâu nhất không có tin", "longest without news"),
    "unconfirmed": ("Chưa xác nhận", "unconfirmed"),
    "hidden": (f"< {FEWEST}", "hidden"),
    "responder": SECTIONS[By.RESPONDER],
    "all tiers": PRIORITIES[ALL],
}


def group_words(by: str, group: str) -> Words:
    """A day, a week or a commune is called the same in both."""
    commune = COMMUNES.by_code(group) if by == By.COMMUNE else None
    if commune is not None:
        return commune.name, commune.name
    return _GROUPS.get(group, (group, group))


def definitions(found: Mapping[str, Any]) -> Iterator[tuple[Words, Words]]:
    """What each figure means: the term and the words of the report itself. An older edition has them in English only."""
    for name, en in found["definitions"].items():
        yield TERMS.get(name, (name, name)), (found.get("definitions_vi", {}).get(name, ""), en)


def title(found: Mapping[str, Any]) -> Words:
    """Of what, and of which days."""
    phase = _GROUPS.get(found["phase"] or "", (found["phase"], found["phase"])) if found["phase"] else None
    place = COMMUNES.by_code(found.get("commune") or "")
    vi, en = (f"{place.name}, " if place else ""), (f"{place.name}, " if place else "")
    vi, en = (vi + f"{phase[0]}, ", en + f"{phase[1]}, ") if phase else (vi, en)
    return f"Báo cáo chất lượng hỗ trợ: {vi}{_days(found, '%d/%m/%Y')}", f"Service levels: {en}{_days(found, '%Y-%m-%d')}"


def moment(told: str) -> str:
    """On the clocks of the city."""
    return f"{datetime.fromisoformat(told).astimezone(OFFICE_HOURS.timezone):%H:%M %d/%m/%Y}"


def duration(seconds: float | None) -> str:
    """Short, as a person says it; what the rows hold is exact."""
    if seconds is None:
        return "–"
    if seconds < 90:  # noqa: PLR2004 - a minute and a half
        return f"{seconds:.0f} s"
    if seconds < 5400:  # noqa: PLR2004 - an hour and a half
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %"


def _days(found: Mapping[str, Any], shape: str) -> str:
    return " – ".join(date.fromisoformat(found[name]).strftime(shape) for name in ("since", "until"))


def target(share_percent: float | None) -> str:
    return "–" if share_percent is None else f"{share_percent:g} %"
