"""One round as facts, with times in minutes after it began."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from notify.reports.facts import Facts
from notify.sla.rounds import Reached, Round
from shared.events.contract import Priority

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # a Monday, 12:00 in Hanoi


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00")


def facts(
    priority: Priority = Priority.P2,
    *,
    began: datetime = NOON,
    closed: datetime | None = None,
    outcome: str | None = None,
    pauses: Sequence[tuple[datetime, datetime]] = (),
    commune: str | None = "00004",
    reached: dict[Reached, datetime] | None = None,
    **more: Any,
) -> Facts:
    known = Round(
        request_id=UUID(int=1),
        round=0,
        job_version=1,
        city="hanoi",
        commune_code=commune,
        category="printer",
        priority=priority,
        started_at=began,
        reached=reached or {},
        closed_at=closed,
        outcome=outcome,
        pauses=tuple(pauses),
    )
    return replace(Facts(round=known), **more)


def solved(minutes: float, **more: Any) -> Facts:
    """Accepted at once, done after so many minutes."""
    return facts(closed=at(minutes), outcome="solved", reached={Reached.ACCEPTED: NOON, Reached.DONE: at(minutes)}, **more)
