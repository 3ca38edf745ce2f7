"""Why these people were asked, or why nobody was: the record of one decision, in numbers. Pure; no personal data.

What `words.py` makes of it when somebody asks is not stored: the numbers are, as they were.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import numpy as np
import orjson
from geopy.distance import great_circle

from dispatch.matching.assignment import Matching
from dispatch.matching.pairs import Pairs, WaitingJob, known_minutes, shared_fairly, strange_minutes, ways
from dispatch.matching.people import Floats, Ints
from dispatch.matching.picture import Picture
from dispatch.matching.policy import Policy
from dispatch.matching.standing import PENDING_OFFER

ALTERNATIVES: Final = 2  # who else it might have been, however many were asked
_COARSE_M: Final = 100  # places are known to about 110 m; more digits would only look exact


@dataclass(frozen=True, slots=True)
class Decision:
    """JSON, ready to be stored. `candidates` is a list of objects, cheapest first; `exclusions` counts people by the rule."""

    candidates: bytes
    exclusions: bytes
    ranking: bytes = b"{}"
    rules: frozenset[str] = frozenset()  # that stop anybody who could do it


@dataclass(frozen=True, slots=True)
class Witness:
    """What a record is made of beside the matching itself."""

    jobs: Sequence[WaitingJob]
    picture: Picture
    id_of: Callable[[int], UUID]  # of a position in the picture's people
    policy: Policy
    taken: dict[int, int] = field(default_factory=dict)  # by needed skills: how many have been asked since the picture was made
    seen: dict[int, int] = field(default_factory=dict)  # … and how many of them were in it


def distances_m(matching: Matching, witness: Witness) -> list[int]:
    """Of each proposal, as people read it: along the globe, coarse, at least 100 m."""
    people, jobs = witness.picture.people, witness.jobs
    found = []
    for proposal in matching.proposals:
        job, person = jobs[proposal.job], proposal.person
        metres = great_circle((job.lat, job.lon), (people.lat[person], people.lon[person])).m
        found.append(coarse_m(metres))
    return found


def coarse_m(metres: float) -> int:
    return max(round(metres / _COARSE_M) * _COARSE_M, _COARSE_M)


def decisions(matching: Matching, distances: Sequence[int], witness: Witness) -> dict[int, Decision]:
    """By position of the job: of those that somebody is offered, and of those that nobody can take, unless it is written."""
    offered = {(one.job, one.person): metres for one, metres in zip(matching.proposals, distances, strict=True)}
    placed: dict[int, list[dict[str, Any]]] = {job: [] for job, _ in offered}
    nobody: dict[int, list[dict[str, Any]]] = {job: [] for job in matching.unplaced if witness.jobs[job].unexplained}
    found = {**placed, **nobody}
    for job, person, candidate in _candidates(matching, witness):
        if job in found:
            asked = offered.get((job, person))
            candidate |= {"offered": asked is not None, "distance_m": asked or candidate["distance_m"]}
            found[job].append(candidate)
    return {job: _decision(candidates, witness.jobs[job], witness, job in nobody) for job, candidates in found.items()}


def _candidates(matching: Matching, witness: Witness) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Job, person, and what their cost is made of: an odd choice can be explained, the policy be tuned. Cheapest first."""
    chosen = _weighed(matching, witness.policy.kept)
    if chosen is None:
        return
    jobs, people, costs, away = chosen
    all_people = witness.picture.people
    communes = np.array([job.commune for job in witness.jobs], dtype=np.int64)
    fair, way = shared_fairly(witness.jobs)[jobs], ways(witness.jobs)[jobs]
    parts = {
        "travel": way * away * witness.policy.minutes_per_metre,
        "commune": way * all_people.spill_over[communes[jobs], all_people.commune[people]],
        "today": fair * all_people.today_minutes[people],
        "later": fair * all_people.later_minutes[people],
        "silence": all_people.silence_minutes[people],
        "complaints": all_people.complaint_minutes[people],
        "known": known_minutes(witness.jobs, jobs, all_people, people, witness.policy),
        "language": strange_minutes(witness.jobs, jobs, all_people, people, witness.policy),
    }
    minutes = np.round(np.column_stack(list(parts.values())), 2).tolist()
    coarse = np.maximum(np.round(away / _COARSE_M) * _COARSE_M, _COARSE_M).astype(np.int64).tolist()
    until = all_people.shift_ends_at[people].astype(np.int64).tolist()
    columns = (jobs.tolist(), people.tolist(), np.round(costs, 2).tolist(), minutes, coarse, until)
    for job, person, cost, weighed, metres, ends_at in zip(*columns, strict=True):
        yield (
            job,
            person,
            {
                "responder_id": witness.id_of(person),
                "cost_minutes": cost,
                "minutes": {name: value for name, value in zip(parts, weighed, strict=True) if value},
                "distance_m": metres,
                "until": ends_at,  # epoch seconds: the end of the shift
            },
        )


