"""Who of a team is meant by "LAN", "chi lan" or "Nguyễn Thị Lan": compared without marks and case, on any word of the name. Pure.

Nobody is guessed: whoever stands at a resident's door was named by the team's own phone, or is the only one there. What comes of
a name that fits nobody says no more than is needed to write it again: never who else is in the team.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.errors import Refused
from shared.events.contract import Sealed

# How one speaks of somebody; it may also be a part of their name, so that it is dropped only as a second reading.
VOCATIVES: Final = frozenset({"anh", "chi", "em", "bac", "co", "chu", "ong", "ba", "ban", "thay", "chau", "di", "cau"})
_WORD: Final = re.compile(r"[^\W_]+")
_AND: Final = re.compile(r"[,;&+]|\b(?:và|va|với|voi|cùng|cung|and)\b", re.IGNORECASE)  # between two names
BOTH: Final = 2
_PARTS: Final = re.compile(r"[^\W\d_]+|\d+")


class Want(StrEnum):
    """Why nobody is named yet."""

    NEEDED = "needed"  # nothing was said, and several could go
    UNKNOWN = "unknown"  # nobody of the team is called that
    AMBIGUOUS = "ambiguous"  # several are
    ABSENT = "absent"  # they are not there now
    NO_TEAM = "no_team"  # whoever has the job is alone, and needs no naming
    TWO = "two"  # two have to go, and only one of them is known
    TOO_FEW = "too_few"  # two have to go, and fewer are there
    NOT_VETTED = "not_vetted"  # nobody unvetted stands at a resident's door


class NameWanted(Refused):
    """The team has to say first who goes. `reason` is the Want."""

    def __init__(self, want: Want) -> None:
        super().__init__(f"name_{want}", ADVICE[want])
        self.want = want


ADVICE: Final = {
    Want.NEEDED: "say first who of the team goes: the resident is told the name before anybody stands at the door",
    Want.UNKNOWN: "nobody of this team who is vetted and present is called that; write the name as the roster has it",
    Want.AMBIGUOUS: "several people of this team are called that; write the whole name, or what the roster calls them",
    Want.ABSENT: "that person is marked as absent; name somebody else, or mark them as present first",
    Want.TWO: "two people have to go to this visit: name both, e.g. LAN MINH",
    Want.TOO_FEW: "two people have to go to this visit, and fewer of this team are vetted and present; give it back",
    Want.NO_TEAM: "whoever has this job is no team with members on the roster: there is nobody to name",
    Want.NOT_VETTED: "that person is not vetted and must not stand at a resident's door; name somebody else",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Teammate:
    """Somebody of a team, as the roster has them now. `name` None: it cannot be read, or nobody asked for it."""

    id: UUID
    team_id: UUID | None = None
    external_id: str
    box: Sealed  # the name, sealed
    name: str | None = None
    vetted: bool
    present: bool

    @property
    def may_go(self) -> bool:
        return self.vetted and self.present


@dataclass(frozen=True, slots=True)
class Naming:
    """What an answer says of who goes: a person, or what is wanted. `choices`: whom the name could mean, for the team."""

    person: Teammate | None = None
    want: Want | None = None
    choices: tuple[Sealed, ...] = ()
    partner: Teammate | None = None  # where two people go


@dataclass(frozen=True, slots=True)
class Found:
    """`several` only when they cannot be told apart."""

    person: Teammate | None = None
    partner: Teammate | None = None
    want: Want | None = None
    several: tuple[Teammate, ...] = ()


def who_goes(said: str | None, team: Sequence[Teammate]) -> Found:
    """`said` None: only who is alone needs no naming."""
    here = [one for one in team if one.may_go]
    if said is None:
        return Found(here[0]) if len(here) == 1 else Found(want=Want.NEEDED)
    if not _words(said):
        return Found(want=Want.UNKNOWN)
    meant = _meant(said, here)
    if len(meant) == 1:
        return Found(meant[0])
    if meant:
        return Found(want=Want.AMBIGUOUS, several=tuple(meant))
    elsewhere = _meant(said, team)
    if not elsewhere:
        return Found(want=Want.UNKNOWN)
    return Found(want=Want.ABSENT if any(one.vetted for one in elsewhere) else Want.NOT_VETTED)


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom several names mean, there or not. Nobody when one of the names fits nobody, or several."""

    people: tuple[Teammate, ...] = ()
    several: tuple[Teammate, ...] = ()


