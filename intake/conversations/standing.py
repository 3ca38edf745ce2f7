"""How requests stand, for who asks in a conversation: their own, and one whose code they know. Public facts only."""

import asyncpg

from intake.conversations.heard import Heard
from intake.conversations.rows import Talk
from intake.conversations.steps import Facts, Standing
from intake.limits import Limits
from intake.queries import QUERIES
from intake.request import LABELS_VI
from shared.events.requests import RequestStatus
from shared.http.limits import TooMany

LABELS_EN = {
    RequestStatus.NEEDS_LOCATION: "we are finding out where it is",
    RequestStatus.FILED: "received",
    RequestStatus.WAITING: "we are looking for somebody",
    RequestStatus.ASSIGNED: "somebody has taken it",
    RequestStatus.ON_THE_WAY: "the helper is on the way",
    RequestStatus.IN_PROGRESS: "the helper is there",
    RequestStatus.FROZEN: "stopped; a person will call you",
    RequestStatus.RESOLVED: "solved",
    RequestStatus.CLOSED: "closed",
    RequestStatus.CANCELLED: "cancelled",
    RequestStatus.HANDED_OFF: "an office has it now",
    RequestStatus.UNREACHED: "we could not reach you",
}


def label_of(status: str, language: str) -> str:
    known = RequestStatus(status)
    return LABELS_EN[known] if language == "en" else LABELS_VI[known]


async def facts_about(connection: asyncpg.Connection, limits: Limits, talk: Talk, heard: Heard) -> Facts:
    """Codes that are none are counted, as at the web's door: by who guesses."""
    language = heard.language or talk.state.language
    rows = await connection.fetch(QUERIES["standings_of"], talk.contact_point_id, talk.state.code)
    own = tuple(Standing(row["code"], label_of(row["status"], language)) for row in rows)
    if heard.code is None:
        return Facts(own_number=talk.own_number, open_requests=own)
    row = await connection.fetchrow(QUERIES["standing_by_code"], heard.code)
    found = None if row is None else Standing(row["code"], label_of(row["status"], language))
    may_guess = True
    if found is None:
        try:
            await limits.take_wrong_code(f"conversation {talk.contact_point_id}", connection, what="tracking")
        except TooMany:
            may_guess = False
    return Facts(own_number=talk.own_number, open_requests=own, asked_about=found, may_guess=may_guess)
