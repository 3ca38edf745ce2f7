"""Moments from outside: what no arithmetic and no column can hold is refused where it comes in."""

from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.errors import Invalid
from shared.moments import FIRST_YEAR, LAST_YEAR, Day, Moment, checked, read_moment

FAR = ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "9999-12-31T20:00:00Z", "2200-01-01T00:00:00Z")


@pytest.mark.parametrize("text", FAR)
def test_a_moment_at_the_edge_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="year must be 1900 to 2199"):
        TypeAdapter(Moment).validate_json(f'"{text}"', strict=True)
    with pytest.raises(Invalid, match="year must be"):
        read_moment("since", text)


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_edge_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="year must be"):
        TypeAdapter(Day).validate_python(text)
    with pytest.raises(Invalid, match="year must be"):
        checked("until", date.fromisoformat(text))


@pytest.mark.parametrize("text", ["soon", "2026-03-02T10:00:00", "2026-03-02"])
def test_what_is_no_moment_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(Invalid, match=r"2026-03-02T10:00:00\+07:00"):
        read_moment("since", text)


def test_every_other_moment_is_taken_as_it_is() -> None:
    for year in (FIRST_YEAR, 2026, LAST_YEAR):
        assert read_moment("since", f"{year}-07-01T00:00:00Z") == datetime(year, 7, 1, tzinfo=UTC)
        assert TypeAdapter(Day).validate_python(f"{year}-07-01") == date(year, 7, 1)
