"""The English texts about who of a team goes: the same wordings in the same order as in `vi_teams.py`."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.UNNAMED_RESIDENT: (
        "Request {code}: the person we named does NOT come. Do not open to anybody before TechRescue has told you another name.",
    ),
    Purpose.NAMED_RESPONDER: (
        "The resident knows: {who} comes, job {number}. Text DI {number} when you go. Another? Text {number} and their NAME.",
        "The resident knows: {who} comes.",
    ),
    Purpose.NAME_WANTED: (
        "Job {number}: your team has more than one of that name: {choices}. Text {number} and the WHOLE name of who goes.",
        "Job {number}: {why}. Text {number} and the NAME of who goes, TRA {number} if you cannot. For help call 1022.",
        "Please call 1022: {why}.",
    ),
    Purpose.NO_NAME_NEEDED: (
        "Job {number} is yours, no name is needed. If you cannot go, text TRA {number}.",
        "The job is yours, no name is needed.",
    ),
}

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "hold": {"unnamed": "The team will say who comes. Do NOT open to anybody before TechRescue has told you the name."},
    "who_goes": {"unnamed": "WHO GOES?", "two": "WHICH TWO GO?"},
    "why": {
        "needed": "we have to know who goes, to tell the resident",
        "unknown": "nobody of that name is vetted and present in your team",
        "ambiguous": "your team has more than one of that name",
        "two": "TWO people have to go to this job, name both",
        "too_few": "TWO people have to go to this job, and your team has too few present",
        "absent": "that person is marked as absent",
        "not_vetted": "that person is not vetted to go to a resident's home",
    },
}
