"""Why somebody is written to: the closed list that picks a text, and to whom each text may go.

Which event and role lead to which purpose is decided by the consumer; the words themselves stand in `notify/templates/`.
"""

from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """The comment names the fields a text may use; those in brackets are optional and choose the wording."""

    # to the resident
    FILED = "filed"  # code [phrase] [expected] [opens: off hours, when work starts]
    FILED_HERE = "filed_here"  # same; they have written it themselves, in a conversation of this very number: its answer
    REOPENED_RESIDENT = "reopened_resident"  # code [expected] [opens]; which phrase is valid, is known once somebody sets out
    WAITING_OFF_HOURS = "waiting_off_hours"  # code, opens
    PAUSED_RESIDENT = "paused_resident"  # code, opens; the resident asked for another time
    WAITING_OFFICE_RESIDENT = "waiting_office_resident"  # code, opens: at the latest
    NIGHT_RESIDENT = "night_resident"  # code, opens; at night two have to come, and nobody can send two
    RESUMED_RESIDENT = "resumed_resident"  # code
    NEWS_RESIDENT = "news_resident"  # code, at, next_news [coming | who | opens | asked] [owner]: how it stands
    ACCEPTED_RESIDENT = "accepted_resident"  # code, who [helper: a ResponderKind] [hold: nobody is named yet]
    NAMED_RESIDENT = "named_resident"  # code, who: of a team that had not said who comes, or sends somebody else
    UNNAMED_RESIDENT = "unnamed_resident"  # code: who was named does not come, another name follows
    EN_ROUTE_RESIDENT = "en_route_resident"  # code, who [phrase]
    LATER_RESIDENT = "later_resident"  # code, who, minutes
    RELEASED_RESIDENT = "released_resident"  # code, phrase (the new one)
    ESCALATED_RESIDENT = "escalated_resident"  # code, next_news [owner: ward_lead, deputy or city_desk]
    DONE_RESIDENT = "done_resident"  # code [outcome: an Outcome]
    HANDED_OFF_RESIDENT = "handed_off_resident"  # code [office]
    CANCELLED_RESIDENT = "cancelled_resident"  # code
    MERGED_RESIDENT = "merged_resident"  # code: another request about the same goes on, and this code shows it
    FROZEN_RESIDENT = "frozen_resident"  # code
    FRAUD_RESIDENT = "fraud_resident"  # code
    LIFTED_RESIDENT = "lifted_resident"  # code, phrase (the new one)
    POSTPONED_RESIDENT = "postponed_resident"  # code, postponed (a Wait), phrase (the new one)
    SLOT_RESIDENT = "slot_resident"  # code, opens
    UNSAFE_RESIDENT = "unsafe_resident"  # code
    SOS_RESIDENT = "sos_resident"  # code
    GROUPED_RESIDENT = "grouped_resident"  # code, count
    UNGROUPED_RESIDENT = "ungrouped_resident"  # code
    CALLED_RESIDENT = "called_resident"  # code, who, phrase: who will call, and what they say first
    TRAVEL_RESIDENT = "travel_resident"  # code, phrase (the new one): the call was not enough, somebody comes
    HELD_RESIDENT = "held_resident"  # code: a fault of the whole city
    HELD_NEWS_RESIDENT = "held_news_resident"  # code, at, next_news
    INCIDENT_ASK = "incident_ask"  # code, question, until
    INCIDENT_OVER_RESIDENT = "incident_over_resident"  # code
    SESSION_ASK = "session_ask"  # code, session: when, venue, question
    SESSION_TAKEN_RESIDENT = "session_taken_resident"  # code, session, venue, who
    SESSION_OFF_RESIDENT = "session_off_resident"  # code
    SESSION_LEFT_RESIDENT = "session_left_resident"  # code, phrase (the new one)
    CONSENT_QUESTION = "consent_question"  # code, category, question [behalf: somebody else has filed it]
    CONSENT_AGREED = "consent_agreed"  # code [question: to change one's mind]
    CONSENT_REFUSED = "consent_refused"  # code [question]; also to whoever has filed it
    CONSENT_NOTED = "consent_noted"  # code, stands: a Stand
    TICKET_CALLED = "ticket_called"  # ticket, point, desk [again: the last call]
    FIXED_ASK = "fixed_ask"  # code, question
    SURVEY_ASK = "survey_ask"  # code, question
    NUMBER_CODE = "number_code"  # code, number: the six digits
    PHRASE_AGAIN = "phrase_again"  # code, phrase
    CANCEL_ASK = "cancel_ask"  # code, question: somebody else wants to call it off
    MOVE_ASK = "move_ask"  # code, question, change: where to, or when: somebody else wants that
    MOVED_RESIDENT = "moved_resident"  # code: as the number has said yes to
    WISH_OVER = "wish_over"  # code: nobody has said yes, and nothing was changed

    # to a responder
    OFFER = "offer"  # category, commune, lease, question [distance] [count: of several requests] [company: two, relative]
    OFFER_BY_PHONE = "offer_by_phone"  # category, lease, question; nothing of who or where it is
    CALLING_RESPONDER = "calling_responder"  # number, phrase: to be said first; the hotline connects
    TRAVEL_RESPONDER = "travel_responder"  # [number]: the call was not enough, somebody goes there
    ASK_CALLED = "ask_called"  # number, until: what came of the call?
    ACCEPTED_RESPONDER = "accepted_responder"  # number [name, phone, address: only with the resident's consent] [who_goes]
    CLEARED_RESPONDER = "cleared_responder"  # number, name, phone, address [who_goes: the team has not said it]
    NAMED_RESPONDER = "named_responder"  # number, who
    NAME_WANTED = "name_wanted"  # number, why [choices: whom a name could mean]
    NO_NAME_NEEDED = "no_name_needed"  # number: a name from somebody who is no team
    EN_ROUTE_RESPONDER = "en_route_responder"  # number, phrase
    LATER_RESPONDER = "later_responder"  # number, minutes: the resident is told
    TAKEN = "taken"  # [category] [commune]
    ALREADY_TAKEN = "already_taken"  # [category] [commune]
    MOVED_ON = "moved_on"  # [category] [commune]: a yes after their no, or after it was given back
    TOO_LATE = "too_late"  # [reason] [category] [commune]: a yes to what is asked no more, though nobody else was faster
    WITHDRAWN = "withdrawn"  # [number] [reason] [category] [commune]
    RELEASED_RESPONDER = "released_responder"  # [number]
    DONE_RESPONDER = "done_responder"  # [number] [next: what follows]
    STOPPED_RESPONDER = "stopped_responder"  # [number]
    LATE_RESPONDER = "late_responder"  # number; not there in time: where are you?
    UNSAFE_RESPONDER = "unsafe_responder"  # [number]
    REPLACED_RESPONDER = "replaced_responder"  # [number]
    NOT_AGREED_RESPONDER = "not_agreed_responder"  # [number]; wanted to set out before the visited person has agreed
    ASK_GOING = "ask_going"  # number, until
    ASK_WELL = "ask_well"  # number
    SOS_RESPONDER = "sos_responder"  # code
    SESSION_RESPONDER = "session_responder"  # session, venue, count, comers, number, name
    SESSION_RIDER_RESPONDER = "session_rider_responder"  # session, number, name: one more of them
    SESSION_LESS_RESPONDER = "session_less_responder"  # session, number, said
    SESSION_WHO = "session_who"  # choices: the numbers of those of whom nothing was said
    ON_DUTY = "on_duty"  # [until: the end of the running shift] [always] [next_shift: when it begins]
    ON_BREAK = "on_break"  # until
    OFF_DUTY = "off_duty"  # nothing
    TEAM_HERE = "team_here"  # [names: who counts now] [not_counted]
    TEAM_UNKNOWN = "team_unknown"  # [names: of the team]
    TEAM_WHICH = "team_which"  # names: whom it could mean
    DRILL = "drill"  # month, question, until
    DRILL_SILENT = "drill_silent"  # nothing
    DRILL_BACK = "drill_back"  # nothing
    SHIFT_CONFIRM = "shift_confirm"  # window, commune, question, until
    SHIFT_TAKE = "shift_take"  # window, commune, question, until
    SHIFT_SWAP = "shift_swap"  # window, commune, question, until [colleague] [returned: the window wanted for it]
    SHIFT_TAKE_OVER = "shift_take_over"  # window, commune, question, until [colleague]
    SWAP_ASKED = "swap_asked"  # window, until [colleague] [returned] [leaves: of a running shift]
    SWAP_AGREED = "swap_agreed"  # window [colleague] [returned] [leaves: what becomes of the visits in hand]
    SWAP_KEPT = "swap_kept"  # window, kept: why [colleague] [leaves]
    SWAP_IMPOSSIBLE = "swap_impossible"  # unequal: the rule [leaves]
    SHIFT_KEPT = "shift_kept"  # window, commune
    SHIFT_GIVEN_UP = "shift_given_up"  # window, commune
    SHIFT_SILENT = "shift_silent"  # window, commune [question: a late yes still counts]
    SHIFT_TAKEN = "shift_taken"  # window, commune [returned: what they gave for it]
    SHIFT_FILLED = "shift_filled"  # window, commune
    SHIFT_OVER = "shift_over"  # window, commune

    # to a lead
    ESCALATION = "escalation"  # category, commune, lease, question
    SHIFT_GAP = "shift_gap"  # window, commune
    INCIDENT_LEAD = "incident_lead"  # people, category
    INCIDENT_OPEN_LEAD = "incident_open_lead"  # people, category, since
    ACCEPTED_LEAD = "accepted_lead"  # code, category, commune [number, name, phone, address]
    ASSIGNED_LEAD = "assigned_lead"  # code, category, commune [number]; somebody they named is being asked
    ASSIGN_REFUSED = "assign_refused"  # code [refusal] [number: of the question, which is still theirs]
    RESUMED_LEAD = "resumed_lead"  # code, category, commune; an office was waited for, for as long as may be
    LATE_LEAD = "late_lead"  # code, category, commune, stage: the promise that was broken
    ALARM_LEAD = "alarm_lead"  # alarm, code, commune, address [who, phone]

    # an answer to an answer
    ASK_BACK = "ask_back"  # choices: the codes that are open, e.g. "27, 31"
    ASK_WHICH_JOB = "ask_which_job"  # choices: the numbers of the jobs, e.g. "14, 31"
    ASK_OUTCOME = "ask_outcome"  # number [wrong: why the word they sent says nothing here]
    ASK_LATE = "ask_late"  # number
    ASK_WHO_ABSENT = "ask_who_absent"  # number, names
    SOS_NOWHERE = "sos_nowhere"  # nothing
    NOT_UNDERSTOOD = "not_understood"  # nothing
    ALREADY_ANSWERED = "already_answered"  # nothing
    STOPPED = "stopped"  # nothing
    STARTED = "started"  # nothing
    WORDS = "words"  # [question: the code of what is asked] [number: of a job]

    # about accounts in chats; what is said to an account without a number is said in both languages
    LINK_CODE = "link_code"  # link_code, apps: our accounts there
    LINKED = "linked"  # app
    LINK_MOVED = "link_moved"  # app: another phone has it now
    UNLINKED = "unlinked"  # nothing
    ACCOUNT_GONE = "account_gone"  # app
    LINK_HOW = "link_how"  # nothing
    LINK_WRONG = "link_wrong"  # nothing

    # only ever spoken, by an operator with a call task
    NEEDS_LOCATION = "needs_location"  # code
    VISIT_CONSENT = "visit_consent"  # code [who | for_whom: to be handed the telephone]
    CONSENT_UNREACHED = "consent_unreached"  # code; several calls brought no yes and no no: find another way
    NO_VISIT_CALL = "no_visit_call"  # code; the visited person wants nobody to come
    INTERPRETER = "interpreter"  # code, language [who]; whoever goes does not speak the resident's language
    REMOTE_CALL = "remote_call"  # code, who, phone, phrase; the hotline connects a helper and a resident
    SAFETY_CALL = "safety_call"  # code; at once: a stranger may stand at this person's door
    POLICE_CONTACT = "police_contact"  # code, commune, name, phone, address; to the police, not to the resident
    ABSENT_CALL = "absent_call"  # code, opens; nobody opened
    ADDRESS_CALL = "address_call"  # code; the address was wrong
    REFUSAL_CALL = "refusal_call"  # code; the helper says that no help is wanted
    SLOT_CALL = "slot_call"  # code, opens; another visit is needed
    OFFICE_HANDOVER = "office_handover"  # code, category, office; to the office, not to the resident
    OFFICE_CALL = "office_call"  # code, office; has the office done it?
    UNSAFE_CALL = "unsafe_call"  # code; to the helper, who says that it is not safe there
    WELL_CALL = "well_call"  # code; to the helper, who does not say whether all is well
    FRAUD_CALL = "fraud_call"  # code; to whoever has stopped our texts, and may not read this one
    SOS_CALL = "sos_call"  # code, commune; to whoever called for help


