"""Which column of somebody's file means what, in Vietnamese or English, with marks or without. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.errors import Invalid
from shared.folding import folded

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name", "full name", "ho ten", "ho va ten", "ten", "nguoi gui", "nguoi yeu cau"),
    "phone": ("phone", "phone number", "mobile", "so dien thoai", "dien thoai", "sdt", "so dt", "dt"),
    "category": ("category", "kind", "loai", "loai viec", "nhom viec", "loai yeu cau", "ma loai"),
    "description": ("description", "details", "mo ta", "noi dung", "noi dung yeu cau", "van de"),
    "address": ("address", "dia chi", "noi o"),
    "commune_code": ("commune code", "commune", "ward", "ma phuong xa", "phuong xa", "phuong", "xa", "ma xa", "ma phuong"),
    "lat": ("lat", "latitude", "vi do"),
    "lon": ("lon", "long", "lng", "longitude", "kinh do"),
    "on_behalf_of": ("on behalf of", "for whom", "nguoi can giup", "giup cho", "ten nguoi can giup"),
    "visited_phone": ("visited phone", "sdt nguoi can giup", "so dien thoai nguoi can giup"),
    "vulnerable": ("vulnerable", "priority reason", "doi tuong", "doi tuong uu tien", "uu tien"),
    "someone_present": ("someone present", "co nguoi nha", "co nguoi o cung"),
    "visit_consent": ("visit consent", "consent", "dong y", "dong y cho den nha"),
    "data_consent": ("data consent", "consent version", "dong y du lieu", "ban dong y", "phien ban dong y"),
    "contact": ("contact", "lien he", "cach lien he"),
    "language": ("language", "ngon ngu"),
    "received": ("received", "received on", "date", "ngay", "ngay tiep nhan", "ngay nhan", "ngay yeu cau"),
}
NEEDED: Final = ("name", "phone", "description")  # without a category it is suggested from the description
_MEANS: Final = {name: field for field, names in NAMES.items() for name in names}
_APART: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """`of`: field → place in a row. `unread`: the letters of columns that mean nothing here; never what stands in them."""

    of: Mapping[str, int]
    unread: tuple[str, ...]


def read_header(cells: Sequence[str]) -> Columns:
    """Raises Invalid, without quoting: the first line of a file without a header is somebody's data."""
    found: dict[str, int] = {}
    unread = []
    for place, cell in enumerate(cells):
        field = _MEANS.get(_APART.sub(" ", folded(unicodedata.normalize("NFC", cell))).strip())
        if field is None:
            unread += [letter(place)] if cell.strip() else []
        elif field in found:
            raise Invalid("file", f"columns {letter(found[field])} and {letter(place)} both mean {field}; leave one")
        else:
            found[field] = place
    missing = [field for field in NEEDED if field not in found]
    if missing:
        told = ", ".join(f"{field} ({NAMES[field][2]})" for field in missing)
        raise Invalid("file", f"the first row must name the columns; missing: {told}")
    return Columns(found, tuple(unread))


def letter(place: int) -> str:
    """As a spreadsheet calls it: 0 is A, 26 is AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text
