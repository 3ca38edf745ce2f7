"""What people do: answer, travel, visit, give back, give up. ONE model for all policies; a policy only chooses whom it asks.

Committed in a commit of its own before any policy was tried on it, and not to be changed to make a policy look better: a change
needs a reason from outside the simulation, and all figures measured again. These are assumptions, not observations: nobody has
published how community digital teams answer. Each number says why it is not some other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from dispatch.matching.people import Bools, Floats, Ints
from dispatch.simulation.luck import Luck, Question
from shared.events.assignments import ResponderKind
from shared.events.contract import Priority

MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How a kind of person takes a text that asks for help, at noon, with nothing else in hand."""

    answers: float  # share of texts answered at all, before their own reliability
    willing: float  # share of answers that are a yes
    delay_seconds: float  # median until the answer


# Alerted lay helpers of first-aid services take about a third to a half of alerts. People who signed up for a shift answer more
# often than people who are alerted in their spare time; students have the phone in hand; for an engineer it is the job.
HABITS: Final[Mapping[ResponderKind, Habit]] = {
    ResponderKind.TEAM: Habit(answers=0.80, willing=0.80, delay_seconds=75.0),
    ResponderKind.VOLUNTEER: Habit(answers=0.85, willing=0.85, delay_seconds=45.0),
    ResponderKind.ENGINEER: Habit(answers=0.90, willing=0.90, delay_seconds=60.0),
}
DELAY_SPREAD: Final = 1.0  # of the logarithm: a sixth of the answers takes almost three times the median, some take half an hour
DEAD_PHONES: Final = 0.05  # numbers on a list that was typed once: nobody answers them, ever
RELIABILITY: Final = (8.0, 2.0)  # of everybody else, a beta distribution: 0.8 on average, some answer hardly every second time

# By local hour: the share of their usual answers they give, and how much longer these take.
WAKEFULNESS: Final = (0.35,) * 6 + (0.7,) + (1.0,) * 11 + (0.9,) * 3 + (0.7, 0.5, 0.35)
SLOWNESS: Final = (3.0,) * 6 + (1.5,) + (1.0,) * 11 + (1.2,) * 3 + (1.5, 2.0, 3.0)
BUSY_ANSWERS: Final = 0.85  # for each visit in hand: hands are busy, and somebody of the team is on the motorbike
BUSY_SLOWNESS: Final = 1.3

READY_SECONDS: Final = 8 * MINUTE  # median from yes to leaving: finish the tea, find the helmet
READY_SPREAD: Final = 0.6
SPEED_KMH: Final = 20.0  # a motorbike in Hanoi's traffic; the policy assumes the same, and is wrong by the spread
RUSH_KMH: Final = 14.0  # 7 to 9 and 17 to 19
RUSH_HOURS: Final = frozenset({7, 8, 17, 18})
DETOUR: Final = 1.3
ARRIVAL_SECONDS: Final = 3 * MINUTE  # parking, the gate, the lane
TRAVEL_SPREAD: Final = 0.25

# Median length of a visit. An outage of a counter takes longest; advice is short.
VISIT_SECONDS: Final[Mapping[Priority, float]] = {
    Priority.P1: 60 * MINUTE,
    Priority.P2: 40 * MINUTE,
    Priority.P3: 35 * MINUTE,
    Priority.P4: 25 * MINUTE,
}
VISIT_SPREAD: Final = 0.4
GIVES_BACK: Final = 0.03  # of accepted visits: something came up before they left
GIVES_BACK_SECONDS: Final = 6 * MINUTE

# Of residents that wait, some find another way or give up: a share of them ever, and their median patience.
IMPATIENT: Final[Mapping[Priority, float]] = {Priority.P1: 0.05, Priority.P2: 0.10, Priority.P3: 0.15, Priority.P4: 0.15}
PATIENCE_SECONDS: Final[Mapping[Priority, float]] = {
    Priority.P1: 1 * HOUR,
    Priority.P2: 2 * HOUR,
    Priority.P3: 4 * HOUR,
    Priority.P4: 10 * HOUR,
}
PATIENCE_SPREAD: Final = 0.8


@dataclass(frozen=True, slots=True)
class Answers:
    """Of some people to one request. `delay_seconds` is infinite for those who never answer."""

    delay_seconds: Floats
    willing: Bools


@dataclass(frozen=True, slots=True)
class Character:
    """How a roster of people answers, as arrays: one position a person."""

    answers: Floats
    willing: Floats
    delay_seconds: Floats

    @classmethod
    def of(cls, kinds: list[ResponderKind], random: np.random.Generator) -> "Character":
        habits = [HABITS[kind] for kind in kinds]
        reliability = random.beta(*RELIABILITY, size=len(kinds)) / (RELIABILITY[0] / sum(RELIABILITY))
        reliability[random.random(len(kinds)) < DEAD_PHONES] = 0.0
        return cls(
            answers=np.minimum(np.array([one.answers for one in habits]) * reliability, 1.0),
            willing=np.array([one.willing for one in habits]),
            delay_seconds=np.array([one.delay_seconds for one in habits]),
        )


def answers(luck: Luck, character: Character, request: int, people: Ints, *, hour: int, load: Ints) -> Answers:
    """What these people say when they are asked at this local hour with so many visits in hand."""
    chance = character.answers[people] * WAKEFULNESS[hour] * BUSY_ANSWERS**load
    slow = character.delay_seconds[people] * SLOWNESS[hour] * BUSY_SLOWNESS**load
    delay = slow * np.exp(DELAY_SPREAD * luck.normal(Question.DELAY, request, people))
    delay[luck.uniform(Question.ANSWERS, request, people) >= chance] = np.inf
    return Answers(delay, luck.uniform(Question.WILLING, request, people) < character.willing[people])


def gives_back(luck: Luck, request: int, person: int) -> bool:
    return _one(luck.uniform(Question.GIVES_BACK, request, _of(person))) < GIVES_BACK


def on_the_way_seconds(luck: Luck, request: int, person: int, distance_m: float, *, hour: int) -> float:
    """From yes to the door. `distance_m` is a straight line."""
    ready = READY_SECONDS * _spread(READY_SPREAD, luck.normal(Question.READY, request, _of(person)))
    speed = RUSH_KMH if hour in RUSH_HOURS else SPEED_KMH
    ride = distance_m / 1000 * DETOUR / speed * HOUR * _spread(TRAVEL_SPREAD, luck.normal(Question.TRAVEL, request, _of(person)))
    return ready + ride + ARRIVAL_SECONDS


def visit_seconds(luck: Luck, request: int, priority: Priority) -> float:
    """The same whoever goes: it is the trouble that takes long, not the helper."""
    return VISIT_SECONDS[priority] * _spread(VISIT_SPREAD, luck.normal(Question.VISIT, request, _of(-1)))


def patience_seconds(luck: Luck, request: int, priority: Priority) -> float | None:
    """How long this resident waits for a yes; None: as long as it takes."""
    if luck.of_request(Question.PATIENCE, request) >= IMPATIENT[priority]:
        return None
    return PATIENCE_SECONDS[priority] * _spread(PATIENCE_SPREAD, luck.normal(Question.GIVES_UP_AFTER, request, _of(-1)))


def _of(person: int) -> Ints:
    return np.array([person], dtype=np.int64)


def _one(values: Floats) -> float:
    return float(values[0])


def _spread(width: float, normal: Floats) -> float:
    return float(np.exp(width * normal[0]))
