"""How a provider is: open, or shut for a while and then tried with one message. Keeps time and counts, sends nothing."""

import time
from collections import deque
from typing import Final
from uuid import UUID

from notify.channels.port import CarrierRefused
from notify.settings import NotifySettings
from shared.pacing import Backoff
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_ROUTE_MEND, NOTIFY_ROUTE_OPEN, NOTIFY_ROUTE_SHUT

log = logger()

# No time heals these: tried rarely, and shown. "refusing": it refuses everybody, and its words do not say why.
FOR_A_PERSON: Final = frozenset({"credentials", "money", "quota", "misconfigured", "refusing"})
REASONS: Final = ("away", "throttled", "errors", *sorted(FOR_A_PERSON))


class Outage:
    """Of one route, as its own sends told. Refusals for the sake of a number say nothing about the route, unless all are."""

    def __init__(self, name: str, settings: NotifySettings) -> None:
        self._name = name
        self._settings = settings
        self._backoff = Backoff(settings.down_first_seconds, settings.down_last_seconds)
        self._until = 0.0  # shut until then; 0: open
        self._shut_at = 0.0  # since when, while it is shut
        self._probing = False  # a message is under way that finds out
        self._lately: deque[tuple[float, bool]] = deque()  # when, and whether it went wrong
        self._wrong = 0
        self._refused: set[UUID] = set()  # people, since it took anything
        NOTIFY_ROUTE_OPEN.labels(name).set(1)
        for reason in REASONS:  # shown as zero before it happens
            NOTIFY_ROUTE_SHUT.labels(name, reason)
        self._show_mend(None)

    def is_over(self) -> bool:
        return self._until == 0.0

    def may_probe(self) -> bool:
        return not self.is_over() and not self._probing and time.monotonic() >= self._until

    def shut_seconds(self) -> float:
        """For how long nothing has been taken; 0: it is open."""
        return 0.0 if self.is_over() else time.monotonic() - self._shut_at

    def due_seconds(self) -> float:
        """For how long it could have been tried, and nothing came that did so; 0: not yet, or it is open."""
        return max(0.0, time.monotonic() - self._until) if self.may_probe() else 0.0

    def probe_begins(self) -> None:
        self._probing = True

    def probe_ended(self) -> None:
        """Whatever came of it; without an answer the next one finds out."""
        self._probing = False

    def answered(self, *, probe: bool) -> bool:
        """True: it is back. What left before the route was shut says nothing about now."""
        self._refused.clear()
        return self._heard(probe=probe)

    def refused(self, who: UUID, refusal: CarrierRefused, *, probe: bool) -> bool:
        """True: it is back. A no to one message is said by a carrier that is well; one to everybody is not."""
        if not refusal.of_the_message:
            self._refused.add(who)
            if len(self._refused) >= self._settings.refused_people:
                self.began("refusing")
                return False
        if refusal.permanent or probe:
            return self._heard(probe=probe)
        self.went_wrong(probe=False)
        return False

    def _heard(self, *, probe: bool) -> bool:
        self._count(wrong=False)
        if self.is_over() or not probe:
            return False
        log.info("notify.route.opened", carrier=self._name)
        NOTIFY_ROUTE_OPEN.labels(self._name).set(1)
        self._show_mend(None)
        self._backoff.reset()
        self._until, self._wrong = 0.0, 0
        self._lately.clear()
        self._refused.clear()
        return True

    def went_wrong(self, *, probe: bool) -> None:
        """No answer, or "not now": the circuit breaker opens when that is what most sends came to."""
        self._count(wrong=True)
        rules = self._settings
        if probe or (len(self._lately) >= rules.breaker_sends and self._wrong >= rules.breaker_share * len(self._lately)):
            self.began("errors")

    def began(self, reason: str, retry_after_seconds: float | None = None) -> None:
        """The sends that were under way together are one outage."""
        now, rules = time.monotonic(), self._settings
        if now < self._until:
            return
        wait = rules.mend_seconds if reason in FOR_A_PERSON else max(self._backoff.delay(), retry_after_seconds or 0.0)
        if self.is_over() or reason in FOR_A_PERSON:
            log.warning("notify.route.shut", carrier=self._name, reason=reason, seconds=round(wait, 1))
        if self.is_over():
            self._shut_at = now
        self._until = now + min(wait, rules.mend_seconds)
        NOTIFY_ROUTE_OPEN.labels(self._name).set(0)
        NOTIFY_ROUTE_SHUT.labels(self._name, reason).inc()
        self._show_mend(reason)

    def _show_mend(self, why: str | None) -> None:
        for reason in FOR_A_PERSON:
            NOTIFY_ROUTE_MEND.labels(self._name, reason).set(reason == why)

    def _count(self, *, wrong: bool) -> None:
        now = time.monotonic()
        self._lately.append((now, wrong))
        self._wrong += wrong
        while self._lately[0][0] < now - self._settings.breaker_window_seconds:
            self._wrong -= self._lately.popleft()[1]
