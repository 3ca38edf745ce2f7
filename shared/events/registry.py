"""Every event there is: its type, version, topic, what its subject and key are, and the model of its body."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.events.assignments import AssignmentChanged
from shared.events.broadcasts import BroadcastPage, BroadcastRequested
from shared.events.contract import Contract
from shared.events.conversations import ConversationSaid
from shared.events.counter import TicketCalled
from shared.events.drills import DrillAnswered, DrillAsked, DrillSettled
from shared.events.duty import DutyChanged, DutySaid, PresenceChanged, PresenceSaid
from shared.events.groups import GroupChanged
from shared.events.incidents import IncidentChanged, IncidentRung
from shared.events.messages import CallChanged, MessageChanged, MessageReceived, OutageChanged, ReplyReceived, TextsSaid
from shared.events.requests import MeetingOpened, RequestChanged, VisitSuspicious
from shared.events.shifts import ShiftAnswered, ShiftAsked, ShiftSettled, ShiftUnfilled, SwapChanged, SwapSaid

Body = type[Contract]

PARTITIONS: Final = 24  # of every topic; never changed, because the key decides the partition


class Topic(StrEnum):
    REQUESTS = "techrescue.requests.v1"
    ASSIGNMENTS = "techrescue.assignments.v1"
    MESSAGES = "techrescue.messages.v1"
    CONVERSATIONS = "techrescue.conversations.v1"


class EventType(StrEnum):
    REQUEST_FILED = "request.filed"
    REQUEST_LOCATED = "request.located"
    REQUEST_AMENDED = "request.amended"
    REQUEST_CANCELLED = "request.cancelled"
    REQUEST_VISIT_AGREED = "request.visit_agreed"
    REQUEST_VISIT_REFUSED = "request.visit_refused"
    REQUEST_CONSENT_ASKED = "request.consent_asked"  # by text, on the visited person's own phone: may somebody come?
    REQUEST_CONSENT_UNANSWERED = "request.consent_unanswered"  # no answer, or no phone to ask: somebody telephones
    REQUEST_CONSENT_NOTED = "request.consent_noted"  # an answer that changes nothing; `reason` says how it stands
    REQUEST_REOPENED = "request.reopened"
    REQUEST_CONFIRMED = "request.confirmed"
    REQUEST_INQUIRED = "request.inquired"  # the registered number is asked something about it, by text or by a call
    REQUEST_INQUIRY_OVER = "request.inquiry_over"  # … and need not answer any more
    REQUEST_PHRASE_WANTED = "request.phrase_wanted"  # the registered number is told the pass phrase of `visit` once more
    REQUEST_NUMBER_ASKED = (
        "request.number_asked"  # a number never seen before filed over the web: is it theirs? `secret` goes there
    )
    REQUEST_RATED = "request.rated"  # how good the help was: `score`; why, stays sealed in intake
    REQUEST_COMPLAINED = "request.complained"  # about the helper; the reason is a word of a Complaint
    MEETING_OPENED = "meeting.opened"  # on the resident's own page, while somebody helps by phone
    VISIT_SUSPICIOUS = "visit.suspicious"
    TICKET_CALLED = "ticket.called"  # whoever waits at a service point, and left a number, is called to a desk

    OFFER_MADE = "offer.made"
    OFFER_DECLINED = "offer.declined"
    OFFER_EXPIRED = "offer.expired"
    OFFER_WITHDRAWN = "offer.withdrawn"
    ASSIGNMENT_ACCEPTED = "assignment.accepted"
    ASSIGNMENT_RELEASED = "assignment.released"
    ASSIGNMENT_CLEARED = "assignment.cleared"  # the resident agreed to the visit after somebody had accepted
    ASSIGNMENT_NOT_AGREED = "assignment.not_agreed"  # would set out before the visited person has agreed: told to wait
    ASSIGNMENT_NAMED = "assignment.named"  # who of the team goes; from now on the resident knows whom to expect
    ASSIGNMENT_NAME_WANTED = "assignment.name_wanted"  # nobody is named yet, and `reason` says what was wrong with what was said
    ASSIGNMENT_EN_ROUTE = "assignment.en_route"
    ASSIGNMENT_LATE = "assignment.late"  # the helper comes so many minutes later; no clock is moved by it
    ASSIGNMENT_ON_SCENE = "assignment.on_scene"
    ASSIGNMENT_DONE = "assignment.done"
    ASSIGNMENT_POSTPONED = "assignment.postponed"  # could not be done this time: waits, `reason` says for what, then goes on
    ASSIGNMENT_ASKED = "assignment.asked"  # the helper is asked: going (no sign of life), well (there for a while)
    ASSIGNMENT_SILENT = "assignment.silent"  # asked whether all is well, and no answer: somebody calls the helper
    ASSIGNMENT_OUTCOME_WANTED = (
        "assignment.outcome_wanted"  # a word for a whole session, or one for calls, says nothing of this visit
    )
    ASSIGNMENT_HANDED_OFF = "assignment.handed_off"
    ASSIGNMENT_WELL = "assignment.well"  # the helper says that all is well, after somebody was to call
    JOB_OPENED = "job.opened"  # dispatch has the request: the resident's status leaves `filed`
    JOB_ESCALATED = "job.escalated"
    JOB_ASSIGN_REFUSED = "job.assign_refused"  # a lead has named somebody who cannot be asked: told why, their time goes on
    JOB_NEWS = "job.news"  # how it stands, for a resident who has heard nothing for a while
    JOB_CANCELLED = "job.cancelled"
    JOB_GROUPED = "job.grouped"  # known: it is helped by one visit together with others
    JOB_UNGROUPED = "job.ungrouped"  # on its own again: somebody is looked for, for it alone
    JOB_FROZEN = "job.frozen"  # a visit is stopped: nobody opens, nobody comes, a person calls
    JOB_LIFTED = "job.lifted"  # the city desk has looked at it: offered again, with a new phrase
    JOB_ALARMED = "job.alarmed"  # somebody at a visit may need help: ward lead and city desk are told at once
    JOB_CALMED = "job.calmed"  # a person has ended the alarm
    JOB_OFFICE_DUE = "job.office_due"  # handed off: the time of the office is over, somebody asks whether it was done
    JOB_QUESTIONED = "job.questioned"  # the resident is asked about it; the kind of its `offer` says what
    GROUP_PROPOSED = "group.proposed"  # several requests look like one fault; also when another one joins them
    GROUP_CONFIRMED = "group.confirmed"  # a person has said that it is one; also when another one is let in, or taken out
    GROUP_ENDED = "group.ended"  # dismissed, split, or none of its requests is open any more
    INCIDENT_PROPOSED = "incident.proposed"  # far more people than usual ask for the same, all over the city
    INCIDENT_OPENED = "incident.opened"  # a person has said that it is one: that kind of help waits
    INCIDENT_ENDED = "incident.ended"  # over, dismissed, or subsided before anybody decided
    INCIDENT_RUNG = "incident.rung"  # the city desk has to decide about it
    CLOCK_PAUSED = "clock.paused"
    CLOCK_RESUMED = "clock.resumed"
    SLA_WARNING = "sla.warning"
    SLA_BREACHED = "sla.breached"
    DUTY_CHANGED = "duty.changed"  # somebody is off duty, on a break, or back
    PRESENCE_CHANGED = "presence.changed"  # what a team's phone said of who is there, and what holds now
    DRILL_ASKED = "drill.asked"  # is anybody there? One short question a month, without any job
    DRILL_SETTLED = "drill.settled"  # nobody was, or somebody is again
    BROADCAST_PAGE = "broadcast.page"  # some of the people whom a broadcast is for
    SHIFT_ASKED = "shift.asked"  # will you be there, or: will you take this place?
    SHIFT_SETTLED = "shift.settled"  # that question is over
    SHIFT_SWAP = "shift.swap"  # somebody wants to give a shift to a colleague: how that stands
    SHIFT_UNFILLED = "shift.unfilled"  # nobody was found for a place that somebody gave up

    MESSAGE_SUBMITTED = "message.submitted"
    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_FAILED = "message.failed"
    REPLY_RECEIVED = "reply.received"
    MESSAGE_RECEIVED = "message.received"
    DUTY_SAID = "duty.said"  # "NGHI 30", "LAM"
    TEXTS_SAID = "texts.said"  # "STOP", "NHAN TIN"
    PRESENCE_SAID = "presence.said"  # "CO MAT LAN", "VANG MINH"
    DRILL_ANSWERED = "drill.answered"
    BROADCAST_REQUESTED = "broadcast.requested"  # who are the people it is for?
    SHIFT_ANSWERED = "shift.answered"
    SHIFT_SWAP_SAID = "shift.swap_said"  # "DOI 27 LAN", "GIAO CA"
    CALL_REQUESTED = "call.requested"
    CALL_DONE = "call.done"
    OUTAGE_BEGAN = "outage.began"  # no provider of a channel takes messages: people are called
    OUTAGE_ENDED = "outage.ended"

    CONVERSATION_SAID = "conversation.said"  # what the machine, or an operator, says to somebody who writes to us


@dataclass(frozen=True, slots=True)
class EventKind:
    """`subject` says whose version the event carries; `key` decides the partition, hence what keeps its order."""

    type: EventType
    topic: Topic
    subject: str
    key: str
    body: Body
    version: int = 1

    @property
    def ce_type(self) -> str:
        return f"vn.techrescue.{self.type}.v{self.version}"


_GROUP: Final = [kind for kind in EventType if kind.startswith("group.")]
_INCIDENT: Final = (EventType.INCIDENT_PROPOSED, EventType.INCIDENT_OPENED, EventType.INCIDENT_ENDED)

_SENT: Final = (EventType.MESSAGE_SUBMITTED, EventType.MESSAGE_DELIVERED, EventType.MESSAGE_FAILED)
_OUTAGE: Final = (EventType.OUTAGE_BEGAN, EventType.OUTAGE_ENDED)


def _kinds() -> list[EventKind]:
    request: dict[EventType, Body] = {kind: RequestChanged for kind in EventType if kind.startswith("request.")}
    assignment: dict[EventType, Body] = {
        kind: AssignmentChanged for kind in EventType if kind.startswith(("offer.", "assignment.", "job.", "clock.", "sla."))
    }
    message: dict[EventType, Body] = dict.fromkeys(_SENT, MessageChanged)
    message |= dict.fromkeys((EventType.CALL_REQUESTED, EventType.CALL_DONE), CallChanged)
    incoming: dict[EventType, Body] = {
        EventType.REPLY_RECEIVED: ReplyReceived,
        EventType.MESSAGE_RECEIVED: MessageReceived,
        EventType.DUTY_SAID: DutySaid,
        EventType.TEXTS_SAID: TextsSaid,
        EventType.PRESENCE_SAID: PresenceSaid,
        EventType.DRILL_ANSWERED: DrillAnswered,
        EventType.SHIFT_ANSWERED: ShiftAnswered,
        EventType.SHIFT_SWAP_SAID: SwapSaid,
    }
    return [
        *(EventKind(kind, Topic.REQUESTS, "request", "request_id", body) for kind, body in request.items()),
        EventKind(EventType.MEETING_OPENED, Topic.REQUESTS, "request", "request_id", MeetingOpened),
        EventKind(EventType.VISIT_SUSPICIOUS, Topic.REQUESTS, "request", "request_id", VisitSuspicious),
        EventKind(EventType.TICKET_CALLED, Topic.REQUESTS, "ticket", "ticket_id", TicketCalled),
        *(EventKind(kind, Topic.ASSIGNMENTS, "job", "request_id", body) for kind, body in assignment.items()),
        EventKind(EventType.DUTY_CHANGED, Topic.ASSIGNMENTS, "responder", "contact_point_id", DutyChanged),
        EventKind(EventType.PRESENCE_CHANGED, Topic.ASSIGNMENTS, "responder", "contact_point_id", PresenceChanged),
        EventKind(EventType.DRILL_ASKED, Topic.ASSIGNMENTS, "question", "contact_point_id", DrillAsked),
        EventKind(EventType.DRILL_SETTLED, Topic.ASSIGNMENTS, "question", "contact_point_id", DrillSettled),
        EventKind(EventType.SHIFT_ASKED, Topic.ASSIGNMENTS, "question", "contact_point_id", ShiftAsked),
        EventKind(EventType.SHIFT_SETTLED, Topic.ASSIGNMENTS, "question", "contact_point_id", ShiftSettled),
        EventKind(EventType.SHIFT_SWAP, Topic.ASSIGNMENTS, "swap", "contact_point_id", SwapChanged),
        EventKind(EventType.SHIFT_UNFILLED, Topic.ASSIGNMENTS, "opening", "contact_point_id", ShiftUnfilled),
        *(EventKind(kind, Topic.ASSIGNMENTS, "group", "group_id", GroupChanged) for kind in _GROUP),
        *(EventKind(kind, Topic.ASSIGNMENTS, "incident", "incident_id", IncidentChanged) for kind in _INCIDENT),
        EventKind(EventType.INCIDENT_RUNG, Topic.ASSIGNMENTS, "ring", "contact_point_id", IncidentRung),
        *(EventKind(kind, Topic.MESSAGES, "message", "request_id", body) for kind, body in message.items()),
        *(EventKind(kind, Topic.MESSAGES, "outage", "outage_id", OutageChanged) for kind in _OUTAGE),
        *(EventKind(kind, Topic.MESSAGES, "contact point", "contact_point_id", body) for kind, body in incoming.items()),
    ]


def _of_broadcasts() -> list[EventKind]:
    """Asked by notify, answered by dispatch."""
    return [
        EventKind(EventType.BROADCAST_PAGE, Topic.ASSIGNMENTS, "broadcast", "broadcast_id", BroadcastPage),
        EventKind(EventType.BROADCAST_REQUESTED, Topic.MESSAGES, "broadcast", "broadcast_id", BroadcastRequested),
    ]


def _of_conversations() -> list[EventKind]:
    """Decided by intake, said by notify."""
    key = "conversation_id"
    return [EventKind(EventType.CONVERSATION_SAID, Topic.CONVERSATIONS, "conversation", key, ConversationSaid)]


REGISTRY: Final = {kind.type: kind for kind in (*_kinds(), *_of_broadcasts(), *_of_conversations())}


def types_of(topic: Topic) -> frozenset[EventType]:
    return frozenset(kind.type for kind in REGISTRY.values() if kind.topic is topic)


BY_CE_TYPE: Final = {kind.ce_type: kind for kind in REGISTRY.values()}
