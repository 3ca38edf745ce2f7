"""What tests of shifts say and look at: the clock by local hours, questions, answers, and what became of them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from dispatch.shifts.shift import LOCAL
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.shifts import ShiftAnswered
from tests.integration.dispatch.conftest import Town


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=LOCAL)


async def clock(town: Town, moment: datetime) -> None:
    await town.clock_to(moment.astimezone(UTC))
    await town.fire()


async def asks(town: Town, kind: str | None = None) -> list[dict[str, Any]]:
    rows = await town.pool.fetch("select * from shift_asks where $1::text is null or kind = $1 order by asked_at, id", kind)
    return [dict(row) for row in rows]


async def says(
    town: Town, ask: dict[str, Any], *, yes: bool, phone: UUID | None = None, said_at: datetime | None = None
) -> Event:
    now = said_at or await town.now()
    who = phone or ask["contact_point_id"]
    body = ShiftAnswered(city="hanoi", contact_point_id=who, ask_id=ask["id"], accepts=yes, received_at=now)
    event = Event(type=EventType.SHIFT_ANSWERED, subject=who, version=1, key=who, body=body, time=now)
    await town.handle([event])
    await town.fire()
    return event


async def status_of(town: Town, responder_id: UUID, day: int) -> str | None:
    found: str | None = await town.pool.fetchval(
        "select status from shifts where responder_id = $1 and starts_at between $2 and $3",
        responder_id,
        at(day, 0),
        at(day, 23, 59),
    )
    return found


async def outcomes(town: Town) -> list[tuple[str, int]]:
    return [(one["outcome"], len(one["recipients"])) for one in await town.events("shift.settled")]


async def on_shift(town: Town, number: int) -> bool:
    shown: bool = (await town.send("GET", f"/v1/responders/V-{number}")).json()["on_shift"]
    return shown
