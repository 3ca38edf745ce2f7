"""A row of kind `member` in a roster file: somebody of a team, as a spreadsheet has them. No I/O; docs/roster.md explains it."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from dispatch.roster.entry import Course, Member
from dispatch.shifts.shift import LOCAL
from shared.errors import Invalid

DATES: Final = ("vetted_on", "vetted_until")
COLUMNS: Final = frozenset({*DATES, "courses", "absent_until"})
_COURSE: Final = re.compile(r"(?P<skill>\S+)(?:\s+from\s+(?P<passed_on>\S+))?(?:\s+until\s+(?P<expires_on>\S+))?", re.IGNORECASE)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")

Row = Mapping[str, str]


def read_member(row: Row, flag: Callable[[str, str], bool], lists: Mapping[str, tuple[str, ...]]) -> Member:
    """`lists`: cells that hold several. Empty cells mean the default. Raises Invalid, ValidationError."""
    found: dict[str, Any] = {name: flag(name, row[name]) for name in ("vetted", "trained", "present") if row.get(name)}
    found |= lists
    found |= {name: _day(name, row[name]) for name in DATES if row.get(name)}
    if row.get("absent_until"):
        found["absent_until"] = _moment(row["absent_until"])
    if row.get("courses"):
        found["courses"] = tuple(_course(piece) for piece in _pieces(row["courses"]))
    return Member(id=row["id"], name=row["name"], **found)


def _course(text: str) -> Course:
    """`vneid`, `vneid until 2027-01-31`, `vneid from 2026-02-01 until 2027-01-31`."""
    read = _COURSE.fullmatch(text)
    if read is None:
        raise Invalid("courses", "each is a skill, then `from` and `until` with a date where they are known")
    days = {name: _day("courses", read[name]) for name in ("passed_on", "expires_on") if read[name]}
    return Course(skill=read["skill"], **days)


def _pieces(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[|;,]", cell) if part.strip()]


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text) if _MOMENT.fullmatch(text) else _no_day(field)
    except ValueError:
        return _no_day(field)


def _no_day(field: str) -> date:
    raise Invalid(field, "a day is written like 2027-01-31")


def _moment(text: str) -> datetime:
    """A day alone: they are back when it begins."""
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError  # noqa: TRY301 - one advice for all that is no moment
        return datetime.fromisoformat(text).replace(tzinfo=LOCAL)
    except ValueError:
        raise Invalid("absent_until", "when they are back is written like 2026-12-01, or 2026-12-01 08:00") from None
