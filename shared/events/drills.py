"""The reachability drill: one short question to each phone of a roster, and what came of it. Bodies for both sides."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.events.contract import Contract
from shared.events.duty import PersonNews


class DrillOutcome(StrEnum):
    """What holds now for the phone that was asked."""

    SILENT = "silent"  # no answer in time: nobody is asked there, until anything comes from it
    BACK = "back"  # it answered after that: asked again


class DrillAsked(PersonNews):
    """Body of drill.asked: is anybody there? There is no job behind it."""

    ask_id: UUID
    month: int  # of the year, as the text says it
    commune_code: str
    answer_by: datetime


class DrillSettled(PersonNews):
    """Body of drill.settled."""

    ask_id: UUID
    outcome: DrillOutcome


class DrillAnswered(Contract):
    """Body of drill.answered. Yes or no does not matter: somebody is there."""

    city: str
    contact_point_id: UUID
    ask_id: UUID
    over: str  # the provider whose channel it came by
    received_at: datetime
