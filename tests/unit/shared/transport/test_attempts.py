"""Which error means what (law 7); and that a reason never quotes what an unknown error says."""

from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from shared.errors import DependencyDown, Permanent, Refused, Transient, UnreadableEvent
from shared.events.envelope import Event
from shared.transport.attempts import Attempts, reason_of
from tests.support.events import numbered


class Fails:
    """Raises its errors one after the other, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self, _: Sequence[Event]) -> None:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)


@pytest.mark.parametrize(
    ("errors", "reason", "calls"),
    [
        ([], None, 1),
        ([Transient("deadlock")] * 3, None, 4),
        ([DependencyDown("PostgreSQL")] * 2, None, 3),
        ([Permanent("never")], "Permanent: never", 1),
        ([UnreadableEvent("no type")], "UnreadableEvent: no type", 1),
        ([ValueError("0912345678")] * 4, None, 5),
        ([Refused("taken", "ask another")] * 5, "Refused: taken: ask another", 5),
        ([ValueError("x"), Transient("deadlock"), DependencyDown("Kafka"), Permanent("never")], "Permanent: never", 4),
    ],
)
async def test_an_error_is_answered_by_its_kind(errors: list[Exception], reason: str | None, calls: int) -> None:
    handler = Fails(*errors)
    assert await Attempts(handler, "notify").until_settled([numbered(1)]) == reason
    assert handler.calls == calls


async def test_a_conflict_that_does_not_end_is_told() -> None:
    with capture_logs() as logs:
        await Attempts(Fails(*[Transient("met")] * 9), "notify").until_settled([numbered(1)])
    assert [(entry["event"], entry["attempts"], entry["reason"]) for entry in logs] == [
        ("consumer.conflict.lasts", 8, "Transient: met")
    ]


async def test_a_dependency_that_came_back_is_not_waited_for_any_more() -> None:
    attempts = Attempts(Fails(DependencyDown("PostgreSQL")), "notify")
    await attempts.until_settled([numbered(1)])
    assert attempts.waiting_for is None


def test_the_reason_of_an_unknown_error_names_the_place_and_no_data() -> None:
    try:
        int("số 0912 345 678")
    except ValueError as error:
        reason = reason_of(error)
    assert reason.startswith("ValueError at test_the_reason_of_an_unknown_error")
    assert "0912" not in reason
