"""May somebody come? The visited person's own phone is asked, thanked for the answer, or called. Handlers of consumer.py."""

from datetime import timedelta
from typing import Final

from notify.batch import Batch
from notify.phone import ask
from notify.purpose import Purpose
from notify.question import AskedOffer, Question, QuestionStatus
from notify.store import QUERIES
from notify.telling.about import About
from notify.telling.request_wording import consent_fields
from notify.telling.writing import put_text
from shared.events.assignments import OfferKind
from shared.events.contract import Recipient
from shared.events.registry import EventType
from shared.events.requests import ConsentAsk

BY_PHONE: Final = "by_phone"  # the reason of an answer that no operator has heard
UNREACHED: Final = "unreached"  # the reason when calls have not helped
NOT_CALLED_YET: Final = timedelta(hours=24)  # so long before a question closes, intake has somebody call; see intake/consent.py


async def asked(batch: Batch, about: About) -> None:
    """A second time by the same code. Whoever is reached by no text is called; so is whose first text did not arrive."""
    consent = about.consent
    if consent is None:
        return
    for recipient in about.recipients:
        line = batch.lines[recipient.contact_point_id]
        known = line.phone.question_of(consent.ask_id)
        if batch.is_called(about, recipient) or (known is not None and known.status is QuestionStatus.WITHDRAWN):
            batch.tell(about, recipient, Purpose.VISIT_CONSENT)
        elif known is None:
            _write(batch, about, recipient, consent, ask(line.phone, _asked(about, consent, batch), OfferKind.CONSENT, batch.now))
        elif known.live:
            _write(batch, about, recipient, consent, known)


async def unanswered(batch: Batch, about: About) -> None:
    """The question stays open beside the call: whatever is answered first counts. One call at a time."""
    purpose = Purpose.CONSENT_UNREACHED if about.reason == UNREACHED else Purpose.VISIT_CONSENT
    if await batch.connection.fetch(QUERIES["calls_of_requests"], [about.request_id], [purpose]):
        return
    for recipient in about.recipients:
        batch.tell(about, recipient, purpose)


async def known(batch: Batch, about: About) -> None:
    """The visited person has said it, by whichever way."""
    end_question(batch, about)
    batch.need_no_call(about.request_id, [Purpose.VISIT_CONSENT, Purpose.CONSENT_UNREACHED, Purpose.NO_VISIT_CALL])
    agreed, consent = about.event.type is EventType.REQUEST_VISIT_AGREED, about.consent
    for recipient in about.recipients:
        asked_phone = consent is not None and recipient.contact_point_id == consent.contact_point_id
        number = _number(batch, consent) if asked_phone else None
        batch.tell(about, recipient, Purpose.CONSENT_AGREED if agreed else Purpose.CONSENT_REFUSED, number=number)
        if asked_phone and not agreed and about.reason == BY_PHONE:
            batch.tell(about, recipient, Purpose.NO_VISIT_CALL)


async def noted(batch: Batch, about: About) -> None:
    for recipient in about.recipients:
        batch.tell(about, recipient, Purpose.CONSENT_NOTED)


def taken_back(batch: Batch, about: About) -> None:
    """The number that was asked was wrong: whoever has it is asked and called no more. The right one is asked by itself."""
    if about.consent is not None:
        end_question(batch, about)
        batch.need_no_call(about.request_id, [Purpose.VISIT_CONSENT, Purpose.CONSENT_UNREACHED])


def end_question(batch: Batch, about: About) -> None:
    """Nobody need answer any more. Its code is still understood for a day."""
    consent = about.consent
    if consent is not None:
        batch.close(consent.contact_point_id, consent.ask_id, about.request_id, QuestionStatus.ANSWERED)


async def is_being_asked(batch: Batch, about: About) -> bool:
    """By text, and it is not yet time to call; or somebody calls already."""
    return bool(await batch.connection.fetchval(QUERIES["consent_is_asked"], about.request_id, batch.now + NOT_CALLED_YET))


def _number(batch: Batch, consent: ConsentAsk | None) -> int | None:
    line = batch.lines.get(consent.contact_point_id) if consent is not None else None
    question = line.phone.question_of(consent.ask_id) if line is not None and consent is not None else None
    return None if question is None else question.code


def _asked(about: About, consent: ConsentAsk, batch: Batch) -> AskedOffer:
    request = about.request
    return AskedOffer(
        offer_id=consent.ask_id,
        request_id=about.request_id,
        job_id=about.request_id,  # there is none yet
        city=about.city,
        category=request.category if request else "",
        commune_code=(request.commune_code if request else None) or "",
        lease_seconds=max((consent.open_until - batch.now).total_seconds(), 0.0),
        not_after=consent.open_until,
        message_id=None,
    )


def _write(batch: Batch, about: About, recipient: Recipient, consent: ConsentAsk, question: Question) -> None:
    if (request := about.request) is None:
        return
    found = consent_fields(request, question, behalf=consent.behalf, language=recipient.language)
    purpose, until = Purpose.CONSENT_QUESTION, consent.open_until
    put_text(batch, about, recipient, purpose, found, question=question, offer_id=consent.ask_id, not_after=until)
