"""The fields of what is said of a request before any job. Pure."""

from typing import Final

from notify.question import Question
from notify.telling.details import details_of, phrase_of, text_of
from notify.telling.ingredients import Telling
from notify.templates import when_text
from shared.categories import CATEGORIES
from shared.events.requests import Channel, RequestState
from shared.service_levels import starts_at

_PHRASE_BY_TEXT: Final = frozenset(Channel) - {Channel.HOTLINE}  # there it was read aloud


def of_request(request: RequestState, telling: Telling) -> dict[str, str | None]:
    opens = starts_at(request.priority, telling.now)
    by_text = request.channel in _PHRASE_BY_TEXT
    expected = None if request.expected_at is None else when_text(request.expected_at, telling.now, telling.language)
    details = details_of(request.details, telling.opened) if by_text or request.visit_consent is None else {}
    return {
        "code": request.code,
        "opens": when_text(opens, telling.now, telling.language) if opens > telling.now and not request.known else None,
        "expected": expected,
        "phrase": phrase_of(details, 0) if by_text else None,
        "for_whom": text_of(details.get("on_behalf_of")),
        "question": None if telling.number is None else str(telling.number),
        "stands": telling.reason,
    }


def consent_fields(request: RequestState, question: Question, *, behalf: bool, language: str) -> dict[str, str]:
    """Nothing that whoever filed it has typed: anybody may file for anybody."""
    known = CATEGORIES.get(request.category)
    label = request.category if known is None else (known.label_en if language == "en" else known.label_vi)
    found = {"code": request.code, "question": str(question.code), "category": label}
    return {**found, "behalf": "yes"} if behalf else found
