"""A push service that wants a rest, answers nobody or does not know our key: for how long it is left alone."""

from contextlib import nullcontext

import pytest

from notify.channels import push_services
from notify.channels.port import CarrierRefused, CarrierUncertain
from tests.support.provider import HTML, Act, hangs_up, says
from tests.support.pushing import TAKEN, push, subscriber, to


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its one number is what a steady clock shows to whoever watches the push services."""
    now = [1000.0]
    monkeypatch.setattr(push_services.time, "monotonic", lambda: now[0])
    return now


async def test_a_service_that_wants_a_rest_has_it(clock: list[float]) -> None:
    async with push(says(b"", 429, Retry_After="90"), TAKEN) as (carrier, provider):
        for _ in range(2):
            with pytest.raises(CarrierRefused, match="throttled") as refused:
                await carrier.send(to(provider))
            assert not refused.value.permanent
        assert len(provider.asked) == 1, "not asked again within its time"
        clock[0] += 91
        await carrier.send(to(provider))
    assert len(provider.asked) == 2


@pytest.mark.parametrize("status", [429, 503])
async def test_one_that_does_not_say_for_how_long_rests_longer_each_time_and_never_for_ever(
    clock: list[float], status: int
) -> None:
    rests = []
    async with push(says(b"", status)) as (carrier, provider):
        for asked in range(1, 8):
            with pytest.raises(CarrierRefused, match="throttled"):
                await carrier.send(to(provider))
            assert len(provider.asked) == asked
            began = clock[0]
            while len(provider.asked) == asked and clock[0] < began + 3600:
                clock[0] += 30
                try:
                    carrier._services.check(provider.url)
                except CarrierRefused:
                    continue
                break
            rests.append(clock[0] - began)
    assert rests == [60, 120, 240, 480, 900, 900, 900]


async def test_a_service_that_is_well_again_begins_with_a_short_rest(clock: list[float]) -> None:
    tired = says(b"", 503)
    async with push(tired, tired, TAKEN, tired, TAKEN) as (carrier, provider):
        for seconds, taken in ((60, False), (120, False), (0, True), (60, False), (0, True)):
            with nullcontext() if taken else pytest.raises(CarrierRefused, match="throttled"):
                await carrier.send(to(provider))
            clock[0] += seconds
    assert len(provider.asked) == 5


async def test_one_subscriber_who_cannot_be_reached_is_no_reason_to_leave_the_others_alone() -> None:
    async with push(says(HTML, 500)) as (carrier, provider):
        for _ in range(10):
            with pytest.raises(CarrierUncertain):
                await carrier.send(to(provider))
    assert len(provider.asked) == 10


@pytest.mark.parametrize(("act", "rests"), [(says(HTML, 500), 60), (hangs_up, 60)])
async def test_a_service_that_answers_nobody_is_left_alone(clock: list[float], act: Act, rests: float) -> None:
    async with push(act) as (carrier, provider):
        for number in range(5):
            with pytest.raises(CarrierUncertain):
                await carrier.send(subscriber(provider, number))
        with pytest.raises(CarrierRefused, match="errors") as refused:
            await carrier.send(subscriber(provider, 5))
        assert (refused.value.permanent, len(provider.asked)) == (False, 5)
        clock[0] += rests + 1
        provider.will(TAKEN)
        await carrier.send(subscriber(provider, 5))


async def test_a_service_that_knows_our_key_for_nobody_is_not_asked_and_nobody_waits_for_it(clock: list[float]) -> None:
    async with push(says(b"", 403)) as (carrier, provider):
        for number in range(6):
            with pytest.raises(CarrierRefused, match="credentials") as refused:
                await carrier.send(subscriber(provider, number))
            assert (refused.value.permanent, refused.value.gone) == (True, False)
        assert len(provider.asked) == 5
        clock[0] += 901
        provider.will(TAKEN)
        await carrier.send(subscriber(provider, 5))


async def test_subscriptions_under_another_key_do_not_stand_in_the_way_of_ours() -> None:
    """Anybody may make one, and give it to us."""
    async with push(TAKEN) as (carrier, provider):
        for number in range(20):
            provider.will(TAKEN if number % 4 == 3 else says(b"", 403))
            with pytest.raises(CarrierRefused, match="credentials") if number % 4 != 3 else nullcontext():
                await carrier.send(subscriber(provider, number))
    assert len(provider.asked) == 20
