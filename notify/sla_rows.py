"""The rows behind the SLA figures: noted with each batch of events, logged and counted by a loop. What they mean: sla.py.

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

from notify.sla import Count, Reached, Round, by_round, news, said_by
from notify.sla_line import Line, line_of
from notify.store import QUERIES
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.postgres.transaction import app_now, reading, transaction
from shared.rounds import Rounds

WRITE: Final = 200  # at a time: a thousand would hold the loop, and with it every text, for a tenth of a second
CLAIM: Final = 100
POLL_SECONDS: Final = 2.0
FORGET_SECONDS: Final = 6 * 3600.0
_COLUMNS: Final = {
    Reached.OFFERED: "first_offer_at",
    Reached.ACCEPTED: "accepted_at",
    Reached.ON_SCENE: "on_scene_at",
    Reached.DONE: "done_at",
}
_TIMES: Final = ("started_at", "closed_at", "paused_until", *_COLUMNS.values())
_LINE: Final = Line.__slots__
Counts = Mapping[tuple[str, str, str], float]  # (series, priority, label) → value


def entries(events: Sequence[Event]) -> list[dict[str, Any]]:
    """What the consumer notes of each event in the transaction of its batch: a line of the log, and what it adds to its round."""
    noted = []
    for event in events:
        line = line_of(event)
        if line is not None:
            found = said_by(line)
            noted.append(
                {"log": {name: getattr(line, name) for name in _LINE}, "round": _row_of(found) if found is not None else None}
            )
    return noted


async def write_log(pool: asyncpg.Pool, *, limit: int = WRITE) -> int:
    """Moves what was noted into the log and merges it into the rounds, in one transaction. What the log has already changes
    nothing: not a replay, and not a doubled note."""
    if not await _is_there(pool, "sla_news_wait"):
        return 0
    async with transaction(pool, "notify.count") as connection:
        noted = [row["entry"] for row in await connection.fetch(QUERIES["take_sla_news"], limit)]
        logged = await connection.fetch(QUERIES["log_sla_events"], [entry["log"] for entry in noted])
        fresh = {str(row["event_id"]) for row in logged}
        unique = {entry["log"]["event_id"]: entry["round"] for entry in noted if entry["log"]["event_id"] in fresh}
        rounds = by_round(round_of(_with_times(row)) for row in unique.values() if row is not None)
        if rounds:
            await connection.execute(QUERIES["merge_sla_rounds"], [_row_of(known) for known in rounds])
        return len(noted)


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


def _row_of(known: Round) -> dict[str, Any]:
    return {
        "request_id": known.request_id,
        "round": known.round,
        "job_version": known.job_version,
        "city": known.city,
        "commune_code": known.commune_code,
        "category": known.category,
        "priority": known.priority,
        "started_at": known.started_at,
        "closed_at": known.closed_at,
        "outcome": known.outcome,
        "releases": known.releases,
        "pauses": [f"{since.isoformat()}/{until.isoformat()}" for since, until in known.pauses],
        "paused_until": known.paused_until,
        **{column: known.reached.get(stage) for stage, column in _COLUMNS.items()},
    }


def _with_times(row: dict[str, Any]) -> dict[str, Any]:
    """A noted round is JSON: its ids and times are texts again."""
    times = {name: datetime.fromisoformat(row[name]) for name in _TIMES if row[name] is not None}
    return {**row, **times, "request_id": UUID(row["request_id"])}


def line_of_row(row: Any) -> Line:
    """From a row of the log."""
    return Line(**{**dict(row), "priority": Priority(row["priority"])})


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
