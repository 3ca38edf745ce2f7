"""Whose shift is about to begin: worth some minutes of patience of an ordinary visit. Pure.

In the last half hour of their shift most people cannot take a visit any more: it would be sent to the few who stay, from far
away, minutes before others begin around the corner.
"""

from collections.abc import Sequence

import numpy as np

from dispatch.matching.pairs import Occasion, WaitingJob, nearest_pairs
from dispatch.matching.people import Floats
from dispatch.matching.policy import URGENT, Policy


def patience(jobs: Sequence[WaitingJob], occasion: Occasion) -> Floats | None:
    """Minutes, by job: whoever is asked now may be so dear, because somebody who begins soon costs less. None: no limits."""
    starting = occasion.starting
    if starting is None:
        return None
    patient = [place for place, job in enumerate(jobs) if _is_patient(job, occasion.policy)]
    if not patient:
        return None
    pairs = nearest_pairs([jobs[place] for place in patient], starting, occasion, look_at=occasion.policy.candidates)
    cheapest = np.full(len(patient), np.inf)
    np.minimum.at(cheapest, pairs.jobs, pairs.costs)
    limits = np.full(len(jobs), np.inf)
    limits[patient] = cheapest + occasion.policy.soon_worth_minutes
    return limits


def _is_patient(job: WaitingJob, policy: Policy) -> bool:
    return job.priority not in URGENT and not job.by_phone and job.urgency < policy.patience_minutes
