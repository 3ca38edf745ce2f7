"""What is wrong with a roster: each finding alone, and who is fine is on no list."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from dispatch.roster.quality import TO_DO, Finding, Known, Line, Other, lines_of, same
from shared.events.assignments import ResponderKind
from tests.support.dispatching import COMMUNE, NOW

F = Finding


def known(external_id: str = "V-1", **changes: Any) -> Known:
    fields: dict[str, Any] = {
        "external_id": external_id,
        "commune_code": COMMUNE,
        "kind": ResponderKind.VOLUNTEER,
        "contact_point_id": uuid4(),
        "confirmed": True,
        "reachable": True,
        "name": f"Người {external_id}",
    }
    return Known(**{**fields, **changes})


def findings(*people: Known) -> list[tuple[str, Finding]]:
    return [(line.responder, line.finding) for line in lines_of(people, NOW)]


ANSWERED_LONG_AGO = {"offers_made": 3, "offers_answered": 1, "answered_at": NOW - timedelta(days=31), "offered_at": NOW}


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({}, None),
        ({"confirmed": False}, F.PHONE_NOT_CONFIRMED),
        ({"reachable": False}, F.NO_CHANNEL),
        ({"complaints": 1, "complained_at": NOW - timedelta(days=179)}, F.COMPLAINED_OF),
        ({"complaints": 1, "complained_at": NOW - timedelta(days=181)}, None),
        ({"unreachable_at": NOW - timedelta(days=2)}, F.PHONE_UNREACHABLE),
        ({"unreachable_at": NOW - timedelta(days=2), "stopped": True}, F.PHONE_STOPPED),
        ({"offers_made": 4}, None),
        ({"offers_made": 5}, F.NEVER_ANSWERED),
        ({"offers_made": 50, "offers_answered": 1}, None),
        (ANSWERED_LONG_AGO, F.PHONE_SILENT),
        ({**ANSWERED_LONG_AGO, "answered_at": NOW - timedelta(days=29)}, None),
        ({**ANSWERED_LONG_AGO, "offered_at": NOW - timedelta(days=32)}, None),  # nobody has asked since
        ({"on_the_same_phone": (Other("V-9", "Lan"),)}, F.SHARED_PHONE),
        ({"kind": ResponderKind.TEAM}, F.NO_VETTED_MEMBER),
        ({"kind": ResponderKind.TEAM, "members": 3}, F.NO_VETTED_MEMBER),
        ({"kind": ResponderKind.TEAM, "members": 3, "vetted": 1}, None),
        ({"has_shift": False}, F.NO_SHIFT),
        ({"name": None}, None),  # erased meanwhile
    ],
)
def test_one_thing_wrong_is_one_line(changes: dict[str, Any], finding: Finding | None) -> None:
    assert findings(known(**changes)) == ([("V-1", finding)] if finding else [])


def test_the_same_name_in_one_commune_is_a_probable_double_however_it_is_spelt() -> None:
    twins = [known("V-1", name="Vũ  Thị Lan"), known("V-2", name="VU THI LAN"), known("V-3", name="Vũ Thị Lành")]
    assert findings(*twins) == [("V-1", F.PROBABLE_DOUBLE), ("V-2", F.PROBABLE_DOUBLE)]
    assert [line.others for line in lines_of(twins, NOW)] == [("V-2",), ("V-1",)]


def test_the_same_name_on_the_same_phone_is_a_double_wherever_it_is_and_no_shared_phone() -> None:
    one = known("V-1", name="Lan", on_the_same_phone=(Other("X-7", "lan"), Other("X-8", "Bình")))
    assert [(line.finding, line.others) for line in lines_of([one], NOW)] == [
        (F.PROBABLE_DOUBLE, ("X-7",)),
        (F.SHARED_PHONE, ("X-8",)),
    ]


def test_people_without_a_readable_name_are_nobodys_double() -> None:
    assert findings(known("V-1", name=None), known("V-2", name=None)) == []


def test_lines_come_by_finding_and_tell_how_long_and_how_often() -> None:
    lines = lines_of([known("V-2", has_shift=False, **ANSWERED_LONG_AGO), known("V-1", offers_made=7)], NOW)
    assert lines == [
        Line(COMMUNE, "V-1", ResponderKind.VOLUNTEER, F.NEVER_ANSWERED, count=7),
        Line(COMMUNE, "V-2", ResponderKind.VOLUNTEER, F.PHONE_SILENT, days=31),
        Line(COMMUNE, "V-2", ResponderKind.VOLUNTEER, F.NO_SHIFT),
    ]


def test_every_finding_says_what_to_do_and_no_name_is_ever_told() -> None:
    assert set(TO_DO) == set(Finding)
    assert "Lan" not in repr(known(name="Lan", on_the_same_phone=(Other("V-2", "Lan"),)))
    assert same(" Đặng  ÁNH ") == "dang anh"
