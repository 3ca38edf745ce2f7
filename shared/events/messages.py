"""Bodies of `techrescue.messages.v1`: what notify says of messages, answers and calls."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.events.contract import ChannelKind, Contract, Role, Sealed


class FailureReason(StrEnum):
    UNDELIVERABLE = "undeliverable"  # every rung of the ladder said no
    TOO_LATE = "too_late"  # not_after passed before it could be sent
    LIMIT = "limit"  # this person has had enough messages for now
    QUIET_HOURS = "quiet_hours"
    ERASED = "erased"  # the person's key is gone
    OUTAGE = "outage"  # no provider of the channel takes anything; nothing is known of the person
    BUDGET = "budget"  # the money of the day is spent; only of a further try, never of the first
    UNKNOWN = "unknown"  # the provider never said, and it cannot be asked
    UNWANTED = "unwanted"  # whoever has this phone wants no texts of ours


class MessageChanged(Contract):
    """Body of message.submitted, message.delivered and message.failed."""

    message_id: UUID
    city: str
    request_id: UUID
    offer_id: UUID | None  # set when the message is an offer: its lease starts at message.submitted
    contact_point_id: UUID
    role: Role
    purpose: str
    channel: ChannelKind
    at: datetime
    reason: FailureReason | None = None
    retry_at: datetime | None = None  # with limit, quiet_hours and outage: not before
    answers: bool = False  # what this person has just done themselves: counts against nothing that they may be asked


class Answer(StrEnum):
    """What a person meant, whatever they typed."""

    ACCEPT = "accept"
    DECLINE = "decline"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    DONE = "done"
    RELEASE = "release"
    NAMED = "named"  # who of the team goes; `member` says it
    CITY_DESK = "city_desk"  # an escalation: not mine, give it to the city
    ASSIGN = "assign"  # an escalation: this person shall go; `member` is the name, or the code of the roster
    ABSENT = "absent"  # nobody opened
    REFUSED = "refused"  # the resident wants no help
    TURNED_DOWN = "turned_down"  # "tu choi" of a job one has: before setting out one's own no, at the door the resident's
    WRONG_ADDRESS = "wrong_address"
    UNSAFE = "unsafe"
    NEEDS_OFFICE = "needs_office"
    SECOND_VISIT = "second_visit"
    NEEDS_VISIT = "needs_visit"  # of help by phone: somebody has to go there
    GOING = "going"  # asked whether they will go, or whether a call goes on: yes
    WELL = "well"  # asked whether all is well: yes
    WORKS = "works"  # a resident, asked after an incident: it works again
    BROKEN = "broken"  # … it does not
    COMES = "comes"  # a resident, asked about a group visit: they come
    STAYS_AWAY = "stays_away"  # … they do not
    LATE = "late"  # they come, `minutes` later than they said
    SOS = "sos"  # help, now
    AGREED = "agreed"  # the visited person: somebody may come
    NOT_AGREED = "not_agreed"  # the visited person: nobody shall come
    FIXED = "fixed"  # the resident, asked a day later: it works
    NOT_FIXED = "not_fixed"  # … it does not
    RATED = "rated"  # the resident: `score`, and perhaps `why`
    CALLS_OFF = "calls_off"  # the registered number: call it off, yes
    KEEPS_ON = "keeps_on"  # … no, somebody else wanted that
    MOVES = "moves"  # the registered number: another place or time, yes
    STAYS = "stays"  # … no, it stays as it was


class DeclineReason(StrEnum):
    """Why somebody says no to an offer, as far as a few words tell."""

    BUSY = "busy"
    FAR = "far"
    SKILL = "skill"  # they do not know how
    SICK = "sick"
    OTHER = "other"  # they gave a reason, and it is none of these


OF_CONSENT = frozenset({Answer.AGREED, Answer.NOT_AGREED})  # intake's, of a question of intake's: no offer has that id
OF_WISHES = frozenset({Answer.CALLS_OFF, Answer.KEEPS_ON, Answer.MOVES, Answer.STAYS})
OF_INQUIRIES = frozenset({Answer.FIXED, Answer.NOT_FIXED, Answer.RATED}) | OF_WISHES  # same
OF_INTAKE = OF_CONSENT | OF_INQUIRIES


class ReplyReceived(Contract):
    """An answer to one of our questions, or a word about an accepted job."""

    city: str
    contact_point_id: UUID
    request_id: UUID
    job_id: UUID
    offer_id: UUID
    answer: Answer
    member: Sealed | None = None  # purpose "name": who goes, when the answer says so; with assign: who shall be asked
    whole: bool = False  # a word without a number: of every request that the visit of this offer is for
    reason: DeclineReason | None = None  # of a no, where one was given
    minutes: int | None = None  # of late
    score: int | None = None  # of rated: 1 to 5
    why: Sealed | None = None  # of rated, purpose "text": in their own words
    received_at: datetime  # decides whether it was in time, whenever it is processed


class MessageReceived(Contract):
    """Something a person wrote that answers no open question; intake listens."""

    city: str
    contact_point_id: UUID
    channel: ChannelKind
    text: Sealed  # purpose "text"
    received_at: datetime
    phone: Sealed | None = None  # purpose "phone": who wrote it
    for_people: bool = False  # of somebody who works with us, or answered already: people read it, no machine talks to them


class TextsSaid(Contract):
    """Body of texts.said: somebody wrote "STOP" or "NHAN TIN", about our texts to this phone."""

    city: str
    contact_point_id: UUID
    wanted: bool
    received_at: datetime


class CallChanged(Contract):
    """Body of call.requested and call.done: a person must be told by telephone, and who does it until when."""

    call_id: UUID
    city: str
    request_id: UUID
    contact_point_id: UUID
    purpose: str
    job_id: UUID | None = None
    outcome: str | None = None  # call.done: what came of it, a notify.call.CallOutcome
    owner: str  # "city_desk" until an operator takes it; never empty
    due_at: datetime


class OutageChanged(Contract):
    """Body of outage.began and outage.ended: no provider of this channel takes messages, and people are called instead."""

    outage_id: UUID
    city: str
    channel: ChannelKind
    began_at: datetime
    ended_at: datetime | None = None
