"""What reading an address comes to: one commune, or candidates and the one question that decides. No rules."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

SURE: Final = 0.75  # below it nobody is sent anywhere without a person's word


class Candidate(NamedTuple):
    """A commune that may be meant; `score` from 0 to 1 says how much speaks for it."""

    commune_code: str
    score: float


class Question(NamedTuple):
    """The same in both languages; Vietnamese is what is read aloud."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """`commune_code` only when nothing else can be meant; else `question` is what to ask. `point` is a pin's, WGS 84."""

    commune_code: str | None
    confidence: float
    candidates: tuple[Candidate, ...] = ()
    question: str | None = None
    question_en: str | None = None
    point: tuple[float, float] | None = None


class Resolves(Protocol):
    """`Resolver`, or less in a test."""

    def resolve(self, text: str) -> Resolution: ...


def certain(code: str, confidence: float, *, point: tuple[float, float] | None = None) -> Resolution:
    confidence = round(confidence, 3)
    return Resolution(code, confidence, (Candidate(code, confidence),), point=point)


def open_question(scores: dict[str, float], question: Question, most: int = 12) -> Resolution:
    """Ranked; of equal scores in the order given."""
    ranked = sorted(scores.items(), key=lambda item: -item[1])[:most]
    candidates = tuple(Candidate(code, round(score, 3)) for code, score in ranked)
    confidence = candidates[0].score if candidates else 0.0
    return Resolution(None, confidence, candidates, question.vi, question.en)


def view_of(read: Resolution) -> dict[str, Any]:
    """For whoever has to ask; holds nothing of the text but what communes may be meant."""
    candidates = [candidate._asdict() for candidate in read.candidates]
    return {"candidates": candidates, "question": read.question, "question_en": read.question_en}
