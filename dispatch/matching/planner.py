"""Who would be asked: plans made in memory, one at a time, for the matcher's turns and for what the consumer is about to open.

Who is planned for counts as asked from then on, so that the next plan asks somebody else; what the database refuses is read
again, what was never tried is let go.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from dispatch.matching.assignment import match
from dispatch.matching.decision import Decision, Witness, decisions, distances_m
from dispatch.matching.index import Index
from dispatch.matching.offers_made import Asked
from dispatch.matching.pairs import WaitingJob
from dispatch.matching.people import People
from dispatch.matching.phone_first import where_somebody_is
from dispatch.matching.picture import Picture
from dispatch.matching.policy import Policy, may_ask
from dispatch.matching.roster import Roster
from dispatch.matching.roster_columns import TWO_PEOPLE
from dispatch.matching.waiting import Row, Waiting
from shared.events.contract import Priority

FEW: Final = 16  # jobs that are matched in less time than handing them to a thread and back would take


@dataclass(frozen=True, slots=True)
class Plan:
    """Before the database has agreed. `unplaced`: nobody was found for them."""

    jobs: Sequence[WaitingJob] = ()
    picture: Picture | None = None
    asked: Sequence[Asked] = ()
    recorded: dict[UUID, Decision] = field(default_factory=dict)
    unplaced: Sequence[WaitingJob] = ()
    held: Sequence[WaitingJob] = ()  # for somebody whose shift begins soon


class Planner:
    """Of the process that matches."""

    def __init__(self, index: Index, policy: Policy) -> None:
        self.index = index
        self.policy = policy
        self._one_at_a_time = asyncio.Lock()

    async def plan(self, waiting: Sequence[Waiting]) -> Plan:
        index = self.index
        async with self._one_at_a_time:
            now = index.now
            picture = index.picture()
            jobs = where_somebody_is(index.waiting.prepared(waiting, now), picture.people, self.policy, now)
            jobs = [in_company(job, index.roster) if job.two and not job.by_phone else job for job in jobs]
            witness = Witness(jobs, picture, lambda person: index.roster.id_of(int(picture.people.row[person])), self.policy)
            if len(jobs) <= FEW and all(job.skills in picture.people.able for job in jobs):
                plan, rows = _planned(witness, now)
            else:  # building trees and dense solves give the interpreter's lock away, and the loop lives on
                plan, rows = await asyncio.to_thread(_planned, witness, now)
            index.roster.offered(rows, now)
        return plan

    async def plan_new(self, rows: Sequence[Row]) -> Plan:
        """For jobs that are not there yet. Nobody while others wait: those come first, and the matcher takes all together."""
        now = self.index.now
        moment = datetime.fromtimestamp(now, UTC)
        open_tiers = {tier for tier in Priority if may_ask(tier, moment)}
        if self.index.waiting.somebody_waits(now, open_tiers):
            return Plan()
        waiting = [one for one in self.index.waiting.of_rows(rows) if one.priority in open_tiers]
        return await self.plan(waiting) if waiting else Plan()

    async def warm_up(self) -> None:
        """While nothing waits: what the next job would have to wait for."""
        index = self.index
        if index.wants_drawing():
            picture = index.draw()
            await asyncio.to_thread(_grow, picture.people, index.wanted_skills())
            async with self._one_at_a_time:
                index.show(picture)

    def let_go(self, asked: Collection[Asked]) -> None:
        """Planned, and not even tried."""
        self.index.roster.let_go([one.responder_id for one in asked])

    async def lost(self, asked: Collection[Asked]) -> None:
        """The database refused these. When they cannot be read again they are let go: the next refusal reads them."""
        if not asked:
            return
        try:
            await self.index.read_again([one.job.id for one in asked], [one.responder_id for one in asked])
        except BaseException:
            self.let_go(asked)
            raise


def in_company(job: WaitingJob, roster: Roster) -> WaitingJob:
    """A visit to which two people have to go; a call takes one."""
    both = job.skills | roster.skills.mask([TWO_PEOPLE])
    return replace(job, skills=both, alone=job.skills, needs=(*job.needs, TWO_PEOPLE))


def _grow(people: People, wanted: Collection[int]) -> None:
    for skills in wanted:
        people.able_to(skills)


def _planned(witness: Witness, now: float) -> tuple[Plan, list[int]]:
    """And the rows of the roster that it asks."""
    jobs, people = witness.jobs, witness.picture.people
    matching = match(jobs, people, witness.policy, now=now, starting=witness.picture.starting)
    distances = distances_m(matching, witness)
    asked = [
        Asked(jobs[one.job], witness.id_of(one.person), distance, jobs[one.job].by_phone)
        for one, distance in zip(matching.proposals, distances, strict=True)
    ]
    recorded = {jobs[job].id: decision for job, decision in decisions(matching, distances, witness).items()}
    rows = [int(people.row[one.person]) for one in matching.proposals]
    unplaced, held = ([jobs[job] for job in found] for found in (matching.unplaced, matching.held))
    return Plan(jobs, witness.picture, asked, recorded, unplaced, held), rows
