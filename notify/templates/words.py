"""Times, distances and numbers as a person in Hanoi reads them. Pure; `now` comes from the caller."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

HANOI: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_DAYS: Final = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_TODAY: Final = {"vi": "hôm nay", "en": "today"}
_TOMORROW: Final = {"vi": "ngày mai", "en": "tomorrow"}
_SECONDS: Final = {"vi": "giây", "en": "seconds"}
_MINUTES: Final = {"vi": "phút", "en": "minutes"}


def when_text(at: datetime, now: datetime, language: str = "vi") -> str:
    """ "15:30 hôm nay", "08:00 ngày mai", "08:00 thứ Hai 24/11": local time, to the minute, never in the past of its minute."""
    language = _known(language)
    local, today = at.astimezone(HANOI), now.astimezone(HANOI).date()
    if local.date() == today:
        day = _TODAY[language]
    elif local.date() == today + timedelta(days=1):
        day = _TOMORROW[language]
    else:
        day = f"{_DAYS[language][local.weekday()]} {local.day}/{local.month}"
    return f"{local:%H:%M} {day}"


def span_text(starts_at: datetime, ends_at: datetime, now: datetime, language: str = "vi") -> str:
    """ "06:00-14:00 ngày mai", "22:00-06:00 thứ Hai 24/11": a shift is called by the day on which it starts."""
    ends = ends_at.astimezone(HANOI)
    starts, day = when_text(starts_at, now, language).split(" ", 1)
    return f"{starts}-{ends:%H:%M} {day}"


def distance_text(metres: float, language: str = "vi") -> str:
    """ "dưới 100 m", "900 m", "1,2 km", "12 km": coarse on purpose, the exact place is not in an offer."""
    if metres < 100:  # noqa: PLR2004 -- the grain of a coarse place
        return "dưới 100 m" if _known(language) == "vi" else "under 100 m"
    if metres < 950:  # noqa: PLR2004 -- from here on it rounds to 1.0 km
        return f"{round(metres / 100) * 100} m"
    kilometres = metres / 1000
    text = f"{kilometres:.1f}" if kilometres < 10 else f"{kilometres:.0f}"  # noqa: PLR2004
    return f"{text.replace('.', ',') if _known(language) == 'vi' else text} km"


def lease_text(seconds: float, language: str = "vi") -> str:
    """ "90 giây", "5 phút": rounded down, so that nobody is promised more time than there is."""
    language = _known(language)
    if seconds < 120:  # noqa: PLR2004 -- "1 minute" would be half of 90 seconds lost
        return f"{int(seconds)} {_SECONDS[language]}"
    return f"{int(seconds // 60)} {_MINUTES[language]}"


def phone_text(e164: str) -> str:
    """The number as people dial it: +84912345678 is 0912345678; a foreign number stays as it is."""
    return f"0{e164[3:]}" if e164.startswith("+84") else e164


def _known(language: str) -> str:
    return language if language in _DAYS else "vi"
