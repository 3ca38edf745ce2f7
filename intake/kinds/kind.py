"""What a filing is about: as it was told, as its text suggests, or nobody knows yet and people are shown what it may be. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from intake.kinds.suggester import Suggestion

UNNAMED: Final = "digital_skill"  # fits whoever cannot name their trouble: somebody goes and looks

Suggest = Callable[[str], Suggestion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`sure` None: whoever filed has said it. False: a text spoke for nothing clearly, and `candidates` are what it may be."""

    category: str
    sure: bool | None = None
    candidates: tuple[str, ...] = ()


def kind_of(told: str | None, text: str, suggest: Suggest) -> Kind:
    """Never a refusal: somebody who cannot name their trouble is who we are for."""
    if told is not None:
        return Kind(category=told)
    found = suggest(text)
    candidates = tuple(category for category, _ in found.candidates)
    return Kind(category=found.category or UNNAMED, sure=found.category is not None, candidates=candidates)
