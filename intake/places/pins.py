"""Coordinates in a text: a shared pin, a link of a map, what a chat sends of a location. Nothing is fetched."""

import re
from typing import Final
from urllib.parse import unquote

Point = tuple[float, float]  # lat, lon in degrees, WGS 84

_NUMBER: Final = r"(-?\d{1,3}\.\d{1,15})"
_FIGURES: Final = re.compile(r"\d\s?[.,°]\s?\d")
# In this order: the pin of a place comes before the middle of the picture around it.
_IN_LINKS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"!3d{_NUMBER}!4d{_NUMBER}",
        rf"[?&](?:q|query|ll|sll|daddr|destination|center|saddr|mlat)=(?:loc:)?{_NUMBER}(?:,\s*|\+|&mlon=){_NUMBER}",
        rf"/(?:place|search|dir)/(?:[^/\s]*/)?{_NUMBER},[\s+]*{_NUMBER}",
        rf"geo:{_NUMBER},{_NUMBER}",
        rf"@{_NUMBER},{_NUMBER}",
        rf"#map=\d+/{_NUMBER}/{_NUMBER}",
    )
)
_NAMED: Final = re.compile(
    rf"\blat(?:itude)?\W{{1,5}}{_NUMBER}\W{{1,5}}(?:lon|lng|long|longitude)\W{{1,5}}{_NUMBER}", re.IGNORECASE
)
_BARE: Final = re.compile(r"(?<![\d.])(-?\d{1,3}[.,]\d{3,15})\s*[°]?\s*[NB]?\s*[,;/ ]\s*(-?\d{1,3}[.,]\d{3,15})(?![\d.])")
_DEGREES: Final = re.compile(
    r"(\d{1,2})\s?°\s?(\d{1,2})\s?['′’]\s?(\d{1,2}(?:\.\d{1,9})?)\s?[\"″”]\s?([NB])[\s,]{0,3}"
    r"(\d{1,3})\s?°\s?(\d{1,2})\s?['′’]\s?(\d{1,2}(?:\.\d{1,9})?)\s?[\"″”]\s?([EĐ])",
    re.IGNORECASE,
)
_LINK: Final = re.compile(r"https?://\S+|\b(?:maps\.app\.goo\.gl|goo\.gl/maps|zalo\.me)/\S+")
# Vietnam: a longitude here cannot be a latitude, and bare figures from elsewhere are none.
_SOUTH, _NORTH = 8.0, 24.0
_WEST, _EAST = 102.0, 110.0


def point_in(text: str) -> Point | None:
    """The point that is meant, wherever on earth; None without one. Linear: every pattern is bounded."""
    if "%" in text:
        text = unquote(text)
    if _FIGURES.search(text) is None:  # most texts hold none, and are done with here
        return None
    for pattern in (*_IN_LINKS, _NAMED):
        if found := pattern.search(text):
            return _point(float(found[1]), float(found[2]))
    if found := _DEGREES.search(text):
        return _point(_decimal(*found.groups()[:3]), _decimal(*found.groups()[4:7]))
    if found := _BARE.search(text):
        point = _point(float(found[1].replace(",", ".")), float(found[2].replace(",", ".")))
        if point is not None and _SOUTH <= point[0] <= _NORTH and _WEST <= point[1] <= _EAST:  # two figures, else
            return point
    return None


def has_link(text: str) -> bool:
    return _LINK.search(text) is not None


def without_links(text: str) -> str:
    """What else was said; the words in a link are no address."""
    return _LINK.sub(" ", text)


def _point(lat: float, lon: float) -> Point | None:
    if _WEST <= lat <= _EAST:  # some write the longitude first
        lat, lon = lon, lat
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None  # noqa: PLR2004 - degrees


def _decimal(degrees: str, minutes: str, seconds: str) -> float:
    return int(degrees) + int(minutes) / 60 + float(seconds) / 3600
