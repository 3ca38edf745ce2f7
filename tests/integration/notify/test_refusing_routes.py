"""A provider that takes nothing for its own sake: shut until a person mends it, shown, and the next one has everything."""

from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from notify.channels.port import CarrierRefused
from tests.support.eventually import eventually
from tests.support.notifying import Bureau
from tests.support.two_routes import second, told


@pytest.mark.parametrize("reason", ["credentials", "money", "quota", "misconfigured"])
async def test_what_a_person_has_to_mend_shuts_the_route_and_the_next_one_has_all_at_once(bureau: Bureau, reason: str) -> None:
    other = second(bureau)
    bureau.carrier.down, bureau.carrier.down_for = True, (reason, None)
    before = shut("recording", reason)
    await told(bureau, 3)
    async with bureau.sending():
        await eventually(lambda: sorted(other.kinds()) == ["filed", "filed", "filed"])
        await bureau.drained()
    assert set(await bureau.statuses()) == {"submitted"}
    assert shut("recording", reason) == before + 1
    assert REGISTRY.get_sample_value("techrescue_notify_open_routes", {"dependency": "recording"}) == 0


async def test_who_refuses_everybody_without_a_word_why_is_left_for_the_other_and_shown(bureau: Bureau) -> None:
    other = second(bureau)
    bureau.settings = replace(bureau.settings, refused_people=5)
    bureau.carrier.refuses = CarrierRefused("filtered", permanent=True)
    before = shut("recording", "refusing")
    async with bureau.sending():
        await told(bureau, 5)
        await bureau.drained()
        await told(bureau, 2)
        await bureau.drained()
    assert (bureau.carrier.tried, other.kinds()) == (5, ["filed", "filed"])
    assert shut("recording", "refusing") == before + 1


def shut(carrier: str, reason: str) -> float:
    labels = {"dependency": carrier, "reason": reason}
    return REGISTRY.get_sample_value("techrescue_notify_shut_routes_total", labels) or 0.0
