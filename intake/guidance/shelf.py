"""The knowledge base of a running process: what comes with the repository, and the deployment's own procedures."""

import asyncio
from typing import Final

import asyncpg

from intake.guidance.importing import newest_version
from intake.guidance.library import Library, load_library
from shared.rounds import Rounds

LOOK_SECONDS: Final = 30.0  # so soon every process knows a new list


class Shelf(Rounds):
    """A loop that looks for a newer list. Until its first look, and while the database is away, what it has is right enough."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        super().__init__(every_seconds=LOOK_SECONDS, failed_as="guidance.look.failed")
        self._pool = pool
        self._version: int | None = None
        self.library: Library = load_library()

    async def look(self) -> float | None:
        found = await newest_version(self._pool, self._version)
        if found is not None:
            # Some hundredths of a second, in which others are answered.
            self.library = await asyncio.to_thread(load_library().with_procedures, found.procedures, found.at.date())
            self._version = found.version
        return None
