"""The matcher's turns on the virtual clock: all that wait are put before the policy together; who finds nobody is tried again."""

import heapq
import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from dispatch.matching.assignment import Proposal
from dispatch.matching.neighbours import Neighbourhood
from dispatch.matching.people import Ints
from dispatch.matching.picture import FEW_MISSING, Picture, somebody_but
from dispatch.matching.policy import MINUTE, URGENT, may_ask
from dispatch.matching.waiting import Waiting, WaitingJobs
from dispatch.simulation.agenda import Agenda
from dispatch.simulation.asking import Asking
from dispatch.simulation.clocks import moment_of, opening
from dispatch.simulation.crowd import Crowd
from dispatch.simulation.errand import Errand
from dispatch.simulation.escalations import Escalations
from shared.events.assignments import JobStatus
from shared.events.contract import Priority

Ask = Callable[[Errand, list[int], float], None]
Wait = Callable[[Errand, float], None]

# Jobs for which nobody was found are tried every two seconds in production. With thousands of them that is nearly always in vain,
# and most of what a run would spend its time on; so the pause grows with the backlog, up to so many times.
MANY: Final = 50
LONGEST_PAUSE: Final = 5.0
PER_FREE: Final = 4  # jobs that are weighed for each person who is free, the most urgent first: the others would find nobody, …
AT_LEAST: Final = 50  # … but never fewer
CROWD: Final = 5  # batches; when more wait, one that finds nobody ends the turn, …
CROWDED_PAUSE: Final = 3.0  # … and is left alone so many times as long, while those behind it have theirs
CROWDED_TURN_SECONDS: Final = (
    5.0  # from one turn to the next, each of which looks through all that wait; beside an hour's visit nothing
)
DOUBT_SECONDS: Final = 30.0  # between two looks whether there is anybody at all
ESCALATED_PAUSE: Final = 10.0  # times; somebody has been told, and waits for a shift to begin
MOSTLY_FREE: Final = 0.5  # a picture of which less is free is drawn anew: the same people are found, sooner


