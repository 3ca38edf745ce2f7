"""Why these people were asked: the record of one decision, in numbers and in a sentence. Pure; no personal data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
import orjson
from geopy.distance import great_circle

from dispatch.matching import Matching, Proposal
from dispatch.pairs import Pairs, WaitingJob
from dispatch.people import Ints
from dispatch.picture import Picture
from dispatch.policy import Policy
from shared.calendar import OFFICE_HOURS

_KILOMETRE: Final = 1000
_COARSE_M: Final = 100  # places are known to about 110 m; more digits would only look exact


@dataclass(frozen=True, slots=True)
class Decision:
    """JSON, ready to be stored. `candidates` is a list of objects, cheapest first; `exclusions` counts people by the rule."""

    candidates: bytes
    exclusions: bytes


@dataclass(frozen=True, slots=True)
class Witness:
    """What a record is made of beside the matching itself."""

    jobs: Sequence[WaitingJob]
    picture: Picture
    id_of: Callable[[int], UUID]  # of a position in the picture's people
    policy: Policy


def distances_m(matching: Matching, witness: Witness) -> list[int]:
    """Of each proposal, as people read it: along the globe, coarse, at least 100 m."""
    people, jobs = witness.picture.people, witness.jobs
    found = []
    for proposal in matching.proposals:
        job, person = jobs[proposal.job], proposal.person
        metres = great_circle((job.lat, job.lon), (people.lat[person], people.lon[person])).m
        found.append(max(round(metres / _COARSE_M) * _COARSE_M, _COARSE_M))
    return found


def decisions(matching: Matching, distances: Sequence[int], witness: Witness) -> dict[int, Decision]:
    """By position of the job; only of those that somebody is offered."""
    candidates: dict[int, list[dict[str, Any]]] = {}
    for proposal, distance_m in zip(matching.proposals, distances, strict=True):
        candidates.setdefault(proposal.job, []).append(_offered(proposal, distance_m, witness))
    asked = {(proposal.job, proposal.person) for proposal in matching.proposals}
    for job, person, cost in _cheapest_pairs(matching.pairs, witness.policy.kept):
        if job in candidates and (job, person) not in asked:
            candidates[job].append({"responder_id": witness.id_of(person), "cost_minutes": round(cost, 2), "offered": False})
    return {job: _decision(found, witness.jobs[job], witness) for job, found in candidates.items()}


def sentence(distance_m: int, skills: Sequence[str], shift_ends_at: float) -> str:
    """For whoever wonders why: "cách 900 m, làm được: digital_signature, trực đến 17:00"."""
    far = f"{distance_m} m" if distance_m < _KILOMETRE else f"{distance_m / _KILOMETRE:.1f} km".replace(".", ",")
    until = datetime.fromtimestamp(shift_ends_at, UTC).astimezone(OFFICE_HOURS.timezone)
    able = f"làm được: {', '.join(skills)}, " if skills else ""
    return f"cách {far}, {able}trực đến {until:%H:%M}"


def _offered(proposal: Proposal, distance_m: int, witness: Witness) -> dict[str, Any]:
    """With what its cost is made of, so that an odd choice can be explained and the policy be tuned."""
    people, job, person = witness.picture.people, witness.jobs[proposal.job], proposal.person
    parts = {
        "travel": proposal.distance_m * witness.policy.minutes_per_metre,
        "commune": float(people.spill_over[job.commune, people.commune[person]]),
        "load": float(people.load_minutes[person]),
        "recent": float(people.recent_minutes[person]),
        "silence": float(people.silence_minutes[person]),
    }
    return {
        "responder_id": witness.id_of(person),
        "cost_minutes": round(proposal.cost, 2),
        "offered": True,
        "minutes": {name: round(minutes, 2) for name, minutes in parts.items() if minutes},
        "sentence": sentence(distance_m, job.needs, float(people.shift_ends_at[person])),
    }


def _cheapest_pairs(weighed: Sequence[Pairs], kept: int) -> list[tuple[int, int, float]]:
    """The `kept` cheapest (job, person, cost) of each job, from all rounds."""
    if not weighed:
        return []
    jobs, people, costs = (np.concatenate([getattr(pairs, name) for pairs in weighed]) for name in ("jobs", "people", "costs"))
    order = np.lexsort((people, costs, jobs))
    jobs, people, costs = jobs[order], people[order], costs[order]
    fresh = np.ones(len(order), dtype=bool)  # a later round weighs the same pair again, at the same cost
    fresh[1:] = (jobs[1:] != jobs[:-1]) | (people[1:] != people[:-1])
    jobs, people, costs = jobs[fresh], people[fresh], costs[fresh]
    first = _rank_within(jobs) < kept
    return list(zip(jobs[first].tolist(), people[first].tolist(), costs[first].tolist(), strict=True))


def _rank_within(values: Ints) -> Ints:
    """0, 1, 2, … within each run of equal values, which are in order."""
    return np.arange(len(values)) - np.searchsorted(values, values)


def _decision(candidates: list[dict[str, Any]], job: WaitingJob, witness: Witness) -> Decision:
    candidates.sort(key=lambda candidate: candidate["cost_minutes"])
    exclusions: Mapping[str, int] = {
        **witness.picture.exclusions,
        "not_able": _unable(job, witness),
        "excluded": len(job.excluded),
    }
    return Decision(orjson.dumps(candidates, default=str), orjson.dumps(exclusions))


def _unable(job: WaitingJob, witness: Witness) -> int:
    people = witness.picture.people
    return len(people) - len(people.able_to(job.skills).positions)
