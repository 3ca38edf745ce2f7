"""What a deployment may choose about dispatch, and what it gets when it chooses nothing."""

from dataclasses import dataclass, field

from dispatch.faults.grouping import GroupRules
from dispatch.faults.incident import IncidentRules
from dispatch.faults.session import SessionRules
from dispatch.matching.neighbours import Pair
from dispatch.matching.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchSettings:
    city: str = "hanoi"
    city_desk_phone: str | None = None  # E.164; the last to be asked. None: the roster brings it
    neighbours: tuple[Pair, ...] | None = None  # None: of the centres of the communes
    policy: Policy = field(default_factory=Policy)
    groups: GroupRules = field(default_factory=GroupRules)
    meeting_url: str | None = None  # of a room on the web for a call; None: there are none
    sessions: SessionRules = field(default_factory=SessionRules)
    keep_details_days: int = 365  # after which a job that is over loses all that is sealed
    incidents: IncidentRules = field(default_factory=IncidentRules)
