"""Which providers a deployment may name, and what is refused before anything is sent."""

import pytest

from notify.channels.port import Abilities
from services.carriers import check, refuse_if_nobody_can_answer
from services.settings import Settings
from shared.errors import Misconfigured
from shared.events.contract import ChannelKind

ONE_WAY = Abilities(channel=ChannelKind.SMS, two_way=False)


def test_one_carrier_means_what_it_meant() -> None:
    assert Settings().carrier_names == ("simulated",)
    assert Settings(carriers="kannel,simulated").carrier_names == ("kannel", "simulated")
    check(Settings())


@pytest.mark.parametrize(
    ("names", "advice"),
    [
        ("pigeon", "pigeon: no such provider"),
        ("simulated,simulated", "names one twice"),
        ("simulated,kannel", "kannel also needs TECHRESCUE_KANNEL_URL"),
    ],
)
def test_what_cannot_carry_is_refused_at_the_start(names: str, advice: str) -> None:
    with pytest.raises(Misconfigured, match=advice):
        check(Settings(carriers=names))


def test_somebody_must_be_able_to_answer() -> None:
    with pytest.raises(Misconfigured, match="TECHRESCUE_ANSWER_TO"):
        refuse_if_nobody_can_answer([ONE_WAY], Settings())
    refuse_if_nobody_can_answer([ONE_WAY], Settings(answer_to="8088"))
    with pytest.raises(Misconfigured, match="none of them carries SMS"):
        refuse_if_nobody_can_answer([Abilities(channel=ChannelKind.TELEGRAM, two_way=True)], Settings())
