"""Answers of GeoReport v2 as JSON or XML. Pure; what goes in holds no personal data."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final
from xml.etree import ElementTree as ET

import orjson


class Format(StrEnum):
    JSON = "json"
    XML = "xml"


MEDIA: Final[Mapping[Format, str]] = {Format.JSON: "application/json; charset=utf-8", Format.XML: "text/xml; charset=utf-8"}
# How the items of a list are called, within their list.
_ITEMS: Final[Mapping[str, str]] = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}
Row = Mapping[str, Any]


def written(found: Row | Sequence[Row], name: str, shape: Format) -> bytes:
    """A list of rows, or one; `name` is the root of the XML and shows in no JSON."""
    if shape is Format.JSON:
        return orjson.dumps(found)
    text: bytes = ET.tostring(_element(name, found), encoding="utf-8", xml_declaration=True)
    return text


def _element(name: str, value: Any) -> ET.Element:
    """Lists by the names of their items; null is an empty element, yes and no are true and false."""
    element = ET.Element(name)
    if isinstance(value, Mapping):
        element.extend(_element(key, inner) for key, inner in value.items())
    elif isinstance(value, list | tuple):
        element.extend(_element(_ITEMS[name], inner) for inner in value)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = str(value)
    return element
