"""Every purpose has its place: what is vital can be forgotten nowhere, and what is new has to be put somewhere."""

import pytest

from notify.matters import CALL_WHEN_UNREACHED, MATTERS, MAY_WAIT, VITAL_WHEN_P1, is_vital
from notify.purpose import CALL_ONLY, VITAL, Purpose
from notify.sending.blackout import PURPOSES
from notify.sending.ladder import HARM
from notify.telling.routing import QUESTION_KINDS
from shared.events.contract import Priority


@pytest.mark.parametrize("purpose", Purpose)
def test_each_purpose_matters_or_may_wait_or_is_only_spoken(purpose: Purpose) -> None:
    places = [name for name, found in (("matters", MATTERS), ("waits", MAY_WAIT), ("spoken", CALL_ONLY)) if purpose in found]
    assert len(places) == 1, f"{purpose} has to be in one of MATTERS, MAY_WAIT (notify/matters.py) and CALL_ONLY: {places}"


def test_what_may_do_harm_is_vital_and_what_is_vital_matters_and_is_telephoned_about() -> None:
    assert HARM <= VITAL <= CALL_WHEN_UNREACHED <= MATTERS
    assert VITAL | VITAL_WHEN_P1 <= MATTERS
    assert set(PURPOSES) == MATTERS, "an outage looks for these"
    assert QUESTION_KINDS.keys() <= MATTERS


@pytest.mark.parametrize(
    ("purpose", "vital"),
    [
        (Purpose.ESCALATED_RESIDENT, {Priority.P1}),
        (Purpose.ESCALATION, {Priority.P1}),
        (Purpose.SOS_NOWHERE, set(Priority)),
        (Purpose.UNSAFE_RESPONDER, set(Priority)),
        (Purpose.FRAUD_RESIDENT, set(Priority)),
        (Purpose.OFFER, set()),
        (Purpose.NEWS_RESIDENT, set()),
    ],
)
def test_when_it_is_vital(purpose: Purpose, vital: set[Priority]) -> None:
    assert {priority for priority in Priority if is_vital(purpose, priority)} == vital
