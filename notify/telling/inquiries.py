"""What a registered number is asked about its request: is it fixed, how was it, call it off? Handlers of consumer.py."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import orjson

from notify.batch import Batch
from notify.phone import close_offer
from notify.purpose import Purpose
from notify.question import AskedOffer, QuestionStatus
from notify.sms_text import shortened
from notify.telling.about import About
from notify.telling.consent import taken_back
from notify.telling.details import beside_commune, details_of, phrase_of, text_of
from notify.telling.telling import tell
from notify.telling.writing import put, write
from notify.templates import when_text
from shared.events.assignments import OfferKind
from shared.events.registry import EventType
from shared.events.requests import Inquired, Inquiry, RequestChanged
from shared.geo.communes import COMMUNES
from shared.lures import lure_in
from shared.moments import read_moment

_ASKS: Final[Mapping[Inquired, tuple[OfferKind, Purpose]]] = {
    Inquired.FIXED: (OfferKind.FIXED, Purpose.FIXED_ASK),
    Inquired.SURVEY: (OfferKind.SURVEY, Purpose.SURVEY_ASK),
    Inquired.CANCEL: (OfferKind.CANCEL, Purpose.CANCEL_ASK),
    Inquired.MOVE: (OfferKind.MOVE, Purpose.MOVE_ASK),
}
_KINDS: Final = frozenset(kind for kind, _ in _ASKS.values())
LONGEST_ADDRESS: Final = 40  # of an SMS of three parts, beside the ward, the hour and what to answer
_CALLED: Final = (Purpose.FIXED_ASK, Purpose.CANCEL_ASK, Purpose.MOVE_ASK)  # nobody is rung up only to be asked for a mark


async def inquired(batch: Batch, about: About) -> None:
    """A question of its own on this phone; whoever has to be called is asked by the desk, which notes what they say."""
    inquiry = about.inquiry
    if inquiry is None or about.request is None or inquiry.open_until <= batch.now:
        return  # told again long afterwards
    kind, purpose = _ASKS[inquiry.about]
    for recipient in about.recipients:
        if not batch.is_called(about, recipient) or purpose in _CALLED:
            found = {"code": about.request.code, **_move(inquiry, recipient.language, batch)}
            put(batch, about, recipient, purpose, found, asked=_asked(about, inquiry, batch), kind=kind)


async def phrase_wanted(batch: Batch, about: About) -> None:
    """Only to the registered number; a landline is called, and hears it there."""
    body = about.event.body
    if about.request is None or not isinstance(body, RequestChanged) or body.visit is None:
        return
    words = phrase_of(details_of(about.details, batch.opened), body.visit)
    for recipient in about.recipients if words else ():
        write(batch, about, recipient, Purpose.PHRASE_AGAIN, {"code": about.request.code, "phrase": words or ""})


async def number_asked(batch: Batch, about: About) -> None:
    """The code goes to the number and nowhere else; what cannot be texted an operator confirms."""
    body = about.event.body
    if about.request is None or not isinstance(body, RequestChanged) or body.secret is None:
        return
    digits = batch.opened(body.secret, "code")
    for recipient in about.recipients if digits else ():
        if not batch.is_called(about, recipient):
            write(batch, about, recipient, Purpose.NUMBER_CODE, {"code": about.request.code, "number": digits or ""})


async def inquiry_over(batch: Batch, about: About) -> None:
    end_inquiries(batch, about)


async def wish_over(batch: Batch, about: About) -> None:
    """Of this question alone: another wish may wait. Whoever has said nothing hears that nothing was changed."""
    _end(batch, about)
    if about.reason == "silence" and about.request is not None:
        for recipient in about.recipients:
            write(batch, about, recipient, Purpose.WISH_OVER, {"code": about.request.code})


async def amended(batch: Batch, about: About) -> None:
    """As the registered number has said yes to. Of another hour dispatch tells. Or a number was wrong."""
    _end(batch, about)
    taken_back(batch, about)
    if about.reason == "moved" and about.request is not None:
        for recipient in about.recipients:
            write(batch, about, recipient, Purpose.MOVED_RESIDENT, {"code": about.request.code})


def _end(batch: Batch, about: About) -> None:
    inquiry = about.inquiry
    if inquiry is not None:
        batch.need_no_call(about.request_id, [_ASKS[inquiry.about][1]])
        batch.close(inquiry.contact_point_id, inquiry.ask_id, about.request_id, QuestionStatus.WITHDRAWN)


def _move(inquiry: Inquiry, language: str, batch: Batch) -> dict[str, str]:
    """What is to change. Whoever wants it may be anybody: what could lure somebody is left out of what they have typed."""
    text = None if inquiry.move is None else batch.opened(inquiry.move, "details")
    if text is None:
        return {}
    wish = orjson.loads(text)
    address, commune = text_of(wish.get("address")), COMMUNES.by_code(wish.get("commune_code") or "")
    shown = beside_commune(address, commune.name) if address and commune and lure_in(address) is None else None
    where = ", ".join(filter(None, (shortened(shown, LONGEST_ADDRESS) if shown else None, commune.name if commune else None)))
    at = wish.get("at")
    when = None if at is None else when_text(read_moment("at", at), batch.now, language)
    return {name: words for name, words in (("where", where), ("at", when)) if words}


async def reopened(batch: Batch, about: About) -> None:
    end_inquiries(batch, about)
    batch.need_no_call(about.request_id, [Purpose.NO_VISIT_CALL])
    await tell(batch, about)


def end_inquiries(batch: Batch, about: About) -> None:
    """Nobody need answer any more; a late answer is still read for a day."""
    batch.need_no_call(about.request_id, _CALLED)
    line = batch.lines.get(about.resident.contact_point_id)
    for question in list(line.phone.questions.values()) if line else ():
        for offer in question.open_offers if question.kind in _KINDS else ():
            if line is not None and offer.request_id == about.request_id:
                batch.ended_offers.append((offer.offer_id, about.request_id))
                close_offer(line.phone, offer.offer_id, QuestionStatus.WITHDRAWN, batch.now)


def _asked(about: About, inquiry: Inquiry, batch: Batch) -> AskedOffer:
    request = about.request
    return AskedOffer(
        offer_id=inquiry.ask_id,
        request_id=about.request_id,
        job_id=about.request_id,  # it is about no job
        city=about.city,
        category=request.category if request else "",
        commune_code=(request.commune_code if request else None) or "",
        lease_seconds=max((inquiry.open_until - batch.now).total_seconds(), 0.0),
        not_after=inquiry.open_until,
        message_id=None,
    )


ABOUT_INQUIRIES: Final[Mapping[EventType, Callable[[Batch, About], Awaitable[None]]]] = {
    EventType.REQUEST_INQUIRED: inquired,
    EventType.REQUEST_INQUIRY_OVER: wish_over,
    EventType.REQUEST_AMENDED: amended,
    EventType.REQUEST_PHRASE_WANTED: phrase_wanted,
    EventType.REQUEST_NUMBER_ASKED: number_asked,
    EventType.REQUEST_CONFIRMED: inquiry_over,
    EventType.REQUEST_RATED: inquiry_over,
    EventType.REQUEST_REOPENED: reopened,
}
