"""Everybody on the roster of one city, as arrays in memory: what matching may believe between two looks at the database.

About 200 bytes a person, so that 100,000 fit beside everything else. It is only a picture: the guarded statement that makes the
offers decides. No I/O; `index.py` reads the rows.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from dispatch.matching.minutes import put_minutes
from dispatch.matching.neighbours import Neighbourhood
from dispatch.matching.people import Bools, Floats, Ints, People
from dispatch.matching.picture import Picture
from dispatch.matching.policy import MINUTE, Policy
from dispatch.matching.roster_columns import AS_READ, COLUMNS, DRAWN, TWO_PEOPLE, Skills
from dispatch.matching.standing import PENDING_OFFER, Census, Standing, standing
from dispatch.matching.workload import local_day, visits_an_hour
from shared.geo.plane import to_metres
from shared.service_levels import POSITION_STALE_SECONDS

Row = Mapping[str, Any]

ON_CREDIT: Final = 2  # answers: who is new is not called silent
SILENT: Final = 4.0  # questions without an answer for each with one; more is not told apart
_FIRST_SIZE: Final = 1024


class Roster:
    def __init__(self, communes: Neighbourhood, policy: Policy) -> None:
        self.skills = Skills()
        self.languages = Skills()
        self.changed = True  # since the last picture, drawn or renewed
        self.moved = True  # since the last one was drawn: somebody is elsewhere, or can do something else
        self.sweep = 0
        self._communes = communes
        self._policy = policy
        self._rows: dict[UUID, int] = {}
        self._ids: list[UUID] = []
        self._contacts: dict[UUID, int] = {}
        self._kinds: dict[int, int] = {}
        self._kind_masks = np.empty(0, np.uint64)
        self._columns: dict[str, NDArray[Any]] = {name: np.zeros(_FIRST_SIZE, kind) for name, kind in COLUMNS.items()}
        self._pending: Bools = np.zeros(_FIRST_SIZE, dtype=bool)  # by contact: an offer of ours is still open
        self._blocked_until: Floats = np.zeros(_FIRST_SIZE)  # by contact, epoch seconds
        self._pace = 0.0, 0.0  # when it was looked at, and visits an hour of whoever is at work
        self._windows: tuple[Ints, Floats, Floats] = (np.empty(0, np.int64), np.empty(0), np.empty(0))

    def __len__(self) -> int:
        return len(self._ids)

    def put(self, rows: Sequence[Row]) -> None:
        """People as `matching.sql` names their columns; known ones are overwritten."""
        if not rows:
            return
        at = np.array([self._row_of(row["id"]) for row in rows])
        columns = self._columns
        before = [columns[name][at] for name in DRAWN]
        for name in AS_READ:
            columns[name][at] = [row[name] for row in rows]
        made = np.array([row["offers_made"] for row in rows], dtype=float)
        answered = np.array([row["offers_answered"] for row in rows], dtype=float)
        columns["silence"][at] = np.minimum((made - answered) / (answered + ON_CREDIT), SILENT)
        columns["skills"][at] = masks = [self.skills.mask(_abilities(row)) for row in rows]
        columns["kind"][at] = [self._kinds.setdefault(mask, len(self._kinds)) for mask in masks]
        columns["languages"][at] = [self.languages.mask(row["languages"]) for row in rows]
        columns["free"][at] = [row["capacity"] - row["load"] for row in rows]
        columns["commune"][at] = [self._communes.of(row["commune_code"]) for row in rows]
        columns["contact"][at] = [self._contact_of(row["contact_point_id"]) for row in rows]
        columns["sweep"][at] = self.sweep
        self.changed = True
        self.moved |= any((old != columns[name][at]).any() for name, old in zip(DRAWN, before, strict=True))

    def put_windows(self, responders: Sequence[UUID], windows: Sequence[Row]) -> None:
        """When these people are on shift; replaces what was known of them. Windows of one person do not touch."""
        replaced = np.zeros(len(self._ids), dtype=bool)
        replaced[[self._rows[responder] for responder in responders]] = True
        owner, start, end = self._windows
        keep = ~replaced[owner]
        known = [row for row in windows if row["responder_id"] in self._rows]
        self._windows = (
            np.concatenate([owner[keep], np.array([self._rows[row["responder_id"]] for row in known], dtype=np.int64)]),
            np.concatenate([start[keep], np.array([row["starts_at"] for row in known], dtype=float)]),
            np.concatenate([end[keep], np.array([row["ends_at"] for row in known], dtype=float)]),
        )
        self.changed = True

    def put_pending(self, contacts: Sequence[tuple[UUID, bool]], *, all_of_them: bool = False) -> None:
        """Whether an offer is open on a phone; with `all_of_them` no other phone has one."""
        if all_of_them:
            self._pending[:] = False
        for contact_point_id, pending in contacts:
            if contact_point_id in self._contacts:
                self._pending[self._contacts[contact_point_id]] = pending
                self.changed = True

    def put_blocked(self, contacts: Sequence[tuple[UUID, float]]) -> None:
        """Until when (epoch seconds) a phone has had enough messages, or none leave."""
        for contact_point_id, until in contacts:
            if contact_point_id in self._contacts:
                self._blocked_until[self._contacts[contact_point_id]] = until
                self.changed = True

    def offered(self, rows: Sequence[int], now: float) -> None:
        """What this process is about to commit, before it is read back."""
        at, columns, day = np.array(rows, dtype=np.int64), self._columns, local_day(now)
        self._pending[columns["contact"][at]] = True
        columns["last_offered_at"][at] = now
        another_day = at[columns["counted_on"][at] != day]
        columns["offers_today"][another_day] = columns["accepted_today"][another_day] = 0
        columns["counted_on"][at] = day
        columns["offers_today"][at] += 1  # nobody is twice in a plan

    def let_go(self, responders: Sequence[UUID]) -> None:
        """They were not asked after all."""
        at = np.array([self._rows[responder] for responder in responders], dtype=np.int64)
        self._pending[self._columns["contact"][at]] = False
        self._columns["offers_today"][at] = np.maximum(self._columns["offers_today"][at] - 1, 0)
        self.changed = True

    def forget_unseen(self) -> None:
        """After everything was read: who is not there any more is not asked any more."""
        count = len(self._ids)
        self._columns["active"][:count] &= self._columns["sweep"][:count] == self.sweep
        self.changed = True

    @property
    def row_of(self) -> Mapping[UUID, int]:
        return self._rows

    def id_of(self, row: int) -> UUID:
        return self._ids[row]

    def rows_of(self, ids: Sequence[UUID]) -> frozenset[int]:
        return frozenset(self._rows[one] for one in ids if one in self._rows)

    def picture(self, now: float) -> Picture:
        """Who may be asked at `now` (epoch seconds), and why the others may not. Copies: it may be used in a thread."""
        found = self._standing(now)
        self.moved = False
        return self._picture(self._people(np.flatnonzero(found.left), now), found, now)

    def renewed(self, drawn: Picture, now: float) -> tuple[Picture, int]:
        """The same people as they stand at `now`, with the trees they have; and how many are missing who may be asked by now."""
        found = self._standing(now)
        left = found.left
        free = left[drawn.people.row]
        drawn.people.free[:] = free
        return self._picture(drawn.people, found, now), int(left.sum() - free.sum())

    def _picture(self, people: People, found: Standing, now: float) -> Picture:
        column = self._columns
        people.shift_ends_at[:] = found.shift_ends_at[people.row]
        put_minutes(people, column, self._policy, now, visits_an_hour=self._visits_an_hour(now))
        self.changed = False
        if len(self._kind_masks) < len(self._kinds):
            self._kind_masks = np.array(list(self._kinds), dtype=np.uint64)
        census = Census.of(self._kind_masks, column["kind"][: len(self._ids)], found)
        busy = found.busy
        return Picture(
            people=people,
            free_then=people.free.copy(),
            standing=found,
            census=census,
            skills=column["skills"][: len(self._ids)].copy(),
            busy_rows=busy,
            busy_skills=column["skills"][busy],
            on_shift_skills=census.on_shift,
            starting=self._starting(now),
        )

    def _starting(self, now: float) -> People | None:
        """Whose shift begins within some minutes, when nothing else will stop them then."""
        owner, start, end = self._windows
        windows = np.flatnonzero((start > now) & (start <= now + self._policy.soon_minutes * MINUTE))
        if not len(windows):
            return None
        windows = windows[np.argsort(owner[windows])]  # one each: windows of one person do not touch
        ends_at = np.zeros(len(self._ids))
        ends_at[owner[windows]] = end[windows]
        found = self._standing_until(ends_at, now)
        people = self._people(np.flatnonzero(found.left), now)
        people.shift_ends_at[:] = ends_at[people.row]
        put_minutes(people, self._columns, self._policy, now)
        return people

    def _visits_an_hour(self, now: float) -> float:
        """Of those at work. Looked at once a minute: it changes slowly, and a picture is renewed many times a second."""
        looked_at, pace = self._pace
        if not 0 <= now - looked_at < MINUTE:
            column, (owner, start, end) = self._columns, self._windows
            running = (start <= now) & (end > now)
            at_work = owner[running]
            counted = column["counted_on"][at_work] == local_day(now)
            pace = visits_an_hour(np.where(counted, column["accepted_today"][at_work], 0), start[running], now)
            self._pace = now, pace
        return pace

    def _standing(self, now: float) -> Standing:
        shift_ends_at = np.zeros(len(self._ids))
        owner, start, end = self._windows
        running = (start <= now) & (end > now)
        shift_ends_at[owner[running]] = end[running]
        return self._standing_until(shift_ends_at, now)

    def _standing_until(self, shift_ends_at: Floats, now: float) -> Standing:
        """Everybody, if these were the ends of the shifts that run; 0: none does."""
        count, policy, today = len(self._ids), self._policy, local_day(now)
        column = {name: values[:count] for name, values in self._columns.items()}
        contact = column["contact"]
        places = (column["free"] + column["load"]).astype(np.int32)  # caps of a day are for each
        obstacles = {
            "off_shift": shift_ends_at <= now,
            "off_duty": column["off_duty_until"] > now,
            "phone_not_confirmed": ~column["confirmed"],
            "unreachable": ~column["reachable"],
            "full": column["free"] <= 0,
            "had_enough_messages": self._blocked_until[contact] > now,
            "cooling_down": column["declined_at"] > now - policy.cool_down_minutes * MINUTE,
            "day_cap": (column["counted_on"] == today)
            & (
                (column["offers_today"] >= policy.offers_a_day * places)
                | (column["accepted_today"] >= policy.accepted_a_day * places)
            ),
            PENDING_OFFER: self._pending[contact],
        }
        return standing(column["active"], obstacles, shift_ends_at)

    def _people(self, rows: Ints, now: float) -> People:
        """What does not change while a picture is renewed."""
        column = self._columns
        fresh = column["position_at"][rows] > now - POSITION_STALE_SECONDS
        lat = np.where(fresh, column["position_lat"][rows], column["home_lat"][rows])
        lon = np.where(fresh, column["position_lon"][rows], column["home_lon"][rows])
        x_m, y_m = to_metres(lat, lon)
        return People(
            row=rows,
            lat=lat,
            lon=lon,
            x_m=x_m,
            y_m=y_m,
            commune=column["commune"][rows].astype(np.int64),
            skills=column["skills"][rows],
            languages=column["languages"][rows],
            shift_ends_at=np.zeros(len(rows)),
            contact=column["contact"][rows].astype(np.int64),
            today_minutes=np.zeros(len(rows)),
            later_minutes=np.zeros(len(rows)),
            silence_minutes=np.zeros(len(rows)),
            last_offered_at=np.zeros(len(rows)),
            remote=column["remote"][rows],
            complaint_minutes=np.zeros(len(rows)),
            free=np.ones(len(rows), dtype=bool),
            shares_phones=len(self._contacts) < len(self._ids),
            spill_over=self._communes.spill_over,
        )

    def _row_of(self, responder_id: UUID) -> int:
        row = self._rows.get(responder_id)
        if row is None:
            row = self._rows[responder_id] = len(self._ids)
            self._ids.append(responder_id)
            if row >= len(self._columns["active"]):
                self._columns = {name: _doubled(values) for name, values in self._columns.items()}
        return row

    def _contact_of(self, contact_point_id: UUID) -> int:
        found = self._contacts.get(contact_point_id)
        if found is None:
            found = self._contacts[contact_point_id] = len(self._contacts)
            if found >= len(self._pending):
                self._pending, self._blocked_until = _doubled(self._pending), _doubled(self._blocked_until)
        return found


def _abilities(row: Row) -> Sequence[str]:
    return (*row["skills"], TWO_PEOPLE) if row.get("sends_two") else row["skills"]


def _doubled(values: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([values, np.zeros_like(values)])
