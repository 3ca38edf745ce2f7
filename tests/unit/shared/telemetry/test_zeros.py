"""A counter that begins with its first event has not risen: what may fail is shown as zero before it does."""

import pytest
from prometheus_client import REGISTRY

from shared.transport.consumer import Consumer
from shared.transport.relay import Relay


class Nothing:
    """Stands for whatever is not asked before `run`."""


@pytest.fixture
def consumer() -> str:
    Consumer(Nothing(), Nothing(), Nothing(), "test_zeros")  # type: ignore[arg-type]
    return "test_zeros"


@pytest.mark.parametrize("outcome", ["handled", "parked", "dead", "replayed"])
def test_the_first_dead_letter_of_a_consumer_is_an_increase(consumer: str, outcome: str) -> None:
    labels = {"context": consumer, "outcome": outcome}
    assert REGISTRY.get_sample_value("techrescue_consumer_events_total", labels) == 0
    assert REGISTRY.get_sample_value("techrescue_consumer_tripped_breakers", {"context": consumer}) == 0


def test_an_outbox_that_nobody_owns_is_shown_as_such() -> None:
    Relay(Nothing(), Nothing(), "test_zeros")  # type: ignore[arg-type]
    assert REGISTRY.get_sample_value("techrescue_relay_owner_processes", {"context": "test_zeros"}) == 0
