"""Filing without a token: counted, unless it was answered before. What may be filed at all is decided elsewhere.

Whoever was told to come back because the database was away is counted again: what was taken then may be lost, or may not.
"""

import asyncio

from intake.draft import Filing
from intake.filing import Filed, Filer
from intake.limits import Limits


class PublicDoor:
    """One per process."""

    def __init__(self, filer: Filer, limits: Limits) -> None:
        self._filer = filer
        self._limits = limits
        self._inside: dict[tuple[bytes, bytes], asyncio.Task[Filed]] = {}

    async def file(self, filing: Filing, address: str) -> Filed:
        """Raises TooMany, KeyReused, DependencyDown. A browser that sends the same form again and again is one visitor."""
        visit = (filing.key_hash, filing.body_hash)
        task = self._inside.get(visit)
        if task is None:
            task = self._inside[visit] = asyncio.create_task(self._once(filing, address))
            task.add_done_callback(lambda _: self._inside.pop(visit, None))
        return await asyncio.shield(task)  # one that goes away must not spoil the answer for the others

    async def _once(self, filing: Filing, address: str) -> Filed:
        # Who asks again for an answer that was lost must not be told to come back later.
        before = await self._filer.answered(filing)
        if before is not None:
            return before
        await self._limits.take_filing(filing.phone, address, filing.visited_phone)
        return await self._filer.file(await self._filer.marked(filing))
