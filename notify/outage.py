"""A carrier that is away: nothing is sent for a while, then one message tries. Keeps time, sends nothing."""

import time

from notify.settings import NotifySettings
from shared.pacing import Backoff


class Outage:
    """Of one carrier."""

    def __init__(self, settings: NotifySettings) -> None:
        self._backoff = Backoff(settings.down_first_seconds, settings.down_last_seconds)
        self._until = 0.0
        self.testing = False

    def may_try(self) -> bool:
        return time.monotonic() >= self._until

    def is_over(self) -> bool:
        return self._until == 0.0

    def may_go_on(self) -> bool:
        return self.testing or self.is_over()

    def began(self) -> None:
        if time.monotonic() >= self._until:  # the sends that were under way together are one outage
            self._until = time.monotonic() + self._backoff.delay()
            self.testing = True

    def over(self) -> None:
        self._backoff.reset()
        self._until, self.testing = 0.0, False
