"""Over which provider a text goes: the routes that may be used just now, and the one for this text. Pure; sends nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from notify.channels.port import Abilities
from notify.purpose import Purpose
from notify.sms_text import BUDGET_PARTS, count_parts, fitted, fold
from shared.events.contract import ChannelKind


@dataclass(frozen=True, slots=True)
class Route:
    """One provider, as it is now. `probe`: it was away or bad, and takes one message that finds out whether it is back."""

    name: str
    abilities: Abilities
    probe: bool = False


Carriers = Mapping[ChannelKind, Sequence[Route]]  # of each channel that may be used now: its routes, the preferred one first


class Choice:
    """Of one claim: no route gets more than one message that finds out."""

    def __init__(self, carriers: Carriers, answer_to: str | None) -> None:
        self._carriers = carriers
        self._answer_to = answer_to
        self._tried: set[str] = set()

    def route(self, channel: ChannelKind, *, asks: bool, offers: bool | None = None, tried: Collection[str] = ()) -> Route | None:
        """None: nobody takes it now. What asks something goes where an answer comes back, or names the number to answer; what
        was `tried` over a route goes over another one, as long as there is one. `offers`: a helper and a minute hang on it."""
        able = self._able(channel, asks=asks)
        usable = [route for route in able if not route.probe]
        probe = next((route for route in able if route.probe and route.name not in self._tried), None)
        risky = (asks if offers is None else offers) or (probe is not None and probe.name in tried)
        # What is risky finds out only when nobody else would take it.
        if probe is not None and not (usable and risky):
            self._tried.add(probe.name)
            return probe
        return min(usable, key=lambda route: (route.name in tried, asks and not route.abilities.two_way), default=None)

    def elsewhere(self, via: Route, *, asks: bool, tried: Collection[str]) -> bool:
        """Whether there is a route that has not refused this text, should `via` do so."""
        return any(route.name != via.name and route.name not in tried for route in self._able(via.abilities.channel, asks=asks))

    def _able(self, channel: ChannelKind, *, asks: bool) -> list[Route]:
        return [route for route in self._carriers.get(channel, ()) if not asks or route.abilities.two_way or self._answer_to]


def cost_vnd(text: str, abilities: Abilities) -> int:
    """What the provider asks for this text."""
    if abilities.cost_vnd == 0 or abilities.channel is not ChannelKind.SMS:
        return abilities.cost_vnd
    return abilities.cost_vnd * count_parts(text if abilities.accents else fold(text))


ANSWER_TO: Final = "Trả lời/Reply: {number}"


MISSED_CALL: Final = "Nháy máy {number} = nhận (ring = yes)."
BY_MISSED_CALL: Final = frozenset({Purpose.OFFER, Purpose.OFFER_BY_PHONE})


def naming_a_call(text: str, number: str) -> str:
    """Offers say that a missed call will do, where their budget lets them."""
    whole = f"{text} {MISSED_CALL.format(number=number)}"
    whole = fold(whole) if text.isascii() else whole
    return whole if count_parts(whole) <= BUDGET_PARTS else text


def naming_the_number(text: str, number: str) -> str:
    """A question over a route that nobody can answer says where the answer goes, within the budget of a text."""
    whole = f"{text} {ANSWER_TO.format(number=number)}"
    return fold(whole) if text.isascii() else fitted(whole)