def meant_by(names: Sequence[str], team: Sequence[Teammate]) -> Meant:
    """ "Lan", "TV-3", "Lan Minh": two people may be written without a comma, when no one is called by both words."""
    people: list[Teammate] = []
    for name in names:
        found = _meant(name, team) if _words(name) else []
        apart = [_meant(word, team) for word in name.split()] if not found else []
        if apart and all(len(one) == 1 for one in apart):
            found = [one for [one] in apart]
        elif len(found) != 1:
            return Meant(several=tuple(found))
        people += found
    return Meant(tuple(dict.fromkeys(people)))


def which_two(said: str | None, team: Sequence[Teammate]) -> Found:
    """ "LAN MINH", "Nguyễn Thị Lan và Trần Minh": wherever one name may end. Who are the only two need no naming."""
    here = [one for one in team if one.may_go]
    if len(here) < BOTH:
        return Found(want=Want.TOO_FEW)
    if said is None:
        return Found(here[0], here[1]) if len(here) == BOTH else Found(want=Want.NEEDED)
    words = [word for word in _AND.sub(" ", said).split() if _words(word)]
    pairs = {tuple(sorted((one.id, other.id))): (one, other) for one, other in _pairs(words, here)}
    if len(pairs) == 1:
        return Found(*next(iter(pairs.values())))
    if pairs:
        several = {one.id: one for pair in pairs.values() for one in pair}
        return Found(want=Want.AMBIGUOUS, several=tuple(several.values()))
    alone = who_goes(said, team)
    return Found(want=Want.TWO) if alone.person else alone


def _pairs(words: Sequence[str], here: Sequence[Teammate]) -> Iterator[tuple[Teammate, Teammate]]:
    for place in range(1, len(words)):
        first, second = _meant(" ".join(words[:place]), here), _meant(" ".join(words[place:]), here)
        yield from ((one, other) for one in first for other in second if one.id != other.id)


def told_apart(several: Sequence[Teammate]) -> list[str]:
    """Whole names, and what the roster calls them beside names that read the same on an old phone."""
    names = [_bare(one.name or "") for one in several]
    return [
        f"{one.name} ({one.external_id})" if names.count(name) > 1 else str(one.name)
        for one, name in zip(several, names, strict=True)
    ]


def _meant(said: str, team: Collection[Teammate]) -> list[Teammate]:
    """Everybody it could mean; one whose whole name, or roster id, it is goes before who only shares a word of it."""
    wanted = _words(said)
    whole = [one for one in team if wanted == _words(one.name or "") or _parts(said) == _parts(one.external_id)]
    if not whole:
        readings = [wanted] if wanted[0] not in VOCATIVES or len(wanted) == 1 else [wanted, wanted[1:]]
        whole = [one for one in team if any(_holds(one, reading) for reading in readings)]
    return _as_marked(said, whole)


def _holds(one: Teammate, wanted: Sequence[str]) -> bool:
    has = _words(one.name or "")
    return all(has.count(word) >= wanted.count(word) for word in wanted)


def _as_marked(said: str, found: list[Teammate]) -> list[Teammate]:
    """Whoever took the trouble to write "Lân" does not mean Lan."""
    if len(found) < 2 or _marked(said) == _words(said):  # noqa: PLR2004 - nothing to choose from
        return found
    wanted = [word for word in _marked(said) if _bare(word) not in VOCATIVES] or _marked(said)
    exact = [one for one in found if set(wanted) <= set(_marked(one.name or ""))]
    return exact or found


def _marked(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def _words(text: str) -> list[str]:
    return _WORD.findall(_bare(text))


def _parts(text: str) -> list[str]:
    """ "TV-01" is written "TV 01" or "tv01" just as well."""
    return _PARTS.findall(_bare(text))


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower()).replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
