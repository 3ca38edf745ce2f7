"""How the push services are, each by itself: one that wants a rest, or does not know our key, holds back only whom it serves.

Kept in memory: a process that begins anew asks each of them once more. Sends nothing.
"""

import time
from dataclasses import dataclass, field
from typing import Final

from notify.channels.port import CarrierRefused
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_PUSH_RESTS

log = logger()

REST_SECONDS: Final = 60.0  # one that says "not now" and not for how long: what Google asks for then; doubled each time up to
LONGEST_REST_SECONDS: Final = 15 * 60.0  # what a shut route waits for a person, too
MOST_DOUBLED: Final = 4
# Of so many subscribers in a row nothing good was heard: it is the service, and not this or that subscription, which anybody may
# have made under a key that is not ours.
ENOUGH: Final = 5
FORGOTTEN_SECONDS: Final = 3600.0
REASONS: Final = ("throttled", "errors", "credentials")


@dataclass(slots=True)
class _Health:
    until: float = 0.0  # rests until then, by a steady clock
    reason: str = ""
    rests: int = 0  # in a row
    silent_to: set[str] = field(default_factory=set)  # subscribers since anything was heard of it
    locked_out: set[str] = field(default_factory=set)  # subscribers for whom it refused our key, since it took anything
    troubled_at: float = 0.0


class PushServices:
    """Each is known by its origin. Only trouble is remembered: what is well is not here."""

    def __init__(self) -> None:
        self._known: dict[str, _Health] = {}
        for reason in REASONS:  # shown as zero before it happens
            NOTIFY_PUSH_RESTS.labels(reason)

    def check(self, origin: str) -> None:
        """Raises CarrierRefused while it rests. Who does not know our key will not know it in a few seconds either."""
        known = self._known.get(origin)
        if known is not None and known.until > time.monotonic():
            raise CarrierRefused(known.reason, permanent=known.reason == "credentials")

    def took(self, origin: str) -> None:
        """What left before it began to rest says nothing about now."""
        known = self._known.get(origin)
        if known is not None and known.until <= time.monotonic():
            del self._known[origin]

    def answered(self, origin: str) -> None:
        """A no to this message, or to this subscription, by a service that is there."""
        if (known := self._known.get(origin)) is not None:
            known.silent_to.clear()

    def not_now(self, origin: str, told_seconds: float | None) -> None:
        """`told_seconds`: for how long it wants to be left alone, as it said itself."""
        self.answered(origin)
        self._rest(origin, "throttled", told_seconds)

    def silent(self, origin: str, subscriber: str) -> None:
        """Away, or no answer came."""
        known = self._of(origin)
        known.silent_to.add(subscriber)
        if len(known.silent_to) >= ENOUGH:
            self._rest(origin, "errors")

    def key_refused(self, origin: str, subscriber: str) -> None:
        self.answered(origin)
        known = self._of(origin)
        known.locked_out.add(subscriber)
        if len(known.locked_out) >= ENOUGH:
            self._rest(origin, "credentials", LONGEST_REST_SECONDS)

    def _rest(self, origin: str, reason: str, seconds: float | None = None) -> None:
        """What was under way together is one trouble."""
        known, now = self._of(origin), time.monotonic()
        if known.until > now:
            return
        wait = seconds or min(REST_SECONDS * 2 ** min(known.rests, MOST_DOUBLED), LONGEST_REST_SECONDS)
        known.until, known.reason, known.rests = now + wait, reason, known.rests + 1
        NOTIFY_PUSH_RESTS.labels(reason).inc()
        log.warning("notify.push_service.rests", dependency=origin, reason=reason, seconds=round(wait, 1))

    def _of(self, origin: str) -> _Health:
        """Names come from outside: those of which no trouble was heard for long make room."""
        now = time.monotonic()
        if origin not in self._known:
            self._known = {name: one for name, one in self._known.items() if one.troubled_at > now - FORGOTTEN_SECONDS}
            self._known[origin] = _Health()
        self._known[origin].troubled_at = now
        return self._known[origin]
