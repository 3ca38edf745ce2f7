"""After the help, and when somebody else speaks for a request: what a registered number is asked, in English."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

AFTERCARE: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.FIXED_ASK: (
        "Request {code}: does it work today? Answer 1 {question} = yes, it is fixed, 2 {question} = no, not yet.",
    ),
    Purpose.SURVEY_ASK: (
        "Thank you, request {code} is done. How good was it, 1 (bad) to 5 (good), and why? For example: 5 {question} quick.",
    ),
    Purpose.PHRASE_AGAIN: ("Request {code}: the pass phrase is {phrase}. Open only to somebody who says it.",),
    Purpose.NUMBER_CODE: (
        "Code to confirm your number for request {code}: {number}. Type it only where you sent the request; tell it to nobody.",
    ),
    Purpose.CANCEL_ASK: (
        "Somebody wants to CALL OFF your request {code}. Answer 1 {question} = yes, call it off, 2 {question} = no, I need help.",
    ),
    Purpose.MOVE_ASK: (
        (
            "Somebody wants to CHANGE request {code}: to {where}, not before {at}. "
            "Answer 1 {question} = yes, change it, 2 {question} = no, leave it."
        ),
        "Somebody wants to MOVE request {code} to {where}. Answer 1 {question} = yes, move it, 2 {question} = no, leave it.",
        (
            "Somebody wants request {code} LATER: nobody before {at}. "
            "Answer 1 {question} = yes, change it, 2 {question} = no, leave it."
        ),
    ),
    Purpose.MOVED_RESIDENT: ("Request {code} is moved, as you agreed.",),
    Purpose.WISH_OVER: ("Request {code}: you have not agreed, so all stays as it was; nothing was changed.",),
}

# What a resident reads of a visit that is put off, by the reason.
POSTPONED: Final[Mapping[str, str]] = {
    "absent": "the helper met nobody, 1022 calls for another time, then somebody comes.",
    "wrong_address": "the place was not found, 1022 calls to ask the way, then somebody comes.",
    "slot": "the hour is changed as you agreed; somebody comes then.",
}
