"""Whom a job that a call may solve is offered to: helpers of the whole city, who has done least and waited longest. Pure.

Nobody travels, so distance costs nothing; who shares the resident's language goes first.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dispatch.matching.people import Floats, Ints, People
from dispatch.matching.policy import Policy

IDLE: Final = 1e-10  # of minutes a second: who was asked last comes last, among people who cost the same


def free_helpers(people: People, skills: int, over_at: float) -> Ints:
    """Those who are free, help by phone, can do it, and stay until such a call is over. In no order."""
    if not len(people.remote):
        return np.empty(0, dtype=np.int64)
    able = (people.skills & np.uint64(skills)) == np.uint64(skills)
    return np.flatnonzero(people.remote & people.free & able & (people.shift_ends_at >= over_at))


def in_turn(people: People, helpers: Ints, tongue: int, most: int, policy: Policy) -> Ints:
    """The `most` whose turn it is, the cheapest first."""
    minutes: Floats = people.today_minutes[helpers] + people.silence_minutes[helpers] + people.complaint_minutes[helpers]
    if tongue:
        minutes = minutes + np.where(people.speaks(helpers, tongue), 0.0, policy.language_minutes)
    keys = minutes + people.last_offered_at[helpers] * IDLE
    if len(helpers) > most:  # a whole sort of thousands for some sixteen would hold the event loop
        some = np.argpartition(keys, most)[:most]
        helpers, keys = helpers[some], keys[some]
    return helpers[np.argsort(keys, kind="stable")]


@dataclass(frozen=True, slots=True)
class Need:
    """What so many jobs have in common, and how many people to look at for each."""

    jobs: int
    skills: int  # bits
    tongue: int  # bits; 0: what everybody speaks
    over_at: float  # epoch seconds: when such a call would be over
    look_at: int


def candidates(people: People, need: Need, policy: Policy) -> tuple[Ints, bool]:
    """A row of people for each job, shifted by one so that not all ask the same; and whether nobody is missing."""
    jobs = need.jobs
    helpers = free_helpers(people, need.skills, need.over_at)
    turn = in_turn(people, helpers, need.tongue, need.look_at + jobs, policy)
    width = min(need.look_at, len(turn))
    if not width:
        return np.empty((jobs, 0), dtype=np.int64), True
    places = (np.arange(jobs)[:, None] + np.arange(width)[None, :]) % len(turn)
    return turn[places], width == len(helpers)
