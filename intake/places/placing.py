"""Where a request is, by what somebody said of it: a point, a commune's code, or an address. For filing, and for later."""

from dataclasses import dataclass, replace

from intake.location import CommuneMap, Located, PlaceNote, locate, located_by_address
from intake.places.resolution import Resolution, Resolves
from shared.errors import Refused
from shared.geo.communes import COMMUNES

Point = tuple[float, float]  # lat, lon


class PlaceUnclear(Refused):
    """The address names no single commune; the advice says what to ask, and by which codes to answer."""

    def __init__(self, read: Resolution) -> None:
        codes = ", ".join(candidate.commune_code for candidate in read.candidates)
        choice = f" ({codes})" if codes else ""
        super().__init__("place_unclear", f"ask, then send commune_code{choice} or location: {read.question}")


@dataclass(frozen=True, slots=True)
class Placed:
    """`point`: exact, where somebody gave one; it goes into the sealed details only. `unclear`: what has to be asked."""

    located: Located | None
    point: Point | None = None
    unclear: Resolution | None = None


class Placing:
    """`places` reads addresses; None: nobody does."""

    def __init__(self, places: Resolves | None = None, communes: CommuneMap = COMMUNES) -> None:
        self._places = places
        self._communes = communes

    def place(self, point: Point | None, commune_code: str | None, address: str | None) -> Placed:
        """Coordinates first, then the code, then the address; one that names another commune changes nothing and is noted. Raises
        Invalid for what lies outside, and for an unknown code."""
        located = locate(point, commune_code, self._communes)
        if address is None or self._places is None:
            return Placed(located, point)
        read = self._places.resolve(address)
        if located is not None:
            agrees = read.commune_code in {None, located.commune_code}
            return Placed(located if agrees else replace(located, note=PlaceNote.ADDRESS_ELSEWHERE), point)
        if read.commune_code is None:
            return Placed(None, None, read)
        return Placed(located_by_address(read.commune_code, read.point, self._communes), read.point)

    def found(self, point: Point | None, commune_code: str | None, address: str | None) -> tuple[Located, Point | None]:
        """Raises PlaceUnclear with the question, too."""
        placed = self.place(point, commune_code, address)
        if placed.located is None:
            raise PlaceUnclear(placed.unclear or Resolution(None, 0.0))
        return placed.located, placed.point
