"""What must be there before the first job: a city desk that is asked last, and the timer that makes tomorrow's shifts."""

import asyncpg

from dispatch.roster.enrolment import put_city_desk
from dispatch.settings import DispatchSettings
from dispatch.shifts.working_hours import ensure_horizon
from shared.errors import DependencyDown, Transient
from shared.pacing import Backoff, Bell
from shared.postgres.transaction import transaction
from shared.security.vault import Vault


class Upkeep:
    """Done once a start, again until the database answers; every process may do it, twice changes nothing."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, settings: DispatchSettings) -> None:
        self._pool = pool
        self._vault = vault
        self._settings = settings
        self._end = Bell()
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True
        self._end.ring()

    async def run(self) -> None:
        backoff = Backoff(0.1, 2.0)
        while not self._stopping:
            try:
                await self.prepare()
                break
            except (DependencyDown, Transient):
                await self._end.wait(backoff.delay())
        while not self._stopping:
            await self._end.wait(60.0)

    async def prepare(self) -> None:
        async with transaction(self._pool, "dispatch.roster") as connection:
            if self._settings.city_desk_phone:
                await put_city_desk(connection, self._vault, self._settings.city, self._settings.city_desk_phone)
            await ensure_horizon(connection)
