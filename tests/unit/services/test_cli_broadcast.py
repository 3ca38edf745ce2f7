"""What `techrescue broadcast` says to whoever is about to tell many people something."""

import pytest

from services.cli_broadcast import _lasts


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0.0, "dưới 1 phút"), (0.9, "dưới 1 phút"), (1.0, "khoảng 1 phút"), (1.4, "khoảng 1 phút"), (80.0, "khoảng 80 phút")],
)
def test_how_long_it_takes_is_said_as_a_person_says_it(minutes: float, said: str) -> None:
    assert _lasts(minutes) == said
