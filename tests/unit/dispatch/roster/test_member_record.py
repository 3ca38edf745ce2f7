"""What counts on somebody's record: hours from "there" to "done", bounded; visits without a time count as visits."""

from datetime import UTC, datetime, timedelta

from dispatch.roster.member_record import MOST_A_VISIT, Visit, record

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


def a_visit(minutes: float | None, outcome: str = "solved", day: int = 0) -> Visit:
    done_at = NOON + timedelta(days=day)
    return Visit(outcome, None if minutes is None else done_at - timedelta(minutes=minutes), done_at)


def test_hours_are_added_and_outcomes_counted() -> None:
    found = record({"id": 7}, [a_visit(30), a_visit(60, "absent", 1), a_visit(None, day=2)])
    assert (found["id"], found["jobs"], found["hours"], found["without_hours"]) == (7, 3, 1.5, 1)
    assert found["outcomes"] == {"absent": 1, "solved": 2}
    assert (found["first_at"], found["last_at"]) == (NOON, NOON + timedelta(days=2))


def test_who_forgets_to_write_done_is_not_credited_a_night() -> None:
    assert record({}, [a_visit(14 * 60)])["hours"] == MOST_A_VISIT.total_seconds() / 3600
    assert record({}, [a_visit(-5)])["hours"] == 0


def test_nothing_done_is_a_record_too() -> None:
    found = record({}, [])
    assert (found["jobs"], found["hours"], found["outcomes"], found["first_at"]) == (0, 0.0, {}, None)
