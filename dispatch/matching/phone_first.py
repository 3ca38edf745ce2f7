"""Which waiting jobs are offered by phone now, and which are visits at once because nobody is there to call. Pure."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dispatch.matching.by_phone import free_helpers
from dispatch.matching.pairs import WaitingJob
from dispatch.matching.people import People
from dispatch.matching.policy import Policy


def where_somebody_is(jobs: Sequence[WaitingJob], people: People, policy: Policy, now: float) -> list[WaitingJob]:
    """The same jobs; by phone stay as many as there are helpers for, the most urgent first. Nobody waits for a call that will not
    come: all others are visits in the same breath."""
    found = list(jobs)
    left: dict[tuple[int, float], int] = {}
    for place in _in_order(jobs):
        job = jobs[place]
        over_at = now + policy.visit_seconds[job.priority]
        need = job.skills, over_at
        if need not in left:
            left[need] = len(free_helpers(people, *need))
        if left[need] > _excluded(job, people, over_at):
            left[need] -= 1
            found[place] = replace(job, wave_size=policy.call_at_once(job.priority))
        else:
            found[place] = replace(job, by_phone=False)
    return found


def _in_order(jobs: Sequence[WaitingJob]) -> list[int]:
    waiting = [place for place, job in enumerate(jobs) if job.by_phone]
    return sorted(waiting, key=lambda place: (jobs[place].tier or jobs[place].priority, -jobs[place].urgency))


def _excluded(job: WaitingJob, people: People, over_at: float) -> int:
    """How many of those helpers said no to this job, or were silent."""
    if not job.excluded:
        return 0
    return int(np.isin(people.row[free_helpers(people, job.skills, over_at)], list(job.excluded)).sum())
