"""What counts, once, and what does not: the figures of a round as a table of small stories."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import orjson
import pytest

from notify.sla.line import line_of
from notify.sla.rounds import GRACE, PROMISE, Count, Reached, Round, bucket, by_round, limits, merged, news, said_by
from notify.sla.rows import entries, round_of
from shared.calendar import OFFICE_HOURS
from shared.events.assignments import OfferKind, Outcome, ResponderKind
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import Channel
from shared.pauses import Pause
from shared.service_levels import SERVICE_LEVELS
from tests.support.sla_events import RESIDENT, Story, helper

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # a Monday, 12:00 in Hanoi
NOTHING: frozenset[str] = frozenset()


def contribution(event: Event) -> Round | None:
    line = line_of(event)
    return None if line is None else said_by(line)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def told(story: Story, *events: tuple[EventType, float]) -> Round:
    (known,) = by_round(
        found
        for event in [story.filed(), *(story.told(kind, after(minutes)) for kind, minutes in events)]
        if (found := contribution(event))
    )
    return known


def counts(known: Round, now: datetime) -> set[tuple[str, str]]:
    return {(str(count.series), str(count.label)) for count in news(known, NOTHING, now)[0] if count.label != "sum"}


def test_a_round_in_time_counts_each_stage_once_and_no_breach() -> None:
    known = told(
        Story(NOON),
        (EventType.OFFER_MADE, 0.5),
        (EventType.ASSIGNMENT_ACCEPTED, 5),
        (EventType.ASSIGNMENT_ON_SCENE, 40),
        (EventType.ASSIGNMENT_DONE, 80),
    )
    found = counts(known, after(90))
    assert found == {("rounds", ""), ("offered", "30"), ("accepted", "300"), ("on_scene", "3600"), ("done", "7200")}
    assert news(known, NOTHING, after(90))[2] is None


def test_what_was_counted_is_not_counted_again() -> None:
    known = told(Story(NOON), (EventType.OFFER_MADE, 0.5))
    first, marks, _ = news(known, NOTHING, after(1))
    assert first
    assert news(known, marks, after(1))[0] == []


def test_a_stage_reached_late_is_one_breach_whenever_it_is_seen() -> None:
    known = told(Story(NOON), (EventType.OFFER_MADE, 3))
    assert ("breaches", "offered") in counts(known, after(3))


def test_a_stage_never_reached_is_a_breach_after_the_grace_and_stays_one() -> None:
    story = Story(NOON)
    waiting = told(story)
    due = waiting.due(Reached.OFFERED)
    assert ("breaches", "offered") not in counts(waiting, due + GRACE)
    _, marks, _ = news(waiting, NOTHING, due + GRACE + timedelta(seconds=1))
    assert "late:offered@P2" in marks
    offered = merged(waiting, told(story, (EventType.OFFER_MADE, 30)))
    assert Count("breaches", Priority.P2, "offered") not in news(offered, marks, after(31))[0]


def test_it_looks_again_at_the_next_deadline_and_never_at_once() -> None:
    known = told(Story(NOON))
    _, marks, look = news(known, NOTHING, NOON)
    assert look == after(1) + GRACE + timedelta(seconds=1)  # the first offer of P2: 60 s
    _, _, next_look = news(known, marks, look)
    assert next_look == after(15) + GRACE + timedelta(seconds=1)


@pytest.mark.parametrize("priority", Priority)
def test_promises_end_one_after_the_other(priority: Priority) -> None:
    """The counter looks again at the first that is open: one that ended before it would be missed unseen."""
    promised = [SERVICE_LEVELS[priority].seconds(PROMISE[stage]) or 0 for stage in PROMISE]
    assert promised == sorted(promised)
    assert promised[0] > 0


def test_a_cancelled_round_misses_nothing_more() -> None:
    known = told(Story(NOON), (EventType.JOB_CANCELLED, 0.5))
    assert counts(known, after(10_000)) == {("rounds", ""), ("outcomes", "cancelled")}


def test_help_without_a_visit_has_no_arrival_to_miss() -> None:
    known = told(Story(NOON), (EventType.OFFER_MADE, 0.5), (EventType.ASSIGNMENT_ACCEPTED, 1), (EventType.ASSIGNMENT_DONE, 30))
    assert not any(series == "breaches" for series, _ in counts(known, after(10_000)))


def test_off_hours_the_clock_of_an_ordinary_visit_stands_still() -> None:
    friday_evening = datetime(2026, 3, 6, 13, 0, tzinfo=UTC)  # 20:00 in Hanoi
    story = Story(friday_evening, priority=Priority.P3)
    next_morning = datetime(2026, 3, 7, 1, 10, tzinfo=UTC)
    (known,) = by_round([c for e in [story.filed(), story.told(EventType.OFFER_MADE, next_morning)] if (c := contribution(e))])
    (seconds,) = [count.value for count in news(known, NOTHING, next_morning)[0] if count.label == "sum"]
    assert seconds == (next_morning - OFFICE_HOURS.next_opening(friday_evening)).total_seconds()


def test_asking_a_lead_is_no_first_offer() -> None:
    story = Story(NOON)
    found = contribution(story.told(EventType.OFFER_MADE, after(1), offer_kind=OfferKind.ESCALATION))
    assert found is not None
    assert found.reached == {}


def test_a_release_is_counted_beside_the_first_yes() -> None:
    known = told(
        Story(NOON),
        (EventType.ASSIGNMENT_ACCEPTED, 1),
        (EventType.ASSIGNMENT_RELEASED, 5),
        (EventType.ASSIGNMENT_ACCEPTED, 9),
    )
    assert known.reached[Reached.ACCEPTED] == after(1)
    assert ("releases", "") in counts(known, after(10))


def test_a_line_says_by_what_a_report_is_broken_down_and_nothing_of_a_person() -> None:
    story = Story(NOON)
    filed = line_of(story.filed(channel=Channel.WEB, vulnerable=("lives_alone",)))
    offered = line_of(story.told(EventType.OFFER_MADE, after(1)))
    accepted = line_of(
        story.told(EventType.ASSIGNMENT_ACCEPTED, after(2), to=RESIDENT, responder=helper(ResponderKind.VOLUNTEER))
    )
    assert filed is not None
    assert offered is not None
    assert accepted is not None
    assert (filed.channel, filed.vulnerable, filed.responder_kind) == ("web", True, None)
    assert (offered.channel, offered.vulnerable, offered.resident_told) == (None, None, False)
    assert (accepted.responder_kind, accepted.resident_told) == ("volunteer", True)
    assert "lives_alone" not in str(filed)


def test_the_order_of_arrival_changes_nothing() -> None:
    story = Story(NOON)
    events = [
        story.filed(),
        story.told(EventType.OFFER_MADE, after(1)),
        story.told(EventType.ASSIGNMENT_ACCEPTED, after(2)),
        story.told(EventType.ASSIGNMENT_DONE, after(3), outcome=Outcome.SOLVED),
    ]
    told_in = [by_round(c for e in order if (c := contribution(e))) for order in permutations(events)]
    assert all(found == told_in[0] for found in told_in)
    assert told_in[0][0].outcome == "solved"


def test_a_second_visit_starts_its_own_clock() -> None:
    second = Story(NOON, round_number=1)
    found = contribution(second.told(EventType.JOB_OPENED, after(600), opened_at=after(600)))
    assert found is not None
    assert found.started_at == after(600)
    assert contribution(second.filed(reopened=1)) is None


@pytest.mark.parametrize("stage", list(Reached))
def test_every_limit_of_the_service_levels_is_a_bucket(stage: Reached) -> None:
    for level in SERVICE_LEVELS.values():
        limit = level.seconds(PROMISE[stage])
        assert limit in limits(stage)
        assert bucket(stage, float(limit or 0)) == f"{limit:g}"
    assert bucket(stage, 1e9) == "+Inf"


def as_the_version_before_reads_it(noted: dict[str, Any]) -> Round:
    times = ("started_at", "closed_at", "paused_until", "first_offer_at", "accepted_at", "on_scene_at", "done_at")
    read = {name: datetime.fromisoformat(noted[name]) for name in times if noted[name] is not None}
    return round_of({**noted, **read, "request_id": UUID(noted["request_id"])})


def test_a_process_of_the_version_before_counts_what_a_new_one_notes() -> None:
    story = Story(NOON)
    paused, over = {"reason": Pause.RESIDENT_LATER, "until": after(60)}, {"reason": Pause.RESIDENT_LATER, "since": after(30)}
    events = [
        story.filed(),
        story.told(EventType.OFFER_MADE, after(1)),
        story.told(EventType.ASSIGNMENT_RELEASED, after(20)),
        story.told(EventType.CLOCK_PAUSED, after(30), body=paused),
        story.told(EventType.CLOCK_RESUMED, after(50), body=over),
        story.told(EventType.ASSIGNMENT_DONE, after(90), outcome=Outcome.SOLVED),
    ]
    notes = orjson.loads(orjson.dumps(entries(events)))
    assert [as_the_version_before_reads_it(note["round"]) for note in notes] == [contribution(event) for event in events]
    stands, goes_on = (as_the_version_before_reads_it(note["round"]) for note in notes[3:5])
    assert (stands.paused_until, goes_on.pauses) == (after(60), ((after(30), after(50)),))
