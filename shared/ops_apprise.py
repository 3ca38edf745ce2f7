"""A word to the people who run this, over whatever they read (Apprise: chat, mail, pager). Never about a person.

An alert that cannot be told must not harm what it is about: it fails into a log line and a metric, and says so to its caller,
who has it still.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from shared.errors import DependencyDown
from shared.ops import LoggedAlerts
from shared.telemetry.logs import logger
from shared.telemetry.metrics import OPS_ALERTS

if TYPE_CHECKING:
    from apprise import Apprise

log = logger()

LONGEST_TITLE, LONGEST_BODY = 120, 3500  # what a chat takes in one message
OUTCOMES: Final = ("told", "failed", "late", "busy", "repeated")


class AppriseAlerts:
    """An OpsAlerts. In a thread, because Apprise blocks; one at a time, because a place that hangs must not collect threads."""

    def __init__(self, places: Sequence[str], *, seconds: float = 15.0, again_seconds: float = 600.0) -> None:
        """`places`: Apprise addresses; they hold secrets and stay in here. Raises ValueError for one that it does not know."""
        self._seconds = seconds
        self._again_seconds = again_seconds
        self._places = [place for place in (_place(address) for address in places) if place]
        if not places or len(self._places) < len(places):
            raise ValueError("an address that Apprise does not know")
        self._busy = False
        self._told_at: dict[tuple[str, str], float] = {}
        for outcome in OUTCOMES:
            OPS_ALERTS.labels(outcome)

    async def alert(self, title: str, body: str) -> None:
        """Raises DependencyDown: no place has taken it. The log has it first: it is the place that never fails."""
        await LoggedAlerts().alert(title, body)
        if self._was_told(title, body):
            OPS_ALERTS.labels("repeated").inc()
            return
        if self._busy:
            OPS_ALERTS.labels("busy").inc()
        outcome = "busy" if self._busy else await self._tell(title, body)
        if outcome != "told":
            log.warning("ops.alert.not_told", outcome=outcome)
            raise DependencyDown("whoever is on duty")

    def _was_told(self, title: str, body: str) -> bool:
        """Said within minutes: whoever says it again has been started anew, or is another."""
        since = time.monotonic() - self._again_seconds
        self._told_at = {said: at for said, at in self._told_at.items() if at > since}
        return (title, body) in self._told_at

    async def _tell(self, title: str, body: str) -> str:
        """One place that takes it is enough: said again because of the others, it would be said again and again to that one."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[str] = loop.create_future()

        def settle(took: int) -> None:
            """Back in the loop, also when nobody waits any more: what was late but told is not said again."""
            self._busy = False
            OPS_ALERTS.labels("told").inc(took)
            OPS_ALERTS.labels("failed").inc(len(self._places) - took)
            if took:
                self._told_at[(title, body)] = time.monotonic()
            if not done.done():
                done.set_result("told" if took else "failed")

        def work() -> None:
            took = 0
            try:
                took = sum(bool(one.notify(title=title[:LONGEST_TITLE], body=body[:LONGEST_BODY])) for one in self._places)
            finally:
                with suppress(RuntimeError):  # the loop has ended meanwhile
                    loop.call_soon_threadsafe(settle, took)

        self._busy = True
        # A daemon: a place that hangs must not keep the process from ending.
        threading.Thread(target=work, name="ops-alert", daemon=True).start()
        try:
            async with asyncio.timeout(self._seconds):
                return await done
        except TimeoutError:
            OPS_ALERTS.labels("late").inc()
            return "late"


def _place(address: str) -> "Apprise | None":
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - a hundred modules, which only whoever uses them should wait for

    logging.getLogger("apprise").disabled = True  # it quotes addresses and answers
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # so does this, in its chatter
    place = Apprise(asset=AppriseAsset(async_mode=False, secure_logging=True))
    return place if place.add(address) else None
