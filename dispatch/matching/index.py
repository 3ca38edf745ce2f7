"""Reads the roster and the waiting jobs of one city into memory, and keeps them fresh. The rules are in roster and matching.

Every half second what changed since the last look is read again, with an overlap, because a transaction commits later than the
time it writes; every ten seconds with a long overlap; and every five minutes everything, a page at a time, so that the event loop
is never held. (Reading thirty seconds again each time would, under load, read each row sixty times.) The thousands that a storm
has changed within thirty seconds are read a few hundred at each look. Wake-ups are hints.
"""

import math
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES
from dispatch.matching.neighbours import Neighbourhood
from dispatch.matching.picture import FEW_MISSING, Picture
from dispatch.matching.policy import Policy
from dispatch.matching.roster import Roster
from dispatch.matching.waiting import WaitingJobs
from shared.categories import CATEGORIES
from shared.postgres.transaction import reading

NIL: Final = UUID(int=0)
JUMP_SECONDS: Final = 60.0  # of the application's clock against our steady one


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Seconds."""

    look: float = 0.5  # between looks for what changed on the roster; for jobs it is each look of the matcher
    overlap: float = 2.0
    jobs_overlap: float = 0.25  # between those looks: under load each turn would read the same jobs again and again
    wide_look: float = 10.0
    wide_overlap: float = 30.0
    everything: float = 300.0
    picture: float = 5.0  # shifts begin and end without anybody writing a row
    warm: float = 2.0  # until a picture that nobody asked for has whoever came free, and nobody who has been asked
    drawing: float = 60.0  # positions grow stale without anybody writing a row
    page: int = 2000
    many: int = 20_000  # changes; of more everything is read
    some: int = 400  # of more changes than a page, at each look


class Index:
    def __init__(self, pool: asyncpg.Pool, city: str, neighbourhood: Neighbourhood, policy: Policy, freshness: Freshness) -> None:
        self.roster = Roster(neighbourhood, policy)
        self.waiting = WaitingJobs(self.roster, neighbourhood, policy)
        self._pool = pool
        self._city = city
        self._freshness = freshness
        self._ahead = 0.0  # of the application's clock before our steady one
        self._looked = self._looked_wide = self._jobs_looked = self._swept = time.monotonic()
        self._look_now = False
        self._many: list[UUID] = []  # changed, and to be read again in the next rounds
        self._page_after: UUID | None = None  # where the reading of everything stands; None: not under way
        self._picture: Picture | None = None
        self._missing = 0  # who may be asked by now and is not in it
        self._pictured = self._drawn = 0.0

    @property
    def now(self) -> float:
        """Epoch seconds of the application's clock, as of the last look."""
        return time.monotonic() + self._ahead

    async def load(self) -> None:
        """Everything, before the first match."""
        async with reading(self._pool, limit_seconds=60) as connection:
            await self._read_clock(connection)
            self._begin_sweep()
            while self._page_after is not None:
                await self._sweep_page(connection)
            await self._read_all_phones(connection)
            await self._read_all_acquaintances(connection)
            await self._read_jobs(connection, None)

    async def refresh(self) -> bool:
        """What is due to be read again. True when jobs were found that nobody here had told of. Raises DependencyDown."""
        async with reading(self._pool) as connection:
            started = time.monotonic()
            overlap = self._freshness.jobs_overlap
            wide = started - self._looked_wide >= self._freshness.wide_look
            if wide or self._look_now or started - self._looked >= self._freshness.look:
                overlap = self._freshness.wide_overlap if wide else self._freshness.overlap
                await self._read_changes(connection, started - self._looked + overlap)
                self._looked, self._look_now = started, False
            await self._read_some_of_many(connection)
            if wide:
                await self._forget_gone_jobs(connection)
                self._looked_wide = started
            found = await self._read_jobs(connection, started - self._jobs_looked + overlap)
            self._jobs_looked = started
            await self._sweep(connection, started)
        return found > 0

    async def read_again(self, job_ids: Sequence[UUID], responder_ids: Sequence[UUID]) -> None:
        """What a race was lost over."""
        async with reading(self._pool) as connection:
            self.waiting.drop(job_ids)
            self.waiting.put(await _rows(connection, QUERIES["still_waiting"], job_ids))
            await self._read_responders(connection, responder_ids)
            self.roster.put_pending(await _rows(connection, QUERIES["pending_of_responders"], responder_ids))

    def look_again(self) -> None:
        """The next refresh reads the changes of the roster, however short the last time is ago."""
        self._look_now = True

    def picture(self) -> Picture:
        """Who may be asked now; the same one while nothing has changed, with what was taken from it.

        Drawing it anew costs its trees, 80 ms at 100,000. So it is renewed in place while nobody has moved and few are missing.
        """
        picture = self._picture
        if picture is None or self.roster.moved:
            return self._show(self.draw())
        if self.roster.changed or time.monotonic() - self._pictured > self._freshness.picture:
            picture = self._show(picture)
            if self._missing * FEW_MISSING > len(picture.people):
                return self._show(self.draw())
        return picture

    def draw(self) -> Picture:
        self._drawn = time.monotonic()
        return self.roster.picture(self.now)

    def show(self, picture: Picture) -> None:
        """From now on this one, as everybody stands now: some may have been asked while its trees grew."""
        self._show(picture)

    def _show(self, picture: Picture) -> Picture:
        self._picture, self._missing = self.roster.renewed(picture, self.now)
        self._pictured = time.monotonic()
        return self._picture

    def wants_drawing(self) -> bool:
        """While nothing waits a fresh picture with its trees is made in the background, so that the next job need not wait.

        Not at every small change: a roster that lives would keep a quarter of a core busy for nothing.
        """
        if self._picture is None:
            return True
        age = time.monotonic() - self._drawn
        waits = self.roster.moved or self._missing > 0 or self._picture.crowded
        return age > self._freshness.drawing or (waits and age > self._freshness.warm)

    def wanted_skills(self) -> set[int]:
        """What categories ask for, and what jobs have asked for lately."""
        asked = set(self._picture.people.able) if self._picture else set()
        return asked | {self.roster.skills.mask(category.skills) for category in CATEGORIES.values()}

    async def _read_clock(self, connection: asyncpg.Connection) -> None:
        self._ahead = await connection.fetchval(QUERIES["app_seconds"]) - time.monotonic()

    def _it_is(self, now: float) -> None:
        """After a night in which the machine slept everything is read again: of shifts only those of the next hours are known."""
        ahead = now - time.monotonic()
        if abs(ahead - self._ahead) > JUMP_SECONDS:
            self._page_after, self._swept = None, -math.inf
        self._ahead = ahead

    async def _read_jobs(self, connection: asyncpg.Connection, changed_within: float | None) -> int:
        after, new = NIL, 0
        while True:
            rows = await _rows(connection, QUERIES["waiting_jobs"], self._city, changed_within, after, self._freshness.page)
            self._it_is(rows[0]["now"])
            found = [row for row in rows if row["id"] is not None]
            new += self.waiting.put(found)
            if len(found) < self._freshness.page:
                return new
            after = found[-1]["id"]

    async def _forget_gone_jobs(self, connection: asyncpg.Connection) -> None:
        """What waits is read, what waits no more is not: a job that nobody can take and that was called off would stand in the
        way of every new one, for those are not offered as they are opened while others wait."""
        ids, page = self.waiting.ids(), self._freshness.page
        for start in range(0, len(ids), page):
            gone = await _rows(connection, QUERIES["no_longer_waiting"], ids[start : start + page])
            self.waiting.drop(row["id"] for row in gone)

    async def _read_changes(self, connection: asyncpg.Connection, within: float) -> None:
        page, many = self._freshness.page, self._freshness.many
        rows = await _rows(connection, QUERIES["changed_responders"], self._city, within, many + 1)
        if len(rows) > many:  # at midnight, when a day's shifts are made, and after an import: page by page then
            self._begin_sweep()
        elif len(rows) > page:  # thousands were asked in the last half minute, and each of them is known to be
            self._many = list(dict.fromkeys([*self._many, *(row["id"] for row in rows)]))
        else:
            await self._read_responders(connection, [row["id"] for row in rows])
        met = await _rows(connection, QUERIES["acquaintances_changed"], within)
        self.waiting.acquaintances.put(met, self.roster.row_of)
        self.roster.put_pending(await _rows(connection, QUERIES["phones_of_ended_offers"], self._city, within))
        self.roster.put_blocked(await _rows(connection, QUERIES["blocked_phones"], within))

    async def _read_all_acquaintances(self, connection: asyncpg.Connection) -> None:
        """After the roster: whoever is not on it is not remembered."""
        resident, responder, page = NIL, NIL, self._freshness.page
        while True:
            rows = await _rows(connection, QUERIES["acquaintances_page"], resident, responder, page)
            self.waiting.acquaintances.put(rows, self.roster.row_of)
            if len(rows) < page:
                return
            resident, responder = rows[-1]["resident_id"], rows[-1]["responder_id"]

    async def _read_some_of_many(self, connection: asyncpg.Connection) -> None:
        """At a time no more than what a new request would hardly notice."""
        some, self._many = self._many[: self._freshness.some], self._many[self._freshness.some :]
        await self._read_responders(connection, some)

    async def _read_responders(self, connection: asyncpg.Connection, ids: Collection[UUID]) -> None:
        if ids:
            await self._put(connection, await _rows(connection, QUERIES["roster_rows"], ids))

    async def _put(self, connection: asyncpg.Connection, rows: Sequence[Any]) -> None:
        ids = [row["id"] for row in rows]
        windows = await _rows(connection, QUERIES["shift_windows"], ids)
        self.roster.put(rows)
        self.roster.put_windows(ids, windows)

    async def _sweep(self, connection: asyncpg.Connection, started: float) -> None:
        """One page of the reading of everything, if one is under way or due."""
        if self._page_after is None:
            if started - self._swept < self._freshness.everything:
                return
            self._begin_sweep()
            await self._read_jobs(connection, None)
        await self._sweep_page(connection)
        if self._page_after is None:
            await self._read_all_phones(connection)

    def _begin_sweep(self) -> None:
        self._swept = time.monotonic()
        self.roster.sweep += 1
        self._page_after = NIL

    async def _sweep_page(self, connection: asyncpg.Connection) -> None:
        rows = await _rows(connection, QUERIES["roster_page"], self._city, self._page_after, self._freshness.page)
        await self._put(connection, rows)
        if len(rows) < self._freshness.page:
            self._page_after = None
            self.roster.forget_unseen()
        else:
            self._page_after = rows[-1]["id"]

    async def _read_all_phones(self, connection: asyncpg.Connection) -> None:
        pending = await _rows(connection, QUERIES["pending_phones"], self._city)
        self.roster.put_pending(pending, all_of_them=True)
        self.roster.put_blocked(await _rows(connection, QUERIES["blocked_phones"], None))


async def _rows(connection: asyncpg.Connection, statement: str, *arguments: Any) -> Any:
    """Records are read by name and by position here, which no type of theirs says."""
    return await connection.fetch(statement, *arguments)
