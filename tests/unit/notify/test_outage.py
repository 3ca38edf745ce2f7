"""When a route is shut, for how long, and what opens it again."""

from uuid import UUID

import pytest

from notify.channels.port import CarrierRefused
from notify.sending.outage import Outage
from notify.settings import NotifySettings

WORDLESS = CarrierRefused("unknown_code", permanent=False)
FILTERED = CarrierRefused("filtered", permanent=True)
AT_ONCE = NotifySettings(down_first_seconds=0.0, down_last_seconds=0.0, breaker_sends=10)


def an_outage(settings: NotifySettings = AT_ONCE) -> Outage:
    return Outage("recording", settings)


def test_a_carrier_that_is_away_is_tried_with_one_message_at_a_time() -> None:
    outage = an_outage()
    outage.began("away")
    assert (outage.is_over(), outage.may_probe()) == (False, True)
    outage.probe_begins()
    assert not outage.may_probe()
    outage.probe_ended()
    assert outage.may_probe()


def test_only_the_message_that_finds_out_opens_it_again() -> None:
    outage = an_outage()
    outage.began("away")
    assert not outage.answered(probe=False), "this one left before"
    assert not outage.is_over()
    assert outage.answered(probe=True)
    assert outage.is_over()


def test_a_carrier_says_when_it_is_to_be_tried_again() -> None:
    outage = an_outage()
    outage.began("throttled", 60.0)
    assert not outage.may_probe()


def test_no_carrier_is_obeyed_for_ever() -> None:
    outage = an_outage(NotifySettings(mend_seconds=0.0))
    outage.began("throttled", 1e9)
    assert outage.may_probe()


@pytest.mark.parametrize("reason", ["credentials", "money", "quota", "misconfigured", "refusing"])
def test_what_a_person_has_to_mend_is_not_tried_every_second(reason: str) -> None:
    outage = an_outage()
    outage.began(reason)
    assert not outage.may_probe()


def refused(outage: Outage, *people: int, by: CarrierRefused = FILTERED, probe: bool = False) -> bool:
    back = [outage.refused(UUID(int=number), by, probe=probe) for number in people]
    return any(back)


@pytest.mark.parametrize("by", [WORDLESS, FILTERED])
def test_who_refuses_everybody_is_shut_however_slowly_they_came(by: CarrierRefused) -> None:
    outage = an_outage(NotifySettings(refused_people=20, breaker_window_seconds=0.0))
    refused(outage, *range(19), by=by)
    assert outage.is_over()
    refused(outage, 19, by=by)
    assert not outage.is_over()
    assert not outage.may_probe(), "a person has to look"


def test_one_who_is_taken_in_between_or_one_who_is_refused_all_the_time_says_that_it_is_well() -> None:
    outage = an_outage(NotifySettings(refused_people=20))
    refused(outage, *range(19))
    outage.answered(probe=False)
    refused(outage, *range(19), *([18] * 50))
    assert outage.is_over()


@pytest.mark.parametrize("reason", ["bad_number", "blocked", "no_account", "night", "too_late", "no_template"])
def test_refusals_for_the_sake_of_a_person_say_nothing_however_many_there_are(reason: str) -> None:
    outage = an_outage()
    refused(outage, *range(100), by=CarrierRefused(reason, permanent=True))
    assert outage.is_over()


def test_who_refuses_everybody_is_back_with_the_first_that_it_takes_and_not_with_one_more_no() -> None:
    outage = an_outage(NotifySettings(refused_people=2, mend_seconds=0.0))
    refused(outage, 1, 2)
    assert outage.may_probe()
    assert not refused(outage, 3, probe=True)
    assert not outage.is_over()
    assert outage.answered(probe=True)
    refused(outage, 4)
    assert outage.is_over(), "it is counted anew"


def test_a_no_to_one_message_opens_a_route_that_was_away() -> None:
    outage = an_outage()
    outage.began("away")
    assert refused(outage, 1, probe=True)
    assert outage.is_over()


def test_a_route_is_shut_when_most_sends_get_no_answer() -> None:
    outage = an_outage()
    for _ in range(5):
        outage.answered(probe=False)
    for _ in range(4):
        outage.went_wrong(probe=False)
    assert outage.is_over(), "nine sends say little"
    outage.went_wrong(probe=False)
    assert not outage.is_over()


def test_few_bad_sends_among_many_shut_nothing() -> None:
    outage = an_outage()
    for _ in range(4):
        for _ in range(6):
            outage.answered(probe=False)
        for _ in range(5):
            outage.went_wrong(probe=False)
    assert outage.is_over()


def test_old_sends_say_nothing_about_now() -> None:
    outage = an_outage(NotifySettings(breaker_sends=2, breaker_window_seconds=0.0))
    for _ in range(50):
        outage.went_wrong(probe=False)
    assert outage.is_over()


def test_a_try_without_an_answer_keeps_it_shut() -> None:
    outage = an_outage(NotifySettings(down_first_seconds=60.0, down_last_seconds=60.0))
    outage.began("errors")
    outage.went_wrong(probe=True)
    assert not outage.is_over()


def test_it_knows_for_how_long_it_has_taken_nothing_through_all_that_was_tried() -> None:
    outage = an_outage()
    assert outage.shut_seconds() == 0.0
    outage.began("away")
    first = outage.shut_seconds()
    outage.began("away")
    assert outage.shut_seconds() > first >= 0.0, "a try in vain does not begin it anew"
    outage.answered(probe=True)
    assert outage.shut_seconds() == 0.0
