"""Rosters as people send them: every bad row told by its line, the good ones read, and nothing that brings us down."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.roster.entry import Course
from dispatch.roster.roster_csv import LONGEST_FILE, LONGEST_LINE, Roster, read_roster
from shared.errors import Invalid

HEADER = "id,kind,name,phone,commune_code,skills,shifts,capacity,confirmed,team,vetted"
GOOD = "V-1,volunteer,Trần An,0912 345 678,00004,,Mon-Fri 08:00-17:00,1,yes,,"


def read(*lines: str, header: str = HEADER) -> Roster:
    return read_roster("\n".join([header, *lines]).encode())


def told(roster: Roster) -> list[tuple[int, str]]:
    return [(bad.line, bad.advice.split(":")[0]) for bad in roster.bad_rows]


def test_a_good_row_is_read() -> None:
    (named,) = read(GOOD).entries
    assert (named.external_id, named.entry.name, named.entry.phone) == ("V-1", "Trần An", "+84912345678")
    assert named.entry.confirmed is True


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("V-2,wizard,An,0912345678,00004,,,1,yes,,", "kind"),
        ("V-2,volunteer,,0912345678,00004,,,1,yes,,", "name"),
        ("V-2,volunteer,An 0987 654 321,0912345678,00004,,,1,yes,,", "name"),  # residents would read it as "who comes"
        ("M-2,member,evil . com,,,,,,,V-1,yes", "name"),
        ("L-1,ward_lead,An bit[.]ly,0912345678,00004,,,,,,", "name"),
        ("L-1,ward_lead,!!!,0912345678,00004,,,,,,", "name"),
        ("V-2,volunteer,An,12345,00004,,,1,yes,,", "phone"),
        ("V-2,volunteer,An,0912345678,99999,,,1,yes,,", "commune_code"),
        ("V-2,volunteer,An,0912345678,00004,flying,,1,yes,,", "skills"),
        ("V-2,volunteer,An,0912345678,00004,,sometimes,1,yes,,", "shifts"),
        ("V-2,volunteer,An,0912345678,00004,,,many,yes,,", "capacity"),
        ("V-2,volunteer,An,0912345678,00004,,,1,perhaps,,", "confirmed"),
        ("bad id,volunteer,An,0912345678,00004,,,1,yes,,", "id"),
        ("V-1,volunteer,An,0912345678,00004,,,1,yes,,", "id"),  # twice
        ("M-1,member,An,,,,,,,T-9,yes", "team"),
        ("M-1,member,An,,,,,,,V-1,yes", "team"),  # a volunteer has no members
        ('V-2,volunteer,"An,0912345678,00004,,,1,yes,,', "row"),
        ("V-2,volunteer,An", "row"),
        ("V-2,volunteer,A\x00n,0912345678,00004,,,1,yes,,", "row"),
        (f"V-2,volunteer,{'A' * LONGEST_LINE},0912345678,00004,,,1,yes,,", "row"),
        (f"V-2,volunteer,{'A' * 200},0912345678,00004,,,1,yes,,", "name"),
    ],
)
def test_a_bad_row_is_told_by_its_line_and_its_neighbours_are_read(row: str, field: str) -> None:
    roster = read(GOOD, row, GOOD.replace("V-1", "V-3"))
    assert told(roster) == [(3, field)]
    assert [named.external_id for named in roster.entries] == ["V-1", "V-3"]


def test_advice_never_quotes_what_was_written() -> None:
    (lured,) = read("V-2,volunteer,Bí Mật evil . com,0912345678,00004,,,1,yes,,").bad_rows
    assert "evil" not in lured.advice
    roster = read("V-2,volunteer,Bí Mật,không phải số,00004,,,1,yes,,")
    assert "không phải" not in roster.bad_rows[0].advice


def test_languages_of_people_and_members_are_read_and_an_unknown_one_is_told() -> None:
    header = "id,kind,name,phone,commune_code,languages,team"
    roster = read(
        "T-1,team,Tổ 1,0912345678,00004,vi|ko,",
        "M-1,member,An,,,hab,T-1",
        "V-1,volunteer,Bình,0912345679,00004,,",
        "V-2,volunteer,Chi,0912345670,00004,klingon,",
        header=header,
    )
    assert {named.external_id: named.entry.spoken() for named in roster.entries} == {"T-1": ("hab", "ko", "vi"), "V-1": ("vi",)}
    assert told(roster) == [(5, "languages")]


def test_members_go_to_their_team() -> None:
    team = "T-1,team,Tổ Cửa Nam,0912345678,00004,,,3,yes,,"
    roster = read("M-1,member,An,,,,,,,T-1,yes", team, "M-2,member,Bình,,,,,,,T-1,no")
    (named,) = roster.entries
    assert [(member.id, member.vetted) for member in named.entry.members] == [("M-1", True), ("M-2", False)]
    assert roster.bad_rows == []


MEMBERS = "id,kind,name,phone,commune_code,team,vetted,vetted_on,vetted_until,skills,courses,present,absent_until"
TEAM = "T-1,team,Tổ 1,0912345678,00004,,,,,,,,"


def test_a_member_is_read_with_vetting_courses_and_absence() -> None:
    courses = "portal | vneid from 2026-02-01 until 2027-02-01"
    row = f"M-1,member,An,,,T-1,yes,2026-01-31,2027-01-31,vneid|payment,{courses},no,2026-12-01"
    (named,) = read(TEAM, row, header=MEMBERS).entries
    (member,) = named.entry.members
    assert (member.vetted_on, member.vetted_until, member.skills) == (date(2026, 1, 31), date(2027, 1, 31), ("payment", "vneid"))
    assert member.courses == (
        Course(skill="portal"),
        Course(skill="vneid", passed_on=date(2026, 2, 1), expires_on=date(2027, 2, 1)),
    )
    assert member.absent_until == datetime(2026, 11, 30, 17, tzinfo=UTC), "when that day begins in Hanoi"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("M-1,member,An,,,T-1,yes,31.1.2026,,,,,", "vetted_on"),
        ("M-1,member,An,,,T-1,yes,,2026-02-30,,,,", "vetted_until"),
        ("M-1,member,An,,,T-1,no,2026-01-31,,,,,", "row"),
        ("M-1,member,An,,,T-1,yes,,,flying,,,", "skills"),
        ("M-1,member,An,,,T-1,yes,,,,vneid bis 2027,,", "courses"),
        ("M-1,member,An,,,T-1,yes,,,,vneid until soon,,", "courses"),
        ("M-1,member,An,,,T-1,yes,,,,flying until 2027-01-31,,", "skill"),
        ("M-1,member,An,,,T-1,yes,,,,,no,tomorrow", "absent_until"),
        ("M-1,member,An,,,T-1,yes,,,,,,2026-12-01", "row"),
    ],
)
def test_a_member_that_cannot_be_right_is_told_by_its_line(row: str, field: str) -> None:
    assert told(read(TEAM, row, header=MEMBERS)) == [(3, field)]


def test_a_byte_order_mark_semicolons_windows_line_ends_and_blank_lines_are_fine() -> None:
    text = "\ufeff" + HEADER.replace(",", ";") + "\r\n" + GOOD.replace(",", ";") + "\r\n\r\n;;;\r\n"
    roster = read_roster(text.encode())
    assert len(roster.entries) == 1
    assert roster.bad_rows == []


def test_quoted_cells_may_hold_the_delimiter() -> None:
    (named,) = read('V-1,volunteer,"Trần, An",0912345678,00004,,"Mon 08:00-12:00|Tue 08:00-12:00",1,yes,,').entries
    assert named.entry.name == "Trần, An"
    assert len(named.entry.hours().rules) == 2


def test_leads_are_seats() -> None:
    roster = read("L-1,ward_lead,Lê Chi,0912345678,00004,,,,yes,,", "L-2,deputy,Lê Chi,0912345678,,,,,yes,,")
    assert [(seat.level, seat.commune_code, seat.confirmed) for seat in roster.seats] == [("ward_lead", "00004", True)]
    assert told(roster) == [(3, "commune_code")]


@pytest.mark.parametrize(
    "data",
    [b"", b"id,kind\nV-1,team", b"\xff\xfe\x00", b"id,kind,name,salary\n", b"id,kind,name,name\n", b"x" * (LONGEST_FILE + 1)],
)
def test_what_is_no_roster_at_all_is_refused_whole(data: bytes) -> None:
    with pytest.raises(Invalid):
        read_roster(data)


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        roster = read_roster(b"id,kind,name,phone,commune_code\n" + data)
    except Invalid:
        return
    assert all(bad.line > 1 for bad in roster.bad_rows)


@given(st.lists(st.text(max_size=30), max_size=5))
def test_whatever_text_stands_in_cells_is_read_or_told(cells: list[str]) -> None:
    roster = read(",".join(cells), GOOD)
    assert any(named.external_id == "V-1" for named in roster.entries) or roster.bad_rows


def test_a_kind_that_is_none_is_told_all_that_there_are() -> None:
    roster = read_roster(b"id,kind,name,phone,commune_code\nV-1,wizard,An,0912345678,00004\n")
    (bad,) = roster.bad_rows
    assert bad.advice == "kind: must be one of team, volunteer, engineer, mobile_point, member, ward_lead, deputy"
