"""Whom a lead means who answers a question with a name: "27 Lan", "27 V-12"; no I/O. Names are opened for this only.

The code of the roster's owner is one person; of names every word that was typed has to be there, whatever marks and case.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class NotFoundByName(StrEnum):
    """Words that a refusal carries."""

    UNKNOWN = "unknown_name"  # nobody of this commune is called that
    AMBIGUOUS = "ambiguous_name"  # several are


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the commune; `name` of the team, of the one person, or of somebody of the team."""

    responder_id: UUID
    external_id: str
    name: str | None


def whom(typed: str, people: Sequence[Known]) -> UUID | NotFoundByName:
    wanted = plain(typed)
    if not wanted:
        return NotFoundByName.UNKNOWN
    by_code = {one.responder_id for one in people if plain(one.external_id) == wanted}
    whole = {one.responder_id for one in people if one.name is not None and plain(one.name) == wanted}
    parts = set(wanted.split())
    in_part = {one.responder_id for one in people if one.name is not None and parts <= set(plain(one.name).split())}
    return _the_one(by_code) or _the_one(whole) or _the_one(in_part) or _none_of(by_code | whole | in_part)


def plain(text: str) -> str:
    """Small letters without marks, words apart by one blank."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).split())


def _the_one(found: set[UUID]) -> UUID | None:
    return next(iter(found)) if len(found) == 1 else None


def _none_of(found: Iterable[UUID]) -> NotFoundByName:
    return NotFoundByName.AMBIGUOUS if any(True for _ in found) else NotFoundByName.UNKNOWN
