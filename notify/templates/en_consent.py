"""May somebody come? What the visited person is asked and told, in English; and what the desk asks them on the telephone."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.CONSENT_QUESTION: (
        "TechRescue: {behalf} ({category}). May somebody visit you at home? Answer 1 {question} = yes, 2 {question} = no.",
        "TechRescue, request {code}: may a helper visit you at home? Answer 1 {question} = yes, 2 {question} = no.",
    ),
    Purpose.CONSENT_AGREED: (
        "Thank you for agreeing, request {code}. We tell you who comes. To change your mind, send 2 {question}.",
        "Thank you for agreeing, request {code}. We tell you who comes.",
    ),
    Purpose.CONSENT_REFUSED: (
        "Request {code}: noted, NOBODY comes. 1022 calls to ask how else to help. To change your mind, send 1 {question}.",
        "Request {code}: whoever is to be helped wants no visit, so nobody comes. 1022 calls to ask how else to help.",
    ),
    Purpose.CONSENT_NOTED: ("Request {code}: {stands}",),
    Purpose.NOT_AGREED_RESPONDER: (
        "Job {number}: the resident has not agreed yet, please do NOT set out. The address comes as soon as they have.",
        "The resident has not agreed yet, please do NOT set out. The address comes as soon as they have.",
    ),
    Purpose.VISIT_CONSENT: (
        "Request {code} is taken by {who}. Ask: do you agree that this person visits you at home?",
        "Request {code} is help for {for_whom}. Ask to speak to that person: do you agree that TechRescue visits you at home?",
        "Ask: do you agree that somebody from TechRescue visits you at home for request {code}?",
    ),
    Purpose.CONSENT_UNREACHED: (
        (
            "Request {code}: after several calls it is not known whether somebody may come. Find another way: another number, "
            "whoever filed it, neighbours, the ward. Record yes or no; if nobody can be found, cancel the request."
        ),
    ),
    Purpose.NO_VISIT_CALL: (
        (
            "Request {code}: they wrote that nobody shall come. Ask: why, who bothers you, would help by telephone or at the "
            "ward office do? If somebody may come after all, record that they agree."
        ),
    ),
}

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "company": {"two": "TWO people have to go", "relative": "a relative will be there"},
    "behalf": {"yes": "your family asks us to help you"},
    "again": {"last": "This is the last call."},
    "stands": {
        "agreed": "you have agreed that somebody comes.",
        "refused": "you want nobody to come.",
        "there": "the helper is there. To stop, tell them, or call 1022.",
        "over": "it is over. If you need more help, call 1022.",
    },
}
