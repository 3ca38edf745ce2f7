"""Moments and days as somebody outside writes them: within years in which every arithmetic and every column works. Pure.

Near the years 1 and 9999 a time zone, a day more or a database raises what nobody expects; and no visit is meant for then.
"""

from datetime import date, datetime
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

from shared.errors import Invalid

FIRST_YEAR: Final = 1900  # of what is long past, as the day of a course
LAST_YEAR: Final = 2199

D = TypeVar("D", bound=date)


def is_sensible(value: date) -> bool:
    """Of a moment, too: the year that its writer sees."""
    return FIRST_YEAR <= value.year <= LAST_YEAR


def _sensible(value: D) -> D:
    if not is_sensible(value):
        raise PydanticCustomError("year_out_of_range", f"the year must be {FIRST_YEAR} to {LAST_YEAR}")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_sensible)]
Day = Annotated[date, AfterValidator(_sensible)]


def read_moment(field: str, text: str) -> datetime:
    """Of a text that is not in a model. Raises Invalid."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(field, "give a time like 2026-03-02T10:00:00+07:00") from None
    if found.tzinfo is None:
        raise Invalid(field, "a time needs its offset, like 2026-03-02T10:00:00+07:00")
    return checked(field, found)


def checked(field: str, value: D) -> D:
    """Of what something else has read already. Raises Invalid."""
    if not is_sensible(value):
        raise Invalid(field, f"the year must be {FIRST_YEAR} to {LAST_YEAR}")
    return value
