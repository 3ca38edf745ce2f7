"""Bells are never missed, a tempo slows what is crowded and nothing else, back-off grows to its end."""

import pytest

from shared.pacing import Backoff, Bell, Tempo


async def test_a_ring_before_the_wait_is_not_lost() -> None:
    bell = Bell()
    bell.ring()
    assert await bell.wait(10)
    assert not await bell.wait(0.001)


def test_backoff_doubles_to_its_end_and_starts_over() -> None:
    backoff = Backoff(1.0, 4.0)
    for low, high in ((0.5, 1), (1, 2), (2, 4), (2, 4)):
        assert low <= backoff.delay() <= high
    backoff.reset()
    assert backoff.delay() <= 1.0


def paced(rate: float, *, seconds: float = 5.0) -> tuple[Tempo, float]:
    """A tempo to which as many a second have come, and the time."""
    tempo, now = Tempo(many=100, together=4, longest_seconds=0.02), 0.0
    while now < seconds:
        tempo.came(now)
        now += 1 / rate
    return tempo, now


def test_while_few_come_nobody_waits() -> None:
    tempo, now = paced(90)
    tempo.began(now)
    assert tempo.rest(now) == 0.0


def test_while_many_come_a_beginning_waits_for_some_of_them() -> None:
    tempo, now = paced(1000)
    assert tempo.rest(now) == 0.0, "the last beginning is long ago"
    tempo.began(now)
    assert tempo.rest(now) == pytest.approx(0.004, rel=0.01)
    assert tempo.rest(now + 0.003) == pytest.approx(0.001, rel=0.05)
    assert tempo.rest(now + 0.005) == 0.0


def test_no_beginning_waits_longer_than_the_longest() -> None:
    tempo, now = paced(110)
    tempo.began(now)
    assert tempo.rest(now) == pytest.approx(0.02)


def test_a_crowd_is_forgotten_when_it_has_gone() -> None:
    tempo, now = paced(1000)
    tempo.came(now + 5, 10)
    tempo.began(now + 5)
    assert tempo.rest(now + 5) == 0.0


def test_a_crowd_that_comes_at_once_counts_as_many() -> None:
    tempo = Tempo(many=100, together=1000, longest_seconds=0.05)
    tempo.came(1.0, 300)
    tempo.began(1.0)
    assert tempo.rest(1.0) == pytest.approx(0.05)
