"""Times and distances as people read them."""

from datetime import UTC, datetime

import pytest

from notify.templates import distance_text, lease_text, phone_text, when_text

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # a Friday, 12:00 in Hanoi


@pytest.mark.parametrize(
    ("at", "vi", "en"),
    [
        (datetime(2026, 11, 20, 8, 30, tzinfo=UTC), "15:30 hôm nay", "15:30 today"),
        (datetime(2026, 11, 20, 16, 59, tzinfo=UTC), "23:59 hôm nay", "23:59 today"),
        (datetime(2026, 11, 20, 17, 0, tzinfo=UTC), "00:00 ngày mai", "00:00 tomorrow"),
        (datetime(2026, 11, 23, 0, 30, tzinfo=UTC), "07:30 thứ Hai 23/11", "07:30 Monday 23/11"),
    ],
)
def test_a_moment_is_told_in_local_words(at: datetime, vi: str, en: str) -> None:
    assert when_text(at, NOON) == vi
    assert when_text(at, NOON, "en") == en


@pytest.mark.parametrize(
    ("metres", "text"),
    [(0, "dưới 100 m"), (99, "dưới 100 m"), (100, "100 m"), (949, "900 m"), (950, "0,9 km"), (1234, "1,2 km"), (12_345, "12 km")],
)
def test_a_distance_is_coarse(metres: float, text: str) -> None:
    assert distance_text(metres) == text


def test_a_distance_in_english_has_a_point() -> None:
    assert distance_text(1234, "en") == "1.2 km"


@pytest.mark.parametrize(
    ("seconds", "text"), [(90, "90 giây"), (119.9, "119 giây"), (180, "3 phút"), (299, "4 phút"), (900, "15 phút")]
)
def test_a_lease_is_never_rounded_up(seconds: float, text: str) -> None:
    assert lease_text(seconds) == text


@pytest.mark.parametrize(("e164", "text"), [("+84912345678", "0912345678"), ("+33123456789", "+33123456789")])
def test_a_phone_is_told_as_it_is_dialled(e164: str, text: str) -> None:
    assert phone_text(e164) == text
