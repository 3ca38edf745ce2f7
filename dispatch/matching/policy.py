"""The numbers that decide who is asked: what distance costs, how long a visit takes, how many are asked at once. Pure.

All costs are minutes, so that each reads as "as bad as so many minutes of travel".
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from types import MappingProxyType
from typing import Final

from shared.calendar import OFFICE_HOURS
from shared.events.contract import Priority
from shared.service_levels import SERVICE_LEVELS, starts_at

MINUTE: Final = 60.0

# How long a visit takes, at least: nobody is asked whose shift ends before it could be over.
VISIT_SECONDS: Final = MappingProxyType(
    {
        Priority.P1: 60 * MINUTE,
        Priority.P2: 30 * MINUTE,
        Priority.P3: 30 * MINUTE,
        Priority.P4: 20 * MINUTE,
    }
)

# P3 and P4 ask so many, wave by wave; P1 and P2 all of their tier at once.
WAVES: Final[Mapping[Priority, tuple[int, ...]]] = MappingProxyType({Priority.P3: (1, 2), Priority.P4: (1, 2)})
# Beside the first of a wave only those are asked who are not worse by more minutes than this, wave by wave: of several the
# quickest goes, and who comes from far away is later at the door than the nearest would have been, asked once more.
DEARER: Final[Mapping[Priority, tuple[float, ...]]] = MappingProxyType(
    {
        Priority.P1: (1.5, 3.0, 6.0, math.inf),
        Priority.P2: (1.5, 3.0, 6.0, math.inf),
        Priority.P3: (0.3, 0.3, 0.5),
        Priority.P4: (0.5,),
    }
)
GIVEN_BACK_STEPS: Final = 2  # of DEARER
QUIET_FROM: Final = time(21)  # local; nobody is written to below P2
QUIET_UNTIL: Final = time(7)
QUIET_FOR: Final = frozenset({Priority.P3, Priority.P4})
URGENT: Final = frozenset({Priority.P1, Priority.P2})


# How long help by phone is tried before somebody travels, in minutes of the tier's clock: one wave of P2, two of P3 and P4.
# A service point that is down (P1) waits for nobody's telephone.
REMOTE_MINUTES: Final[Mapping[Priority, float]] = MappingProxyType({Priority.P2: 3.0, Priority.P3: 10.0, Priority.P4: 30.0})
WAVE_SLACK_SECONDS: Final = 60.0  # a wave takes its lease and the time until it is sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a wave is about to be asked for."""

    priority: Priority
    visit: int = 0  # visits before this one, given back
    wave: int = 0  # that went out already for this one
    vulnerable: bool = False
    closing: bool = False  # the offices are about to: who has nobody by then waits for the morning
    night: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a city matches. Every value is a default that a deployment may change."""

    speed_kmh: float = 20.0  # a motorbike in Hanoi's traffic
    detour: float = 1.3  # streets are longer than straight lines
    neighbour_minutes: float = 0.1  # from the commune next door: of two who are as near, one's own
    elsewhere_minutes: float = 0.3
    today_minutes: float = (
        1.25  # for each visit taken on this local day: who has done less is asked first; bounded by the day's cap
    )
    yesterday_share: float = 0.3  # of the visits of the day before, for whoever has not been asked today: the others begin
    later_share: float = 0.6  # of the visits that are still to come for whoever stays: mornings are busier than what follows
    soon_minutes: float = 12.0  # before a shift begins an ordinary visit may wait for it, …
    soon_worth_minutes: float = 1.0  # … when whoever begins is so much better than those who are there, …
    patience_minutes: float = 30.0  # … and it has not waited so long yet, its head start included
    closing_minutes: float = 15.0  # before the offices close all of a tier are asked at once, …
    closing_dearer: tuple[float, ...] = (1.0, 6.0)  # … if they are not worse than the first by more minutes than this
    silence_minutes: float = 0.25  # for each question that was left unanswered, by those that were answered
    language_minutes: float = 15.0  # does not speak the language that was asked for: a speaker may be some 4 km further away
    known_minutes: float = 3.0  # has helped this resident well: worth a little way, never less than nothing
    complaint_minutes: float = 5.0  # for each complaint of anybody, …
    complaints_most: int = 3  # … up to so many, …
    complaint_seconds: float = 180 * 24 * 3600.0  # … fading in this time from the last one on
    cool_down_minutes: float = 10.0  # whoever has just said no is not asked for anything
    offers_a_day: int = 40  # questions to one person on one local day, times the places a team has
    accepted_a_day: int = 10  # visits of one person on one local day, likewise
    ageing_minutes: float = 120.0  # of its tier's clock: a waiting P3 or P4 counts as the tier above, and so on up to P2
    remote_minutes: Mapping[Priority, float] = field(default_factory=dict)  # by tier: REMOTE_MINUTES; none: nobody helps by phone
    far_metres: int = 5000  # from there on somebody who chooses by hand is told how far it is
    base_minutes: float = 0.1  # a cost is never 0: a sparse matrix forgets zeros

    candidates: int = 16  # nearest people looked at first; more when a job has none
    batch: int = 1000  # jobs a solve: 10,000 would hold the event loop for 2 s
    edges: int = 1_000_000  # pairs a solve: about 40 ms
    kept: int = 3  # candidates a decision record names
    vulnerable_minutes: float = 10.0  # each reason to go first counts as this much waiting, …
    vulnerable_most: int = 3  # … up to so many reasons
    send_seconds: float = 120.0  # an offer that has not left by then is dead: its lease never began
    retry_seconds: float = 2.0  # a job that nobody could take is tried again after this
    waves: Mapping[Priority, tuple[int, ...]] = field(default_factory=lambda: WAVES)
    dearer: Mapping[Priority, tuple[float, ...]] = field(default_factory=lambda: DEARER)
    vulnerable_more: int = 2  # whom P1 and P2 ask besides, for somebody with a reason to go first
    wave_size: int | None = None  # a number for all waves of all tiers, in drills and benchmarks
    visit_seconds: Mapping[Priority, float] = field(default_factory=lambda: VISIT_SECONDS)

    @property
    def limits(self) -> tuple[float, int, int]:
        """What the guards of the database are told: seconds of cooling down, offers and visits a day."""
        return self.cool_down_minutes * MINUTE, self.offers_a_day, self.accepted_a_day

    def phone_seconds(self, priority: Priority) -> float:
        """Until when a wave of offers by phone may begin, on the tier's clock since the job waits. 0: not in this tier."""
        minutes = self.remote_minutes.get(priority, 0.0)
        lease_seconds = SERVICE_LEVELS[priority].lease_seconds
        return max(minutes * MINUTE - lease_seconds, 0.0) + WAVE_SLACK_SECONDS if minutes else 0.0

    @property
    def minutes_per_metre(self) -> float:
        return self.detour * 60.0 / (self.speed_kmh * 1000.0)

    def ask_at_once(self, asking: "Asking") -> int:
        """How many. Of several the quickest goes, not the nearest: decision 0018."""
        if self.wave_size:
            return self.wave_size
        most = SERVICE_LEVELS[asking.priority].wave_size
        if asking.priority in URGENT:
            return most + (self.vulnerable_more if asking.vulnerable else 0)
        if asking.closing:
            return most
        waves = self.waves[asking.priority]
        return min(waves[min(asking.wave, len(waves) - 1)], most)

    def dearer_by(self, asking: "Asking") -> float:
        """Minutes: so much worse than the first of a wave the others may be.

        For somebody with a reason to go first a wave reaches as far as the next one would, and one further at night, when few are
        there and fewer wake up. After a visit that was given back two further: half of the promise is over by then.
        """
        if self.wave_size:
            return math.inf
        minutes = self.closing_dearer if asking.closing and asking.priority not in URGENT else self.dearer[asking.priority]
        ahead = (1 + asking.night) * asking.vulnerable + GIVEN_BACK_STEPS * (asking.visit > 0)
        return minutes[min(asking.wave + ahead, len(minutes) - 1)]

    def call_at_once(self, priority: Priority) -> int:
        """How many are asked to help by phone: all of the tier at once, for nobody travels and minutes are few."""
        return self.wave_size or SERVICE_LEVELS[priority].wave_size

    def ahead_minutes(self, vulnerable: int) -> float:
        """Who goes first within a tier: the longest waiting, the vulnerable this bounded step ahead."""
        return self.vulnerable_minutes * min(vulnerable, self.vulnerable_most)


def is_quiet(local: time) -> bool:
    """From 21:00 to 07:00 local time."""
    return local >= QUIET_FROM or local < QUIET_UNTIL


def may_ask(tier: Priority, now: datetime) -> bool:
    """P3 and P4 only in staffed hours, and never at night, whatever the hours of a city are."""
    quiet = tier in QUIET_FOR and is_quiet(now.astimezone(OFFICE_HOURS.timezone).time())
    return not quiet and starts_at(tier, now) <= now
