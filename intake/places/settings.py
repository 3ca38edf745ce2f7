"""What a deployment may bring to find places by."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings:
    file: Path | None = None  # streets and places of the deployment's own list
    areas_file: Path | None = None  # the communes' polygons; None: pins go to the nearest centre
    nominatim_url: str | None = None  # asked where our own names leave a question; None: nobody is
    nominatim_seconds: float = 3.0
