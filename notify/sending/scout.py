"""Whether a shut route is back, when no text has found out: one message to a number of ours. So it comes back also on a night on
which nothing but offers leaves, and no offer is risked for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from notify.channels.handing_over import hand_over
from notify.channels.port import Carrier, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing
from notify.sending.outage import Outage
from notify.sending.probe import KIND, TEXT
from notify.settings import NotifySettings
from notify.telling.about import NOBODYS
from shared.ids import uuid7

WORTH: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Way:
    carrier: Carrier
    outage: Outage


class Scout:
    """`addresses`: provider → a number or account of ours. A provider without one is found out by a text or nobody."""

    def __init__(self, addresses: Mapping[str, str], settings: NotifySettings, *, found: Callable[[], None]) -> None:
        self._addresses = addresses
        self._settings = settings
        self._found = found

    def is_wanted(self, way: Way) -> bool:
        return way.carrier.name in self._addresses and way.outage.due_seconds() > self._settings.find_out_seconds

    async def find_out(self, way: Way) -> None:
        """One at a time, like any other message that finds out. It has no row: what is said of it later changes nothing."""
        outage = way.outage
        outage.probe_begins()
        try:
            await hand_over(way.carrier, self._to_ourselves(way.carrier.name))
        except CarrierDown as away:
            outage.began(away.reason, away.retry_after_seconds)
        except CarrierUncertain:
            outage.went_wrong(probe=True)
        except CarrierRefused as refusal:
            if outage.refused(NOBODYS, refusal, probe=True):
                self._found()
        else:
            if outage.answered(probe=True):
                self._found()
        finally:
            outage.probe_ended()

    def _to_ourselves(self, carrier: str) -> Outgoing:
        until = datetime.now(UTC) + WORTH
        return Outgoing(id=uuid7(), to=self._addresses[carrier], text=TEXT, not_after=until, request_id=NOBODYS, kind=KIND)
