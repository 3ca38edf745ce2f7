"""What people hear and are asked about their own work, without any request: breaks and shifts. The words are in templates/."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from notify.batch import Batch
from notify.purpose import Purpose
from notify.question import AskedOffer, QuestionStatus
from notify.telling.about import NOBODYS, About
from notify.telling.writing import put, write
from notify.templates import span_text, when_text
from shared.events.assignments import OfferKind
from shared.events.contract import Sealed
from shared.events.drills import DrillAsked
from shared.events.duty import Duty, DutyChanged, PresenceChanged, PresenceOutcome
from shared.events.registry import EventType
from shared.events.shifts import (
    AskKind,
    ShiftAsked,
    ShiftNews,
    ShiftOutcome,
    ShiftSettled,
    ShiftUnfilled,
    SwapChanged,
    SwapStage,
)
from shared.geo.communes import COMMUNES

Fields = dict[str, str]

_DUTY: Final[Mapping[Duty, Purpose]] = {
    Duty.ON: Purpose.ON_DUTY,
    Duty.BREAK: Purpose.ON_BREAK,
    Duty.OFF: Purpose.OFF_DUTY,
}
_ASKED: Final[Mapping[AskKind, Purpose]] = {
    AskKind.CONFIRM: Purpose.SHIFT_CONFIRM,
    AskKind.TAKE: Purpose.SHIFT_TAKE,
    AskKind.SWAP: Purpose.SHIFT_SWAP,
    AskKind.TAKE_OVER: Purpose.SHIFT_TAKE_OVER,
}
_SWAPPED: Final[Mapping[SwapStage, Purpose]] = {
    SwapStage.ASKED: Purpose.SWAP_ASKED,
    SwapStage.AGREED: Purpose.SWAP_AGREED,
    SwapStage.IMPOSSIBLE: Purpose.SWAP_IMPOSSIBLE,
}  # in every other stage the shift stays theirs
_SETTLED: Final[Mapping[ShiftOutcome, Purpose]] = {
    ShiftOutcome.KEPT: Purpose.SHIFT_KEPT,
    ShiftOutcome.GIVEN_UP: Purpose.SHIFT_GIVEN_UP,
    ShiftOutcome.SILENT: Purpose.SHIFT_SILENT,
    ShiftOutcome.TAKEN: Purpose.SHIFT_TAKEN,
    ShiftOutcome.FILLED: Purpose.SHIFT_FILLED,
    ShiftOutcome.OVER: Purpose.SHIFT_OVER,
}
_PRESENCE: Final[Mapping[PresenceOutcome, Purpose]] = {
    PresenceOutcome.NOTED: Purpose.TEAM_HERE,
    PresenceOutcome.UNKNOWN: Purpose.TEAM_UNKNOWN,
    PresenceOutcome.AMBIGUOUS: Purpose.TEAM_WHICH,
}
_ALWAYS: Final = timedelta(hours=36)  # whose shift ends later is there day and night: the date would only confuse
_DAY_AND_NIGHT: Final = {"vi": "ngày đêm", "en": "day and night"}


async def duty_changed(batch: Batch, about: About) -> None:
    if isinstance(about.person, DutyChanged):
        for recipient in about.person.recipients:
            write(batch, about, recipient, _DUTY[about.person.duty], _duty_fields(about.person, batch.now, recipient.language))


async def presence_changed(batch: Batch, about: About) -> None:
    news = about.person
    if not isinstance(news, PresenceChanged):
        return
    found = {"names": _opened(batch, news.names, "; "), "not_counted": _opened(batch, news.not_counted, ", ")}
    for recipient in news.recipients:
        write(batch, about, recipient, _PRESENCE[news.outcome], found)


def own_question(news: ShiftAsked | DrillAsked, about_id: UUID, category: str, now: datetime) -> AskedOffer:
    """What a person is asked about themselves: no request stands behind it."""
    return AskedOffer(
        offer_id=news.ask_id,
        request_id=NOBODYS,
        job_id=about_id,
        city=news.city,
        category=category,
        commune_code=news.commune_code,
        lease_seconds=max((news.answer_by - now).total_seconds(), 0.0),
        not_after=news.answer_by,
        message_id=None,
    )


async def shift_asked(batch: Batch, about: About) -> None:
    news = about.person
    if not isinstance(news, ShiftAsked):
        return
    asked = own_question(news, news.about_id, f"shift_{news.kind}", batch.now)
    for recipient in news.recipients:
        found = {
            **_shift_fields(news, batch.now, recipient.language),
            **_times({"until": news.answer_by}, batch.now, recipient.language),
            **_colleague(batch, news.colleague),
        }
        put(batch, about, recipient, _ASKED[news.kind], found, asked=asked, kind=OfferKind.SHIFT)


async def shift_settled(batch: Batch, about: About) -> None:
    """The question is over. Who was not yet asked is left in peace, unless it is about their own answer."""
    news = about.person
    if not isinstance(news, ShiftSettled):
        return
    line = batch.lines.get(news.contact_point_id)
    question = line.phone.question_of(news.ask_id) if line else None
    batch.close(news.contact_point_id, news.ask_id, NOBODYS, _ENDED.get(news.outcome, QuestionStatus.WITHDRAWN))
    for recipient in news.recipients:
        found = _shift_fields(news, batch.now, recipient.language)
        if question is not None:
            found["question"] = str(question.code)
        write(batch, about, recipient, _SETTLED[news.outcome], found)


async def shift_swap(batch: Batch, about: About) -> None:
    """To whoever wants to give a shift: how that stands."""
    news = about.person
    if not isinstance(news, SwapChanged):
        return
    for recipient in news.recipients:
        found = {
            "kept": news.stage.value,
            "unequal": news.reason or "",
            "leaves": ("release" if news.releases else "keep") if news.take_over else "",
            **_colleague(batch, news.colleague),
            **_times({"until": news.answer_by}, batch.now, recipient.language),
            **(_windows(news, batch.now, recipient.language) if news.stage is not SwapStage.OVER else {}),
        }
        write(batch, about, recipient, _SWAPPED.get(news.stage, Purpose.SWAP_KEPT), found)


async def shift_unfilled(batch: Batch, about: About) -> None:
    if isinstance(about.person, ShiftUnfilled):
        for recipient in about.person.recipients:
            write(batch, about, recipient, Purpose.SHIFT_GAP, _shift_fields(about.person, batch.now, recipient.language))


def _opened(batch: Batch, boxes: Iterable[Sealed], between: str) -> str:
    return between.join(name for box in boxes if (name := batch.opened(box, "name")))


def _duty_fields(news: DutyChanged, now: datetime, language: str) -> Fields:
    until = news.until or news.on_shift_until
    if until is not None and until - now > _ALWAYS:
        return {"always": _DAY_AND_NIGHT.get(language, _DAY_AND_NIGHT["vi"])}
    return _times({"until": until, "next_shift": news.next_shift_at}, now, language)


def _shift_fields(news: ShiftNews, now: datetime, language: str) -> Fields:
    commune = COMMUNES.by_code(news.commune_code)
    return {**_windows(news, now, language), "commune": commune.name if commune else news.commune_code}


def _windows(news: ShiftNews | SwapChanged, now: datetime, language: str) -> Fields:
    spans = {"window": (news.starts_at, news.ends_at), "returned": (news.return_starts_at, news.return_ends_at)}
    return {name: span_text(first, last, now, language) for name, (first, last) in spans.items() if first and last}


def _colleague(batch: Batch, box: Sealed | None) -> Fields:
    return {"colleague": batch.opened(box, "name") or ""}


def _times(times: Mapping[str, datetime | None], now: datetime, language: str) -> Fields:
    return {name: when_text(at, now, language) for name, at in times.items() if at is not None}


_ENDED: Final[Mapping[ShiftOutcome, QuestionStatus]] = {
    ShiftOutcome.KEPT: QuestionStatus.ANSWERED,
    ShiftOutcome.GIVEN_UP: QuestionStatus.ANSWERED,
    ShiftOutcome.TAKEN: QuestionStatus.ANSWERED,
    ShiftOutcome.SILENT: QuestionStatus.EXPIRED,
}

ABOUT_OWN_WORK: Final[Mapping[EventType, Callable[[Batch, About], Awaitable[None]]]] = {
    EventType.DUTY_CHANGED: duty_changed,
    EventType.PRESENCE_CHANGED: presence_changed,
    EventType.SHIFT_ASKED: shift_asked,
    EventType.SHIFT_SETTLED: shift_settled,
    EventType.SHIFT_SWAP: shift_swap,
    EventType.SHIFT_UNFILLED: shift_unfilled,
}
