"""A few bad events are dead letters; many are a bad deploy."""

import pytest

from shared.transport.breaker import WINDOW, Breaker, TooManyDeadLetters


def test_a_bad_deploy_trips_at_the_least_number() -> None:
    breaker = Breaker(least=20)
    for _ in range(19):
        breaker.died()
    with pytest.raises(TooManyDeadLetters):
        breaker.died()


def test_some_bad_ones_among_many_good_ones_never_trip() -> None:
    breaker = Breaker(least=5, share=0.1)
    for _ in range(1000):
        breaker.handled(19)
        breaker.died()


def test_a_burst_among_good_ones_trips_when_its_share_is_passed() -> None:
    breaker = Breaker(least=5, share=0.1)
    breaker.handled(10 * WINDOW)
    for _ in range(WINDOW // 10):
        breaker.died()
    with pytest.raises(TooManyDeadLetters):
        breaker.died()


def test_old_deaths_are_forgotten() -> None:
    breaker = Breaker(least=5, share=0.01)
    for _ in range(4):
        breaker.died()
    breaker.handled(WINDOW)
    for _ in range(4):
        breaker.died()
