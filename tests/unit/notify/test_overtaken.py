"""What may be left unsaid because something newer is said."""

from notify.purpose import TO_RESIDENT, VITAL, Purpose
from notify.sending.overtaken import NAMES, OVERTAKEN_BY


def test_nothing_that_somebody_must_hear_is_ever_left_out() -> None:
    to_helpers = {Purpose.ACCEPTED_RESPONDER, Purpose.CLEARED_RESPONDER, Purpose.CALLING_RESPONDER}
    assert OVERTAKEN_BY.keys() & VITAL == NAMES | to_helpers, "of several names only the newest is true"
    assert OVERTAKEN_BY.keys() <= TO_RESIDENT | to_helpers
    assert all(Purpose.DONE_RESPONDER not in OVERTAKEN_BY[one] for one in to_helpers), "an address is taken back by a no alone"


def test_neither_the_code_nor_a_phrase_nor_a_question_is() -> None:
    told_once = {
        Purpose.FILED,
        Purpose.EN_ROUTE_RESIDENT,
        Purpose.RELEASED_RESIDENT,
        Purpose.CONSENT_QUESTION,
        Purpose.INCIDENT_ASK,
    }
    assert not OVERTAKEN_BY.keys() & (told_once | {Purpose.SLOT_RESIDENT, Purpose.GROUPED_RESIDENT})


def test_who_comes_is_overtaken_only_when_nobody_does_any_more() -> None:
    assert OVERTAKEN_BY[Purpose.ACCEPTED_RESIDENT] == {
        Purpose.DONE_RESIDENT,
        Purpose.INCIDENT_OVER_RESIDENT,
        Purpose.HANDED_OFF_RESIDENT,
        Purpose.CANCELLED_RESIDENT,
        Purpose.MERGED_RESIDENT,
        Purpose.RELEASED_RESIDENT,
        Purpose.TRAVEL_RESIDENT,
        Purpose.FROZEN_RESIDENT,
        Purpose.FRAUD_RESIDENT,
        Purpose.UNSAFE_RESIDENT,
    }
