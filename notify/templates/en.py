"""The English texts: the same wordings in the same order as in `vi.py`, for who has chosen English."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose
from notify.templates import en_consent as consent
from notify.templates import en_phone as by_phone
from notify.templates import en_teams as teams
from notify.templates import en_words as typed
from notify.templates.en_aftercare import POSTPONED
from notify.templates.en_asked import ASKED
from notify.templates.en_spoken import SPOKEN
from notify.templates.own_work_en import OWN_WORK
from notify.templates.own_work_en import WORDS as OWN_WORDS

DOOR: Final = "Only open the door to a visitor who says the pass phrase"
NEW_PHRASE: Final = "Forget the old pass phrase: a new one comes once a helper sets out"

_FILED: Final = (
    f"TechRescue has your request {{code}}. Off hours: we look for a helper from {{opens}}. {DOOR}: {{phrase}}.",
    f"TechRescue has your request {{code}}, expected before {{expected}}. {DOOR}: {{phrase}}.",
    f"TechRescue has your request {{code}}. {DOOR}: {{phrase}}.",
    f"TechRescue has your request {{code}}. Off hours: we look for a helper from {{opens}}. {DOOR}.",
    f"TechRescue has your request {{code}}, expected before {{expected}}. {DOOR}.",
    f"TechRescue has your request {{code}}. {DOOR}.",
)
TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.FILED: _FILED,
    Purpose.FILED_HERE: _FILED,
    Purpose.REOPENED_RESIDENT: (
        f"Request {{code}} is open again, off hours: we look for a helper from {{opens}}. {NEW_PHRASE}.",
        f"Request {{code}} is open again, expected before {{expected}}. {NEW_PHRASE}.",
        f"Request {{code}} is open again. {NEW_PHRASE}.",
    ),
    Purpose.WAITING_OFF_HOURS: ("Request {code}: it is off hours, TechRescue looks for a helper from {opens}.",),
    Purpose.PAUSED_RESIDENT: (
        "Request {code}: as you wished, TechRescue looks for a helper from {opens}. For another time, call 1022.",
    ),
    Purpose.WAITING_OFFICE_RESIDENT: (
        "Request {code} waits for an office to do something first. TechRescue goes on at {opens} at the latest.",
    ),
    Purpose.RESUMED_RESIDENT: ("Request {code}: the wait is over, TechRescue is looking for a helper.",),
    Purpose.NEWS_RESIDENT: (
        "Request {code} at {at}: {caller} helps you by telephone, from the number 1022. Nobody comes to your home.",
        f"Request {{code}} at {{at}}: {{coming}} is on the way. {DOOR}.",
        f"Request {{code}} at {{at}}: {{who}} has taken it and has not set out yet. {DOOR}.",
        "Request {code} at {at}: it is paused, we look for a helper from {opens}.",
        "Request {code} at {at}: {asked} people are asked, nobody has taken it; {owner} knows. Sorry. Next news: {next_news}.",
        "Request {code} at {at}: {asked} people are asked, nobody has taken it. Sorry. Next news: {next_news}.",
        "Request {code} at {at}: nobody found yet, {owner} sees to it. Sorry. Next news: {next_news}.",
        "Request {code} at {at}: nobody found yet, we go on looking. Sorry. Next news: {next_news}.",
    ),
    Purpose.ACCEPTED_RESIDENT: (
        "Request {code} is taken by a {helper}: {who}. {hold}",
        f"Request {{code}} is taken by {{who}} ({{helper}}). {DOOR}.",
        f"Request {{code}} is taken by {{who}}. {DOOR}.",
    ),
    Purpose.NAMED_RESIDENT: (f"Who comes for request {{code}}: {{who}}. {DOOR}.",),
    Purpose.EN_ROUTE_RESIDENT: (
        f"{{who}} is on the way for request {{code}}. {DOOR}: {{phrase}}.",
        f"{{who}} is on the way for request {{code}}. {DOOR}.",
    ),
    Purpose.RELEASED_RESIDENT: (
        (
            "Request {code}: the helper cannot come, we look for another. NEW pass phrase: {phrase}. "
            "Do not open to the old phrase."
        ),
    ),
    Purpose.ESCALATED_RESIDENT: (
        "Request {code}: nobody has taken it yet. We have asked {owner} to find somebody. News by {next_news}.",
        "Request {code}: nobody has taken it yet. We have asked the person in charge. News by {next_news}.",
    ),
    Purpose.DONE_RESIDENT: (
        "Request {code}: {outcome}",
        "Request {code} is over. If it does not work, call 1022 to reopen it.",
    ),
    Purpose.HANDED_OFF_RESIDENT: (
        "Request {code} has to be dealt with by {office}. TechRescue tells them, and asks you again after {until}.",
        "Request {code} has to be dealt with by {office}; TechRescue is telling them.",
        "Request {code} has to be dealt with at a public office. Call 1022 to learn which.",
    ),
    Purpose.CANCELLED_RESIDENT: ("Request {code} is cancelled, nobody will come. If it was not you, call 1022.",),
    Purpose.FROZEN_RESIDENT: (
        "Do NOT open the door to the visitor. TechRescue has stopped request {code}, 1022 is calling you. In danger, call 113.",
    ),
    Purpose.FRAUD_RESIDENT: (
        "Request {code} may be fraud: the lead of your ward will contact you. Send no money, tell no code, install nothing.",
    ),
    Purpose.LIFTED_RESIDENT: (
        "Request {code}: TechRescue is sending somebody else. NEW pass phrase: {phrase}. Do not open to the old phrase.",
    ),
    Purpose.POSTPONED_RESIDENT: ("Request {code}: {postponed} NEW pass phrase: {phrase}. Do not open to the old phrase.",),
    Purpose.SLOT_RESIDENT: ("Request {code}: another time is agreed. TechRescue sends somebody from {opens}.",),
    Purpose.UNSAFE_RESIDENT: (
        "Request {code} has been stopped for safety, nobody comes for now. 1022 or the lead of your ward will contact you.",
    ),
    Purpose.SOS_RESIDENT: (
        "TechRescue has your SOS for request {code}: 1022 calls you now, the lead of your ward knows. In danger, call 113.",
    ),
    Purpose.ACCEPTED_RESPONDER: (
        (
            "This one is yours. {name}, {phone}, {address}. {who_goes} Text {number} and the NAME of who goes, then DI {number} "
            "when you go, TRA {number} if you cannot."
        ),
        (
            "This one is yours. {name}, {phone}, {address}. Text DI {number} when you go, DEN {number} when there, "
            "XONG {number} when done, TRA {number} if you cannot."
        ),
        (
            "This one is yours. {who_goes} Text {number} and the NAME of who goes. The desk is asking the resident, the address "
            "follows. Text TRA {number} if you cannot."
        ),
        "This one is yours. The desk is asking the resident, the address follows. Text TRA {number} if you cannot.",
    ),
    Purpose.CLEARED_RESPONDER: (
        (
            "The resident agreed: {name}, {phone}, {address}. {who_goes} Text {number} and the NAME of who goes, then DI "
            "{number} when you go, TRA {number} if you cannot."
        ),
        (
            "The resident agreed: {name}, {phone}, {address}. Text DI {number} when you go, DEN {number} when there, "
            "XONG {number} when done, TRA {number} if you cannot."
        ),
    ),
    Purpose.EN_ROUTE_RESPONDER: (
        (
            "Job {number}, pass phrase: {phrase}. Say it before you go in; never ask for OTP or money. "
            "Text DEN {number} when there, XONG {number} when done."
        ),
    ),
    Purpose.TAKEN: (
        "Somebody has already taken it, thank you ({category}, {commune}).",
        "Somebody has already taken it, thank you.",
    ),
    Purpose.ALREADY_TAKEN: (
        "Somebody has already taken it, thank you ({category}, {commune}). Your answer came after theirs.",
        "Somebody has already taken it, thank you. Your answer came after theirs.",
    ),
    Purpose.RELEASED_RESPONDER: (
        "Noted: you gave job {number} back. Thank you for telling us.",
        "Noted: you gave the job back. Thank you for telling us.",
    ),
    Purpose.DONE_RESPONDER: (
        "Noted for job {number}: {next} Thank you!",
        "Noted: job {number} is over. Thank you!",
        "Noted: the job is over. Thank you!",
    ),
    Purpose.STOPPED_RESPONDER: (
        "Job {number} has to STOP for a safety check. Please do not go in, leave, and call 1022 now. Thank you.",
        "Your job has to STOP for a safety check. Please do not go in, leave, and call 1022 now. Thank you.",
    ),
    Purpose.LATE_RESPONDER: (
        (
            "Job {number} is past the time you were due. Can you make it? Text DI {number} if you are on the way, "
            "DEN {number} if you are there, TRA {number} if you cannot."
        ),
    ),
    Purpose.ASSIGNED_LEAD: (
        (
            "Whom you named is being asked: {category}, {commune}, code {code}. If they do not take it, it is still yours. "
            "Text XONG {number} when done."
        ),
        "Whom you named is being asked: {category}, {commune}, code {code}. If they do not take it, it is still yours.",
    ),
    Purpose.ASSIGN_REFUSED: (
        "Request {code} is not assigned: {refusal}. Your time goes on. Answer 1 {number}, 2 {number} or {number} ANOTHER NAME.",
        "Request {code} is not assigned: {refusal}. Your time goes on; for help call 1022.",
        "Request {code} is not assigned. Your time goes on; for help call 1022.",
    ),
    Purpose.RESUMED_LEAD: ("TechRescue: request {code}, {category}, {commune}: the wait for an office is over, its time runs.",),
    Purpose.LATE_LEAD: ("TechRescue: request {code}, {category}, {commune}, {stage}. To send somebody else, call 1022.",),
    Purpose.UNSAFE_RESPONDER: (
        "Job {number} is STOPPED, the ward lead knows. Leave where it is not safe; 1022 calls you now. In danger, call 113.",
        "Your job is STOPPED, the ward lead knows. Leave where it is not safe; 1022 calls you now. In danger, call 113.",
    ),
    Purpose.REPLACED_RESPONDER: (
        "Job {number} has gone to somebody else, because we had no answer from you. Please do not go there. Thank you.",
        "Your job has gone to somebody else, because we had no answer from you. Please do not go there. Thank you.",
    ),
    Purpose.SOS_RESPONDER: (
        "TechRescue has your SOS for job {code}: 1022 calls you now, the lead of the ward knows. In danger, call 113.",
    ),
    Purpose.ALARM_LEAD: (
        (
            "{alarm}: request {code}, {commune}, {address}. Helper: {who}, {phone}. 1022 is calling. "
            "Please call or go and look now, and tell 1022 what you learn."
        ),
        "{alarm}: request {code}, {commune}, {address}. Helper: {who}. 1022 is calling. Please call or go there now, tell 1022.",
        "{alarm}: request {code}, {commune}. 1022 is calling. Please call or go and look now, tell 1022.",
    ),
    **OWN_WORK,
    Purpose.ESCALATION: (
        (
            "TechRescue, nobody found: {category}, {commune}. Answer 1 {question} = mine, "
            "2 {question} = give it to the city desk, {question} NAME = give it to them. Within {lease}."
        ),
    ),
    Purpose.ACCEPTED_LEAD: (
        "This one is yours: {category}, {commune}, code {code}. {name}, {phone}, {address}. Text XONG {number} when done.",
        "This one is yours: {category}, {commune}, code {code}. Text XONG {number} when done.",
        "This one is yours: {category}, {commune}, code {code}.",
    ),
    Purpose.SOS_NOWHERE: ("TechRescue finds no open visit for this number. In danger, call 113 now. For help, call 1022.",),
    Purpose.NOT_UNDERSTOOD: ("TechRescue did not understand your message. For help please call 1022.",),
    Purpose.ALREADY_ANSWERED: ("TechRescue already has your answer. Thank you.",),
    **ASKED,
    **SPOKEN,
    **teams.TEXTS,
    **by_phone.TEXTS,
    **by_phone.SPOKEN,
    **consent.TEXTS,
    **typed.TEXTS,
}

TAILS: Final = ("1022 never asks for an OTP or for money.", "Call 1022.")

SPOKEN_OPENING: Final = "Hello, this is the hotline 1022."
SPOKEN_CLOSING: Final = "We never ask for an OTP or for money. If you need anything, please call 1022."

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    **teams.WORDS,
    **OWN_WORDS,
    **consent.WORDS,
    "helper": {
        "team": "community digital team",
        "volunteer": "volunteer",
        "engineer": "engineer",
        "mobile_point": "mobile point",
    },
    "owner": {
        "ward_lead": "the lead of your commune",
        "deputy": "the deputy lead of your commune",
        "city_desk": "the city desk",
    },
    "reason": {
        "cancelled": "the request was cancelled",
        "amended": "the request has changed",
        "reassigned": "a coordinator is asking somebody else",
        "preempted": "something more urgent needs you",
        "nobody_answered": "the time to answer is over",
        "erased": "the request was erased",
        "needs_office": "an office has to do it",
        "frozen": "it has been stopped",
        "paused": "it is paused for another time",
        "lifted": "the city desk has dealt with it",
        "regrouped": "the visits were arranged anew",
        "split": "a coordinator arranged the visits anew",
        "put_off": "the visit is put off",
        "needs_visit": "somebody has to go there",
        "off_duty": "you are on a break",
    },
    "postponed": POSTPONED,
    "next": {
        "absent": "nobody there. 1022 agrees on another time and asks you first. You may go.",
        "absent_again": "nobody there for the second time, it ends here.",
        "wrong_address": "wrong address. 1022 asks for the right one, and then you first.",
        "refused": "the resident wants no help. 1022 will ask them. You may go.",
        "needs_office": "an office has to do it. 1022 hands it over. You may go.",
        "second_visit": "one more visit. 1022 agrees on a time and asks you first.",
        "slot": "the resident wants another hour. Do not go now; you are asked first then.",
    },
    "alarm": {
        "sos": "SOS",
        "silent": "THE HELPER DOES NOT ANSWER",
        "still": "THE ALARM IS NOT OVER",
    },
    "refusal": {
        "unknown_name": "nobody of this commune has that name or code",
        "ambiguous_name": "several have that name, send the whole name or the code",
        "shared_visit": "it shares one visit with others",
        "job_not_open": "somebody has it, or it is over",
        "already_taken": "somebody has it, or it is over",
        "barred": "this person was ruled out for it",
        "inactive": "this person is not on the roster any more",
        "phone_not_confirmed": "the phone of this person is not confirmed",
        "full": "this person is busy",
        "pending_offer": "this person is being asked something else",
    },
    "wrong": {
        "not_by_phone": "this is a visit; CAN DEN is only for help by phone",
        "coming": "it is not clear whether you can go",
    },
    "stage": {
        "arrival": "nobody is there in the time promised",
        "resolve": "not solved in the time promised",
    },
    "outcome": {
        "solved": "the helper says it is done. If it is not, call 1022 to reopen it.",
        "absent": "the helper came and met nobody. Call 1022 for another visit.",
        "refused": "the helper says you need no help any more. If that is wrong, call 1022.",
        "wrong_address": "the helper did not find the address. Call 1022 to tell it again.",
        "unsafe": "the visit had to stop. Call 1022 for another one.",
        "needs_office": "this has to be done at a public office. Call 1022 to learn which.",
        "second_visit": "it takes one more visit, 1022 will call for a time.",
        "needs_visit": "the call was not enough, somebody will come.",
    },
}