TO_RESIDENT: Final = frozenset(
    {
        *(Purpose.FILED, Purpose.FILED_HERE, Purpose.REOPENED_RESIDENT),
        Purpose.WAITING_OFF_HOURS,
        Purpose.PAUSED_RESIDENT,
        Purpose.WAITING_OFFICE_RESIDENT,
        Purpose.NIGHT_RESIDENT,
        Purpose.RESUMED_RESIDENT,
        Purpose.NEWS_RESIDENT,
        Purpose.ACCEPTED_RESIDENT,
        Purpose.NAMED_RESIDENT,
        Purpose.UNNAMED_RESIDENT,
        Purpose.EN_ROUTE_RESIDENT,
        Purpose.LATER_RESIDENT,
        Purpose.RELEASED_RESIDENT,
        Purpose.ESCALATED_RESIDENT,
        Purpose.DONE_RESIDENT,
        Purpose.HANDED_OFF_RESIDENT,
        Purpose.CANCELLED_RESIDENT,
        Purpose.MERGED_RESIDENT,
        Purpose.FROZEN_RESIDENT,
        Purpose.FRAUD_RESIDENT,
        Purpose.LIFTED_RESIDENT,
        Purpose.POSTPONED_RESIDENT,
        Purpose.SLOT_RESIDENT,
        Purpose.UNSAFE_RESIDENT,
        Purpose.SOS_RESIDENT,
        Purpose.GROUPED_RESIDENT,
        Purpose.UNGROUPED_RESIDENT,
        Purpose.CALLED_RESIDENT,
        Purpose.TRAVEL_RESIDENT,
        *(Purpose.HELD_RESIDENT, Purpose.HELD_NEWS_RESIDENT, Purpose.INCIDENT_ASK, Purpose.INCIDENT_OVER_RESIDENT),
        *(Purpose.SESSION_ASK, Purpose.SESSION_TAKEN_RESIDENT, Purpose.SESSION_OFF_RESIDENT, Purpose.SESSION_LEFT_RESIDENT),
        *(Purpose.CONSENT_QUESTION, Purpose.CONSENT_AGREED, Purpose.CONSENT_REFUSED, Purpose.CONSENT_NOTED),
        *(Purpose.FIXED_ASK, Purpose.SURVEY_ASK, Purpose.CANCEL_ASK, Purpose.PHRASE_AGAIN, Purpose.NUMBER_CODE),
        *(Purpose.MOVE_ASK, Purpose.MOVED_RESIDENT, Purpose.WISH_OVER, Purpose.TICKET_CALLED),
    }
)
# Answers to what anybody may write, a resident as well as a helper: they end as texts to residents do.
TO_ANYBODY: Final = frozenset(
    {
        *(Purpose.STOPPED, Purpose.STARTED, Purpose.WORDS, Purpose.NOT_UNDERSTOOD, Purpose.ALREADY_ANSWERED, Purpose.ASK_BACK),
        *(Purpose.SOS_NOWHERE, Purpose.LINK_CODE, Purpose.LINKED, Purpose.LINK_MOVED, Purpose.UNLINKED, Purpose.ACCOUNT_GONE),
    }
)

