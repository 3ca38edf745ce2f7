"""What somebody reads who writes about our texts themselves, in English."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose
from notify.templates import en_accounts as accounts

TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    **accounts.TEXTS,
    Purpose.LATER_RESIDENT: (
        "Request {code}: {who} comes about {minutes} minutes later. Open only to somebody who says the right pass phrase.",
    ),
    Purpose.LATER_RESPONDER: (
        "The resident is told that you come about {minutes} minutes later, job {number}. If you cannot go, text TRA {number}.",
    ),
    Purpose.ASK_LATE: (
        (
            "Job {number}: how many minutes later, 1 to 180? Text LATE 20 MIN VIEC {number}. "
            "If it is more, or you cannot go, text TRA {number}."
        ),
    ),
    Purpose.STOPPED: (
        (
            "TechRescue: noted. No more texts to this number but what your safety and a visit in hand need; 1022 calls about "
            "what else must be said. To get texts again, send START."
        ),
    ),
    Purpose.STARTED: ("TechRescue: noted, this number gets texts again. To stop them, send STOP. For help call 1022.",),
    Purpose.WORDS: (
        (
            "TechRescue: answer 1 {question} for yes, 2 {question} for no. Job {number}: text DI, DEN, XONG or TRA with its "
            "number. In danger text SOS. For help call 1022."
        ),
        ("TechRescue: answer 1 {question} for yes, 2 {question} for no. In danger text SOS. For help call 1022."),
        (
            "TechRescue, job {number}: text DI on setting out, DEN when there, XONG when done, TRA to give it back, with "
            "{number}. In danger text SOS. For help call 1022."
        ),
        ("TechRescue: nothing waits for an answer from this number. Text NGHI to rest, LAM to work again. For help call 1022."),
    ),
}
