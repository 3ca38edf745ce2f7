"""Which price a part of an SMS has here."""

import pytest

from services.settings import Settings
from services.text_providers import sms_price_vnd


@pytest.mark.parametrize(("carriers", "price"), [("telegram,esms,kannel", 300), ("kannel,esms", 350), ("simulated", 0)])
def test_it_is_that_of_the_preferred_provider_of_sms(carriers: str, price: int) -> None:
    assert sms_price_vnd(Settings(carriers=carriers, kannel_cost_vnd=350, esms_cost_vnd=300)) == price
