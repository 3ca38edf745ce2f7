"""Every bad line is told with its number and what to write; the good ones are loaded."""

import pytest

from notify.reports.kpi_csv import read_kpi_csv
from shared.errors import Invalid

HEAD = "measure,day,commune_code,n,good\n"


def test_good_rows_are_read_whatever_the_order_of_columns_or_the_mark_in_front() -> None:
    text = "\ufeffday,good,n,measure,commune_code\n2026-11-17, 39 ,40,satisfaction,00004\n2026-11-17,1,1,hotline_answer,\n"
    found = read_kpi_csv(text.encode())
    assert not found.bad
    assert [(row.measure, row.commune_code, row.n, row.good) for row in found.rows] == [
        ("satisfaction", "00004", 40, 39),
        ("hotline_answer", "", 1, 1),
    ]


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("happiness,2026-11-17,,1,1", "measure must be one of satisfaction, online_service_use, hotline_answer"),
        ("resolution,2026-11-17,,1,1", "measure must be one of"),
        ("satisfaction,17.11.2026,,1,1", "day must be a day"),
        ("satisfaction,9999-11-17,,1,1", "day must be a day"),
        ("satisfaction,2026-11-17,99999,1,1", "commune_code must be"),
        ("satisfaction,2026-11-17,,many,1", "n must be a whole number"),
        ("satisfaction,2026-11-17,,5,-1", "good must be a whole number"),
        ("satisfaction,2026-11-17,,5,6", "good must not be more than n"),
        ("satisfaction,2026-11-17,,5", "must have 5 cells"),
        ("satisfaction,2026-11-17,,5,5,5", "must have 5 cells"),
    ],
)
def test_a_bad_line_is_told_with_its_number(line: str, advice: str) -> None:
    found = read_kpi_csv(f"{HEAD}satisfaction,2026-11-16,,9,9\n{line}\nsatisfaction,2026-11-18,,9,9\n".encode())
    assert len(found.rows) == 2
    (bad,) = found.bad
    assert bad.line == 3
    assert advice in bad.advice


def test_the_same_day_and_place_twice_is_a_bad_line() -> None:
    found = read_kpi_csv(f"{HEAD}satisfaction,2026-11-16,,9,9\nsatisfaction,2026-11-16,,9,8\n".encode())
    assert (len(found.rows), found.bad[0].line) == (1, 3)
    assert "line 2 has" in found.bad[0].advice


@pytest.mark.parametrize("body", [b"", b"a,b\n1,2\n", b"\xff\xfe", f'{HEAD}"satisfaction,2026-11-16,,9,9\n'.encode()])
def test_what_is_no_such_file_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        read_kpi_csv(body)
