"""What is stored against what the log says: every kind of difference is found, and what is none is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from notify.sla.line import Line, line_of
from notify.sla.proof import LogProof, Proof, Stored
from notify.sla.rounds import Reached, Round, by_round, news, said_by
from shared.events.contract import Priority
from shared.events.registry import EventType
from tests.support.sla_events import Story

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # a Monday, 12:00 in Hanoi
LATER = NOON + timedelta(hours=1)


def a_life(*, priority: Priority = Priority.P2) -> list[Line]:
    story = Story(NOON, priority=priority)
    steps = ((EventType.OFFER_MADE, 0.5), (EventType.ASSIGNMENT_ACCEPTED, 20), (EventType.ASSIGNMENT_DONE, 50))
    events = [story.filed(), *(story.told(kind, NOON + timedelta(minutes=after)) for kind, after in steps)]
    return [line for event in events if (line := line_of(event)) is not None]


def stored(lines: list[Line], *, now: datetime = LATER) -> Stored:
    (known,) = by_round(said for line in lines if (said := said_by(line)))
    _, marks, check_at = news(known, frozenset(), now)
    return Stored(round=known, counted=marks, check_at=check_at)


def counts(lines: list[Line]) -> dict[tuple[str, str, str], float]:
    found: dict[tuple[str, str, str], float] = {}
    for count in news(stored(lines).round, frozenset(), LATER)[0]:
        key = (str(count.series), str(count.priority), str(count.label))
        found[key] = found.get(key, 0.0) + count.value
    return found


def proved(lines: list[Line], kept: Stored | None, totals: dict[tuple[str, str, str], float] | None = None) -> Proof:
    proof = Proof(LATER)
    proof.look_at(lines, kept)
    proof.look_at_counts(counts(lines) if totals is None else totals)
    return proof


def figures(proof: Proof) -> list[str]:
    return [one.figure for one in proof.differences]


def test_what_was_made_by_the_same_code_is_equal() -> None:
    lines = a_life()
    proof = proved(lines, stored(lines))
    assert proof.differences == []
    assert (proof.rounds, proof.events, proof.waiting, proof.late_news) == (1, 4, 0, 0)


def test_the_order_of_the_lines_changes_nothing() -> None:
    lines = a_life()
    assert proved(lines[::-1], stored(lines)).differences == []


def test_a_time_that_was_tampered_with_is_found() -> None:
    lines = a_life()
    kept = stored(lines)
    moved = replace(kept.round, reached={**kept.round.reached, Reached.ACCEPTED: NOON + timedelta(minutes=14)})
    proof = proved(lines, replace(kept, round=moved))
    assert figures(proof) == ["accepted"]
    assert proof.differences[0].recomputed == (NOON + timedelta(minutes=20)).isoformat()


def test_a_round_that_is_missing_on_either_side_is_found() -> None:
    lines = a_life()
    assert figures(proved(lines, None, {})) == ["round"]
    assert figures(proved([], stored(lines), {})) == ["round"]


def test_a_mark_that_is_missing_or_too_many_is_found() -> None:
    lines = a_life()
    kept = stored(lines)
    without = replace(kept, counted=kept.counted - {"late:accepted@P2"})
    assert figures(proved(lines, without)) == ["not counted", "count"]
    more = replace(kept, counted=kept.counted | {"on_scene@P2"})
    assert figures(proved(lines, more)) == ["counted"]
    other_tier = replace(kept, counted=kept.counted - {"accepted@P2"} | {"accepted@P1"})
    assert "counted under" in figures(proved(lines, other_tier))


def test_a_total_that_was_tampered_with_is_found() -> None:
    lines = a_life()
    totals = counts(lines)
    totals["breaches", "P2", "accepted"] = 0
    (one,) = proved(lines, stored(lines), totals).differences
    assert (one.subject, one.stored, one.recomputed) == ("breaches/P2/accepted", "0", "1")


def test_what_nobody_has_counted_yet_is_no_difference() -> None:
    lines = a_life()
    proof = proved(lines, Stored(round=stored(lines).round, counted=frozenset(), check_at=NOON), {})
    assert (proof.differences, proof.waiting) == ([], 1)


def test_a_breach_that_late_news_contradicts_stays_and_is_said() -> None:
    lines = a_life()
    kept = stored(lines)
    hasty = replace(kept, counted=kept.counted | {"late:offered@P2"})
    totals = counts(lines) | {("breaches", "P2", "offered"): 1.0}
    proof = proved(lines, hasty, totals)
    assert (proof.differences, proof.late_news) == ([], 1)


def test_another_tier_later_is_counted_where_it_was_counted() -> None:
    """Filed as P3, counted, then amended to P2: the totals keep the tier of their moment."""
    first = a_life(priority=Priority.P3)[:2]
    amended = [replace(line, priority=Priority.P2) for line in a_life()[2:]]
    lines = [*first, *(replace(line, request_id=first[0].request_id, job_id=first[1].job_id) for line in amended)]
    (early,) = by_round(said for line in first if (said := said_by(line)))
    before, marks, _ = news(early, frozenset(), NOON + timedelta(minutes=1))
    (known,) = by_round(said for line in lines if (said := said_by(line)))
    added, marks, check_at = news(known, marks, LATER)
    totals: dict[tuple[str, str, str], float] = {}
    for count in [*before, *added]:
        key = (str(count.series), str(count.priority), str(count.label))
        totals[key] = totals.get(key, 0.0) + count.value
    assert proved(lines, Stored(round=known, counted=marks, check_at=check_at), totals).differences == []
    assert totals["rounds", "P3", ""] == 1


def a_round(**changes: object) -> Round:
    (known,) = by_round(said for line in a_life()[:1] if (said := said_by(line)))
    return replace(known, **changes)  # type: ignore[arg-type]


def test_a_pause_moves_what_comes_after_it_and_nothing_before() -> None:
    hour = timedelta(hours=1)
    known = a_round(pauses=((NOON + timedelta(minutes=10), NOON + hour),))
    assert known.due(Reached.ACCEPTED) == NOON + timedelta(minutes=15 + 50)
    assert known.seconds(NOON + hour + timedelta(minutes=1)) == 11 * 60
    late_pause = a_round(pauses=((NOON + hour, NOON + 2 * hour),))
    assert late_pause.due(Reached.ACCEPTED) == NOON + timedelta(minutes=15)
    assert late_pause.due(Reached.DONE) == NOON + 9 * hour


def test_while_it_stands_still_nothing_is_late() -> None:
    known = a_round(paused_until=NOON + timedelta(hours=3), reached={Reached.OFFERED: NOON})
    counted, _, look = news(known, frozenset(), NOON + timedelta(hours=2, minutes=30))
    assert not [count for count in counted if count.series == "breaches"]
    assert look is not None
    assert look >= NOON + timedelta(hours=3)


def of_log(lines: list[Line], kept: list[Line], *, now: datetime = LATER) -> LogProof:
    proof = LogProof(now)
    proof.look_at(lines, {line.event_id: line for line in kept})
    return proof


def test_a_log_that_is_what_the_transport_has_is_equal_also_when_an_event_was_published_twice() -> None:
    lines = a_life()
    proof = of_log([*lines, lines[0]], lines)
    proof.look_at_surplus(line.event_id for line in lines)
    assert (proof.differences, proof.events, proof.waiting) == ([], 4, 0)


def test_a_line_that_was_changed_lost_or_made_up_is_found() -> None:
    lines = a_life()
    (changed,) = of_log(lines, [*lines[:3], replace(lines[3], at=NOON)]).differences
    assert (changed.figure, changed.stored) == ("at", NOON.isoformat())
    (lost,) = of_log(lines, lines[:3]).differences
    assert lost.recomputed.startswith("assignment.done of ")
    proof = of_log(lines[:3], lines)
    proof.look_at_surplus(line.event_id for line in lines)
    assert [one.subject for one in proof.differences] == [f"event {lines[3].event_id}"]


def test_a_line_from_before_groups_were_kept_is_equal_and_one_that_lost_its_group_is_not() -> None:
    lines = a_life()
    old = [replace(line, channel=None, vulnerable=None, responder_kind=None, resident_told=None) for line in lines]
    assert of_log(lines, old).differences == []
    (lost,) = of_log(lines[:1], [replace(lines[0], channel=None)]).differences
    assert lost.figure == "channel"


def test_what_is_on_its_way_is_no_difference() -> None:
    lines = a_life()
    proof = of_log(lines, lines[:3], now=lines[3].at + timedelta(seconds=30))
    assert (proof.differences, proof.waiting) == ([], 1)
