"""What people may write in the cell `shifts`, and what they are told when it cannot be."""

import unicodedata
from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.shifts.shift import ALL_DAY, MONDAY, DaysOff, Hours, Span
from dispatch.shifts.shift_text import NAMED, parse_hours
from shared.errors import Invalid

MORNING, AFTERNOON, NIGHT = Span(time(6), time(14)), Span(time(14), time(22)), Span(time(22), time(6), 1)
NOVEMBER = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "places", "span"),
    [
        ("Mon-Fri 08:00-17:00", {0, 1, 2, 3, 4}, Span(time(8), time(17))),
        ("Sat,Sun 22:00-06:00", {5, 6}, NIGHT),
        ("Fri-Mon 8:00-24:00", {4, 5, 6, 0}, Span(time(8), time(), 1)),
        ("t7,cn 00:00-24:00", {5, 6}, ALL_DAY),
        ("Wed 08:00-08:00+1", {2}, Span(time(8), time(8), 1)),
        ("mon   20:00-24:00+1", {0}, Span(time(20), time(), 2)),
        ("Mon–Fri 08:00—17:00", {0, 1, 2, 3, 4}, Span(time(8), time(17))),  # long dashes of a word processor
        ("Ｍon 0８:00-17:00", {0}, Span(time(8), time(17))),  # wide letters and digits
    ],
)
def test_weekly_rules(text: str, places: set[int], span: Span) -> None:
    (rule,) = parse_hours(text).rules
    assert (rule.anchor, rule.period_days, set(rule.places), rule.span, rule.until) == (MONDAY, 7, places, span, None)


def test_accents_may_be_written_in_two_pieces() -> None:
    """As a spreadsheet on a Mac stores them."""
    text = "cycle from 2026-11-23: sáng, chiều, đêm, nghỉ"
    assert parse_hours(unicodedata.normalize("NFD", text)) == parse_hours(text)


def test_always_is_every_whole_day() -> None:
    (rule,) = parse_hours("Always").rules
    assert (rule.period_days, set(rule.places), rule.span) == (1, {0}, ALL_DAY)


def test_every_n_days() -> None:
    (rule,) = parse_hours("every 4 days from 2026-11-23 22:00-06:00 until 2027-01-31").rules
    assert (rule.anchor, rule.period_days, set(rule.places), rule.span) == (NOVEMBER, 4, {0}, NIGHT)
    assert rule.until == date(2027, 1, 31)
    assert parse_hours("every 1 day from 2026-11-23 06:00-14:00").rules[0].period_days == 1


def test_a_cycle_of_named_shifts_in_either_language() -> None:
    rules = parse_hours("cycle from 2026-11-23: morning, afternoon, night, off").rules
    assert [(rule.span, set(rule.places)) for rule in rules] == [(MORNING, {0}), (AFTERNOON, {1}), (NIGHT, {2})]
    assert {(rule.anchor, rule.period_days) for rule in rules} == {(NOVEMBER, 4)}
    assert parse_hours("cycle from 2026-11-23: sáng, chiều, đêm, nghỉ").rules == rules
    assert {NAMED["sang"], NAMED["morning"]} == {MORNING}


def test_a_cycle_may_repeat_shifts_and_hold_hours_of_its_own() -> None:
    rules = parse_hours("cycle from 2026-11-23: night, night, off, 08:00-12:00, off until 2026-12-31").rules
    assert [(rule.span, set(rule.places)) for rule in rules] == [(NIGHT, {0, 1}), (Span(time(8), time(12)), {3})]
    assert {rule.until for rule in rules} == {date(2026, 12, 31)}


def test_dated_shifts_and_days_off() -> None:
    hours = parse_hours("always; 2026-11-23 22:00-06:00; not 2027-02-05..2027-02-12; not 2026-12-24")
    assert hours.dated == ((NOVEMBER, NIGHT),)
    assert hours.days_off == (*(DaysOff(date(2027, 2, 5), date(2027, 2, 12)), DaysOff(date(2026, 12, 24), date(2026, 12, 24))),)


def test_what_is_written_twice_is_there_once_and_nothing_means_no_hours() -> None:
    assert len(parse_hours("always; always;; 2026-11-23 08:00-12:00; 2026-11-23 08:00-12:00").rules) == 1
    assert parse_hours(" ; ") == Hours()


@pytest.mark.parametrize(
    ("piece", "advice"),
    [
        ("Mon", "must read like"),
        ("Mon 8-17", "must read like"),
        ("Xyz 08:00-17:00", "must read like"),
        ("sometimes", "must read like"),
        ("Mon 08:00", "must read like"),
        ("- -", "must read like"),
        ("every 0 days from 2026-11-23 08:00-12:00", "must read like"),
        ("not tomorrow", "must read like"),
        ("2026-13-01 08:00-17:00", "in no calendar"),
        ("2027-02-29 08:00-17:00", "in no calendar"),
        ("not 2026-02-30", "in no calendar"),
        ("9999-12-31 22:00-06:00", "outside the years"),
        ("Mon 08:00-25:00", "no clock shows"),
        ("Mon 24:00-06:00", "no clock shows"),
        ("Mon 08:60-09:00", "no clock shows"),
        ("Mon 08:00-08:00", "00:00-24:00"),
        ("Mon 00:00-00:00", "00:00-24:00"),
        ("2026-11-23 08:00-08:00", "00:00-24:00"),
        ("Mon 22:00-06:00+0", "ends when it starts, or before"),
        ("every 9 days from 2026-11-23 08:00-08:00+4", "more than 3 midnights"),
        ("every 1 days from 2026-11-23 08:00-09:00+1", "overlaps itself"),
        ("Mon,Tue 08:00-12:00+1", "overlaps itself"),
        ("cycle from 2026-11-23: night, 05:00-12:00", "overlaps itself"),
        ("cycle from 2026-11-23: off, off", "cycle without a shift"),
        ("cycle from 2026-11-23: noon, off", "shift nobody knows"),
        ("cycle from 2026-11-23: morning,, off", "shift nobody knows"),
        ("not 2027-02-12..2027-02-05", "ends before it begins"),
        ("every 2 days from 2026-11-23 08:00-12:00 until 2026-11-01", "ends before it begins"),
    ],
)
def test_a_piece_that_cannot_be_is_told_by_its_number_with_what_to_write(piece: str, advice: str) -> None:
    with pytest.raises(Invalid, match="piece 2 ") as told:
        parse_hours(f"always; {piece}")
    assert advice in told.value.advice


def test_days_off_alone_are_told_what_is_missing() -> None:
    with pytest.raises(Invalid, match="says only when nobody works"):
        parse_hours("not 2026-12-24; 2026-12-24 08:00-12:00")


@given(st.text(max_size=80) | st.from_regex(r"(every|cycle|not|mon)[ 0-9:;.,a-z+-]{0,60}", fullmatch=True))
def test_whatever_stands_there_is_read_or_told(text: str) -> None:
    with suppress(Invalid):
        parse_hours(text)