# Said whatever was said before and whatever it costs: without the address a winner cannot go, without the phrase nobody opens,
# and with the old one a stranger would be let in. An accept, a start, a release or a stop stands behind each, so that they
# cannot become many; names of who comes can, and have a bound of their own (sending/overtaken.py). What matters beside
# them, and how much: matters.py.
VITAL: Final = frozenset(
    {
        Purpose.ACCEPTED_RESPONDER,
        Purpose.SESSION_RESPONDER,
        Purpose.SESSION_RIDER_RESPONDER,
        Purpose.SESSION_OFF_RESIDENT,  # else people set out for nothing
        Purpose.SESSION_LEFT_RESIDENT,
        Purpose.CLEARED_RESPONDER,
        Purpose.EN_ROUTE_RESPONDER,
        Purpose.ACCEPTED_LEAD,
        Purpose.NAMED_RESIDENT,  # they were told not to open to somebody without a name
        Purpose.UNNAMED_RESIDENT,
        Purpose.EN_ROUTE_RESIDENT,
        Purpose.RELEASED_RESIDENT,
        Purpose.FROZEN_RESIDENT,
        Purpose.FRAUD_RESIDENT,  # money may be lost by the next call
        Purpose.LIFTED_RESIDENT,
        Purpose.STOPPED_RESPONDER,
        Purpose.POSTPONED_RESIDENT,
        Purpose.UNSAFE_RESIDENT,
        Purpose.UNSAFE_RESPONDER,
        Purpose.REPLACED_RESPONDER,
        Purpose.ASK_GOING,
        Purpose.ASK_WELL,
        Purpose.SOS_RESIDENT,
        Purpose.SOS_RESPONDER,
        Purpose.SOS_NOWHERE,
        Purpose.ALARM_LEAD,
        Purpose.CALLED_RESIDENT,
        Purpose.TRAVEL_RESIDENT,
        Purpose.CALLING_RESPONDER,
        Purpose.ASK_CALLED,
    }
)

