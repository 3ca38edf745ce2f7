"""What anybody may know who has the code: status and timeline, in words for people. No personal data passes through here."""

from datetime import datetime
from typing import Any

import asyncpg

from intake.kinds.reasons import in_words
from intake.limits import Limits
from intake.queries import QUERIES
from intake.request import LABELS_VI, PAUSED_VI, PAUSES_VI
from intake.tries import Tries
from shared.categories import CATEGORIES
from shared.errors import NotFound
from shared.events.requests import RequestStatus
from shared.geo.communes import COMMUNES
from shared.postgres.transaction import reading


class Tracking:
    def __init__(self, pool: asyncpg.Pool, limits: Limits) -> None:
        self._pool = pool
        self._tries = Tries(pool, limits)

    async def follow(self, code: str, address: str | None) -> dict[str, Any]:
        """Raises NotFound, and TooMany for one guess too many from an address. A code that cannot be one is a guess too.

        Only guesses are counted: a right code is answered whatever a neighbour behind the same address does (decision 0017).
        `address` None: somebody we know asks, whose slips are not counted.
        """
        async with self._tries.of("tracking", code, "", address, count=False) as known:
            row, steps = await self._read(known)
        shown = {**public_view(row, steps), "code": row["own_code"], "merged": row["merged"]}
        return shown if address is not None else {**shown, **_for_known(row)}

    async def _read(self, code: str) -> tuple[Any, list[Any]]:
        async with reading(self._pool) as connection:
            row = await connection.fetchrow(QUERIES["read_public"], code)
            if row is None:
                raise NotFound("request")
            return row, await connection.fetch(QUERIES["read_steps"], row["id"])


def public_view(row: Any, steps: list[Any]) -> dict[str, Any]:
    """`row` as read_public gives it; the first step of every timeline is the filing itself."""
    first = RequestStatus.NEEDS_LOCATION if _began_without_place(row, steps) else RequestStatus.FILED
    commune = COMMUNES.by_code(row["commune_code"]) if row["commune_code"] else None
    category = CATEGORIES.get(row["category"])
    return {
        "code": row["code"],
        "status": row["status"],
        "label": LABELS_VI[RequestStatus(row["status"])],
        "category": row["category"],
        "category_label": None if category is None else category.label_vi,
        "priority": row["priority"],
        "commune_code": row["commune_code"],
        "commune": None if commune is None else commune.name,
        "expected": row["expected_at"],
        "by_phone": row["by_phone"],  # somebody calls from the hotline's number, and nobody comes; a meeting may be opened
        "paused": _paused(row),
        "reopened": row["reopened"],
        "number": "unconfirmed"
        if row["unconfirmed"]
        else None,  # of who filed over the web: nobody has shown yet that it is theirs
        "timeline": [_line(first, row["filed_at"]), *(_line(RequestStatus(step["status"]), step["at"]) for step in steps)],
    }


def _began_without_place(row: Any, steps: list[Any]) -> bool:
    """Only a request without a place becomes `filed` by its first step."""
    if not steps:
        return bool(row["status"] == RequestStatus.NEEDS_LOCATION)
    cancelled_first = steps[0]["status"] == RequestStatus.CANCELLED and row["commune_code"] is None
    return bool(steps[0]["status"] == RequestStatus.FILED or cancelled_first)


def _paused(row: Any) -> dict[str, Any] | None:
    """Why nothing happens just now, and until when."""
    if row["pause"] is None:
        return None
    return {"reason": row["pause"], "label": PAUSES_VI.get(row["pause"], PAUSED_VI), "until": row["paused_until"]}


def _line(status: RequestStatus, at: datetime) -> dict[str, Any]:
    return {"status": status, "label": LABELS_VI[status], "at": at}


def _for_known(row: Any) -> dict[str, Any]:
    """For callers that we know: by which id its decisions are read, for whom it is, and why it is so urgent."""
    return {
        "job_id": row["job_id"],
        "requester_kind": row["requester_kind"],
        "priority_reason": in_words(row["priority_reasons"], row["category"]),
        "candidates": row["category_candidates"],
    }
