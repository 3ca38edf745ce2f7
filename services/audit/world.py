"""What the judge looks at: rows of all schemas as plain values, and the two times by which it judges them. No rules here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

GRACE = timedelta(seconds=60)  # younger is in flight


@dataclass(frozen=True, slots=True)
class Request:
    id: UUID
    code: str
    status: str
    commune_code: str | None
    owner: str | None
    updated_at: datetime
    contact_point_id: UUID
    forgotten: bool  # its boxes are empty: the person was erased
    on_board: bool = True  # operators have it before them


@dataclass(frozen=True, slots=True)
class Job:
    id: UUID
    request_id: UUID
    status: str
    responder_id: UUID | None
    escalated_to: str | None
    closed_at: datetime | None
    updated_at: datetime
    group_id: UUID | None = None  # helped by one visit together with others
    rides: bool = False  # … and another of them is the one that is offered

    @property
    def target(self) -> UUID:
        """What the accepted offer of its visit is for."""
        return self.group_id if self.group_id is not None and self.closed_at is None else self.id


@dataclass(frozen=True, slots=True)
class Offer:
    id: UUID
    job_id: UUID
    kind: str
    status: str
    responder_id: UUID | None
    updated_at: datetime
    group_id: UUID | None = None

    @property
    def target(self) -> UUID:
        return self.group_id or self.job_id


@dataclass(frozen=True, slots=True)
class Responder:
    id: UUID
    load: int
    capacity: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    id: UUID
    request_id: UUID
    status: str
    resends: int
    not_before: datetime
    not_after: datetime
    lease_until: datetime | None
    climb_at: datetime | None = None  # then the next channel has it


@dataclass(frozen=True, slots=True)
class Question:
    id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CallTask:
    id: UUID
    owner: str
    due_at: datetime | None = None  # then it falls back to the desk, with a new time


@dataclass(frozen=True, slots=True)
class Callback:
    """Somebody whom the hotline has to call back, and nobody has yet."""

    id: UUID
    owner: str
    due_at: datetime  # or the end of the lease of who has it: then somebody else does


@dataclass(frozen=True, slots=True)
class PrivacyRight:
    """What somebody has asked about their own data, and is not done. `raised`: it is whose who can do all of it."""

    id: UUID
    owner: str
    due_at: datetime
    raised: bool
    watched: bool


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A registered number was asked something and has not answered. `watched`: a timer makes something of its silence."""

    id: UUID
    about: str
    open_until: datetime
    watched: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that is not over. `watched`: a timer believes in it; `listed`: an operator finds it unread."""

    id: UUID
    stage: str
    heard_at: datetime
    watched: bool
    listed: bool


@dataclass(frozen=True, slots=True)
class Unreturned:
    """A call that nobody took, of somebody nobody has spoken with since, and whom nobody is to call back."""

    id: UUID
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    id: UUID
    message_id: UUID
    channel: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How often the simulated carrier handed one attempt to a phone."""

    attempt_id: UUID
    times: int


@dataclass(frozen=True, slots=True)
class Timer:
    context: str
    kind: str
    subject: UUID
    due_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Unpublished:
    context: str
    event_id: UUID
    type: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """An event that could not be handled, or waits behind one, and nobody has settled it."""

    context: str
    id: int
    topic: str
    subject: str | None
    at: datetime
    reason: str  # without personal data


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One in which somebody could be named, or told, by now."""

    id: UUID
    missing: str  # named, told
    progressed_at: datetime


@dataclass(frozen=True, slots=True)
class QueueTicket:
    """Somebody who waits at a service point, or sits at a desk."""

    id: UUID
    status: str
    owner: str | None
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Unfreed:
    """A request that was merged into another one, which has ended and helped nobody."""

    id: UUID
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class World:
    """`app_now` judges what is due, `wall_now` what was written; in tests the first may run ahead of the second."""

    app_now: datetime
    wall_now: datetime
    grace: timedelta = GRACE
    requests: tuple[Request, ...] = ()
    jobs: tuple[Job, ...] = ()
    offers: tuple[Offer, ...] = ()
    responders: tuple[Responder, ...] = ()
    messages: tuple[Message, ...] = ()
    asked_offers: frozenset[UUID] = frozenset()  # offers that notify knows, as a question or a call task
    questions: tuple[Question, ...] = ()  # that still wait for an answer
    call_tasks: tuple[CallTask, ...] = ()  # that still have to be made
    callbacks: tuple[Callback, ...] = ()  # that somebody still has to make
    unreturned: tuple[Unreturned, ...] = ()
    rights: tuple[PrivacyRight, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()
    talks: tuple[Talk, ...] = ()
    unfreed: tuple[Unfreed, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    timers: tuple[Timer, ...] = ()
    unpublished: tuple[Unpublished, ...] = ()
    letters: tuple[Letter, ...] = ()  # by id within a context
    broadcasts: tuple[Broadcast, ...] = ()
    tickets: tuple[QueueTicket, ...] = ()  # that are not over

    @property
    def drained(self) -> bool:
        return not self.grace

    def settled(self, written_at: datetime) -> bool:
        """Long enough ago that everybody has heard of it."""
        return written_at <= self.wall_now - self.grace

    def overdue(self, due_at: datetime) -> bool:
        return due_at < self.app_now - self.grace


@dataclass(frozen=True, slots=True)
class Violation:
    """`rule` is a word from a closed set; `subject` the row it is about; `finding` says what is wrong, without personal data."""

    rule: str
    subject: str
    finding: str
