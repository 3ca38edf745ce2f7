"""What a letter or a call is about, and how either is made of it. Pure: keys and texts are handed in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from notify.calls.call import CallTask, due_at, urgency
from notify.letter import Letter
from notify.message import Message, MessageStatus, SendingRules
from notify.purpose import NOT_TO_THE_RESIDENT, Purpose
from notify.question import SUSPICIOUS_VISIT, UNSAFE_VISIT, AskedOffer, Question
from notify.sending.ladder import ladder, next_rung
from notify.sending.worth import WORTH_OTHERWISE_SECONDS, WORTH_SECONDS
from notify.telling.routing import ANSWERS_OWN_ACT
from notify.telling.session_words import session_category
from shared.categories import FRAUD
from shared.company import needs_two
from shared.events.assignments import AssignmentChanged, JobState, JobStatus, OfferKind, OfferState
from shared.events.contract import ChannelKind, Priority, Recipient, Sealed
from shared.events.conversations import ConversationSaid
from shared.events.duty import PersonNews
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import ConsentAsk, Inquiry, RequestChanged, RequestState
from shared.ids import uuid7
from shared.languages import EVERYBODYS
from shared.security.sealing import DataKey

NOBODYS: Final = UUID(int=0)  # the request of what belongs to none
_HARM: Final = frozenset({EventType.JOB_FROZEN, EventType.JOB_ALARMED, EventType.ASSIGNMENT_SILENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """One event, from whichever topic: exactly one of `request`, `change`, `person` and `said` is there."""

    event: Event
    request: RequestState | None = None
    change: AssignmentChanged | None = None
    person: PersonNews | None = None  # about somebody's own work: there is no request, nor anything of a resident
    said: ConversationSaid | None = None  # words of a conversation, of which nothing else here is asked
    recipients: tuple[Recipient, ...] = ()

    @property
    def city(self) -> str:
        if self.person:
            return self.person.city
        return self.change.job.city if self.change else self._request.city

    @property
    def commune_code(self) -> str | None:
        """Of the request; people's own work is nobody's."""
        if self.person:
            return None
        return self.change.job.commune_code if self.change else self._request.commune_code

    @property
    def request_id(self) -> UUID:
        if self.person:
            return NOBODYS
        return self.change.job.request_id if self.change else self._request.request_id

    @property
    def job_id(self) -> UUID | None:
        return self.change.job.job_id if self.change else None

    @property
    def priority(self) -> Priority:
        """Where somebody may come to harm it is as urgent as anything can be, day and night, whatever the request was about."""
        if self.person:
            return Priority.P3
        if self.change is None:
            return self._request.priority
        harm = self.event.type in _HARM or self.change.job.status is JobStatus.FROZEN
        return Priority.P1 if harm else self.change.job.priority

    @property
    def reason(self) -> str | None:
        """Of a request: why it changed."""
        return self.event.body.reason if isinstance(self.event.body, RequestChanged) else None

    @property
    def consent(self) -> ConsentAsk | None:
        """Of a request: what is asked of the visited person."""
        return self.event.body.consent if self.request and isinstance(self.event.body, RequestChanged) else None

    @property
    def inquiry(self) -> Inquiry | None:
        """Of a request: what the registered number is asked."""
        return self.event.body.inquiry if self.request and isinstance(self.event.body, RequestChanged) else None

    @property
    def by_call(self) -> bool:
        if self.person:
            return False
        return self.change.job.by_call if self.change else self._request.by_call

    @property
    def details(self) -> Sealed:
        return self.change.job.details if self.change else self._request.details

    @property
    def resident(self) -> Recipient:
        return self.change.job.resident if self.change else self._request.resident

    @property
    def lacks_a_language(self) -> bool:
        """Whoever goes has said what they speak, and what the resident speaks is not among it."""
        going = self.change.job.responder if self.change else None
        language = self.resident.language
        return going is not None and bool(going.languages) and language not in {EVERYBODYS, *going.languages}

    def visit(self, now: datetime) -> tuple[int, str | None]:
        """For how many requests the visit is, and who has to be there beside one helper; an escalation is about its own."""
        change = self.change
        if change is None or change.offer is None or change.offer.kind is not OfferKind.VISIT:
            return 1, None
        return change.job.shared_by, "two" if needs_two(change.job.company, now) else change.job.company

    @property
    def _request(self) -> RequestState:
        if self.request is None:
            raise TypeError("neither a request nor a job")
        return self.request


def asked_offer(about: About, offer: OfferState, message_id: UUID | None = None) -> AskedOffer:
    if about.change is None:
        raise TypeError("an offer without a job")
    job = about.change.job
    return AskedOffer(
        offer_id=offer.offer_id,
        request_id=job.request_id,
        job_id=job.job_id,
        city=job.city,
        category=_category(job),
        commune_code=job.commune_code,
        lease_seconds=offer.lease_seconds,
        not_after=offer.not_after,
        message_id=message_id,
    )


def _category(job: JobState) -> str:
    if job.session_at is not None:
        return session_category(job.session_at)
    if job.status is not JobStatus.FROZEN or job.category == FRAUD:
        return job.category
    return UNSAFE_VISIT if job.stopped else SUSPICIOUS_VISIT


def letter_to(
    about: About,
    recipient: Recipient,
    purpose: Purpose,
    key: DataKey,
    text: str,
    *,
    now: datetime,
    rules: SendingRules,
    id: UUID | None = None,  # noqa: A002 - the message's own
    question: Question | None = None,
    not_after: datetime | None = None,
    wait_seconds: float = 0.0,
    accounts: Collection[ChannelKind] = (),
) -> Letter:
    """A queued message; `text` is sealed under the recipient's key. `accounts`: where else they are reached."""
    rungs, until = _rungs(about, recipient, purpose, accounts, rules), not_after or now + _worth(purpose)
    begins = now + timedelta(seconds=wait_seconds)
    return Letter(
        message=_first_message(id or uuid7(), rungs, rules, begins, until, asks=question is not None),
        cause_event_id=about.event.id,
        contact_point_id=recipient.contact_point_id,
        key_id=key.id,
        address=recipient.address.box,
        body=key.box(text.encode(), purpose="text"),
        city=about.city,
        request_id=about.request_id,
        job_id=about.job_id,
        question_id=question.id if question else None,
        role=recipient.role,
        purpose=purpose,
        priority=about.priority,
        own_act=purpose in ANSWERS_OWN_ACT,
        told=about.person is None or question is not None,  # what is said about nobody's request is between us and this person
        version=0,
        traceparent=about.event.traceparent,
        created_at=now,
        commune_code=about.commune_code,
    )


