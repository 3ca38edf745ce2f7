"""How everybody stands: visits in hand, open questions, texts they had. Feeds the roster the rows a database would give."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np

from dispatch.matching.people import Floats
from dispatch.matching.roster import Roster
from dispatch.shifts.shift import LOCAL
from dispatch.simulation.behaviour import Answers, answers
from dispatch.simulation.city import ROUND_THE_CLOCK, City
from dispatch.simulation.demand import FIRST_DAY
from dispatch.simulation.luck import Luck
from shared.geo.plane import to_metres

# So many texts in so many seconds, then a phone is left alone. notify and matching.sql have the same; a test compares.
TEXT_LIMITS: Final = ((5, 900.0), (11, 3600.0), (21, 10_800.0))
_MOST_TEXTS: Final = max(count for count, _ in TEXT_LIMITS)


@dataclass(slots=True)
class _Today:
    day: int = 0  # counted from the first day of year 1
    offers: int = 0
    accepted: int = 0


class Crowd:
    """`limited`: phones are left alone after so many texts."""

    def __init__(self, city: City, roster: Roster, *, days: int, limited: bool) -> None:
        self.city = city
        self.texts = 0
        self.load = np.zeros(len(city), dtype=np.int64)
        self.x_m, self.y_m = to_metres(city.lat, city.lon)
        self.person_of: Mapping[UUID, int] = {one: person for person, one in enumerate(city.ids)}
        self.windows = [_windows(city, person, days) for person in range(len(city))]
        self._limited = limited
        self.roster = roster
        self._open = [0] * len(city)  # questions
        self._made = [0] * len(city)
        self._answered = [0] * len(city)
        self._asked_at = [0.0] * len(city)
        self._declined_at = [0.0] * len(city)
        self._today = [_Today() for _ in range(len(city))]
        self._texted: list[deque[float]] = [deque(maxlen=_MOST_TEXTS) for _ in range(len(city))]
        self._changed: set[int] = set(range(len(city)))
        self.tell_roster()
        roster.put_windows(
            city.ids,
            [
                {"responder_id": city.ids[person], "starts_at": start, "ends_at": end}
                for person, windows in enumerate(self.windows)
                for start, end in windows
            ],
        )

    def tell_roster(self) -> None:
        """What changed since the last time, as the index reads it before each turn."""
        people = sorted(self._changed)
        ids = [self.city.ids[person] for person in people]
        self.roster.put([self._row(person) for person in people])
        self.roster.put_pending([(one, self._open[person] > 0) for one, person in zip(ids, people, strict=True)])
        if self._limited:
            self.roster.put_blocked([(one, self._blocked_until(person)) for one, person in zip(ids, people, strict=True)])
        self._changed.clear()

    def ask(self, person: int, now: float) -> None:
        if self._limited:  # who shouts asks on, whatever else is open, and keeps no record of who answers
            self._made[person] += 1
            self._asked_at[person] = now
            self._open[person] += 1
            self._on(person, now).offers += 1
        self.text(person, now)

    def answers(self, luck: Luck, request: int, people: list[int], hour: int) -> Answers:
        """What these people say to this request when they are asked at this local hour."""
        chosen = np.array(people, dtype=np.int64)
        return answers(luck, self.city.character, request, chosen, hour=hour, load=self.load[chosen])

    def answer(self, person: int, now: float, *, willing: bool) -> None:
        self._answered[person] += 1
        if not willing:
            self._declined_at[person] = now

    def close_question(self, person: int) -> None:
        if self._limited:
            self._open[person] -= 1
            self._changed.add(person)

    def text(self, person: int, now: float) -> None:
        self.texts += 1
        if self._limited:
            self._texted[person].append(now)
            self._changed.add(person)

    def take(self, person: int, now: float) -> None:
        """One visit more in hand."""
        self.load[person] += 1
        self._on(person, now).accepted += 1
        self._changed.add(person)

    def give_back(self, person: int) -> None:
        """One visit less: done, or for somebody else."""
        self.load[person] -= 1
        self._changed.add(person)

    def can_take(self, person: int, now: float) -> bool:
        return bool(self.load[person] < self.city.capacity[person]) and any(
            start <= now < end for start, end in self.windows[person]
        )

    def distance_m(self, person: int, x_m: float, y_m: float) -> float:
        """From home, in a straight line: each member of a team sets out from there."""
        return float(np.hypot(self.x_m[person] - x_m, self.y_m[person] - y_m))

    def shift_seconds(self, start: float, end: float) -> Floats:
        """Of each person between two moments."""
        return np.array([sum(max(min(e, end) - max(s, start), 0.0) for s, e in windows) for windows in self.windows])

    def _on(self, person: int, now: float) -> "_Today":
        """The counters of this local day."""
        today = self._today[person]
        day = datetime.fromtimestamp(now, LOCAL).toordinal()
        if today.day != day:
            today.day, today.offers, today.accepted = day, 0, 0
        return today

    def _blocked_until(self, person: int) -> float:
        newest_first = list(reversed(self._texted[person]))
        return max((newest_first[n - 1] + window for n, window in TEXT_LIMITS if len(newest_first) >= n), default=0.0)

    def _row(self, person: int) -> Mapping[str, Any]:
        city = self.city
        return {
            "id": city.ids[person],
            "contact_point_id": city.ids[person],  # nobody shares a phone here
            "commune_code": city.terrain.codes[city.commune[person]],
            "home_lat": float(city.lat[person]),
            "home_lon": float(city.lon[person]),
            "position_lat": 0.0,
            "position_lon": 0.0,
            "position_at": 0.0,
            "skills": city.skills[person],
            "languages": ("vi",),
            "capacity": int(city.capacity[person]),
            "load": int(self.load[person]),
            "active": True,
            "confirmed": True,
            "reachable": True,
            "remote": False,  # nobody helps by phone here: policies are compared by the ways people go
            "off_duty_until": 0.0,  # nobody takes a break
            "last_offered_at": self._asked_at[person],
            "offers_made": self._made[person],
            "offers_answered": self._answered[person],
            "complaints": 0,
            "complained_at": 0.0,
            "declined_at": self._declined_at[person],  # these four for rules on refusals and on a day's work
            "counted_on": self._today[person].day,
            "offers_today": self._today[person].offers,
            "accepted_today": self._today[person].accepted,
        }


def _windows(city: City, person: int, days: int) -> list[tuple[float, float]]:
    """Shifts that touch the days simulated and the one or two after, in which the last requests are answered."""
    hours = city.hours[person]
    calendar = [FIRST_DAY + timedelta(days=number) for number in range(-1, days + 3)]
    if hours is ROUND_THE_CLOCK:
        return [(_moment(calendar[0], hours.starts), _moment(calendar[-1], hours.ends))]
    return [(_moment(day, today[0]), _moment(day, today[1])) for day in calendar if (today := hours.on(day))]


def _moment(day: date, hour: time) -> float:
    return datetime.combine(day, hour, LOCAL).timestamp()
