"""Which event writes to whom, and what for: one table. Pure; the words are in templates/, the fields in wording.py."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose
from shared.categories import FRAUD
from shared.events.assignments import AssignmentChanged, OfferKind
from shared.events.contract import Role
from shared.events.registry import EventType
from shared.events.requests import OWN_WORD
from shared.pauses import Pause

UNSAFE: Final = "unsafe"  # the reason of a visit that its helper has left because it was not safe there
PURPOSES: Final[Mapping[tuple[EventType, Role], Purpose]] = {
    (EventType.REQUEST_FILED, Role.RESIDENT): Purpose.FILED,
    (EventType.REQUEST_REOPENED, Role.RESIDENT): Purpose.REOPENED_RESIDENT,
    (EventType.REQUEST_CANCELLED, Role.RESIDENT): Purpose.CANCELLED_RESIDENT,
    (EventType.CLOCK_PAUSED, Role.RESIDENT): Purpose.WAITING_OFF_HOURS,
    (EventType.CLOCK_RESUMED, Role.RESIDENT): Purpose.RESUMED_RESIDENT,
    (EventType.CLOCK_RESUMED, Role.LEAD): Purpose.RESUMED_LEAD,
    (EventType.JOB_NEWS, Role.RESIDENT): Purpose.NEWS_RESIDENT,
    (EventType.JOB_ESCALATED, Role.RESIDENT): Purpose.ESCALATED_RESIDENT,
    (EventType.JOB_ESCALATED, Role.LEAD): Purpose.ACCEPTED_LEAD,  # a lead has said "mine"
    (EventType.JOB_CANCELLED, Role.RESPONDER): Purpose.WITHDRAWN,
    (EventType.JOB_FROZEN, Role.RESIDENT): Purpose.FROZEN_RESIDENT,
    (EventType.JOB_FROZEN, Role.RESPONDER): Purpose.STOPPED_RESPONDER,
    (EventType.JOB_LIFTED, Role.RESIDENT): Purpose.LIFTED_RESIDENT,
    (EventType.JOB_ASSIGN_REFUSED, Role.LEAD): Purpose.ASSIGN_REFUSED,
    (EventType.SLA_BREACHED, Role.RESPONDER): Purpose.LATE_RESPONDER,
    (EventType.SLA_BREACHED, Role.LEAD): Purpose.LATE_LEAD,
    (EventType.JOB_GROUPED, Role.RESIDENT): Purpose.GROUPED_RESIDENT,
    (EventType.JOB_UNGROUPED, Role.RESIDENT): Purpose.UNGROUPED_RESIDENT,
    (EventType.OFFER_MADE, Role.RESPONDER): Purpose.OFFER,
    (EventType.OFFER_MADE, Role.LEAD): Purpose.ESCALATION,
    (EventType.OFFER_WITHDRAWN, Role.RESPONDER): Purpose.WITHDRAWN,
    (EventType.OFFER_WITHDRAWN, Role.LEAD): Purpose.WITHDRAWN,
    (EventType.ASSIGNMENT_ACCEPTED, Role.RESIDENT): Purpose.ACCEPTED_RESIDENT,
    (EventType.ASSIGNMENT_ACCEPTED, Role.RESPONDER): Purpose.ACCEPTED_RESPONDER,
    (EventType.ASSIGNMENT_ACCEPTED, Role.LEAD): Purpose.ACCEPTED_LEAD,
    (EventType.ASSIGNMENT_CLEARED, Role.RESPONDER): Purpose.CLEARED_RESPONDER,
    (EventType.ASSIGNMENT_CLEARED, Role.LEAD): Purpose.ACCEPTED_LEAD,
    (EventType.ASSIGNMENT_NOT_AGREED, Role.RESPONDER): Purpose.NOT_AGREED_RESPONDER,
    (EventType.ASSIGNMENT_NAMED, Role.RESIDENT): Purpose.NAMED_RESIDENT,
    (EventType.ASSIGNMENT_NAMED, Role.RESPONDER): Purpose.NAMED_RESPONDER,
    (EventType.ASSIGNMENT_NAME_WANTED, Role.RESPONDER): Purpose.NAME_WANTED,
    (EventType.ASSIGNMENT_NAME_WANTED, Role.RESIDENT): Purpose.UNNAMED_RESIDENT,
    (EventType.ASSIGNMENT_OUTCOME_WANTED, Role.RESPONDER): Purpose.ASK_OUTCOME,
    (EventType.ASSIGNMENT_EN_ROUTE, Role.RESIDENT): Purpose.EN_ROUTE_RESIDENT,
    (EventType.ASSIGNMENT_EN_ROUTE, Role.RESPONDER): Purpose.EN_ROUTE_RESPONDER,
    (EventType.ASSIGNMENT_EN_ROUTE, Role.LEAD): Purpose.EN_ROUTE_RESPONDER,
    (EventType.ASSIGNMENT_LATE, Role.RESIDENT): Purpose.LATER_RESIDENT,
    (EventType.ASSIGNMENT_LATE, Role.RESPONDER): Purpose.LATER_RESPONDER,
    (EventType.ASSIGNMENT_DONE, Role.RESIDENT): Purpose.DONE_RESIDENT,
    (EventType.ASSIGNMENT_DONE, Role.RESPONDER): Purpose.DONE_RESPONDER,
    (EventType.ASSIGNMENT_DONE, Role.LEAD): Purpose.DONE_RESPONDER,
    (EventType.ASSIGNMENT_RELEASED, Role.RESIDENT): Purpose.RELEASED_RESIDENT,
    (EventType.ASSIGNMENT_RELEASED, Role.RESPONDER): Purpose.RELEASED_RESPONDER,
    (EventType.ASSIGNMENT_RELEASED, Role.LEAD): Purpose.RELEASED_RESPONDER,
    (EventType.ASSIGNMENT_POSTPONED, Role.RESIDENT): Purpose.POSTPONED_RESIDENT,
    (EventType.ASSIGNMENT_POSTPONED, Role.RESPONDER): Purpose.DONE_RESPONDER,
    (EventType.ASSIGNMENT_ASKED, Role.RESPONDER): Purpose.ASK_WELL,
    (EventType.JOB_ALARMED, Role.RESIDENT): Purpose.SOS_RESIDENT,
    (EventType.JOB_ALARMED, Role.RESPONDER): Purpose.SOS_RESPONDER,
    (EventType.JOB_ALARMED, Role.LEAD): Purpose.ALARM_LEAD,
    (EventType.ASSIGNMENT_HANDED_OFF, Role.RESIDENT): Purpose.HANDED_OFF_RESIDENT,
    (EventType.ASSIGNMENT_HANDED_OFF, Role.RESPONDER): Purpose.DONE_RESPONDER,
}

BY_REASON: Final[Mapping[tuple[Purpose, str | None], Purpose]] = {
    (Purpose.FILED, OWN_WORD): Purpose.FILED_HERE,
    (Purpose.WITHDRAWN, "taken"): Purpose.TAKEN,
    (Purpose.WITHDRAWN, "already_taken"): Purpose.ALREADY_TAKEN,
    (Purpose.WITHDRAWN, "moved_on"): Purpose.MOVED_ON,
    (Purpose.FROZEN_RESIDENT, FRAUD): Purpose.FRAUD_RESIDENT,
    (Purpose.FROZEN_RESIDENT, UNSAFE): Purpose.UNSAFE_RESIDENT,
    (Purpose.STOPPED_RESPONDER, UNSAFE): Purpose.UNSAFE_RESPONDER,
    (Purpose.RELEASED_RESPONDER, "no_sign"): Purpose.REPLACED_RESPONDER,
    (Purpose.RELEASED_RESPONDER, "split"): Purpose.WITHDRAWN,  # taken away, and they hear why
    (Purpose.RELEASED_RESPONDER, "frozen"): Purpose.WITHDRAWN,
    (Purpose.ASK_WELL, "going"): Purpose.ASK_GOING,
    (Purpose.WAITING_OFF_HOURS, "slot"): Purpose.SLOT_RESIDENT,
    (Purpose.WAITING_OFF_HOURS, Pause.INCIDENT): Purpose.HELD_RESIDENT,
    (Purpose.UNGROUPED_RESIDENT, "no_helper"): Purpose.SESSION_OFF_RESIDENT,
    (Purpose.UNGROUPED_RESIDENT, "session_cancelled"): Purpose.SESSION_OFF_RESIDENT,
    (Purpose.NEWS_RESIDENT, "incident"): Purpose.HELD_NEWS_RESIDENT,
    (Purpose.CANCELLED_RESIDENT, "duplicate"): Purpose.MERGED_RESIDENT,
    (Purpose.DONE_RESIDENT, "incident_over"): Purpose.INCIDENT_OVER_RESIDENT,
    (Purpose.WAITING_OFF_HOURS, Pause.RESIDENT_LATER): Purpose.PAUSED_RESIDENT,
    (Purpose.WAITING_OFF_HOURS, Pause.NIGHT): Purpose.NIGHT_RESIDENT,
    (Purpose.WAITING_OFF_HOURS, Pause.WAITING_OFFICE): Purpose.WAITING_OFFICE_RESIDENT,
    (Purpose.ACCEPTED_LEAD, "assigned"): Purpose.ASSIGNED_LEAD,
    (Purpose.NAME_WANTED, "no_team"): Purpose.NO_NAME_NEEDED,
}

# Who telephones whom because of an event: what a text cannot find out, and what must not wait for somebody to read it.
CALLS: Final[Mapping[tuple[EventType, str | None], tuple[Role, Purpose]]] = {
    (EventType.ASSIGNMENT_POSTPONED, "absent"): (Role.RESIDENT, Purpose.ABSENT_CALL),
    (EventType.ASSIGNMENT_POSTPONED, "wrong_address"): (Role.RESIDENT, Purpose.ADDRESS_CALL),
    (EventType.ASSIGNMENT_DONE, "by_helper"): (Role.RESIDENT, Purpose.REFUSAL_CALL),
    (EventType.CLOCK_PAUSED, "second_visit"): (Role.RESIDENT, Purpose.SLOT_CALL),
    (EventType.ASSIGNMENT_HANDED_OFF, "needs_office"): (Role.RESIDENT, Purpose.OFFICE_HANDOVER),
    (EventType.JOB_OFFICE_DUE, "needs_office"): (Role.RESIDENT, Purpose.OFFICE_CALL),
    (EventType.JOB_FROZEN, FRAUD): (Role.RESIDENT, Purpose.FRAUD_CALL),
    (EventType.JOB_FROZEN, UNSAFE): (Role.RESPONDER, Purpose.UNSAFE_CALL),
    (EventType.ASSIGNMENT_SILENT, "well"): (Role.RESPONDER, Purpose.WELL_CALL),
}

# What is said otherwise of help by telephone: nobody sets out, and no address is told.
BY_PHONE: Final[Mapping[Purpose, Purpose]] = {
    Purpose.OFFER: Purpose.OFFER_BY_PHONE,
    Purpose.ACCEPTED_RESIDENT: Purpose.CALLED_RESIDENT,
    Purpose.ACCEPTED_RESPONDER: Purpose.CALLING_RESPONDER,
    Purpose.CLEARED_RESPONDER: Purpose.CALLING_RESPONDER,
    Purpose.RELEASED_RESIDENT: Purpose.TRAVEL_RESIDENT,
    Purpose.RELEASED_RESPONDER: Purpose.TRAVEL_RESPONDER,
    Purpose.REPLACED_RESPONDER: Purpose.TRAVEL_RESPONDER,
    Purpose.ASK_GOING: Purpose.ASK_CALLED,
}

QUESTION_KINDS: Final[Mapping[Purpose, OfferKind]] = {
    Purpose.OFFER: OfferKind.VISIT,
    Purpose.OFFER_BY_PHONE: OfferKind.VISIT,
    Purpose.ESCALATION: OfferKind.ESCALATION,
}

# What answers something this person has just done may come at night: they are awake and wait for it.
ANSWERS_OWN_ACT: Final = frozenset(
    {
        Purpose.FILED,
        Purpose.FILED_HERE,
        Purpose.REOPENED_RESIDENT,
        Purpose.WAITING_OFF_HOURS,
        Purpose.PAUSED_RESIDENT,
        Purpose.WAITING_OFFICE_RESIDENT,
        Purpose.INCIDENT_OVER_RESIDENT,
        Purpose.SESSION_RESPONDER,
        Purpose.SESSION_RIDER_RESPONDER,
        Purpose.SESSION_WHO,
        Purpose.CANCELLED_RESIDENT,
        Purpose.NAMED_RESIDENT,
        Purpose.UNNAMED_RESIDENT,
        Purpose.EN_ROUTE_RESIDENT,  # somebody comes to the door: silence would be the greater fright
        Purpose.FRAUD_RESIDENT,
        Purpose.FROZEN_RESIDENT,  # whoever stands at a door at night is not asleep, on either side of it
        Purpose.STOPPED_RESPONDER,
        Purpose.POSTPONED_RESIDENT,
        Purpose.UNSAFE_RESIDENT,
        Purpose.UNSAFE_RESPONDER,
        Purpose.ASK_WELL,  # who is there is awake
        Purpose.SOS_RESIDENT,
        Purpose.SOS_RESPONDER,
        Purpose.SOS_NOWHERE,
        Purpose.CONSENT_QUESTION,  # whoever has not filed it themselves is asked by day: intake sees to it
        Purpose.CONSENT_AGREED,
        Purpose.CONSENT_REFUSED,
        Purpose.CONSENT_NOTED,
        Purpose.TICKET_CALLED,
        Purpose.PHRASE_AGAIN,
        Purpose.NUMBER_CODE,
        Purpose.NOT_AGREED_RESPONDER,
        Purpose.ASK_OUTCOME,
        Purpose.ASK_WHO_ABSENT,
        Purpose.ALREADY_TAKEN,
        Purpose.MOVED_ON,
        Purpose.TOO_LATE,
        Purpose.ACCEPTED_RESPONDER,
        Purpose.ACCEPTED_LEAD,
        Purpose.ASSIGNED_LEAD,
        Purpose.ASSIGN_REFUSED,
        Purpose.CLEARED_RESPONDER,
        Purpose.NAMED_RESPONDER,
        Purpose.NAME_WANTED,
        Purpose.NO_NAME_NEEDED,
        Purpose.EN_ROUTE_RESPONDER,
        Purpose.RELEASED_RESPONDER,
        Purpose.DONE_RESPONDER,
        Purpose.ASK_BACK,
        Purpose.ASK_WHICH_JOB,
        Purpose.NOT_UNDERSTOOD,
        Purpose.ALREADY_ANSWERED,
        Purpose.WORDS,
        Purpose.ASK_LATE,
        Purpose.LATER_RESIDENT,  # somebody waits at the door for who does not come yet
        Purpose.LATER_RESPONDER,
        Purpose.STOPPED,
        Purpose.STARTED,
        Purpose.DRILL_BACK,
        Purpose.ON_DUTY,
        Purpose.ON_BREAK,
        Purpose.OFF_DUTY,
        Purpose.TEAM_HERE,
        Purpose.TEAM_UNKNOWN,
        Purpose.TEAM_WHICH,
        Purpose.SHIFT_KEPT,
        Purpose.SHIFT_GIVEN_UP,
        Purpose.SHIFT_TAKEN,
        Purpose.CALLED_RESIDENT,
        Purpose.CALLING_RESPONDER,
        Purpose.TRAVEL_RESPONDER,
        Purpose.SWAP_ASKED,
        Purpose.SWAP_AGREED,
        Purpose.SWAP_IMPOSSIBLE,
    }
)


def purpose_of(event: EventType, role: Role, reason: str | None = None, *, by_phone: bool = False) -> Purpose | None:
    """What this person is told because of this event; None: nothing. `by_phone`: of help that is given in a call."""
    purpose = PURPOSES.get((event, role))
    if purpose is None:
        return None
    found = BY_REASON.get((purpose, reason), purpose)
    return BY_PHONE.get(found, found) if by_phone else found


def is_by_phone(change: AssignmentChanged | None) -> bool:
    """Whether it speaks of somebody who helps, or is asked to help, in a call."""
    if change is None:
        return False
    asked = change.offer is not None and change.offer.by_phone
    return asked or (change.job.responder is not None and change.job.responder.by_phone)
