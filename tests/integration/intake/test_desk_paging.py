"""Pages of the board while it changes: whoever stays on it is shown once, in the order that held when the pages were begun."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake import store
from intake.desk.board import DeskBoard, Wanted
from intake.desk.duplicates import Duplicates
from intake.desk.sight import Sight
from shared.events.requests import RequestStatus
from shared.postgres.transaction import transaction
from tests.integration.intake.conftest import Desk, open_desk
from tests.support.databases import TestServer, run

BEGIN = datetime(2026, 11, 27, 8, tzinfo=UTC)
PEOPLE = 12
# What happens between two pages: whose clock is set to which minute, or who leaves the board for good.
CHANGES = st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.one_of(st.none(), st.integers(0, 600))), max_size=8)


async def clocks(desk: Desk, minutes: dict[UUID, int | None]) -> None:
    """As the board's consumer would; None: it is over."""
    async with transaction(desk.pool, "intake.change") as connection:
        locked = await store.lock_many(connection, list(minutes))
        after = [
            replace(one, status=RequestStatus.CANCELLED)
            if minutes[id_] is None
            else replace(one, clock_at=BEGIN + timedelta(minutes=minutes[id_] or 0))
            for id_, one in locked.items()
        ]
        await store.save(connection, after)


async def turned(desk: Desk, size: int, changes: list[list[tuple[int, int | None]]], start: list[int]) -> None:
    ids = [UUID((await desk.filed(requester={"name": "An", "phone": f"09123456{place:02}"}))["id"]) for place in range(PEOPLE)]
    await clocks(desk, dict(zip(ids, start, strict=True)))
    board = DeskBoard(desk.pool, desk.vault, Duplicates(radius_m=1, window_seconds=1))
    sight, wanted = Sight("hanoi"), Wanted()
    seen: list[UUID] = []
    gone: set[UUID] = set()
    cursor, pages = None, 0
    while True:
        page: dict[str, Any] = await board.page(sight, wanted, cursor, size, names=False)
        seen += [item["id"] for item in page["requests"]]
        cursor = page["next"]
        if cursor is None:
            break
        for person, minute in changes[pages] if pages < len(changes) else []:
            if ids[person] not in gone:
                await clocks(desk, {ids[person]: minute})
                gone |= {ids[person]} if minute is None else set()
        pages += 1
        assert pages <= PEOPLE
    assert len(seen) == len(set(seen)), "shown twice"
    assert set(ids) - gone <= set(seen), "skipped"
    places = {id_: (minute, id_) for id_, minute in zip(ids, start, strict=True)}
    assert seen == sorted(seen, key=lambda id_: places[id_])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.integers(1, 5),
    changes=st.lists(CHANGES, max_size=6),
    start=st.lists(st.integers(0, 600), min_size=PEOPLE, max_size=PEOPLE),
)
def test_nobody_who_stays_is_skipped_or_shown_twice(
    postgres: TestServer, size: int, changes: list[list[tuple[int, int | None]]], start: list[int]
) -> None:
    dsn = postgres.create_database()

    async def story() -> None:
        async with open_desk(dsn) as desk:
            await turned(desk, size, changes, start)

    try:
        run(story())
    finally:
        postgres.drop_database(dsn)
