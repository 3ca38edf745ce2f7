"""CSV, XLSX and the page: no cell runs, no markup gets in, and the same report is the same bytes."""

import csv
import io
import re
from html import escape
from typing import Any

import pytest
from openpyxl import load_workbook

from notify.reports import words
from notify.reports.campaign import read_campaign
from notify.reports.definitions import DEFINITIONS
from notify.reports.formats import Format, written
from notify.reports.page import to_page
from notify.reports.report import document, of_commune, question
from notify.reports.sheets import safe, to_csv, to_xlsx
from notify.sla.rounds import Reached
from tests.unit.notify.reports.lives import at, facts

CAMPAIGN = read_campaign(None)


def a_report(**changes: Any) -> dict[str, Any]:
    ours = [facts(commune=code, reached={Reached.ACCEPTED: at(3)}) for code in ("00004", "00008") for _ in range(6)]
    asked = question(CAMPAIGN, "hanoi", phase="pilot", since=None, until=None, by=["commune", "day"])
    return {**document(asked, ours, [], CAMPAIGN, as_of=at(100_000), code="x"), **changes}


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x")', "+1+1", "-1+1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1+1", "=cmd|' /C calc'!A0", "\n@x"]
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert safe(text) == f"'{text}"
    harmful = a_report(city=text, figures=[{**row, "group": text} for row in a_report()["figures"]])
    table = list(csv.reader(io.StringIO(to_csv(harmful).decode("utf-8-sig"), newline="")))
    assert not [cell for row in table for cell in row if cell.strip()[:1] in tuple("=+-@＝")]
    book = load_workbook(io.BytesIO(to_xlsx(harmful)))
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("value", [5, 0.9, -3.5, None, "Phường Ba Đình", "2026-W47", "a=b"])
def test_everything_else_stays_as_it_is(value: object) -> None:
    assert safe(value) == value


@pytest.mark.parametrize("form", list(Format))
def test_the_same_report_is_the_same_bytes(form: Format) -> None:
    assert written(a_report(), form) == written(a_report(), form)


def test_a_workbook_says_when_its_figures_are_of_and_not_when_it_was_written() -> None:
    book = load_workbook(io.BytesIO(to_xlsx(a_report(as_of="2026-03-04T05:06:07.000008+00:00"))))
    for written_at in (book.properties.created, book.properties.modified):
        assert (written_at.isoformat()[:19]) == "2026-03-04T05:06:07"


def test_numbers_are_numbers_in_a_workbook() -> None:
    sheet = load_workbook(io.BytesIO(to_xlsx(a_report())))["Chỉ số"]
    head = [cell.value for cell in sheet[1]]
    rows = [dict(zip(head, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)]
    (ours,) = [row for row in rows if (row["group"], row["priority"], row["clock"]) == ("00008", "P2", "accepted")]
    assert (ours["name"], ours["n"], ours["share"], ours["p99_seconds"]) == ("Phường Ngọc Hà", 6, 1, 180)


def test_a_page_is_vietnamese_first_and_takes_no_markup() -> None:
    page = to_page(a_report(phase="<script>alert(1)</script>"))
    assert "<script" not in page
    assert '<html lang="vi">' in page
    assert page.index("Báo cáo chất lượng hỗ trợ") < page.index("Service levels")
    assert "Phường Ba Đình" in page


def test_a_page_says_in_vietnamese_first_how_it_was_counted() -> None:
    page = to_page(a_report())
    for vi, en in DEFINITIONS.values():
        assert 0 < page.find(escape(vi)) < page.find(escape(en))


def test_an_edition_from_before_shows_the_words_it_was_handed_in_with() -> None:
    before = {name: value for name, value in a_report().items() if name != "definitions_vi"}
    before["definitions"] = {"n": "Rounds, counted.", "a word of then": "What it meant."}
    for told in ("Rounds, counted.", "a word of then", "What it meant."):
        assert told in to_page(before)
    assert DEFINITIONS["n"][0] not in to_page(before)


def test_a_page_tells_the_time_of_the_city_it_is_about() -> None:
    page = to_page(a_report(as_of="2026-11-26T20:30:00.000008+00:00", since="2026-11-16", until="2026-11-30"))
    assert "03:30 27/11/2026, giờ Hà Nội" in page
    assert "UTC" not in page
    assert "16/11/2026 – 30/11/2026" in page


def test_a_workbook_says_in_vietnamese_first_how_it_was_counted() -> None:
    sheet = load_workbook(io.BytesIO(to_xlsx(a_report())))["Báo cáo"]
    told = {row[0]: row[2:4] for row in sheet.iter_rows(values_only=True)}
    assert told["Đúng hạn"] == DEFINITIONS["share"]


def test_the_page_of_a_commune_shows_it_before_the_city_and_no_other() -> None:
    page = to_page(of_commune(a_report(), "00008"))
    assert page.index("<h2>Phường Ngọc Hà") < page.index("<h2>Toàn thành phố")
    assert "Phường Ba Đình" not in page


def test_hidden_figures_are_said_to_be_hidden() -> None:
    few = document(
        question(CAMPAIGN, "hanoi", phase="pilot", since=None, until=None, by=[]),
        [facts(reached={Reached.ACCEPTED: at(3)}) for _ in range(4)],
        [],
        CAMPAIGN,
        as_of=at(100_000),
        code="x",
    )
    assert "&lt; 5" in to_page(few)


def test_a_page_has_no_heading_of_a_tier_that_nobody_asked_in() -> None:
    page = to_page(a_report())
    tiers = re.findall(r"<th scope='rowgroup' colspan='8'>(.*?)</th></tr>\n(<tr><td>)?", page)
    assert tiers
    assert [heading for heading, row in tiers if not row] == []
    assert not [heading for heading, _ in tiers if escape(words.PRIORITIES["P1"][0]) in heading]
