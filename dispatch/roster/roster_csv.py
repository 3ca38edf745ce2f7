"""A roster as a CSV file: every bad row is reported by its line, the good ones are loaded, and who is missing is listed.

UTF-8 with or without a byte order mark, `,` or `;` between columns, one row a line. Columns, in any order:
`id` (what the list's owner calls them; stable) · `kind` (team, volunteer, engineer, mobile_point; member; ward_lead, deputy) ·
`name` · `phone` · `commune_code` · `lat` `lon` · `skills`, `languages` and `shifts` (several separated by `|`) · `capacity` ·
`language` · `confirmed` `confirms` `active` `remote` `vetted` `trained` `present` (yes or no) · `team` (of a member: the id of
the team, in the same file) · `vetted_on` `vetted_until` `courses` `absent_until` (of a member).
docs/roster.md explains it to those who write one.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from dispatch.jobs.escalation import Level
from dispatch.roster.enrolment import Seat
from dispatch.roster.entry import CONTROL, EXTERNAL_ID, MOST_MEMBERS, Entry, Member, Named, mistakes, named
from dispatch.roster.member_csv import COLUMNS as MEMBER_COLUMNS
from dispatch.roster.member_csv import read_member
from shared.errors import Invalid
from shared.events.assignments import ResponderKind
from shared.geo.communes import COMMUNES
from shared.phones import parse_phone

REQUIRED: Final = ("id", "kind", "name")
ENTRY_COLUMNS: Final = ("kind", "name", "phone", "commune_code", "lat", "lon", "capacity", "language")
LISTS: Final = ("skills", "languages")
FLAGS: Final = ("confirmed", "confirms", "active", "remote", "vetted", "trained", "present")
COLUMNS: Final = frozenset({*REQUIRED, *ENTRY_COLUMNS, *FLAGS, *LISTS, *MEMBER_COLUMNS, "shifts", "team"})
SEATS: Final = frozenset({"ward_lead", "deputy"})
KINDS: Final = (*ResponderKind, "member", "ward_lead", "deputy")
LONGEST_LINE: Final = 10_000
LONGEST_FILE: Final = 20_000_000
YES: Final = {
    "yes": True,
    "1": True,
    "true": True,
    "co": True,
    "có": True,
    "no": False,
    "0": False,
    "false": False,
    "không": False,
}

SOME_LINES: Final = 250  # between two words about how far the reading is

Row = Mapping[str, str]
Progress = Callable[[int, int], None]  # done, of how many


def quietly(_done: int, _all: int) -> None:
    """For who does not care how far it is."""


@dataclass(frozen=True, slots=True)
class BadRow:
    line: int  # as an editor counts: the header is line 1
    advice: str  # names the field, never quotes what stood there


@dataclass(slots=True)
class Roster:
    """What a file says, as far as it can be understood."""

    entries: list[Named] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)


def read_roster(data: bytes, read: Progress = quietly) -> Roster:
    """Raises Invalid when it is no roster at all: not UTF-8, too long, or without the columns it needs.

    `read` hears how many lines are done, of how many.
    """
    text, roster = _text(data), Roster()
    rows, count = _rows(text), text.count("\n") + 1
    entries: dict[str, Entry] = {}
    members: list[tuple[int, str, Member]] = []
    lines: dict[str, int] = {}
    for line, row in rows:
        if line % SOME_LINES == 0:
            read(line, count)
        if isinstance(row, str):
            roster.bad_rows.append(BadRow(line, f"row: {row}"))
            continue
        try:
            _claim_id(lines, line, row)
            _check_kind(row["kind"])
            if row["kind"] == "member":
                members.append((line, row.get("team", ""), read_member(row, _flag, _lists(row, LISTS))))
            elif row["kind"] in SEATS:
                roster.seats.append(_seat(row))
            else:
                entries[row["id"]] = Entry.model_validate(_fields(row))
        except (Invalid, ValidationError) as error:
            roster.bad_rows += [BadRow(line, advice) for advice in _advice(error)]
    _join(roster, entries, members, lines)
    read(count, count)
    roster.bad_rows.sort(key=lambda bad: bad.line)
    return roster


def _join(
    roster: Roster, entries: Mapping[str, Entry], members: Sequence[tuple[int, str, Member]], lines: Mapping[str, int]
) -> None:
    """Members go to their teams; a member without one is a bad row."""
    of_team: dict[str, list[Member]] = {}
    for line, team, member in members:
        if team in entries and entries[team].kind is ResponderKind.TEAM:
            of_team.setdefault(team, []).append(member)
        else:
            roster.bad_rows.append(BadRow(line, "team: must be the id of a good row of kind team in this file"))
    for external_id, entry in entries.items():
        found = tuple(of_team.get(external_id, ()))
        if len(found) > MOST_MEMBERS:
            roster.bad_rows.append(BadRow(lines[external_id], f"members: must be at most {MOST_MEMBERS}; make two teams of it"))
        else:
            roster.entries.append(Named(external_id, entry.model_copy(update={"members": found}) if found else entry))


def _text(data: bytes) -> str:
    if len(data) > LONGEST_FILE:
        raise Invalid("file", f"must be at most {LONGEST_FILE // 1_000_000} MB; send it in parts, one commune each")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("file", "must be UTF-8; in a spreadsheet choose 'CSV UTF-8' when saving") from None


def _rows(text: str) -> Iterator[tuple[int, Row | str]]:
    """Line and row, or what is wrong with that line. One row a line: a quote left open spoils its own line only."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    delimiter = ";" if lines[0].count(";") > lines[0].count(",") else ","
    header = [name.strip().lower() for name in next(csv.reader(lines[:1], delimiter=delimiter), [])]
    _check_header(header)
    for number, line in enumerate(lines[1:], start=2):
        if line.strip(" ,;\t"):
            yield number, _row(header, line, delimiter)


