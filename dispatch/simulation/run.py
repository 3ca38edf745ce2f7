"""One policy through the days: requests come in, the matcher takes its turns, people answer, travel, visit.

The order of things is the one of production (`matcher.py`, `answering.py`, `escalating.py`, `pausing.py`), with the same
constants, and with the real roster, waiting list and matching; only the database, the queues and the people are made up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from dispatch.jobs.job import OPEN
from dispatch.matching.roster import Roster
from dispatch.simulation import behaviour
from dispatch.simulation.agenda import Agenda
from dispatch.simulation.asking import Asking
from dispatch.simulation.city import City
from dispatch.simulation.clocks import hour_of, moment_of, opening
from dispatch.simulation.crowd import Crowd
from dispatch.simulation.demand import DAY_SECONDS, Demand
from dispatch.simulation.errand import Errand
from dispatch.simulation.escalations import Escalations
from dispatch.simulation.luck import Luck
from dispatch.simulation.turns import Turns
from shared.calendar import OFFICE_HOURS
from shared.categories import CATEGORIES
from shared.events.assignments import JobStatus
from shared.geo.plane import to_metres
from shared.service_levels import SERVICE_LEVELS

SEND_SECONDS: Final = 2.0  # from the decision to the phone
PROGRESS_EVERY: Final = 500  # things that happened

Told = Callable[[float], None]


@dataclass(slots=True)
class Wave:
    """People asked in one go for one visit, in the order of their answers; who never answers is only in the errand's `asked`."""

    errand: Errand
    visit: int
    number: int
    answers: list[tuple[float, int, bool]]  # when, who, yes or no


