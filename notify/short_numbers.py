"""The numbers people answer with ("1 27", "DEN 14"): two digits as long as a phone gets along with them, then longer ones. Pure.

A lead who answers for a hundred visits after a storm needs a number for each, or nothing could be said about the hundredth.
"""

from collections.abc import Set as AbstractSet
from typing import Final

FIRST: Final = 10
LAST: Final = 99
FIRST_LONG: Final = 300  # "127" is "1 27" in a hurry: no number of three digits begins with a 1 or a 2
MOST_DIGITS: Final = 5


def next_number(last: int, used: AbstractSet[int]) -> int:
    """Round and round, so that a number comes back as late as it can. `last`: the two-digit number given out before."""
    for step in range(1, LAST - FIRST + 2):
        number = FIRST + (last - FIRST + step) % (LAST - FIRST + 1)
        if number not in used:
            return number
    number = FIRST_LONG
    while number in used:
        number += 1
    return number


def number_of(token: str) -> int | None:
    """Whether this word can be one of our numbers."""
    if not (token.isdecimal() and token.isascii() and len(token) <= MOST_DIGITS):
        return None
    number = int(token)
    return number if str(number) == token and (FIRST <= number <= LAST or number >= FIRST_LONG) else None
