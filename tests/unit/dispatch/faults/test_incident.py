"""What an incident may become, and what looks like one."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch.faults.incident import (
    Flood,
    IllegalIncidentMove,
    Incident,
    IncidentRules,
    has_subsided,
    is_unusual,
    moved,
    told,
    unusual,
)
from shared.errors import Misconfigured
from shared.events.incidents import IncidentStatus, Symptom
from shared.events.registry import EventType
from tests.support.dispatching import NOW

S = IncidentStatus
LATER = NOW + timedelta(hours=1)
RULES = IncidentRules(least=20, times=5, communes=3)
MAY = {S.PROPOSED: {S.OPEN, S.DISMISSED, S.SUBSIDED}, S.OPEN: {S.ENDED}}


def an_incident(status: IncidentStatus = S.PROPOSED) -> Incident:
    return Incident(id=uuid4(), city="hanoi", status=status, category="vneid_login", proposed_at=NOW, people=40)


@pytest.mark.parametrize("target", S)
@pytest.mark.parametrize("status", S)
def test_every_move_from_every_status(status: IncidentStatus, target: IncidentStatus) -> None:
    before = an_incident(status)
    if target not in MAY.get(status, set()):
        with pytest.raises(IllegalIncidentMove) as refusal:
            moved(before, target, LATER)
        assert refusal.value.reason == f"incident_{status}"
        return
    after = moved(before, target, LATER)
    opened = LATER if target is S.OPEN else None
    assert (after.status, after.opened_at, after.ended_at) == (target, opened, None if opened else LATER)


def test_each_telling_is_a_version_with_the_whole_state() -> None:
    proposed, first = told(an_incident(), NOW)
    opened, second = told(replace(moved(proposed, S.OPEN, LATER), symptom=Symptom.NO_LOGIN), LATER)
    _, third = told(moved(opened, S.ENDED, LATER), LATER)
    kinds = [event.type for event in (first, second, third)]
    assert kinds == [EventType.INCIDENT_PROPOSED, EventType.INCIDENT_OPENED, EventType.INCIDENT_ENDED]
    assert [event.version for event in (first, second, third)] == [1, 2, 3]
    assert second.body.model_dump()["incident"] == {
        "incident_id": proposed.id,
        "city": "hanoi",
        "version": 2,
        "status": "open",
        "category": "vneid_login",
        "symptom": "no_login",
        "people": 40,
        "at": LATER,
    }
    assert third.body.model_dump()["reason"] == "ended"


@pytest.mark.parametrize(
    ("people", "communes", "usual", "expected"),
    [
        (20, 3, 0.0, True),
        (19, 3, 0.0, False),  # too few to speak of
        (20, 2, 0.0, False),  # one place: that is a group
        (20, 3, 4.0, True),
        (20, 3, 4.1, False),  # less than five times as many as usual
        (500, 80, 100.0, True),
        (499, 80, 100.0, False),
    ],
)
def test_what_is_unusual(people: int, communes: int, usual: float, expected: bool) -> None:
    assert is_unusual(Flood(category="vneid_login", people=people, communes=communes), usual, RULES) is expected


def test_a_proposal_goes_only_when_it_is_clearly_over() -> None:
    flood = Flood(category="vneid_login", people=10, communes=5)
    assert not has_subsided(flood, 0.0, RULES)
    assert has_subsided(replace(flood, people=9), 0.0, RULES)
    assert has_subsided(None, 0.0, RULES)


def test_the_largest_comes_first() -> None:
    floods = [Flood(category=name, people=people, communes=9) for name, people in (("a", 30), ("b", 90), ("c", 5))]
    assert [flood.category for flood in unusual(floods, {}, RULES)] == ["b", "a"]


@pytest.mark.parametrize("wrong", [{"window_seconds": 0}, {"least": 0}, {"ring_seconds": -1}])
def test_rules_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(Misconfigured):
        IncidentRules(**wrong)  # type: ignore[arg-type]
