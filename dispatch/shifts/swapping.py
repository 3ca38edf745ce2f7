"""A shift changes hands: who may give it to whom, and until when that can be answered; no I/O, `now` is handed in.

Of a shift to come it is a *swap*, agreed before the second question about it is due, so that whoever keeps it is still asked, and
somebody sought, by day. Of a running one it is a *take-over*: minutes, and from the yes on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from dispatch.shifts.confirming import may_ask_at, times_of
from dispatch.shifts.shift import LOCAL, Window
from shared.errors import Refused


class SwapStatus(StrEnum):
    ASKED = "asked"  # others are asked; the giver works until somebody says yes
    AGREED = "agreed"  # the taker works, in place of the giver
    REFUSED = "refused"  # the one who was named said no, or may not
    SILENT = "silent"  # nobody said yes in time
    OVER = "over"  # there is nothing to give any more: given up, taken away by a list, or asked anew


class Rule(StrEnum):
    """Why somebody may not take a shift, or why nobody can be asked; the words that a refusal carries."""

    YOURSELF = "yourself"  # it is theirs already
    INACTIVE = "inactive"  # not on the roster any more
    PHONE_NOT_CONFIRMED = "phone_not_confirmed"
    UNREACHABLE = "unreachable"  # nothing arrives at this phone
    ANOTHER_COMMUNE = "another_commune"  # the ward would lose an hour of its own
    NOT_ABLE = "not_able"  # lacks a skill that the giver has
    NOT_VETTED = "not_vetted"  # lists members, and none of them may stand at a door then
    OFF_DUTY = "off_duty"
    WORKS_THEN = "works_then"  # has a shift of their own in these hours
    NO_SHIFT = "no_shift"  # the giver has no shift there to give
    SEVERAL_SHIFTS = "several_shifts"  # which of them is not said
    UNKNOWN_NAME = "unknown_name"
    AMBIGUOUS_NAME = "ambiguous_name"
    NO_RETURN = "no_return"  # the other has no such shift to give in return, nobody is named, or it runs already
    TOO_OFTEN = "too_often"  # colleagues were asked about this shift again and again
    TOO_LATE = "too_late"  # nobody could answer well before it begins
    NIGHT = "night"  # nobody is woken


ADVICE: Final = {
    Rule.YOURSELF: "it is this responder's own shift; name somebody else",
    Rule.INACTIVE: "this responder is not on the roster any more; name somebody else",
    Rule.PHONE_NOT_CONFIRMED: "this phone is not confirmed: nobody may be asked there",
    Rule.UNREACHABLE: "nothing arrives at this phone; call them, or name somebody else",
    Rule.ANOTHER_COMMUNE: "this responder is of another commune; name somebody of the one whose shift it is",
    Rule.NOT_ABLE: "this responder lacks a skill that the giver has; name somebody who can do the same",
    Rule.NOT_VETTED: "nobody of this team may stand at a door then; name somebody who is vetted",
    Rule.OFF_DUTY: "this responder is off duty; name somebody else",
    Rule.WORKS_THEN: "this responder works in these hours already; name somebody else",
    Rule.NO_SHIFT: "there is no shift that this responder could give: it is over, given up or somebody else's",
    Rule.SEVERAL_SHIFTS: "there are several shifts on that day; name one by the code of its question",
    Rule.UNKNOWN_NAME: "nobody of this commune has that name or code; try the code of the roster",
    Rule.AMBIGUOUS_NAME: "several of this commune have that name; send the whole name, or the code of the roster",
    Rule.NO_RETURN: "only a shift to come is swapped for another, and only for one that the named colleague still has",
    Rule.TOO_OFTEN: "colleagues were asked about this shift again and again; give it up instead, or speak with the ward lead",
    Rule.TOO_LATE: "it begins too soon for a swap; give the shift up instead, then somebody is sought at once",
    Rule.NIGHT: "nobody is asked between 21:00 and 07:00; call somebody, and note at the desk that they agree",
}

MOST: Final = 5  # times that one shift is wanted to be swapped
LEAST: Final = timedelta(minutes=20)  # whoever is asked has at least so long
NAMED: Final = timedelta(hours=4)  # … and one who was named so long
SOON: Final = timedelta(minutes=10)  # of a running shift: minutes count
MORNING: Final = timedelta(hours=2)  # after the night, for what would have had to be answered in it
WORTH: Final = timedelta(minutes=30)  # of a running shift at least so much must be left when it is taken over


class CannotSwap(Refused):
    """`rule` says why; nothing has changed."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule, ADVICE[rule])
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever would work in somebody's place, in one window."""

    active: bool
    confirmed: bool
    reachable: bool
    commune_code: str
    skills: frozenset[str]
    vetted: bool
    on_duty: bool
    works_then: bool


def why_not(party: Party, *, commune_code: str, skills: frozenset[str]) -> Rule | None:
    """The first rule that speaks against it; None: an equal. `skills`: of the giver."""
    return next((rule for rule, broken in _broken(party, commune_code, skills).items() if broken), None)


def _broken(party: Party, commune_code: str, skills: frozenset[str]) -> dict[Rule, bool]:
    return {
        Rule.INACTIVE: not party.active,
        Rule.PHONE_NOT_CONFIRMED: not party.confirmed,
        Rule.UNREACHABLE: not party.reachable,
        Rule.ANOTHER_COMMUNE: party.commune_code != commune_code,
        Rule.NOT_ABLE: not skills <= party.skills,
        Rule.NOT_VETTED: not party.vetted,
        Rule.WORKS_THEN: party.works_then,
        Rule.OFF_DUTY: not party.on_duty,
    }


@dataclass(frozen=True, slots=True)
class Asking:
    """`asks_at`: when the first question goes out. `answer_by`: who says nothing until then has said no."""

    asks_at: datetime
    answer_by: datetime

    @property
    def by_day(self) -> bool:
        return self.asks_at < self.answer_by


def asking(window: Window, now: datetime, zone: ZoneInfo = LOCAL) -> Asking:
    """Of a shift to come. Raises CannotSwap when nobody could answer well before it begins."""
    last, asks_at = times_of(window, zone).again_at, may_ask_at(now, zone)
    if asks_at + LEAST > last:
        raise CannotSwap(Rule.TOO_LATE)
    wanted = asks_at + NAMED
    by_day = may_ask_at(wanted, zone)
    return Asking(asks_at, min(by_day if by_day == wanted else by_day + MORNING, last))


def asking_now(window: Window, now: datetime, zone: ZoneInfo = LOCAL) -> Asking:
    """Of a running shift. At night nobody can be asked by text, so that `by_day` is false. Raises CannotSwap."""
    last = window.ends_at - WORTH
    if now + SOON > last:
        raise CannotSwap(Rule.TOO_LATE)
    return Asking(may_ask_at(now, zone), min(now + 6 * SOON, last))