def _row(header: Sequence[str], line: str, delimiter: str) -> Row | str:
    if len(line) > LONGEST_LINE:
        return f"must be at most {LONGEST_LINE} characters"
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return "has a quotation mark that is not closed, or one too many"
    if len(cells) != len(header):
        return f"must have {len(header)} columns like the first line, and has {len(cells)}"
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    if CONTROL.search(line.replace("\t", " ")):
        return "holds characters that cannot be printed"
    return row


def _check_header(header: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    unknown = sum(name not in COLUMNS for name in header)
    if missing:
        raise Invalid("file", f"the first line must name the columns; missing: {', '.join(missing)}")
    if unknown or len(set(header)) != len(header):
        raise Invalid("file", f"columns may be, each once: {', '.join(sorted(COLUMNS))}")


def _claim_id(lines: dict[str, int], line: int, row: Row) -> None:
    if not re.fullmatch(EXTERNAL_ID, row["id"]):
        raise Invalid("id", "must be 1 to 64 letters, digits, dots, dashes or underscores")
    if row["id"] in lines:
        raise Invalid("id", f"is the same as in line {lines[row['id']]}")
    lines[row["id"]] = line


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Invalid("kind", f"must be one of {', '.join(KINDS)}")


def _fields(row: Row) -> dict[str, Any]:
    """Empty cells mean the default."""
    found: dict[str, Any] = {name: row[name] for name in ENTRY_COLUMNS if row.get(name)}
    found |= {name: _flag(name, row[name]) for name in ("confirmed", "confirms", "active", "remote") if row.get(name)}
    found |= _lists(row, LISTS)
    if row.get("shifts"):
        found["shifts"] = row["shifts"].replace("|", ";")
    return found


def _lists(row: Row, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    split = {name: re.split(r"[|;,]", row[name]) for name in names if row.get(name)}
    return {name: tuple(part.strip() for part in parts if part.strip()) for name, parts in split.items()}


def _seat(row: Row) -> Seat:
    commune = COMMUNES.by_code(row.get("commune_code", ""))
    if commune is None:
        raise Invalid("commune_code", "is no commune of this city; use its code of five digits")
    if not row["name"]:
        raise Invalid("name", "must not be empty")
    confirmed = _flag("confirmed", row["confirmed"]) if row.get("confirmed") else False
    return Seat(Level(row["kind"]), commune.code, _name(row["name"]), parse_phone(row.get("phone", "")).e164, confirmed)


def _name(text: str) -> str:
    try:
        return named(text)
    except ValueError as error:
        raise Invalid("name", str(error)) from None


def _flag(name: str, text: str) -> bool:
    if text.lower() not in YES:
        raise Invalid(name, "must be yes or no")
    return YES[text.lower()]


def _advice(error: Invalid | ValidationError) -> list[str]:
    return mistakes(error) if isinstance(error, ValidationError) else [f"{error.field}: {error.advice}"]