def _weighed(matching: Matching, kept: int) -> tuple[Ints, Ints, Floats, Floats] | None:
    """Jobs, people, costs and metres of all pairs that are offered and of the next: `kept` a job, and ALTERNATIVES at least."""
    if not matching.pairs:
        return None
    jobs, people, costs, away = (
        np.concatenate([getattr(pairs, name) for pairs in matching.pairs]) for name in Pairs.__slots__ if name != "complete"
    )
    order = np.lexsort((people, costs, jobs))
    jobs, people, costs, away = jobs[order], people[order], costs[order], away[order]
    fresh = np.ones(len(order), dtype=bool)  # a later round weighs the same pair again, at the same cost
    fresh[1:] = (jobs[1:] != jobs[:-1]) | (people[1:] != people[:-1])
    jobs, people, costs, away = jobs[fresh], people[fresh], costs[fresh], away[fresh]
    width = int(people.max(initial=0)) + 1
    offered = [one.job * width + one.person for one in matching.proposals]
    asked = np.isin(jobs * width + people, offered)
    others = np.cumsum(~asked, dtype=np.int64)
    beside = others - np.concatenate([[0], others])[np.searchsorted(jobs, jobs)]  # of a job those not asked, up to this one
    some = asked | (beside <= np.maximum(kept - np.bincount(jobs, asked)[jobs], ALTERNATIVES))
    return jobs[some], people[some], costs[some], away[some]


def _decision(candidates: list[dict[str, Any]], job: WaitingJob, witness: Witness, nobody: bool) -> Decision:
    stopped = _stopped(job, witness, nobody)
    rules = frozenset(stopped)
    if not nobody and not job.by_phone:
        _count_the_others(stopped, job, witness, sum(one["offered"] for one in candidates))
    _count_the_unable(stopped, job, witness)
    return Decision(
        orjson.dumps(candidates, default=str), orjson.dumps(stopped), orjson.dumps(_ranking(job, witness.policy)), rules
    )


def _count_the_others(stopped: dict[str, int], job: WaitingJob, witness: Witness, asked: int) -> None:
    """Whom no rule stops, and who come after those who are asked: so that everybody on the roster is accounted for."""
    others = witness.picture.census.left(job.skills) - asked - stopped.get("excluded", 0)
    if others > 0:
        stopped["dearer"] = others


def _count_the_unable(stopped: dict[str, int], job: WaitingJob, witness: Witness) -> None:
    """Who can do it, but not send two people, is counted apart."""
    census = witness.picture.census
    stopped["not_able"] = unable = census.not_able(job.skills if job.alone is None else job.alone)
    alone = census.not_able(job.skills) - unable
    if alone:
        stopped["alone"] = alone


def _stopped(job: WaitingJob, witness: Witness, nobody: bool) -> dict[str, int]:
    """Of those who can do it, how many each rule stops. When nobody was found, everybody is accounted for."""
    picture, skills = witness.picture, job.skills
    stopped = picture.census.stopped(skills)
    excluded = sum(picture.may_be_asked(row, skills) for row in job.excluded if row < len(picture.skills))
    if excluded:
        stopped["excluded"] = excluded
    if nobody:
        _account_for_the_rest(stopped, picture.census.left(skills) - excluded, skills, witness)
    return stopped


def _account_for_the_rest(stopped: dict[str, int], left: int, skills: int, witness: Witness) -> None:
    """Those whom no rule of the roster stops: asked since then, or free only since then, or their shift is too short."""
    if skills not in witness.taken:
        people, then = witness.picture.people, witness.picture.free_then
        positions = people.able_to(skills).positions
        witness.taken[skills] = int((then[positions] & ~people.free[positions]).sum())
        witness.seen[skills] = int(then[positions].sum())
    taken = min(witness.taken[skills], left)
    unseen = min(max(witness.picture.census.left(skills) - witness.seen[skills], 0), left - taken)
    rest = {PENDING_OFFER: taken, "came_free": unseen, "shift_too_short": left - taken - unseen}
    for rule, count in rest.items():
        if count:
            stopped[rule] = stopped.get(rule, 0) + count


def _ranking(job: WaitingJob, policy: Policy) -> dict[str, Any]:
    """What gave the job its place among those that wait; how far vulnerability may lift it is bounded by the policy."""
    ahead = policy.ahead_minutes(job.vulnerable)
    ranking: dict[str, Any] = {
        "priority": job.priority,
        "tier": job.tier or job.priority,
        "waited_minutes": round(max(job.urgency - ahead, 0.0), 1),
        "needs": job.needs,
    }
    if job.by_phone:
        ranking["by_phone"] = True
    if job.tongue:
        ranking["language"] = job.language
    if job.vulnerable:
        ranking |= {
            "vulnerable": job.vulnerable,
            "ahead_minutes": ahead,
            "ahead_at_most": policy.ahead_minutes(policy.vulnerable_most),
        }
    return ranking
