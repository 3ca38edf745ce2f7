"""Working hours on a real database: rules become windows, days come into view, and the same hours again change nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dispatch.docket import QUERIES
from dispatch.settings import DispatchSettings
from dispatch.shifts import working_hours as shifts
from dispatch.shifts.shift import LOCAL
from dispatch.upkeep import Upkeep
from tests.integration.dispatch.conftest import Town, entry

ROWS = ("rotations", "days_off", "shifts")


async def windows_of(town: Town, responder_id: UUID) -> list[tuple[datetime, datetime]]:
    rows = await town.pool.fetch(
        "select starts_at, ends_at from shifts where responder_id = $1 order by starts_at, ends_at", responder_id
    )
    return [(row["starts_at"].astimezone(LOCAL), row["ends_at"].astimezone(LOCAL)) for row in rows]


async def written(town: Town) -> list[list[Any]]:
    return [await town.pool.fetch(f"select {table} from {table} order by 1") for table in ROWS]


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL)


async def test_hours_become_windows_for_fourteen_days_and_go_on_at_midnight(town: Town) -> None:
    (an,) = await town.enrol(entry(1, shifts="Mon-Sun 22:00-06:00"))
    made = await windows_of(town, an)
    assert len(made) == 15  # today and fourteen days more; yesterday's night is over
    await Upkeep(town.pool, town.vault, DispatchSettings()).prepare()
    await town.fire()
    assert await windows_of(town, an) == made
    await town.later(timedelta(days=1).total_seconds())
    assert len(await windows_of(town, an)) == 16
    assert await town.pool.fetchval("select count(*) from timers where kind = 'horizon'") == 1


async def test_after_days_without_a_timer_everything_that_came_into_view_is_made(town: Town) -> None:
    (an,) = await town.enrol(entry(1, shifts="every 2 days from 2026-03-01 08:00-12:00; not 2026-03-25"))
    await Upkeep(town.pool, town.vault, DispatchSettings()).prepare()
    await town.fire()
    unread = await town.pool.fetchval("select updated_at from responders")
    await town.later(timedelta(days=1).total_seconds())
    assert await town.pool.fetchval("select updated_at from responders") == unread, "two weeks ahead: no hurry to be read"
    await town.clock_to(await town.now() + timedelta(days=19))
    await town.fire()
    assert await town.pool.fetchval("select updated_at from responders") > unread
    days = [starts.day for starts, _ in await windows_of(town, an) if starts > at(3, 20, 0)]
    assert days[:4] == [23, 27, 29, 31]


async def test_a_horizon_goes_page_by_page(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shifts, "PAGE", 2)
    await town.enrol(*(entry(number) for number in range(5)))
    await Upkeep(town.pool, town.vault, DispatchSettings()).prepare()
    before = await town.pool.fetchval("select count(*) from shifts")
    await town.later(timedelta(days=1).total_seconds())
    assert await town.pool.fetchval("select count(*) from shifts") == before + 5
    assert await town.pool.fetchval("select count(*) from timers where kind = 'horizon'") == 1


async def test_a_start_in_the_middle_of_the_day_makes_nothing_again(town: Town) -> None:
    upkeep = Upkeep(town.pool, town.vault, DispatchSettings())
    await town.enrol(entry(1))
    await upkeep.prepare()
    await town.fire()
    tomorrow = await town.pool.fetch("select due_at from timers where kind = 'horizon'")
    assert [row["due_at"] > await town.now() for row in tomorrow] == [True]
    await upkeep.prepare()
    assert await town.pool.fetch("select due_at from timers where kind = 'horizon'") == tomorrow


async def test_whoever_works_by_dates_alone_is_not_visited(town: Town) -> None:
    _, ruled = await town.enrol(entry(1, shifts="2026-03-05 08:00-12:00"), entry(2))
    async with town.pool.acquire() as connection, connection.transaction():
        seen = await connection.fetch(QUERIES["lock_page_of_rotating"], shifts.NIL, 9)
    assert [row["id"] for row in seen] == [ruled]


async def test_whoever_is_enrolled_at_half_past_midnight_is_on_the_shift_that_began_yesterday(town: Town) -> None:
    await town.clock_to(at(3, 3, 0, 30).astimezone(UTC))
    await town.enrol(entry(1, shifts="cycle from 2026-03-01: morning, night, off"))
    shown = (await town.send("GET", "/v1/responders/V-1")).json()
    assert shown["on_shift"] is True
    assert datetime.fromisoformat(shown["on_shift_until"]) == at(3, 3, 6)


async def test_the_same_hours_again_change_nothing(town: Town) -> None:
    text = "cycle from 2026-03-01: morning, night, off; 2026-03-05 08:00-12:00; not 2026-03-08..2026-03-09; Mon 13:00-18:00"
    await town.enrol(entry(1, shifts=text))
    before = await written(town)
    assert all(before)
    await town.clock_to(await town.now() + timedelta(hours=3))
    await town.enrol(entry(1, shifts=text))
    assert await written(town) == before


async def test_new_hours_replace_the_old_ones_and_leave_what_is_over(town: Town) -> None:
    (an,) = await town.enrol(entry(1, shifts="Mon-Fri 06:00-18:00; not 2026-03-06"))
    await town.clock_to(at(3, 4, 20).astimezone(UTC))
    await town.enrol(entry(1, shifts="2026-03-05 08:00-12:00; 2026-03-05 08:00-12:00"))
    assert await windows_of(town, an) == [
        *((at(3, day, 6), at(3, day, 18)) for day in (2, 3, 4)),
        (at(3, 5, 8), at(3, 5, 12)),
    ]
    assert await town.pool.fetchval("select count(*) from rotations") == 0
    assert await town.pool.fetchval("select count(*) from days_off") == 0


async def test_two_rules_that_begin_together_and_one_that_follows_are_one_stretch_of_work(town: Town) -> None:
    await town.clock_to(at(3, 2, 14).astimezone(UTC))
    (an,) = await town.enrol(entry(1, shifts="Mon 08:00-15:00; Mon 08:00-17:00; Mon 17:00-20:00"))
    assert len(await windows_of(town, an)) == 9  # three of today, two Mondays more
    shown = (await town.send("GET", "/v1/responders/V-1")).json()
    assert datetime.fromisoformat(shown["on_shift_until"]) == at(3, 2, 20)
    (joined,) = await town.pool.fetch(QUERIES["shift_windows"], [an])
    assert joined["ends_at"] == at(3, 2, 20).timestamp(), "the matcher believes the same"
