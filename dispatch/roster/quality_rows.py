"""Reads the roster a commune at a time for what is wrong with it: for the API, the command and the gauge."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES
from dispatch.roster.quality import AHEAD, TO_DO, Finding, Known, Line, Other, lines_of
from dispatch.rows import sealed_of
from shared.events.assignments import ResponderKind
from shared.events.contract import Sealed
from shared.geo.communes import COMMUNES
from shared.postgres.transaction import app_now, reading
from shared.rounds import Rounds
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.metrics import ROSTER_FINDINGS

FIRST_LOOK_SECONDS: Final = 90.0  # a process that starts has more urgent things to read
LOOK_SECONDS: Final = 3600.0

Keys = Mapping[UUID, DataKey]


async def read_quality(
    pool: asyncpg.Pool,
    vault: Vault,
    city: str,
    *,
    commune_code: str | None = None,
    read: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[Line]:
    """`read` hears how many communes are done, of how many. Raises Invalid."""
    codes = COMMUNES.codes(commune_code)
    found: list[Line] = []
    async with reading(pool, limit_seconds=120) as connection:
        now = await app_now(connection)
        for place, code in enumerate(codes):
            rows = await connection.fetch(QUERIES["known_in_commune"], city, code, AHEAD.days)
            keys = await vault.keys(connection, {box.key_id for box in _boxes(rows)})
            found += lines_of([_known(row, keys) for row in rows], now)
            read(place + 1, len(codes))
    return found


class QualityWatch(Rounds):
    """Every dispatch process shows the same numbers: use max over processes, not sum."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, city: str) -> None:
        super().__init__(every_seconds=LOOK_SECONDS, first_seconds=FIRST_LOOK_SECONDS)
        self._pool = pool
        self._vault = vault
        self._city = city

    async def look(self) -> None:
        counts = Counter(line.finding for line in await read_quality(self._pool, self._vault, self._city))
        for finding in Finding:
            ROSTER_FINDINGS.labels(finding.value).set(counts[finding])


def quality_view(lines: Sequence[Line]) -> dict[str, Any]:
    counts = Counter(line.finding for line in lines)
    return {"counts": {finding.value: counts[finding] for finding in Finding}, "lines": [line_view(line) for line in lines]}


def line_view(line: Line) -> dict[str, Any]:
    """Ids and words; whoever works it off has the list with the names."""
    vi, en = TO_DO[line.finding]
    return {
        "commune_code": line.commune_code,
        "responder": line.responder,
        "kind": line.kind,
        "finding": line.finding,
        "others": line.others,
        "days": line.days,
        "count": line.count,
        "to_do": {"vi": vi, "en": en},
    }


def _boxes(rows: Iterable[Any]) -> Iterable[Sealed]:
    for row in rows:
        for stored in (row["name"], *(other["name"] for other in row["others"])):
            box = sealed_of(stored)
            if box is not None:
                yield box


def _known(row: Any, keys: Keys) -> Known:
    return Known(
        external_id=row["external_id"],
        commune_code=row["commune_code"],
        kind=ResponderKind(row["kind"]),
        contact_point_id=row["contact_point_id"],
        confirmed=row["confirmed"],
        reachable=row["reachable"],
        complaints=row["complaints"],
        complained_at=row["complained_at"],
        unreachable_at=row["unreachable_at"],
        stopped=row["unreachable_why"] == "stopped",
        offers_made=row["offers_made"],
        offers_answered=row["offers_answered"],
        offered_at=row["last_offered_at"],
        answered_at=row["answered_at"],
        members=row["members"],
        vetted=row["vetted"],
        has_shift=row["has_shift"],
        name=_name(row["name"], keys),
        on_the_same_phone=tuple(Other(other["external_id"], _name(other["name"], keys)) for other in row["others"]),
    )


def _name(stored: Any, keys: Keys) -> str | None:
    box = sealed_of(stored)
    key = None if box is None else keys.get(box.key_id)
    return None if box is None or key is None else key.open(box, purpose="name").decode()