# What intake says in a conversation: its words come with the event, and stand in no template. The second begins by itself.
SAID: Final = "conversation"
SAID_UNASKED: Final = "conversation_reminder"

# What answers a text that somebody has just typed, whatever it was about.
ANSWERS: Final = frozenset(
    {
        *(Purpose.STOPPED, Purpose.STARTED, Purpose.WORDS, Purpose.NOT_UNDERSTOOD, Purpose.ALREADY_ANSWERED),
        *(Purpose.ASK_BACK, Purpose.ASK_WHICH_JOB, Purpose.ASK_OUTCOME, Purpose.ASK_LATE, Purpose.ASK_WHO_ABSENT),
        Purpose.SOS_NOWHERE,
        *(Purpose.LINK_CODE, Purpose.LINKED, Purpose.LINK_MOVED, Purpose.UNLINKED, Purpose.LINK_HOW, Purpose.LINK_WRONG),
    }
)

# Call tasks need no text message: there is nothing to send to a landline.
CALL_ONLY: Final = frozenset(
    {
        Purpose.NEEDS_LOCATION,
        Purpose.VISIT_CONSENT,
        Purpose.CONSENT_UNREACHED,
        Purpose.NO_VISIT_CALL,
        Purpose.INTERPRETER,
        Purpose.REMOTE_CALL,
        Purpose.SAFETY_CALL,
        Purpose.POLICE_CONTACT,
        Purpose.ABSENT_CALL,
        Purpose.ADDRESS_CALL,
        Purpose.REFUSAL_CALL,
        Purpose.SLOT_CALL,
        Purpose.OFFICE_HANDOVER,
        Purpose.OFFICE_CALL,
        Purpose.UNSAFE_CALL,
        Purpose.WELL_CALL,
        Purpose.FRAUD_CALL,
        Purpose.SOS_CALL,
    }
)
NOT_TO_THE_RESIDENT: Final = frozenset({Purpose.POLICE_CONTACT, Purpose.OFFICE_HANDOVER})  # the words say who is called
