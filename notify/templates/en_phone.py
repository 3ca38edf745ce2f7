"""The English texts about help by telephone: the same wordings in the same order as in `vi_phone.py`."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.OFFER_BY_PHONE: (
        (
            "TechRescue, help BY TELEPHONE: {category}. 1022 connects you, you need not go anywhere. "
            "Answer 1 {question} to accept, 2 {question} to decline. Within {lease}."
        ),
    ),
    Purpose.CALLED_RESIDENT: (
        (
            "Request {code}: {who} will call you from the number 1022. Only listen to a caller who says the pass phrase first: "
            "{phrase}. Open no link, install nothing."
        ),
        "Request {code}: {who} will call you from the number 1022 and say the pass phrase first. Open no link, install nothing.",
    ),
    Purpose.TRAVEL_RESIDENT: (
        (
            "Request {code}: the call was not enough, we look for somebody to come. NEW pass phrase: {phrase}. "
            "Do not open to the old phrase."
        ),
    ),
    Purpose.CALLING_RESPONDER: (
        (
            "Job {number} is yours: 1022 connects you now. Say the pass phrase first: {phrase}. Send no links, control no "
            "screen, ask for no OTP. Solved: DONE {number}. Somebody has to go: NEEDS VISIT {number}. An office: OFFICE {number}."
        ),
    ),
    Purpose.TRAVEL_RESPONDER: (
        "Noted: the call did not solve job {number}, TechRescue looks for somebody to go there. Thank you.",
        "Noted: the call did not solve it, TechRescue looks for somebody to go there. Thank you.",
    ),
    Purpose.ASK_CALLED: (
        (
            "Job {number}: how did the call go? Text DONE {number}, NEEDS VISIT {number} if somebody has to go, 1 {number} if "
            "you still help. Without an answer somebody goes there after {until}."
        ),
    ),
}

SPOKEN: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.REMOTE_CALL: (
        (
            "CONNECT for request {code}: call {who} ({phone}), then the resident, and join both; tell no side the other's "
            "number. Say the pass phrase first: {phrase}. Stay for the beginning. No answer: note it, somebody will go."
        ),
        (
            "CONNECT for request {code}: find the number of {who} in the roster, call, then the resident, and join both. "
            "Say the pass phrase first. No answer: note it, somebody will go there."
        ),
    ),
}
