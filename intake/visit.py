"""Who is at the door: the visit that is expected, and what a phrase or a "no" makes of it. Pure; no SQL, no HTTP.

The right phrase never leaves this file. What was said at the door is compared and forgotten.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.errors import Refused
from shared.events.contract import Sealed
from shared.events.requests import RequestStatus, Suspicion
from shared.security.phrases import same_words

# Two words over an intercom, typed by somebody who is frightened, are misheard once and mistyped once; whoever misses a third
# time does not know them. A guesser has three of 65,536, and a release or a freeze makes new words and new tries.
MOST_WRONG: Final = 3
EXPECTED: Final = frozenset({RequestStatus.ASSIGNED, RequestStatus.ON_THE_WAY, RequestStatus.IN_PROGRESS})


class Knock(StrEnum):
    """What the visited person is told."""

    KNOWN = "known"  # the phrase is right, and we can say who it is
    UNNAMED = "unnamed"  # the phrase is right, but nobody has told us yet who of the team comes
    WRONG = "wrong"  # ask once more: a slip of the tongue is no crime
    FROZEN = "frozen"  # do not open; the visit is stopped


class NobodyComes(Refused):
    """`status` says what is the case instead."""

    def __init__(self, status: RequestStatus) -> None:
        super().__init__("nobody_comes", f"the request is {status}: nobody is on the way to this door; do not open, call 1022")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The visit of a request that somebody has accepted; names are sealed under the helper's key."""

    request_id: UUID
    job_id: UUID
    visit: int  # of the job: decides the phrase
    helper_kind: str
    name: Sealed | None
    member: Sealed | None
    partner: Sealed | None = None  # where two come
    unnamed: bool
    by_phone: bool = False  # somebody calls, and comes to no door
    meeting_at: datetime | None = None
    wrong_tries: int = 0
    suspicious_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """`suspicion` only the first time: it is told once a visit."""

    knock: Knock
    visit: Visit
    suspicion: Suspicion | None = None


def expected(status: RequestStatus, visit: Visit | None) -> Visit:
    """Raises NobodyComes, also while somebody helps by phone: whoever stands at the door then is none of ours."""
    stopped = status is RequestStatus.FROZEN and visit is not None and visit.suspicious_at is not None
    if visit is None or visit.by_phone or (status not in EXPECTED and not stopped):
        raise NobodyComes(status)
    return visit


def refused(visit: Visit, now: datetime) -> Judged:
    """ "I do not want this person at my door", "this is not who I was told": no second question is asked."""
    if visit.suspicious_at is not None:
        return Judged(Knock.FROZEN, visit)
    return Judged(Knock.FROZEN, replace(visit, suspicious_at=now), Suspicion.REFUSED)


def compared(visit: Visit, said: str, right: str, now: datetime) -> Judged:
    """Once suspicious, the right phrase opens no door either: it may have been overheard meanwhile."""
    if visit.suspicious_at is not None:
        return Judged(Knock.FROZEN, visit)
    if same_words(said, right):
        return Judged(Knock.UNNAMED if visit.unnamed else Knock.KNOWN, visit)
    missed = replace(visit, wrong_tries=visit.wrong_tries + 1)
    if missed.wrong_tries < MOST_WRONG:
        return Judged(Knock.WRONG, missed)
    return Judged(Knock.FROZEN, replace(missed, suspicious_at=now), Suspicion.WRONG_PHRASE)
