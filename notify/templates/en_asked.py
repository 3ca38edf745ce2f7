"""What a responder is asked, and what one visit for several requests says to either side, in English."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose
from notify.templates.en_aftercare import AFTERCARE
from notify.templates.en_counter import COUNTER
from notify.templates.en_incidents import INCIDENTS
from notify.templates.en_sessions import SESSIONS

ASKED: Final[Mapping[Purpose, tuple[str, ...]]] = {
    **COUNTER,
    **AFTERCARE,
    **INCIDENTS,
    **SESSIONS,
    Purpose.GROUPED_RESIDENT: (
        (
            "Request {code}: this fault is known, {count} requests tell of it. One helper comes for all of them, "
            "no need to call again."
        ),
    ),
    Purpose.NIGHT_RESIDENT: (
        (
            "Request {code}: at night two people have to come, and nobody can just now. We look for them from {opens}. "
            "If somebody of yours is with you, call 1022."
        ),
    ),
    Purpose.MERGED_RESIDENT: (
        "Request {code} was joined to another about the same. This code still shows how it goes. If that is wrong, call 1022.",
    ),
    Purpose.UNGROUPED_RESIDENT: ("Request {code} is helped on its own; TechRescue is looking for somebody.",),
    Purpose.OFFER: (
        (
            "TechRescue: {category}, {commune}, {distance} away, {company}. "
            "Answer 1 {question} to accept, 2 {question} to decline. Within {lease}."
        ),
        "TechRescue: {category}, {commune}, {company}. Answer 1 {question} to accept, 2 {question} to decline. Within {lease}.",
        (
            "TechRescue: {category}, {commune}, {distance} away, {count} requests in one visit. "
            "Answer 1 {question} to accept, 2 {question} to decline. Within {lease}."
        ),
        (
            "TechRescue: {category}, {commune}, {distance} away. Answer 1 {question} to accept, 2 {question} to decline. "
            "Within {lease}."
        ),
        "TechRescue: {category}, {commune}. Answer 1 {question} to accept, 2 {question} to decline. Within {lease}.",
    ),
    Purpose.MOVED_ON: (
        "This job is not yours any more, somebody else is being sought ({category}, {commune}). You need not go.",
        "This job is not yours any more, somebody else is being sought. You need not go.",
    ),
    Purpose.TOO_LATE: (
        "Thank you for your answer. {category}, {commune}: you are no longer needed: {reason}. You need not go.",
        "Thank you for your answer. You are no longer needed: {reason}. You need not go.",
        "Thank you for your answer. You are no longer needed. You need not go.",
    ),
    Purpose.WITHDRAWN: (
        "Job {number} ({category}, {commune}): you are no longer needed: {reason}. Thank you.",
        "{category}, {commune}: you are no longer needed: {reason}. Thank you.",
        "You are no longer needed for the last question: {reason}. Thank you.",
        "You are no longer needed for the last question. Thank you.",
    ),
    Purpose.ASK_GOING: (
        (
            "Job {number}: will you still go? Answer 1 {number} if so, 2 {number} if not, DI {number} when you set out. "
            "Without an answer it goes to somebody else after {until}."
        ),
    ),
    Purpose.ASK_WELL: ("Job {number}: is all well? Answer 1 {number} if it is. If you need help now, text SOS.",),
    Purpose.ASK_BACK: ("You have more than one open question. Answer 1 or 2 with the code of the question: {choices}.",),
    Purpose.ASK_WHICH_JOB: ("You have more than one job. Text it again with the number of the job: {choices}.",),
    Purpose.ASK_OUTCOME: (
        (
            "Job {number}: {wrong}. Text one word with {number}: DI on setting out, DEN when there, DONE, ABSENT, SECOND VISIT, "
            "OFFICE, or TRA to give it back."
        ),
        (
            "Job {number}: what came of it? Text one word with {number}: DONE, ABSENT, REFUSED, WRONG ADDRESS, SECOND VISIT, "
            "OFFICE, UNSAFE, or TRA to give it back."
        ),
    ),
}
