"""Chance by name: independent of who asks first, and as even as chance should be."""

import numpy as np
import pytest

from dispatch.simulation import behaviour
from dispatch.simulation.luck import Luck, Question
from shared.events.assignments import ResponderKind

EVERYBODY = np.arange(20_000, dtype=np.int64)


def test_a_person_is_as_lucky_alone_as_among_others() -> None:
    luck = Luck(3)
    together = luck.uniform(Question.DELAY, 5, EVERYBODY)
    assert luck.uniform(Question.DELAY, 5, EVERYBODY[[4711, 12]]).tolist() == together[[4711, 12]].tolist()


@pytest.mark.parametrize("question", list(Question))
def test_numbers_are_even(question: Question) -> None:
    numbers = Luck(1).uniform(question, 17, EVERYBODY)
    counts, _ = np.histogram(numbers, bins=20, range=(0, 1))
    assert abs(counts - 1000).max() < 160  # five standard deviations
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.035


def test_seeds_requests_and_questions_are_worlds_apart() -> None:
    one = Luck(1).uniform(Question.DELAY, 1, EVERYBODY)
    others = [
        Luck(2).uniform(Question.DELAY, 1, EVERYBODY),
        Luck(1).uniform(Question.DELAY, 2, EVERYBODY),
        Luck(1).uniform(Question.WILLING, 1, EVERYBODY),
    ]
    assert all(abs(np.corrcoef(one, other)[0, 1]) < 0.035 for other in others)


def answered(*, hour: int, load: int) -> tuple[float, float]:
    """The share that answers, and the median delay of those."""
    random = np.random.default_rng(1)
    character = behaviour.Character.of([ResponderKind.TEAM] * len(EVERYBODY), random)
    said = behaviour.answers(Luck(1), character, 1, EVERYBODY, hour=hour, load=np.full(len(EVERYBODY), load))
    came = np.isfinite(said.delay_seconds)
    return float(came.mean()), float(np.median(said.delay_seconds[came]))


def test_people_answer_less_and_later_at_night_and_with_full_hands() -> None:
    noon, noon_delay = answered(hour=12, load=0)
    night, night_delay = answered(hour=3, load=0)
    busy, busy_delay = answered(hour=12, load=2)
    assert noon == pytest.approx(0.80 * 0.95, abs=0.03)
    assert noon_delay == pytest.approx(75, rel=0.05)
    assert night < busy < noon
    assert noon_delay < busy_delay < night_delay
