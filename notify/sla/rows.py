"""The rows behind the SLA figures: noted with each batch of events, logged and counted by a loop. What they mean: rounds.py.

The consumer adds one narrow row an event, which nobody else touches. Log, rounds and counts are written by the loop, many at a
time: nobody waits for them, lanes never queue for a hot row, and a scrape reads a few dozen numbers whatever the log's size.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.sla.line import Line, line_of
from notify.sla.rounds import Count, Reached, Round, by_round, news, said_by
from notify.store import QUERIES
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.postgres.transaction import app_now, reading, transaction
from shared.rounds import Rounds

WRITE: Final = 200  # at a time: a thousand would hold the loop, and with it every text, for a tenth of a second
CLAIM: Final = 200
POLL_SECONDS: Final = 2.0
FORGET_SECONDS: Final = 6 * 3600.0
_COLUMNS: Final = {
    Reached.OFFERED: "first_offer_at",
    Reached.ACCEPTED: "accepted_at",
    Reached.ON_SCENE: "on_scene_at",
    Reached.DONE: "done_at",
}
_LINE: Final = Line.__slots__
_ROUND: Final = (
    *("request_id", "round", "job_version", "city", "commune_code", "category", "priority", "started_at"),
    *_COLUMNS.values(),
    *("closed_at", "outcome", "releases", "pauses", "paused_until"),
)
Counts = Mapping[tuple[str, str, str], float]  # (series, priority, label) → value


def entries(events: Sequence[Event]) -> list[dict[str, Any]]:
    """What the consumer notes of each event in the transaction of its batch: a line of the log. What it says of its round is made
    of it when it is there. "round" is read by the version before alone, which dies without it, beside this one or after a way
    back: the release after this one leaves it out."""
    lines = filter(None, map(line_of, events))
    return [{"log": {name: getattr(line, name) for name in _LINE}, "round": _round_before(line)} for line in lines]


async def write_log(pool: asyncpg.Pool, *, limit: int = WRITE) -> int:
    """Moves what was noted into the log and merges it into the rounds, in one transaction. What the log has already changes
    nothing: not a replay, and not a doubled note."""
    if not await _is_there(pool, "sla_news_wait"):
        return 0
    async with transaction(pool, "notify.count") as connection:
        rows = await connection.fetch(QUERIES["log_sla_news"], limit)
        said = (said_by(line_of_row(row)) for row in rows if row["event_id"] is not None)
        rounds = by_round(known for known in said if known is not None)
        if rounds:
            await connection.execute(QUERIES["merge_sla_rounds"], *map(list, zip(*map(_columns_of, rounds), strict=True)))
        return int(rows[0]["taken"])


async def count(pool: asyncpg.Pool, *, limit: int = CLAIM) -> int:
    """Counts what has news or a deadline behind it, in one transaction; says how many rounds that were."""
    if not await _is_there(pool, "sla_rounds_wait"):
        return 0  # no empty commit every two seconds
    async with transaction(pool, "notify.count") as connection:
        rows = await connection.fetch(QUERIES["claim_sla_rounds"], limit)
        if not rows:
            return 0
        now = await app_now(connection)
        added: dict[tuple[str, str, str], float] = defaultdict(float)
        marked = []
        for row in rows:
            counts, marks, check_at = news(round_of(row), frozenset(row["counted"]), now)
            _add(added, counts)
            marked.append((row["request_id"], row["round"], " ".join(sorted(marks)), check_at))
        await connection.execute(QUERIES["mark_sla_rounds"], *map(list, zip(*marked, strict=True)))
        names = ("series", "priority", "label")
        await connection.execute(
            QUERIES["add_sla_counts"],
            [dict(zip(names, key, strict=True), value=value) for key, value in added.items()],
        )
        return len(rows)


async def read_counts(pool: asyncpg.Pool) -> Counts:
    async with reading(pool) as connection:
        rows = await connection.fetch(QUERIES["read_sla_counts"])
    return {(row["series"], row["priority"], row["label"]): row["value"] for row in rows}


async def differences(connection: asyncpg.Connection | asyncpg.Pool) -> list[tuple[UUID, int]]:
    """Rounds that the log contradicts; must be empty."""
    rows = await connection.fetch(QUERIES["find_sla_differences"])
    return [(row["request_id"], row["round"]) for row in rows]


async def forget_old(pool: asyncpg.Pool) -> None:
    """Five years is what the log is kept for."""
    if not await _is_there(pool, "old_sla_log_waits"):
        return
    async with transaction(pool, "notify.count") as connection:
        await connection.execute(QUERIES["forget_old_sla_log"])
        await connection.execute(QUERIES["forget_old_sla_rounds"])


class SlaCounter(Rounds):
    """The loop: counts, then shows the totals to whoever exports them."""

    def __init__(self, pool: asyncpg.Pool, show: Callable[[Counts], None], *, poll_seconds: float = POLL_SECONDS) -> None:
        super().__init__(every_seconds=poll_seconds)
        self._pool = pool
        self._show = show
        self._forget_at = 0.0

    async def look(self) -> float | None:
        """The database away: the totals stay as they were, and the rows wait."""
        if time.monotonic() > self._forget_at:
            await forget_old(self._pool)
            self._forget_at = time.monotonic() + FORGET_SECONDS
        busy = await write_log(self._pool) >= WRITE
        busy = await count(self._pool) >= CLAIM or busy
        self._show(await read_counts(self._pool))
        return 0 if busy else None


async def _is_there(pool: asyncpg.Pool, query: str) -> bool:
    async with reading(pool) as connection:
        return bool(await connection.fetchval(QUERIES[query]))


def _add(added: dict[tuple[str, str, str], float], counts: Sequence[Count]) -> None:
    for found in counts:
        added[str(found.series), str(found.priority), str(found.label)] += found.value


def _columns_of(known: Round) -> tuple[object, ...]:
    """As `merge_sla_rounds` takes them."""
    return (
        known.request_id,
        known.round,
        known.job_version,
        known.city,
        known.commune_code,
        known.category,
        known.priority,
        known.started_at,
        *map(known.reached.get, _COLUMNS),
        known.closed_at,
        known.outcome,
        known.releases,
        " ".join(f"{since.isoformat()}/{until.isoformat()}" for since, until in known.pauses),
        known.paused_until,
    )


def _round_before(line: Line) -> dict[str, Any] | None:
    """As the version before merges it."""
    known = said_by(line)
    if known is None:
        return None
    return {
        **dict(zip(_ROUND, _columns_of(known), strict=True)),
        "pauses": [f"{a.isoformat()}/{b.isoformat()}" for a, b in known.pauses],
    }


def line_of_row(row: Any) -> Line:
    """From a row of the log."""
    return Line(**{**{name: row[name] for name in _LINE}, "priority": Priority(row["priority"])})


def round_of(row: Any) -> Round:
    return Round(
        request_id=row["request_id"],
        round=row["round"],
        job_version=row["job_version"],
        city=row["city"],
        commune_code=row["commune_code"],
        category=row["category"],
        priority=Priority(row["priority"]),
        started_at=row["started_at"],
        reached={stage: row[column] for stage, column in _COLUMNS.items() if row[column] is not None},
        closed_at=row["closed_at"],
        outcome=row["outcome"],
        releases=row["releases"],
        pauses=tuple(sorted(_pause_of(text) for text in row["pauses"])),
        paused_until=row["paused_until"],
    )


def _pause_of(text: str) -> tuple[datetime, datetime]:
    since, until = map(datetime.fromisoformat, text.split("/"))
    return since, until
