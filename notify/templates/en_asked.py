"""What a responder is asked, and what one visit for several requests says to either side, in English."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

ASKED: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.GROUPED_RESIDENT: (
        (
            "Request {code}: this fault is known, {count} requests tell of it. One helper comes for all of them, "
            "no need to call again."
        ),
    ),
    Purpose.UNGROUPED_RESIDENT: ("Request {code} is helped on its own; TechRescue is looking for somebody.",),
    Purpose.OFFER: (
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
    Purpose.WITHDRAWN: (
        "Job {number} ({category}, {commune}): you are no longer needed: {reason}. Thank you.",
        "{category}, {commune}: you are no longer needed: {reason}. Thank you.",
        "You are no longer needed for the last question: {reason}. Thank you.",
        "You are no longer needed for the last question. Thank you.",
    ),
}
