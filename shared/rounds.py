"""Looking again and again until told to stop: what loops have in common. What is looked at is their own.

A ring of the bell ends the rest between two looks, also one that came during the look. What fails because something is away or in
the way is tried again; an error nobody foresaw ends the loop, loudly.
"""

from abc import ABC, abstractmethod

from shared.errors import DependencyDown, Transient
from shared.pacing import Backoff, Bell
from shared.telemetry.logs import logger

log = logger()


class Rounds(ABC):
    """The first look comes after `first_seconds`. A stop waits for the look in hand, and for no rest.

    `bell`: somebody else's, who rings it when there is work. `backoff`: how long to rest when a look has failed; None: as long as
    always. `failed_as`: the word for it in the log; None: it is said loudly elsewhere.
    """

    def __init__(
        self,
        *,
        every_seconds: float,
        first_seconds: float = 0.0,
        backoff: Backoff | None = None,
        bell: Bell | None = None,
        failed_as: str | None = None,
    ) -> None:
        self._every_seconds = every_seconds
        self._first_seconds = first_seconds
        self._backoff = backoff
        self._bell = bell or Bell()
        self._failed_as = failed_as
        self._stopping = False
        self._called = True  # for this look: False when only the time was over, so that asking cheaply first is worth while

    @abstractmethod
    async def look(self) -> float | None:
        """After how many seconds another look is worth while; 0: at once, there may be more; None: after as many as always."""

    def failed(self, error: DependencyDown | Transient) -> None:
        if self._failed_as is not None:
            log.warning(self._failed_as, error=type(error).__name__)

    def stop(self) -> None:
        self._stopping = True
        self._bell.ring()

    async def run(self) -> None:
        if self._first_seconds:
            await self._rest(self._first_seconds)
        while not self._stopping:
            try:
                seconds = await self.look()
            except (DependencyDown, Transient) as error:
                self.failed(error)
                await self._rest(None if self._backoff is None else self._backoff.delay())
                self._called = True
            else:
                self._is_well()
                self._called = seconds == 0 or await self._rest(seconds)

    def _is_well(self) -> None:
        """The next failure is a first one."""
        if self._backoff is not None:
            self._backoff.reset()

    async def _rest(self, seconds: float | None = None) -> bool:
        """True when the bell ended it. Whoever has been told to stop does not rest any more, whoever has heard the bell."""
        return self._stopping or await self._bell.wait(self._every_seconds if seconds is None else seconds)
