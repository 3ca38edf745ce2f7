"""How good was the help? "5 27 nhanh", "4", "5 sao cảm ơn em": a mark for the survey of this phone, and why. Pure.

A mark alone may also be a yes or a no to something else. So 1 and 2 without a word count only by their code, or when nothing else
was asked here lately; and a mark without the code never counts while anything else waits for an answer.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from notify.phone import Phone
from notify.question import Question
from notify.short_numbers import number_of
from shared.events.assignments import OfferKind

LONGEST: Final = 320  # two parts; what is longer is a story for a person
_LATELY: Final = timedelta(minutes=15)
_REMEMBERED: Final = timedelta(hours=24)  # how long a closed question still understands its code
_YES_OR_NO: Final = 2
_RATING: Final = re.compile(
    r"\s*([1-5])(?:\s*(?:/\s*5|sao|điểm|diem|stars?|points?)\b)?(?:[\s,.:;-]+(.*))?", re.DOTALL | re.IGNORECASE
)
_CODE: Final = re.compile(r"(\d+)(?:[\s,.:;-]+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rating:
    """An answer to `question`, which is a survey."""

    question: Question
    score: int
    why: str | None


def rating(text: str, phone: Phone, received_at: datetime) -> Rating | None:
    """None: it answers no survey."""
    surveys = [one for one in phone.questions.values() if _may_be_answered(one, received_at)]
    match = _RATING.fullmatch(text) if surveys and len(text) <= LONGEST else None
    if match is None:
        return None
    score, rest = int(match[1]), (match[2] or "").strip()
    coded = _CODE.fullmatch(rest)
    if coded is not None:
        meant = next((one for one in surveys if one.code == number_of(coded[1])), None)
        return Rating(meant, score, (coded[2] or "").strip() or None) if meant is not None else None
    live = [one for one in surveys if one.live]
    if len(live) != 1 or _others_wait(phone) or (not rest and score <= _YES_OR_NO and _asked_lately(phone, received_at)):
        return None
    return Rating(live[0], score, rest or None)


def _may_be_answered(question: Question, at: datetime) -> bool:
    remembered = question.live or (question.closed_at is not None and question.closed_at >= at - _REMEMBERED)
    return question.kind is OfferKind.SURVEY and question.may_be_known and remembered


def _others_wait(phone: Phone) -> bool:
    asked = any(one.live and one.may_be_known and one.kind is not OfferKind.SURVEY for one in phone.questions.values())
    return asked or bool(phone.live_jobs)


def _asked_lately(phone: Phone, at: datetime) -> bool:
    others = (one.answered_at or one.asked_at for one in phone.questions.values() if one.kind is not OfferKind.SURVEY)
    return any(moment is not None and moment >= at - _LATELY for moment in others)