def _rungs(
    about: About, recipient: Recipient, purpose: Purpose, accounts: Collection[ChannelKind], rules: SendingRules
) -> tuple[ChannelKind, ...]:
    served, templated, preferred = rules.served, rules.templated, recipient.channels
    return ladder(purpose, about.priority, recipient.role, preferred, accounts=accounts, served=served, templated=templated)


def _first_message(
    id: UUID,  # noqa: A002 - the message's own
    rungs: tuple[ChannelKind, ...],
    rules: SendingRules,
    not_before: datetime,
    not_after: datetime,
    *,
    asks: bool,
) -> Message:
    """On the first rung that somebody serves."""
    return Message(
        id=id,
        status=MessageStatus.QUEUED,
        channels=rungs,
        rung=next_rung(rungs, -1, rules.served) or 0,
        is_question=asks,
        not_before=not_before,
        not_after=not_after,
    )


def _worth(purpose: Purpose) -> timedelta:
    """How long the text is worth anything."""
    return timedelta(seconds=WORTH_SECONDS.get(purpose, WORTH_OTHERWISE_SECONDS))


def _peer(about: About) -> str | None:
    """The helper's number, still sealed: for a provider that connects the two."""
    helper = about.change.job.responder if about.change else None
    return helper.phone.model_dump_json() if helper and helper.phone else None


def call_to(
    about: About, recipient: Recipient, purpose: Purpose, body: Sealed | None, *, now: datetime, asked: AskedOffer | None = None
) -> CallTask:
    """`body`: what to say, sealed under the recipient's key; an offer is worth nothing after its not_after."""
    due = due_at(urgency(purpose, about.priority), now)
    return CallTask(
        id=uuid7(),
        cause_event_id=about.event.id,
        contact_point_id=recipient.contact_point_id,
        key_id=recipient.address.key_id,
        address=recipient.address.box if purpose not in NOT_TO_THE_RESIDENT else None,
        body=body.box if body else None,
        peer=_peer(about) if purpose is Purpose.REMOTE_CALL else None,
        city=about.city,
        request_id=about.request_id,
        job_id=about.job_id,
        offer_id=asked.offer_id if asked else None,
        role=recipient.role,
        purpose=purpose,
        priority=about.priority,
        due_at=min(due, asked.not_after) if asked else due,
        created_at=now,
        commune_code=about.commune_code,
    )
