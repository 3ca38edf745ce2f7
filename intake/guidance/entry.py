"""One entry of the knowledge base, and how it is read from our files. What anybody is told stands in one, word for word."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from shared.errors import Misconfigured

FOLDER: Final = Path(__file__).parent / "entries"
LANGUAGES: Final = ("vi", "en")
EVERY_ENTRY: Final = "otp"  # nobody who reads any of them may leave without that
# Who answers for it, by the words of `final_owner` in categories.json. Vietnamese, English.
OWNERS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "commune": ("UBND phường, xã", "the office of the ward or commune"),
        "commune_police": ("Công an phường, xã", "the police of the ward or commune"),
        "city": ("Thành phố", "the city"),
        "city_branch": ("Chi nhánh Trung tâm Phục vụ hành chính công", "the public service centre"),
        "bank": ("Ngân hàng", "the bank"),
        "provider": ("Nhà cung cấp chữ ký số", "the provider of the signature"),
        "sector": ("Trường học hoặc bệnh viện", "the school or hospital"),
        "telecom": ("Nhà mạng", "the telephone company"),
        "community_team": ("Tổ công nghệ số cộng đồng", "the community digital team"),
    }
)


class Kind(StrEnum):
    HOW_TO = "how_to"  # steps that somebody follows in order
    PROCEDURE = "procedure"  # what an office does: its national code, its name, and who handles it


@dataclass(frozen=True, slots=True)
class Words:
    """An entry in one language. `steps` in their order; `never` is what not to do, whoever asks."""

    title: str
    steps: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`asks`: ways in which people ask for it; they are searched and never shown. `code`: national, of a procedure."""

    id: str
    kind: Kind
    category: str | None
    owner: str
    reviewed: date
    try_first: bool  # may be offered before somebody is sent; never where minutes count, or somebody may be defrauded
    words: Mapping[str, Words]
    asks: tuple[str, ...] = ()
    code: str | None = None

    def told(self, language: str) -> Words:
        """Vietnamese where there is no other."""
        return self.words.get(language) or self.words["vi"]


def owner_words(owner: str, language: str) -> str:
    return OWNERS[owner][language == "en"]


def read_entries(folder: Path = FOLDER) -> tuple[Entry, ...]:
    """Raises Misconfigured for a file that names what there is not: a start with half a knowledge base would say half."""
    nevers: Mapping[str, Mapping[str, str]] = json.loads((folder / "never.json").read_text(encoding="utf-8"))["never"]
    found = [entry for file in sorted(folder.glob("*.json")) for entry in _entries_of(file, nevers)]
    ids = [entry.id for entry in found]
    if twice := {one for one in ids if ids.count(one) > 1}:
        raise Misconfigured(f"guidance: entries of the same id: {', '.join(sorted(twice))}")
    return tuple(found)


def _entries_of(file: Path, nevers: Mapping[str, Mapping[str, str]]) -> Iterator[Entry]:
    for row in json.loads(file.read_text(encoding="utf-8")).get("entries", ()):
        try:
            yield _entry(row, nevers)
        except (KeyError, TypeError, ValueError) as error:
            raise Misconfigured(f"guidance: {file.name}: {row.get('id')}: {error!r}") from error


def _entry(row: Mapping[str, Any], nevers: Mapping[str, Mapping[str, str]]) -> Entry:
    keys = tuple(dict.fromkeys((EVERY_ENTRY, *row["never"])))
    words = {
        language: Words(row[language]["title"], tuple(row[language]["steps"]), tuple(nevers[key][language] for key in keys))
        for language in LANGUAGES
    }
    if row["owner"] not in OWNERS:
        raise ValueError(f"no such owner {row['owner']}")
    return Entry(
        id=row["id"],
        kind=Kind.HOW_TO,
        category=row["category"],
        owner=row["owner"],
        reviewed=date.fromisoformat(row["reviewed"]),
        try_first=row["try_first"],
        words=MappingProxyType(words),
        asks=tuple(row["asks"]),
    )
