"""What a deployment may choose about its hotline."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.errors import Misconfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class HotlineSettings:
    due_seconds: float = 15 * 60  # until when somebody has called back, first and each time it was not done
    lease_seconds: float = 10 * 60  # who takes a callback makes it within this, or it is everybody's again
    retry_seconds: float = 30 * 60  # after a call that nobody picked up
    most_tries: int = 3  # without an answer: then it is the city desk's; after as many more it ends
    escalate_seconds: float = 2 * 3600  # since the first missed call: then it is the city desk's
    silent_seconds: float = 10 * 60  # a call that rings, and of which nothing more is heard, is a missed one
    draft_seconds: float = 12 * 3600  # a draft that nobody touches is deleted; one of a call is its caller's then
    keep_seconds: float = 30 * 86400  # whose call it was
    operators: Mapping[str, str] = field(default_factory=dict)  # as the telephone system names them: the name of their token

    def __post_init__(self) -> None:
        seconds = (
            *(self.due_seconds, self.lease_seconds, self.retry_seconds, self.escalate_seconds),
            *(self.silent_seconds, self.draft_seconds, self.keep_seconds),
        )
        if min(seconds) <= 0 or self.most_tries < 1:
            raise Misconfigured("hotline: times must be positive, and there must be at least one try")
