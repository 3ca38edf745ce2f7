"""Which place is meant, for whoever asks: our own names first, then, where a deployment has one, its own Nominatim."""

from typing import Any, Protocol

from intake.places.gazetteer import Gazetteer
from intake.places.resolution import Candidate, Resolution
from intake.places.resolver import Resolver
from shared.errors import DependencyDown, Invalid

Point = tuple[float, float]


class Geocoder(Protocol):
    """`NominatimGeocoder`. None: it does not know. Raises DependencyDown."""

    async def find(self, address: str) -> Point | None: ...


class Places:
    """`geocoder` None: nobody outside is asked."""

    def __init__(self, resolver: Resolver, gazetteer: Gazetteer, geocoder: Geocoder | None = None) -> None:
        self._resolver = resolver
        self._gazetteer = gazetteer
        self._geocoder = geocoder

    async def find(self, text: str | None, lat: float | None, lon: float | None) -> dict[str, Any]:
        """By words, or by a point. Raises Invalid."""
        if lat is not None and lon is not None:
            return self._view(self._resolver.at(lat, lon))
        if text is None or not text.strip() or lat is not None or lon is not None:
            raise Invalid("q", "send an address as q, or a point as lat and lon")
        return self._view(await self.resolve(text))

    async def resolve(self, text: str) -> Resolution:
        """What the geocoder says counts where it is one of the communes that may be meant; else it is one more of them."""
        read = self._resolver.resolve(text)
        if read.commune_code is not None or self._geocoder is None or not text.strip():
            return read
        try:
            point = await self._geocoder.find(text)
        except DependencyDown:  # without it the question is asked, as where there is none
            return read
        if point is None:
            return read
        there = self._resolver.at(*point)
        return settled(read, there) if there.commune_code is not None else read

    def _view(self, read: Resolution) -> dict[str, Any]:
        return {
            "commune_code": read.commune_code,
            "name": None if read.commune_code is None else self._gazetteer.name(read.commune_code),
            "confidence": read.confidence,
            "candidates": [self._candidate(candidate) for candidate in read.candidates],
            "question": read.question,
            "question_en": read.question_en,
            "point": None if read.point is None else {"lat": read.point[0], "lon": read.point[1]},
        }

    def _candidate(self, candidate: Candidate) -> dict[str, Any]:
        return {**candidate._asdict(), "name": self._gazetteer.name(candidate.commune_code)}


def settled(read: Resolution, there: Resolution) -> Resolution:
    """The words left a choice, and the geocoder's point lies in one of it: decided. Elsewhere it is only a candidate more."""
    code = there.commune_code
    if code in {candidate.commune_code for candidate in read.candidates}:
        return there
    more = tuple(candidate._replace(score=round(candidate.score / 2, 3)) for candidate in there.candidates)
    candidates = tuple(sorted((*read.candidates, *more), key=lambda candidate: -candidate.score))
    return Resolution(None, candidates[0].score, candidates, read.question, read.question_en)
