"""Residents and helpers who have met, as arrays: whom a resident had good help from, and whom they never want to see again. Pure.

13 bytes a pair, so that a year of a city fits beside everything else. Residents are known by the id of their contact point only.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from dispatch.jobs.job import Job
from shared.events.assignments import Outcome

_LOW: Final = (1 << 64) - 1  # the random half of an id
NOBODY: Final[frozenset[int]] = frozenset()

Row = Mapping[str, Any]
Met = tuple[UUID, UUID, int]  # resident, responder, and how much better that was than nothing


class Acquaintances:
    def __init__(self) -> None:
        self._residents: NDArray[np.uint64] = np.empty(0, np.uint64)  # in order
        self._responders: NDArray[np.int32] = np.empty(0, np.int32)  # rows of the roster
        self._verdicts: NDArray[np.int8] = np.empty(0, np.int8)  # 1: helped well; -1: complained of; 0: nothing any more

    def __len__(self) -> int:
        return len(self._residents)

    def put(self, rows: Sequence[Row], row_of: Mapping[UUID, int]) -> None:
        """Rows of `acquaintances`; the newest word on a pair holds. Whoever is not on the roster is not remembered."""
        known = [row for row in rows if row["responder_id"] in row_of]
        if not known:
            return
        residents = np.array([_key(row["resident_id"]) for row in known], dtype=np.uint64)
        responders = np.array([row_of[row["responder_id"]] for row in known], dtype=np.int32)
        verdicts = np.array([_verdict(row) for row in known], dtype=np.int8)
        residents = np.concatenate([self._residents, residents])
        responders = np.concatenate([self._responders, responders])
        verdicts = np.concatenate([self._verdicts, verdicts])
        order = np.lexsort((np.arange(len(residents)), responders, residents))  # of one pair the newest last
        residents, responders, verdicts = residents[order], responders[order], verdicts[order]
        last = np.ones(len(order), dtype=bool)
        last[:-1] = (residents[1:] != residents[:-1]) | (responders[1:] != responders[:-1])
        self._residents, self._responders, self._verdicts = residents[last], responders[last], verdicts[last]

    def of(self, resident_id: UUID | None) -> tuple[frozenset[int], frozenset[int]]:
        """Rows of the roster: those who helped well, and those who must not come again."""
        if resident_id is None or not len(self._residents):
            return NOBODY, NOBODY
        key = np.uint64(_key(resident_id))
        first, end = np.searchsorted(self._residents, key), np.searchsorted(self._residents, key, side="right")
        if first == end:
            return NOBODY, NOBODY
        rows, verdicts = self._responders[first:end], self._verdicts[first:end]
        return frozenset(rows[verdicts > 0].tolist()), frozenset(rows[verdicts < 0].tolist())


def met_in(before: Mapping[UUID, Job], jobs: Iterable[Job]) -> list[Met]:
    """What these jobs, as they were loaded and as they are now, say of who helped well: solved counts, reopened takes it back."""
    after = list(jobs)
    found = [
        (job.resident.contact_point_id, job.responder_id, 1)
        for job in after
        if job.responder_id is not None and job.outcome is Outcome.SOLVED
        if job.id in before and before[job.id].outcome is not Outcome.SOLVED
    ]
    rounds = {(job.request_id, job.round): job for job in before.values()}
    for job in after:
        last = rounds.get((job.request_id, job.round - 1))
        if job.id not in before and last is not None and last.responder_id is not None and last.outcome is Outcome.SOLVED:
            found.append((last.resident.contact_point_id, last.responder_id, -1))
    return found


def _verdict(row: Row) -> int:
    """One complaint weighs more than any good visit."""
    return -1 if row["complaints"] else int(row["good"] > 0)


def _key(resident_id: UUID) -> int:
    return resident_id.int & _LOW
