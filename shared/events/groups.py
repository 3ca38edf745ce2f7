"""Bodies of the group.* events on `techrescue.assignments.v1`: several requests that look like, or are, one fault."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.events.contract import Contract, Place


class GroupStatus(StrEnum):
    PROPOSED = "proposed"  # they look like one fault; nothing about them changes until a person has said so
    CONFIRMED = "confirmed"  # a person has said so: one visit for all of them
    DISMISSED = "dismissed"  # a person has said no
    SPLIT = "split"  # confirmed, then taken apart by a person
    OVER = "over"  # nobody of it waits or is helped any more


class GroupState(Contract):
    """Everything public about one group. The place is that of whoever called first."""

    group_id: UUID
    city: str
    version: int  # of the group, raised by every change of it or of who belongs to it
    status: GroupStatus
    fault: str  # what kind of fault: a word of shared/categories.json
    commune_code: str
    place: Place
    radius_m: float  # how far from the place a request about the same belongs to it
    requests: tuple[UUID, ...] = ()  # helped by its one visit
    proposed: tuple[UUID, ...] = ()  # look like the same; a person has not said so yet
    proposed_at: datetime


class GroupChanged(Contract):
    """Body of every group.* event: the group after the change."""

    group: GroupState
    reason: str | None = None  # a word from a closed set, never free text
