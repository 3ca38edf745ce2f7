"""The leaky bucket: how often, how long to wait, and never more keys than fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http import limits
from shared.http.limits import Limiter, TooMany


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_so_many_at_once_and_then_no_more(clock: Clock) -> None:
    limiter = Limiter(5, 60, clock=clock)
    for _ in range(5):
        limiter.check("a")
    with pytest.raises(TooMany) as refused:
        limiter.check("a")
    assert refused.value.retry_after_seconds == pytest.approx(12)
    limiter.check("b")


def test_after_the_wait_that_was_told_it_works_again(clock: Clock) -> None:
    limiter = Limiter(5, 60, clock=clock)
    for _ in range(5):
        limiter.check("a")
    with pytest.raises(TooMany) as refused:
        limiter.check("a")
    clock.now += refused.value.retry_after_seconds
    limiter.check("a")
    with pytest.raises(TooMany):
        limiter.check("a")


def test_a_refused_try_does_not_make_the_wait_longer(clock: Clock) -> None:
    limiter = Limiter(1, 10, clock=clock)
    limiter.check("a")
    for _ in range(50):
        with pytest.raises(TooMany):
            limiter.check("a")
    clock.now += 10
    limiter.check("a")


def test_keys_that_were_not_seen_for_longest_make_room(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 3)
    limiter = Limiter(1, 60, clock=clock)
    for key in "abcd":
        limiter.check(key)
    assert set(limiter._free_at) == set("bcd")


@given(st.integers(1, 20), st.floats(1, 3600), st.lists(st.floats(0, 600), max_size=60))
def test_in_no_window_are_there_more_than_twice_the_limit(times: int, per_seconds: float, pauses: list[float]) -> None:
    clock = Clock()
    limiter = Limiter(times, per_seconds, clock=clock)
    allowed: list[float] = []
    waits: list[float] = []
    for pause in pauses:
        clock.now += pause
        try:
            limiter.check("a")
            allowed.append(clock.now)
        except TooMany as refused:
            waits.append(refused.retry_after_seconds)
    assert all(0 < wait <= per_seconds + 1e-6 for wait in waits)
    for start in allowed:
        assert sum(start <= moment < start + per_seconds for moment in allowed) <= 2 * times
