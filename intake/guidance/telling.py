"""Entries as callers of the API and of the commands read them: quoted with id, title and day of review. Pure."""

from typing import Any

from intake.guidance.entry import Entry, Words, owner_words
from intake.guidance.library import Hit
from intake.guidance.offering import A_PERSON, NOTHING_FOUND


def told(entry: Entry, language: str, words: Words | None = None, score: float | None = None) -> dict[str, Any]:
    """`words`: the steps in plainer ones; title and what never to do are the entry's own."""
    own = entry.told(language)
    return {
        "id": entry.id,
        "kind": entry.kind,
        "title": own.title,
        "category": entry.category,
        "code": entry.code,
        "owner": entry.owner,
        "owner_name": owner_words(entry.owner, language),
        "reviewed": entry.reviewed,
        "language": language,
        "steps": list((words or own).steps),
        "never": list(own.never),
        "rephrased": words is not None,
        **({} if score is None else {"score": round(score, 3)}),
    }


def answer(found: list[dict[str, Any]], language: str) -> dict[str, Any]:
    """Nothing found is said, and a person is named either way."""
    return {"entries": found, "told": None if found else NOTHING_FOUND[language], "person": A_PERSON[language]}


def plain_hits(hits: tuple[Hit, ...], language: str) -> list[dict[str, Any]]:
    return [told(hit.entry, language, score=hit.score) for hit in hits]
