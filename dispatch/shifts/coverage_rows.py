"""Reads who will be there, a commune at a time, and shows where nobody will: for the API, the command and the gauge."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import asyncpg
import numpy as np

from dispatch.docket import QUERIES
from dispatch.shifts.coverage import ENGINEER, NEEDS, Coverage, Gap, Presence, bits_of, coverage_of
from dispatch.shifts.shift import HORIZON_DAYS
from shared.categories import SKILLS
from shared.errors import Invalid
from shared.geo.communes import COMMUNES
from shared.postgres.transaction import app_now, reading
from shared.rounds import Rounds
from shared.telemetry.metrics import COVERAGE_GAPS

DAYS: Final = 7
MOST_DAYS: Final = HORIZON_DAYS  # beyond it no shifts are made yet
FIRST_LOOK_SECONDS: Final = 60.0  # a process that starts has more urgent things to read: what has come in meanwhile
LOOK_SECONDS: Final = 600.0


async def read_coverage(
    pool: asyncpg.Pool,
    city: str,
    *,
    days: int = DAYS,
    skill: str | None = None,
    commune_code: str | None = None,
    read: Callable[[int, int], None] = lambda _done, _all: None,
) -> Coverage:
    """From now on. `read` hears how many communes are done, of how many. Raises Invalid."""
    codes = COMMUNES.codes(commune_code)
    if skill is not None and skill not in SKILLS:
        raise Invalid("skill", f"is none that a category asks for; known are {', '.join(SKILLS)}")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("days", f"must be 1 to {MOST_DAYS}: shifts are made so far ahead")
    parts: list[Presence] = []
    async with reading(pool, limit_seconds=60) as connection:
        since = (await app_now(connection)).replace(microsecond=0)
        until = since + timedelta(days=days)
        for place, code in enumerate(codes):
            parts.append(_presence(place, await connection.fetch(QUERIES["presence_in_commune"], city, code, since, until)))
            read(place + 1, len(codes))
    needs = NEEDS if skill is None else (skill, ENGINEER)
    return await asyncio.to_thread(coverage_of, _joined(parts), codes, since, until, needs=needs)


class CoverageWatch(Rounds):
    """Every dispatch process shows the same numbers: use max over processes, not sum."""

    def __init__(self, pool: asyncpg.Pool, city: str) -> None:
        super().__init__(every_seconds=LOOK_SECONDS, first_seconds=FIRST_LOOK_SECONDS)
        self._pool = pool
        self._city = city

    async def look(self) -> None:
        for skill, hours in (await read_coverage(self._pool, self._city)).gap_hours().items():
            COVERAGE_GAPS.labels(skill).set(hours)


def coverage_view(coverage: Coverage) -> dict[str, Any]:
    missing = coverage.without_engineer()
    return {
        "since": coverage.since,
        "until": coverage.until,
        "gap_hours": {skill: round(hours, 2) for skill, hours in coverage.gap_hours().items()},
        "gaps": [_gap_view(gap) for gap in coverage.gaps if gap.need != ENGINEER],
        "checks": [
            {
                "name": "engineer_per_commune",
                "label": "Mỗi phường, xã có ít nhất một kỹ sư",
                "holds": not missing,
                "missing": missing,
            }
        ],
    }


def _gap_view(gap: Gap) -> dict[str, Any]:
    return {
        "commune_code": gap.commune_code,
        "skill": gap.need,
        "starts_at": gap.starts_at,
        "ends_at": gap.ends_at,
        "hours": round(gap.hours, 2),
    }


def _presence(commune: int, rows: Sequence[Any]) -> Presence:
    return Presence(
        commune=np.full(len(rows), commune, dtype=np.int64),
        needs=np.array([bits_of(tuple(row["skills"]), row["engineer"]) for row in rows], dtype=np.int64),
        starts=np.array([row["starts"] for row in rows], dtype=np.int64),
        ends=np.array([row["ends"] for row in rows], dtype=np.int64),
    )


def _joined(parts: Sequence[Presence]) -> Presence:
    return Presence(
        commune=np.concatenate([part.commune for part in parts]),
        needs=np.concatenate([part.needs for part in parts]),
        starts=np.concatenate([part.starts for part in parts]),
        ends=np.concatenate([part.ends for part in parts]),
    )
