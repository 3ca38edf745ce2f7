"""What somebody at the desk sends: as bodies and as parameters of the address, checked. No SQL."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

from intake.desk.board import PRIORITIES, STATUSES, Wanted
from shared.errors import Invalid
from shared.geo.communes import COMMUNES

LONGEST_CODE: Final = 40
LONGEST_WORDS: Final = 300


class RevealReason(StrEnum):
    """Why an operator has to see a number and an address."""

    CALL_RESIDENT = "call_resident"  # to ask or tell them something
    CALL_BACK = "call_back"  # they rang, or asked to be rung
    GUIDE_HELPER = "guide_helper"  # somebody is on the way and does not find it
    SAFETY = "safety"  # somebody may come to harm
    CORRECT = "correct"  # what was written down is wrong
    OTHER = "other"  # with words that say what


class RevealForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: RevealReason
    words: Annotated[str, StringConstraints(max_length=LONGEST_WORDS)] | None = None


class MergeForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    into: Annotated[str, StringConstraints(max_length=LONGEST_CODE)]


def wanted(commune: str | None, status: str | None, priority: str | None) -> Wanted:
    """Raises Invalid for a word that is none; several are told with commas."""
    if commune is not None and COMMUNES.by_code(commune) is None:
        raise Invalid("commune", "is not the five-digit code of a commune or ward served here")
    return Wanted(
        commune_code=commune,
        statuses=_words("status", status, STATUSES),
        priorities=_words("priority", priority, PRIORITIES),
    )


def _words(name: str, text: str | None, known: Sequence[str]) -> Sequence[str]:
    if text is None:
        return known
    words = text.split(",")
    if not set(words) <= set(known):
        raise Invalid(name, f"must be of {', '.join(known)}; several with commas between them")
    return words
