"""Which providers a deployment may name, and what is refused before anything is sent."""

import pytest

from notify.channels.port import Abilities
from services import all_in_one
from services.carriers import check, refuse_if_nobody_can_answer
from services.settings import Settings
from shared.errors import Misconfigured
from shared.events.contract import ChannelKind

ONE_WAY = Abilities(channel=ChannelKind.SMS, two_way=False)


def test_one_carrier_means_what_it_meant() -> None:
    assert Settings().carrier_names == ("simulated",)
    assert Settings(carriers="kannel, simulated").carrier_names == ("kannel", "simulated")
    check(Settings())


@pytest.mark.parametrize(
    ("names", "advice"),
    [
        ("pigeon", "TECHRESCUE_CARRIERS: pigeon: no such provider, there are esms, kannel, mail, simulated, speedsms, telegram"),
        ("kannel, Telegram", "Telegram: no such provider"),
        ("web-push", "web-push: no such provider"),
        ("simulated,", "nothing: no such provider"),
        ("simulated,simulated", "names one twice"),
        ("simulated,kannel", "kannel also needs TECHRESCUE_KANNEL_URL"),
    ],
)
def test_what_cannot_carry_is_refused_at_the_start(names: str, advice: str) -> None:
    with pytest.raises(Misconfigured, match=advice):
        check(Settings(carriers=names))


async def test_a_mistyped_name_is_what_a_demonstration_hears_of_first() -> None:
    with pytest.raises(Misconfigured, match="kanel: no such provider, there are esms, kannel"):
        await all_in_one.run(Settings(carriers="kanel"))
    with pytest.raises(Misconfigured, match="TECHRESCUE_DEMO=0"):
        await all_in_one.run(Settings(carriers="simulated,mail", mail_host="mail.example.vn", mail_sender="tin@example.vn"))


def test_somebody_must_be_able_to_answer() -> None:
    with pytest.raises(Misconfigured, match="TECHRESCUE_ANSWER_TO"):
        refuse_if_nobody_can_answer([ONE_WAY], Settings())
    refuse_if_nobody_can_answer([ONE_WAY], Settings(answer_to="8088"))
    with pytest.raises(Misconfigured, match="none of them carries SMS"):
        refuse_if_nobody_can_answer([Abilities(channel=ChannelKind.TELEGRAM, two_way=True)], Settings())
