"""A group visit, in English: where and when, who comes, and what each side hears of the others."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

SESSIONS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.SESSION_ASK: (
        (
            "Request {code}: people of your neighbourhood are helped together at {session}, {venue}. Can you come? "
            "1 {question} = I come, 2 {question} = help me at home."
        ),
    ),
    Purpose.SESSION_TAKEN_RESIDENT: ("Request {code}: at {session}, {venue}, this helper is there: {who}.",),
    Purpose.SESSION_OFF_RESIDENT: (
        "Request {code}: the session does NOT take place, do not go there. TechRescue looks for somebody who comes to you.",
    ),
    Purpose.SESSION_LEFT_RESIDENT: (
        "Request {code}: no need to go to the session, TechRescue sends somebody to you. NEW pass phrase: {phrase}.",
    ),
    Purpose.SESSION_RESPONDER: (
        (
            "This session is yours: {session}, {venue}, {count} people, {comers} say they come. Text DI when you go, DEN when "
            "you are there. Number {number}: {name}. Solved: XONG {number}, not there: VANG NHA {number}."
        ),
    ),
    Purpose.SESSION_RIDER_RESPONDER: (
        "Session {session}, number {number}: {name}. Solved: XONG {number}, not there: VANG NHA {number}.",
    ),
    Purpose.SESSION_LESS_RESPONDER: ("Session {session}, number {number}: {said}. Thank you.",),
    Purpose.SESSION_WHO: ("Session: text what came of each person, with their number (XONG or VANG NHA). Left: {choices}.",),
}
