"""How much hangs on each purpose: what must be said whatever else was, what is telephoned about, what may stay unsaid. Pure.

One place: limits, money, outages, and whoever is called when no machine reaches a person all ask here. A purpose that is new has
to be put somewhere, and what is vital (purpose.py) is telephoned about and matters in an outage without being named again.
"""

from typing import Final

from notify.purpose import ANSWERS, SAID, VITAL, Purpose
from notify.telling.routing import ANSWERS_OWN_ACT, QUESTION_KINDS
from shared.events.contract import Priority, Role

# Of a service point that is down: nobody has been found, and the resident, or who has to find somebody, must know it.
VITAL_WHEN_P1: Final = frozenset({Purpose.ESCALATED_RESIDENT, Purpose.ESCALATION})

# Nobody was reached by machine: for these somebody has to telephone, because not knowing would do harm.
CALL_WHEN_UNREACHED: Final = VITAL | {
    Purpose.FILED,
    Purpose.FILED_HERE,
    Purpose.REOPENED_RESIDENT,
    Purpose.ACCEPTED_RESIDENT,
    Purpose.ESCALATED_RESIDENT,
    Purpose.DONE_RESIDENT,
    Purpose.HANDED_OFF_RESIDENT,
    Purpose.CANCELLED_RESIDENT,
    Purpose.MERGED_RESIDENT,
    Purpose.CONSENT_REFUSED,
    Purpose.PHRASE_AGAIN,  # somebody waits for it, perhaps with a stranger at the door
    Purpose.WAITING_OFF_HOURS,
    Purpose.PAUSED_RESIDENT,
    Purpose.WAITING_OFFICE_RESIDENT,
    Purpose.INCIDENT_ASK,
    Purpose.SESSION_ASK,
    Purpose.INCIDENT_LEAD,
    Purpose.INCIDENT_OPEN_LEAD,
    Purpose.NIGHT_RESIDENT,
    Purpose.SLOT_RESIDENT,
    Purpose.LATE_RESPONDER,
    Purpose.SHIFT_GAP,
}

# In an outage of all routes it goes to another channel or to people; an offer goes to the next one, or to the lead.
MATTERS: Final = CALL_WHEN_UNREACHED | frozenset(QUESTION_KINDS)

# In an outage it waits for a route, and dies in time: nobody telephones about it.
MAY_WAIT: Final = frozenset(
    {
        # Answers to what somebody has just typed: who waits for one writes again, or calls.
        Purpose.ALREADY_ANSWERED,
        Purpose.ALREADY_TAKEN,
        Purpose.ASK_BACK,
        Purpose.ASK_LATE,
        Purpose.ASK_OUTCOME,
        Purpose.ASK_WHICH_JOB,
        Purpose.ASK_WHO_ABSENT,
        Purpose.ASSIGNED_LEAD,
        Purpose.ASSIGN_REFUSED,
        Purpose.CONSENT_AGREED,
        Purpose.CONSENT_NOTED,
        Purpose.DONE_RESPONDER,
        Purpose.DRILL_BACK,
        Purpose.INCIDENT_OVER_RESIDENT,
        Purpose.LATER_RESPONDER,
        Purpose.MOVED_ON,
        Purpose.TOO_LATE,
        Purpose.LINKED,
        Purpose.LINK_CODE,
        Purpose.LINK_HOW,
        Purpose.LINK_MOVED,
        Purpose.LINK_WRONG,
        Purpose.NAMED_RESPONDER,
        Purpose.NAME_WANTED,
        Purpose.NOT_AGREED_RESPONDER,
        Purpose.NOT_UNDERSTOOD,
        Purpose.NO_NAME_NEEDED,
        Purpose.OFF_DUTY,
        Purpose.ON_BREAK,
        Purpose.ON_DUTY,
        Purpose.RELEASED_RESPONDER,
        Purpose.SESSION_WHO,
        Purpose.STARTED,
        Purpose.STOPPED,
        Purpose.SWAP_AGREED,
        Purpose.SWAP_ASKED,
        Purpose.SWAP_IMPOSSIBLE,
        Purpose.TEAM_HERE,
        Purpose.TEAM_UNKNOWN,
        Purpose.TEAM_WHICH,
        Purpose.TRAVEL_RESPONDER,
        Purpose.UNLINKED,
        Purpose.WORDS,
        # Asked of people who have days to answer, or who are called when they do not (intake has consent asked again).
        Purpose.CONSENT_QUESTION,
        Purpose.FIXED_ASK,
        Purpose.SURVEY_ASK,
        Purpose.CANCEL_ASK,
        Purpose.MOVE_ASK,
        Purpose.WISH_OVER,
        Purpose.MOVED_RESIDENT,
        Purpose.NUMBER_CODE,
        Purpose.DRILL,
        Purpose.SHIFT_CONFIRM,
        Purpose.SHIFT_SWAP,
        Purpose.SHIFT_TAKE,
        Purpose.SHIFT_TAKE_OVER,
        # News: whoever misses one acts as before, and hears the next.
        Purpose.TICKET_CALLED,  # it is called out at the point, too
        Purpose.ACCOUNT_GONE,
        Purpose.DRILL_SILENT,
        Purpose.GROUPED_RESIDENT,
        Purpose.HELD_NEWS_RESIDENT,
        Purpose.HELD_RESIDENT,
        Purpose.LATER_RESIDENT,
        Purpose.LATE_LEAD,
        Purpose.NEWS_RESIDENT,
        Purpose.RESUMED_LEAD,
        Purpose.RESUMED_RESIDENT,
        Purpose.SESSION_LESS_RESPONDER,
        Purpose.SESSION_TAKEN_RESIDENT,
        Purpose.SHIFT_FILLED,
        Purpose.SHIFT_GIVEN_UP,
        Purpose.SHIFT_KEPT,
        Purpose.SHIFT_OVER,
        Purpose.SHIFT_SILENT,
        Purpose.SHIFT_TAKEN,
        Purpose.SWAP_KEPT,
        Purpose.TAKEN,
        Purpose.UNGROUPED_RESIDENT,
        Purpose.WITHDRAWN,
    }
)


# Resident texts behind each of which stands a word of theirs; whatever else is said to residents anybody can cause, by filing.
_ANSWERS_TO_RESIDENTS: Final = frozenset(
    {
        Purpose.FILED_HERE,
        Purpose.CONSENT_AGREED,
        Purpose.CONSENT_REFUSED,
        Purpose.CONSENT_NOTED,
        Purpose.INCIDENT_OVER_RESIDENT,
        Purpose.SOS_RESIDENT,
    }
)


def is_answer(purpose: str, role: Role) -> bool:
    """It answers what somebody at this phone has just done: it leaves at once, counts against no text of ours, and is bounded by
    itself."""
    if purpose == SAID or purpose in ANSWERS or purpose in _ANSWERS_TO_RESIDENTS:
        return True
    return role is not Role.RESIDENT and purpose in ANSWERS_OWN_ACT


def is_vital(purpose: str, priority: Priority) -> bool:
    """Neither what was said before nor what it costs keeps it back."""
    return purpose in VITAL or (priority is Priority.P1 and purpose in VITAL_WHEN_P1)


def is_withheld(purpose: str, role: Role) -> bool:
    """From a phone whose owner has stopped our texts: all but what keeps them and a visit in hand safe, and answers to what they
    have just done. About what else has to be said somebody telephones (`CALL_WHEN_UNREACHED`), and about what does not arrive."""
    return not is_answer(purpose, role) and purpose not in VITAL
