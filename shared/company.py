"""Is somebody alone with a stranger? When two people go to a visit, or somebody of the resident's own is there. Pure."""

from collections.abc import Collection
from datetime import datetime, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")
# Whoever sets out at 20:30 stands at the door at 21:00; from 06:00 on it is day.
NIGHT_FROM: Final = time(20, 30)
NIGHT_UNTIL: Final = time(6)
AT_A_COUNTER: Final = "incident"  # group of categories: an office is visited, and its people are there
LIVES_ALONE: Final = "lives_alone"  # a word of `vulnerable`


class Company(StrEnum):
    """Who has to be there beside one helper."""

    TWO = "two"  # the resident is alone: two people go
    TWO_AT_NIGHT = "two_at_night"  # nobody has said who is there: at night two people go
    RELATIVE = "relative"  # somebody of the resident's own will be there


def company_of(group: str | None, someone_present: bool | None, vulnerable: Collection[str]) -> Company | None:
    """`group`: of the category. `someone_present`: as whoever filed it, or an operator, has said; None: nobody has."""
    if group == AT_A_COUNTER:
        return None
    if someone_present:
        return Company.RELATIVE
    alone = someone_present is False or LIVES_ALONE in vulnerable
    return Company.TWO if alone else Company.TWO_AT_NIGHT


def is_night(now: datetime) -> bool:
    local = now.astimezone(LOCAL).time()
    return local >= NIGHT_FROM or local < NIGHT_UNTIL


def needs_two(company: str | None, now: datetime) -> bool:
    """Of somebody who sets out at `now`. An unknown word asks for nothing."""
    return company == Company.TWO or (company == Company.TWO_AT_NIGHT and is_night(now))


def morning(now: datetime) -> datetime:
    """When this night is over; `now` is in it."""
    local = now.astimezone(LOCAL)
    day = local.date() if local.time() < NIGHT_UNTIL else local.date().fromordinal(local.date().toordinal() + 1)
    return datetime.combine(day, NIGHT_UNTIL, LOCAL).astimezone(now.tzinfo)