class Turns:
    """`ask` sends a wave out; `wait` takes back what the end of the day found waiting."""

    def __init__(
        self, crowd: Crowd, neighbourhood: Neighbourhood, asking: Asking, escalations: Escalations, agenda: Agenda
    ) -> None:
        self._crowd = crowd
        self._roster = crowd.roster
        self._asking = asking
        self._escalations = escalations
        self._agenda = agenda
        self._waiting = WaitingJobs(crowd.roster, neighbourhood, asking.policy)
        self._errands: dict[object, Errand] = {}
        self._by_number: dict[int, Errand] = {}
        self._picture: Picture | None = None
        self._wanted = False
        self._next_at = 0.0
        self._taken_at = 0.0
        self._hope = asking.policy.batch  # jobs that are weighed in a crowd: twice as many as were asked for the last time
        # In a crowd ordinary visits queue outside, by tier and for how long they wait: nobody of them is found sooner inside,
        # and looking through all of them is what a storm would spend its time on.
        self._outside: list[tuple[Priority, float, int, int]] = []
        self._looks: set[float] = set()  # moments at which a look is due already

    def put(self, errand: Errand) -> None:
        self._errands[errand.id] = self._by_number[errand.number] = errand
        self._wanted = True
        if self._crowded and errand.priority not in URGENT:
            since = errand.waiting_since - self._asking.policy.ahead_minutes(errand.vulnerable) * MINUTE
            heapq.heappush(self._outside, (errand.priority, since, errand.number, errand.version))
            return
        self._waiting.put([errand.row()])
        if errand.priority in URGENT:
            self._next_at = self._taken_at + CROWDED_TURN_SECONDS if self._crowded else 0.0

    def drop(self, errand: Errand) -> None:
        """Taken, or called off."""
        self._waiting.drop([errand.id])

    def take_if_due(self, now: float, ask: Ask, wait: Wait) -> None:
        if self._wanted and now >= self._next_at:
            self._wanted = False
            self._taken_at = now
            self._let_in()
            while self._send_home(now, wait):
                self._let_in()
            moment = moment_of(now)
            tiers = {tier for tier in Priority if may_ask(tier, moment)}
            while self._take(now, tiers, ask):
                pass

    def _let_in(self) -> None:
        """The next of a crowd, in the order in which they would be weighed; what was taken or called off meanwhile stays away."""
        while self._outside and len(self._waiting) <= CROWD * self._asking.policy.batch:
            _, _, number, version = heapq.heappop(self._outside)
            errand = self._by_number[number]
            if errand.version == version and errand.status is JobStatus.PENDING:
                self._waiting.put([errand.row()])

    def _send_home(self, now: float, wait: Wait) -> bool:
        """Whether there was anybody."""
        off = self._waiting.off_hours(now, lambda tier: opening(tier, now) <= now)
        for one in off:
            errand = self._errands[one.row["id"]]
            self._waiting.drop([errand.id])
            wait(errand, now)
        return bool(off)

    def _take(self, now: float, tiers: set[Priority], ask: Ask) -> bool:
        """One batch; True when there may be more to do. In a crowd that is for the next turn: this one took who was free."""
        due = self._waiting.due(now, lambda tier: tier in tiers)
        if not due:
            return False
        self._crowd.tell_roster()
        picture = self._pictured(now)
        hopeful, hopeless = self._split(due, picture)
        worth_a_try = hopeful[: max(PER_FREE * int(picture.people.free.sum()), AT_LEAST)]
        if self._crowded:
            worth_a_try = worth_a_try[: self._hope]
        jobs = self._waiting.prepared(worth_a_try, now)
        asked = self._grouped(self._asking.plan(jobs, picture, now), picture) if jobs else {}
        self._hope = max(2 * len(asked), AT_LEAST)
        for place, people in asked.items():
            errand = self._errands[jobs[place].id]
            self._waiting.drop([errand.id])
            ask(errand, people, now)
        left = [one for place, one in enumerate(hopeful) if place not in asked]
        self._nobody(left + hopeless, picture, now)
        return not self._crowded and (bool(asked) or len(due) == self._asking.policy.batch)

    @property
    def _crowded(self) -> bool:
        return bool(self._outside) or len(self._waiting) > CROWD * self._asking.policy.batch

    def _split(self, due: Sequence[Waiting], picture: Picture) -> tuple[list[Waiting], list[Waiting]]:
        """Those for which somebody free has the skills; matching would find nobody for the others, only later."""
        free = np.unique(picture.people.skills[picture.people.free])
        hope: dict[tuple[str, ...], bool] = {}
        found: tuple[list[Waiting], list[Waiting]] = ([], [])
        for one in due:
            words = one.row["skills"]
            if words not in hope:
                needed = np.uint64(self._roster.skills.mask(words))
                hope[words] = bool(((free & needed) == needed).any())
            found[0 if hope[words] else 1].append(one)
        return found

    def _grouped(self, proposals: Sequence[Proposal], picture: Picture) -> dict[int, list[int]]:
        """People by position of their job."""
        asked: dict[int, list[int]] = {}
        for one in proposals:
            responder_id = self._roster.id_of(int(picture.people.row[one.person]))
            asked.setdefault(one.job, []).append(self._crowd.person_of[responder_id])
        return asked

    def _nobody(self, left: Sequence[Waiting], picture: Picture, now: float) -> None:
        """Nobody can take it: whoever owns such jobs hears at once, once; and it is tried again, after others had their turn."""
        fresh = [one for one in left if self._errands[one.row["id"]].level is None]
        doubtful = [
            one
            for one in fresh
            if self._errands[one.row["id"]].doubted_at <= now - DOUBT_SECONDS and not self._is_worth_waiting(one, picture)
        ]
        soon: dict[tuple[tuple[str, ...], Priority], Ints] = {}
        for one in doubtful:
            errand = self._errands[one.row["id"]]
            errand.doubted_at = now
            kind = errand.skills, errand.priority
            if kind not in soon:
                skills = self._roster.skills.mask(errand.skills)
                soon[kind] = picture.soon(skills, now, self._asking.policy.visit_seconds[errand.priority])
            if not somebody_but(self._roster.rows_of(errand.excluded), soon[kind]):
                self._escalations.up(errand, now)
        crowded = self._crowded
        pause = self._asking.policy.retry_seconds * min(max(len(fresh) / MANY, 1.0), LONGEST_PAUSE)
        for one in left:
            times = ESCALATED_PAUSE if self._errands[one.row["id"]].level else CROWDED_PAUSE if crowded else 1.0
            self._waiting.delay([one.row["id"]], now + pause * times)
            self._look_again(now + pause * times)
        self._next_at = now + pause if len(fresh) > MANY else 0.0
        if crowded:
            self._next_at = max(self._next_at, now + CROWDED_TURN_SECONDS)
            self._look_again(self._next_at)

    def _is_worth_waiting(self, one: Waiting, picture: Picture) -> bool:
        """An ordinary visit, and somebody begins soon."""
        return one.priority not in URGENT and picture.somebody_starting(self._roster.skills.mask(one.row["skills"]))

    def _look_again(self, at: float) -> None:
        """Rounded up to whole seconds, so that many jobs share one look."""
        at = math.ceil(at)
        if at not in self._looks:
            self._looks.add(at)
            self._agenda.put(at, self._look)

    def _look(self, now: float) -> None:
        self._looks.discard(now)
        self._wanted = True

    def _pictured(self, now: float) -> Picture:
        """As the index does: renewed in place while few are missing from it."""
        drawn = self._picture
        if drawn is not None and not self._roster.moved:
            picture, missing = self._roster.renewed(drawn, now)
            few = missing * FEW_MISSING <= len(picture.people)
            if few and picture.people.free.sum() >= MOSTLY_FREE * len(picture.people):
                return picture
        self._picture = self._roster.picture(now)
        return self._picture