class Run:
    """Made for one run. Afterwards `errands` holds what became of each request."""

    def __init__(self, city: City, demand: Demand, luck: Luck, asking: Asking) -> None:
        self.demand = demand
        self.days = round((demand.ends_at - demand.starts_at) / DAY_SECONDS)
        self.ends_at = OFFICE_HOURS.closing(moment_of(demand.ends_at)).timestamp()  # what was left over by then stays so
        neighbourhood = city.terrain.neighbourhood(asking.policy)
        roster = Roster(neighbourhood, asking.policy)
        self.crowd = Crowd(city, roster, days=self.days, limited=not asking.shouts)
        self.agenda = Agenda()
        self.errands = [_errand(demand, city, number) for number in range(len(demand))]
        self._luck = luck
        self._shouts = asking.shouts
        self._escalations = Escalations(self.agenda, self.crowd)
        self._turns = Turns(self.crowd, neighbourhood, asking, self._escalations, self.agenda)

    def play(self, told: Told = lambda _: None) -> None:
        """`told` hears now and then which share of the time is over."""
        for errand in self.errands:
            self.agenda.put(errand.filed_at, partial(self._file, errand))
        length, happened = self.ends_at - self.demand.starts_at, 0
        while self.agenda.next_at() <= self.ends_at:
            now = self.agenda.act()
            if self.agenda.next_at() > now:
                self._turns.take_if_due(now, self._ask, self._wait)
            happened += 1
            if happened % PROGRESS_EVERY == 0:
                told((now - self.demand.starts_at) / length)
        told(1.0)

    def _file(self, errand: Errand, now: float) -> None:
        patience = behaviour.patience_seconds(self._luck, errand.number, errand.priority)
        if patience is not None:
            self.agenda.put(now + patience, partial(self._give_up, errand))
        self._escalations.begin(errand, now)
        self._wait(errand, now)

    def _wait(self, errand: Errand, now: float) -> None:
        """For somebody to be found; off hours until they begin."""
        errand.status, errand.version = JobStatus.PENDING, errand.version + 1
        opens = opening(errand.priority, now)
        errand.not_before = opens if opens > now else 0.0
        if errand.not_before:
            self.agenda.put(opens, partial(self._resume, errand))
        else:
            self._turns.put(errand)

    def _resume(self, errand: Errand, now: float) -> None:
        if errand.status is JobStatus.PENDING and errand.not_before and errand.not_before <= now:
            self._escalations.begin(errand, now)
            self._wait(errand, now)

    def _ask(self, errand: Errand, people: list[int], now: float) -> None:
        """One wave goes out."""
        errand.status, errand.wave = JobStatus.OFFERED, errand.wave + 1
        errand.offers += len(people)
        errand.first_offer_at = errand.first_offer_at or now + SEND_SECONDS
        errand.asked.update(people)
        for person in people:
            self.crowd.ask(person, now)
        wave = Wave(errand, errand.visit, errand.wave, self._answers(errand, people, now + SEND_SECONDS))
        self._expect(wave, 0)
        lease = SERVICE_LEVELS[errand.priority].lease_seconds
        self.agenda.put(now + SEND_SECONDS + lease, partial(self._lapse, wave))

    def _answers(self, errand: Errand, people: list[int], at: float) -> list[tuple[float, int, bool]]:
        said = self.crowd.answers(self._luck, errand.number, people, hour_of(at))
        found = zip((said.delay_seconds + at).tolist(), people, said.willing.tolist(), strict=True)
        return sorted((when, person, yes) for when, person, yes in found if when <= self.ends_at and (yes or not self._shouts))

    def _expect(self, wave: Wave, place: int) -> None:
        """One answer at a time: of hundreds that were told, most will come too late to matter."""
        if place < len(wave.answers):
            self.agenda.put(wave.answers[place][0], partial(self._answer, wave, place))

    def _answer(self, wave: Wave, place: int, now: float) -> None:
        errand = wave.errand
        if errand.status not in OPEN or errand.visit != wave.visit:
            return
        _, person, yes = wave.answers[place]
        if person in errand.asked:
            self.crowd.answer(person, now, willing=yes)
        if yes and self.crowd.can_take(person, now):
            self._accept(errand, person, now)
            return
        self._end_offers(errand, [person] if person in errand.asked else [], now)
        self._expect(wave, place + 1)

    def _lapse(self, wave: Wave, now: float) -> None:
        errand = wave.errand
        if errand.status is JobStatus.OFFERED and (errand.visit, errand.wave) == (wave.visit, wave.number):
            self._end_offers(errand, sorted(errand.asked), now)

    def _end_offers(self, errand: Errand, people: list[int], now: float) -> None:
        """Without a yes. The last of a wave sends the errand back to wait."""
        if not people:
            return
        for person in people:
            errand.asked.discard(person)
            errand.excluded.append(self.crowd.city.ids[person])
            self.crowd.close_question(person)
        if not errand.asked:
            errand.waves_empty += 1
            self._escalations.after_wave(errand, now)
            self._wait(errand, now)

    def _accept(self, errand: Errand, person: int, now: float) -> None:
        self._withdraw(errand, now, but=person)
        self._turns.drop(errand)
        errand.status, errand.person, errand.accepted_at = JobStatus.ACCEPTED, person, now
        errand.level, errand.escalated_at, errand.not_before = None, None, 0.0
        self.crowd.take(person, now)
        self.crowd.text(person, now)  # where, who, and the pass phrase
        if behaviour.gives_back(self._luck, errand.number, person):
            self.agenda.put(now + behaviour.GIVES_BACK_SECONDS, partial(self._release, errand))
            return
        errand.travel_m = self.crowd.distance_m(person, errand.x_m, errand.y_m) * behaviour.DETOUR
        way = behaviour.on_the_way_seconds(
            self._luck, errand.number, person, errand.travel_m / behaviour.DETOUR, hour=hour_of(now)
        )
        errand.arrived_at = now + way
        errand.done_at = errand.arrived_at + behaviour.visit_seconds(self._luck, errand.number, errand.priority)
        self.agenda.put(errand.done_at, partial(self._done, errand))

    def _withdraw(self, errand: Errand, now: float, *, but: int | None = None) -> None:
        """Whoever was asked and is not needed any more hears so, unless in a group, where they see it."""
        for person in sorted(errand.asked):
            self.crowd.close_question(person)
            if person != but and not self._shouts:
                self.crowd.text(person, now)
        errand.asked.clear()

    def _release(self, errand: Errand, now: float) -> None:
        """Given back: the next visit, without whoever gave it back, on the clock that never stopped."""
        person = errand.person
        if person is None:
            return
        self.crowd.give_back(person)
        errand.excluded.append(self.crowd.city.ids[person])
        errand.person = errand.accepted_at = None
        errand.visit, errand.wave, errand.waves_empty, errand.waiting_since = errand.visit + 1, 0, 0, now
        self._escalations.begin(errand, now)
        self._wait(errand, now)

    def _done(self, errand: Errand, _: float) -> None:
        errand.status = JobStatus.DONE
        if errand.person is not None:
            self.crowd.give_back(errand.person)

    def _give_up(self, errand: Errand, now: float) -> None:
        """The resident; once somebody is on the way they stay."""
        if errand.status in OPEN:
            self._withdraw(errand, now)
            self._turns.drop(errand)
            errand.status, errand.called_off_at = JobStatus.CANCELLED, now


def _errand(demand: Demand, city: City, number: int) -> Errand:
    lat, lon = float(demand.lat[number]), float(demand.lon[number])
    x_m, y_m = to_metres(lat, lon)
    filed_at = float(demand.filed_at[number])
    return Errand(
        number=number,
        id=demand.ids[number],
        priority=demand.priority[number],
        skills=CATEGORIES[demand.category[number]].skills,
        commune_code=city.terrain.codes[demand.commune[number]],
        lat=lat,
        lon=lon,
        x_m=x_m,
        y_m=y_m,
        vulnerable=int(demand.vulnerable[number]),
        filed_at=filed_at,
        waiting_since=filed_at,
    )
