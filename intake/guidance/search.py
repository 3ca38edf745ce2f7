"""Asking the knowledge base over the API: counted by address, in plainer words where a model is on."""

import asyncio
from typing import Any

from intake.guidance.offering import Outcome
from intake.guidance.rephrasing import Plain
from intake.guidance.shelf import Shelf
from intake.guidance.telling import answer, told
from intake.limits import Limits
from intake.settings import IntakeSettings
from shared.errors import NotFound
from shared.telemetry.metrics import at_zero
from shared.telemetry.metrics_intake import GUIDANCE_OFFERS, GUIDANCE_REPHRASED, GUIDANCE_SEARCHES


class GuidanceSearch:
    """`address`: of somebody without a token, whose searches are counted; None: nobody counts."""

    def __init__(self, shelf: Shelf, plain: Plain, limits: Limits, settings: IntakeSettings) -> None:
        self._shelf = shelf
        self._plain = plain
        self._limits = limits
        self._settings = settings
        at_zero(GUIDANCE_SEARCHES, ["found", "nothing"])
        at_zero(GUIDANCE_OFFERS, Outcome)
        at_zero(GUIDANCE_REPHRASED, ["taken", "refused", "down", "slow", "resting"])

    async def find(self, text: str, category: str | None, language: str, limit: int, address: str | None) -> dict[str, Any]:
        """Raises TooMany, DependencyDown."""
        await self._count(address)
        hits = self._shelf.library.hits(text, category, limit)
        GUIDANCE_SEARCHES.labels("found" if hits else "nothing").inc()
        # All at once: whoever asks waits for a slow model as long as for one entry.
        words = await asyncio.gather(*(self._plain.words(hit.entry, language) for hit in hits))
        found = [told(hit.entry, language, plainer, hit.score) for hit, plainer in zip(hits, words, strict=True)]
        return answer(found, language)

    async def show(self, entry_id: str, language: str, address: str | None) -> dict[str, Any]:
        """Raises NotFound, TooMany, DependencyDown."""
        await self._count(address)
        entry = self._shelf.library.get(entry_id)
        if entry is None:
            raise NotFound("guidance")
        return told(entry, language, await self._plain.words(entry, language))

    async def _count(self, address: str | None) -> None:
        if address is not None:
            await self._limits.take_search(address)
