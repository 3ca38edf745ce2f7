"""A fault of the whole city, in English: what whoever waits is told and asked, and what the city desk has to decide."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

INCIDENTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.HELD_RESIDENT: (
        (
            "Request {code}: the whole city has this fault, and we know of it. Your request is kept; when it is "
            "over we ask you. No need to call again."
        ),
    ),
    Purpose.HELD_NEWS_RESIDENT: (
        "Request {code} at {at}: the fault of the whole city lasts; we ask you when it is over. Sorry. More at {next_news}.",
    ),
    Purpose.INCIDENT_ASK: (
        (
            "Request {code}: the fault is over. Does it work again? 1 {question} = yes, 2 {question} = no. "
            "Without an answer we look for a helper from {until} on."
        ),
    ),
    Purpose.INCIDENT_OVER_RESIDENT: ("Request {code}: you say that it works; it is closed. If it fails again, call 1022.",),
    Purpose.INCIDENT_LEAD: (
        (
            "TechRescue: {people} people ask about {category}, far more than usual. A fault of the whole city? Open it or "
            "dismiss it among the incidents of the desk."
        ),
    ),
    Purpose.INCIDENT_OPEN_LEAD: (
        "TechRescue: the incident {category} is open since {since} and holds {people} requests. Is it over? Please end it.",
    ),
}
