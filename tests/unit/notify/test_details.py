"""What an address says besides the commune that a text names already."""

import pytest

from notify.telling.details import beside_commune

LANG = "Phường Láng"


@pytest.mark.parametrize(
    ("address", "rest"),
    [
        ("12 ngõ 5 Chùa Láng", "12 ngõ 5 Chùa Láng"),
        ("12 ngõ 5 Chùa Láng, phường Láng", "12 ngõ 5 Chùa Láng"),
        ("12 Chùa Láng PHƯỜNG LÁNG", "12 Chùa Láng"),
        ("Phường Láng, số 12", "số 12"),
        ("Phường Láng (21.03500,105.81400)", "21.03500,105.81400"),
        ("Phường Láng Hạ, số 12", "Phường Láng Hạ, số 12"),
        ("12 Chùa Láng (ngõ 5)", "12 Chùa Láng (ngõ 5)"),
        ("Phường Láng", None),
        ("phường Láng.", None),
    ],
)
def test_the_commune_is_not_said_again(address: str, rest: str | None) -> None:
    assert beside_commune(address, LANG) == rest
