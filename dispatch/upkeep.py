"""What must be there before the first job: a city desk that is asked last, and the timer that makes tomorrow's shifts."""

import asyncpg

from dispatch.roster.enrolment import put_city_desk
from dispatch.settings import DispatchSettings
from dispatch.shifts.working_hours import ensure_horizon
from shared.pacing import Backoff
from shared.postgres.transaction import transaction
from shared.rounds import Rounds
from shared.security.vault import Vault


class Upkeep(Rounds):
    """Done once a start, again until the database answers; every process may do it, twice changes nothing."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, settings: DispatchSettings) -> None:
        super().__init__(every_seconds=60.0, backoff=Backoff(0.1, 2.0))
        self._pool = pool
        self._vault = vault
        self._settings = settings
        self._prepared = False

    async def look(self) -> None:
        if not self._prepared:
            await self.prepare()
            self._prepared = True

    async def prepare(self) -> None:
        async with transaction(self._pool, "dispatch.roster") as connection:
            if self._settings.city_desk_phone:
                await put_city_desk(connection, self._vault, self._settings.city, self._settings.city_desk_phone)
            await ensure_horizon(connection)
