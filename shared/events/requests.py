"""Bodies of `techrescue.requests.v1`: what intake says of a request for help."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.events.contract import ChannelKind, Contract, Place, Priority, Recipient, Sealed


class RequestStatus(StrEnum):
    NEEDS_LOCATION = "needs_location"  # accepted, but nobody knows where; an operator has to ask
    FILED = "filed"  # accepted and stored; dispatch has not seen it yet
    WAITING = "waiting"  # a job is open; nobody has it yet
    ASSIGNED = "assigned"  # somebody said yes
    ON_THE_WAY = "on_the_way"
    IN_PROGRESS = "in_progress"  # the helper is there
    FROZEN = "frozen"  # stopped for the resident's safety: nobody comes, the city desk calls
    RESOLVED = "resolved"  # the helper says it is done; the resident may still say no
    CLOSED = "closed"
    CANCELLED = "cancelled"
    HANDED_OFF = "handed_off"  # belongs to another office; the resident knows which
    UNREACHED = "unreached"  # nobody could reach the resident; not a success


class Channel(StrEnum):
    """Through which door a request came."""

    HOTLINE = "hotline"
    WEB = "web"
    CHAT = "chat"
    COUNTER = "counter"  # walked into a service point
    OPEN311 = "open311"
    IMPORT = "import"  # a row of somebody's file


class RequesterKind(StrEnum):
    """For whom help is asked: whose trouble it is."""

    RESIDENT = "resident"
    OFFICIAL = "official"  # somebody who serves residents at an office
    SERVICE_POINT = "service_point"  # a counter, a kiosk, a reading room: many wait there


class RequestState(Contract):
    """Everything public about one request. `details` holds the rest, sealed.

    `details` (purpose "details") opens to a JSON object
    `{name, phone, description, address, lat, lon, on_behalf_of, phrase_seed}`, each a string, a number or null;
    `phrase_seed` is 32 hex digits.
    """

    request_id: UUID
    city: str
    code: str  # the tracking code, which shows public facts only
    version: int  # of the request, raised by each change
    status: RequestStatus
    channel: Channel
    category: str
    priority: Priority
    skills: tuple[str, ...]
    commune_code: str | None
    place: Place | None
    resident: Recipient
    details: Sealed
    vulnerable: tuple[str, ...] = ()
    requester_kind: str | None = None  # a RequesterKind; None: nobody has said
    visit_consent: bool | None = None  # None: nobody has asked yet
    someone_present: bool | None = None  # of the resident's own, while the helper is there; None: nobody has said
    by_call: bool = False  # a landline or `contact: call`: messages become call tasks
    reopened: int = 0  # how often; each time is a new job
    filed_at: datetime
    known: str | None = None  # when it was filed a person had said that it is known: "incident"
    held: bool = False  # until its filer's number is confirmed, or for a while: no job yet
    expected_at: datetime | None = None  # until when the resident may expect a helper


class ConsentAsk(Contract):
    """The question whether somebody may come. `reply.received` with `agreed` or `not_agreed` names it as its offer."""

    ask_id: UUID
    contact_point_id: UUID  # the visited person's own phone
    open_until: datetime  # an answer by a bare word counts until then
    again: bool = False  # the second and last time
    behalf: bool = False  # somebody else has filed it for them


class Inquired(StrEnum):
    """What a registered number is asked about its request."""

    FIXED = "fixed"  # a day after it was resolved: does it work?
    SURVEY = "survey"  # how good was the help, 1 to 5, and why?
    CANCEL = "cancel"  # somebody without the number wants to call it off: do they want that?
    MOVE = "move"  # … wants it somewhere else, or at another time


class Inquiry(Contract):
    """A question to the registered number. `reply.received` names it as its offer."""

    ask_id: UUID
    contact_point_id: UUID
    open_until: datetime
    about: Inquired
    # Of a move, purpose "details": a JSON object {address, commune_code, at}, each a string or null.
    move: Sealed | None = None


# The reason of request.filed: written by themselves, in a conversation of this very number; they wait for the answer.
OWN_WORD: Final = "own_word"


class RequestChanged(Contract):
    """Body of every request.* event: the state after the change, and why it changed."""

    request: RequestState
    recipients: tuple[Recipient, ...] = ()
    reason: str | None = None  # a word from a closed set, never free text
    consent: ConsentAsk | None = None  # where the event begins, repeats or ends that question
    inquiry: Inquiry | None = None  # same
    score: int | None = None  # of request.rated: 1 to 5
    secret: Sealed | None = None  # of request.number_asked, purpose "code": what the registered number is sent
    visit: int | None = None  # of request.phrase_wanted: whose phrase is told
    wanted_at: datetime | None = None  # of request.amended: the registered number wants nobody before then


class Stand(StrEnum):
    """How it stands with the visit, for somebody whose answer changes nothing: the reason of request.consent_noted."""

    AGREED = "agreed"
    REFUSED = "refused"
    THERE = "there"  # somebody is at the door: who wants them gone tells them, or calls
    OVER = "over"


class Complaint(StrEnum):
    """What a resident holds against the helper."""

    ABSENT = "absent"  # said they would come, and did not
    LATE = "late"
    RUDE = "rude"
    NOT_SOLVED = "not_solved"  # called it done, and it was not
    ASKED_MONEY = "asked_money"
    ASKED_CODE = "asked_code"  # an OTP, a password, a card number
    UNSAFE = "unsafe"
    OTHER = "other"


class Suspicion(StrEnum):
    """What made a visit suspicious."""

    WRONG_PHRASE = "wrong_phrase"  # the visitor missed the pass phrase too often
    REFUSED = "refused"  # the visited person does not want this visitor at the door


class VisitSuspicious(Contract):
    """Somebody at the door did not know the phrase, or the resident said no. Ids and a word, nothing that was said."""

    request_id: UUID
    city: str
    reason: str  # a Suspicion
    job_id: UUID | None = None
    visit: int = 0


class MeetingOpened(Contract):
    """The resident has opened a meeting on the web for the call that goes on. Its address is in no event: shared/meetings.py."""

    request_id: UUID
    city: str
    job_id: UUID
    visit: int


__all__ = [
    "OWN_WORD",
    "Channel",
    "ChannelKind",
    "Complaint",
    "ConsentAsk",
    "Inquired",
    "Inquiry",
    "MeetingOpened",
    "RequestChanged",
    "RequestState",
    "RequestStatus",
    "RequesterKind",
    "Stand",
    "Suspicion",
    "VisitSuspicious",
]
