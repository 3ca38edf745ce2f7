"""What the log says of one round, and into which group of a report it falls. Pure; nothing of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from notify.reports.campaign import Campaign
from notify.sla.rounds import Reached, Round
from shared.calendar import OFFICE_HOURS

UNKNOWN: Final = "unknown"  # lines from before it was kept
NOBODY: Final = "nobody"  # no responder has taken it
NOWHERE: Final = "none"  # nobody knows yet in which commune
OUTSIDE: Final = "outside"  # of every phase


class By(StrEnum):
    """What a report may be broken down by."""

    COMMUNE = "commune"
    CHANNEL = "channel"  # through which door it was filed
    RESPONDER = "responder"  # the kind of whoever took it last
    VULNERABLE = "vulnerable"  # whether the person is: yes or no, as intake said last
    DAY = "day"  # local, on which the round began
    WEEK = "week"  # ISO 8601, same
    PHASE = "phase"  # of the campaign, same


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A pause: why, from when, until when. `until` None: it runs."""

    reason: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`round`: what the counters count, too. `told_at`: when an event wrote to the resident; None: the lines do not say."""

    round: Round
    channel: str | None = None
    vulnerable: bool | None = None
    responder_kind: str | None = None
    stops: Sequence[Stop] = ()
    told_at: Sequence[datetime] | None = None
    frozen_at: datetime | None = None
    done_reason: str | None = None
    confirmed_at: Sequence[datetime] = ()
    reopened_at: Sequence[datetime] = ()

    @property
    def day(self) -> date:
        return self.round.started_at.astimezone(OFFICE_HOURS.timezone).date()


def group_of(facts: Facts, by: By, campaign: Campaign) -> str:
    match by:
        case By.COMMUNE:
            return facts.round.commune_code or NOWHERE
        case By.CHANNEL:
            return facts.channel or UNKNOWN
        case By.RESPONDER:
            return facts.responder_kind or (UNKNOWN if Reached.ACCEPTED in facts.round.reached else NOBODY)
        case By.VULNERABLE:
            return UNKNOWN if facts.vulnerable is None else "yes" if facts.vulnerable else "no"
    return group_of_day(facts.day, by, campaign)


def group_of_day(day: date, by: By, campaign: Campaign) -> str:
    """Also for figures that have no request behind them."""
    match by:
        case By.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        case By.PHASE:
            phase = campaign.phase_of(day)
            return phase.name if phase else OUTSIDE
    return day.isoformat()
