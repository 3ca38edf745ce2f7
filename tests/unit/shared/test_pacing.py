"""Bells are never missed, back-off grows to its end."""

from shared.pacing import Backoff, Bell


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
