"""Files of requests: whatever a spreadsheet has made of them, each good row is filed once, each bad one told with what to do."""

import asyncio
import io
import unicodedata
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from intake.imports import importing
from intake.imports.routes import CSV_TYPE, XLSX_TYPE
from intake.tables.row import MOST_BYTES, MOST_ROWS
from shared.errors import DependencyDown
from tests.support.databases import set_app_clock
from tests.support.lists import GOOD, HEADER, ROWS, Post, as_1258, bomb, book, declaring, far_away, open_post


@pytest.fixture
async def post(dsn: str) -> AsyncIterator[Post]:
    async with open_post(dsn) as opened:
        yield opened


async def test_good_rows_are_filed_as_ordinary_requests(post: Post) -> None:
    report = await post.loaded(GOOD)
    assert (report["rows"], report["good"], report["filed"], report["before"], report["bad"]) == (3, 3, 3, 0, [])
    assert [one["row"] for one in report["codes"]] == [2, 3, 4]
    rows = await post.desk.rows("select * from requests order by commune_code, category")
    assert {row["code"] for row in rows} == {one["code"] for one in report["codes"]}
    assert {(row["channel"], row["filed_by"]) for row in rows} == {("import", "test ops")}
    assert [row["commune_code"] for row in rows] == ["00004", "00070", "00070"]
    assert len(await post.desk.events("request.filed")) == 3
    details = await post.details()
    assert {one["phone"] for one in details} == {"+84912345678", "+84987654321", "+84912000111"}
    (binh,) = [one for one in details if one["phone"] == "+84912345678"]
    assert binh["description"] == "Không vào được VNeID\n(Tiếp nhận ngày 02/03/2026)"
    assert binh["address"] == "Số 5 ngõ 2"
    assert sorted((await post.desk.rows("select vulnerable from requests where vulnerable <> '{}'"))[0]["vulnerable"]) == [
        "disabled",
        "elderly",
    ]


async def test_the_same_file_again_files_nothing_also_from_another_desk(post: Post) -> None:
    first = await post.loaded(GOOD)
    again = (await post.send(GOOD, role="operator")).json()
    assert (again["filed"], again["before"]) == (0, 3)
    assert again["codes"] == first["codes"]
    assert again["id"] == first["id"]
    assert await post.desk.count("requests") == 3
    both = await asyncio.gather(post.send(GOOD + "Mai,0912000112,equipment,hỏng,,,,\n"), post.send(GOOD.replace("An", "Ân")))
    assert [one.json()["filed"] for one in both] == [4, 3], "another file is another list"


async def test_a_list_that_comes_again_when_its_keys_are_forgotten_files_only_what_was_bad_then(post: Post) -> None:
    await post.loaded(GOOD)
    await post.desk.pool.execute("delete from idempotency_keys")  # as the sweep does a month later
    again = await post.loaded(GOOD)
    assert (again["filed"], again["before"], again["codes"]) == (0, 3, [])
    bad_then = [{"row": 3, "column": "C", "field": "category", "advice_vi": "", "advice_en": ""}]
    await post.desk.pool.execute("update imports set bad = $1", bad_then)
    third = await post.loaded(GOOD)
    assert (third["filed"], third["before"], [one["row"] for one in third["codes"]]) == (1, 2, [3])
    assert await post.desk.count("requests") == 4


async def test_each_bad_cell_is_told_with_row_column_and_what_to_do(post: Post) -> None:
    bad = "\n".join(
        (
            HEADER,
            "Bình,12,vneid_login,x,,,,",
            ",0912345678,nonsense,,,Phường Không Có,vua,31/02/2026",
            "An,9.12E+08,vneid_login,x,,,,",
            'Cúc,0912345678,vneid_login,"=HYPERLINK(""http://x.example"")",,,,',
            "Dung,+49 30 901820,vneid_login,x,,,,01/01/2199",
            ROWS[1],
        )
    )
    report = await post.loaded(bad)
    assert (report["rows"], report["good"], report["filed"]) == (6, 1, 1)
    assert {(one["row"], one["column"], one["field"]) for one in report["bad"]} == {
        *((2, "B", "phone"), (3, "A", "name"), (3, "C", "category"), (3, "D", "description")),
        *((3, "F", "commune_code"), (3, "G", "vulnerable"), (3, "H", "received")),
        *((4, "B", "phone"), (5, "D", "description"), (6, "B", "phone"), (6, "H", "received")),
    }
    advice = {(one["row"], one["field"]): one["advice_vi"] for one in report["bad"]}
    assert advice[2, "phone"] == "ghi số Việt Nam đủ chữ số, ví dụ 0912 345 678"
    assert "mất chữ số" in advice[4, "phone"]
    assert "công thức" in advice[5, "description"]
    for said in ("nonsense", "Không Có", "x.example", "901820"):
        assert said not in str(report)


async def test_of_a_file_with_ever_so_many_mistakes_no_bad_row_goes_untold(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.imports.report.MOST_KEPT", 3)
    told = await post.loaded(f"{HEADER}\n" + ",12,nonsense,x,,,,\n" * 4 + f"{ROWS[1]}\n")
    assert [(one["row"], one["column"]) for one in told["bad"]] == [(2, "B"), (3, "B"), (4, "B"), (5, "B")]
    assert told["bad_cells"] == 12
    assert (await post.get(f"/{told['id']}")).json()["bad"] == told["bad"]


async def test_the_report_is_kept_and_downloaded(post: Post) -> None:
    report = await post.loaded(f"{HEADER}\nBình,12,vneid_login,x,,,,\n{ROWS[1]}\n")
    kept = (await post.get(f"/{report['id']}")).json()
    assert (kept["status"], kept["rows"], kept["filed"], kept["bad"]) == ("done", 2, 1, report["bad"])
    as_csv = await post.get(f"/{report['id']}/report.csv")
    assert as_csv.content.startswith(b"\xef\xbb\xbf")
    assert as_csv.text.splitlines()[1].startswith("2,B,phone,")
    as_xlsx = load_workbook(io.BytesIO((await post.get(f"/{report['id']}/report.xlsx")).content)).active
    assert [cell.value for cell in as_xlsx[2]][:3] == [2, "B", "phone"]
    assert [one["id"] for one in (await post.get("")).json()["imports"]] == [report["id"]]
    assert (await post.get(f"/{uuid4()}/report.csv")).status_code == 404


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
async def test_however_a_spreadsheet_has_written_it(post: Post, code: str, delimiter: str) -> None:
    lines = [HEADER, ROWS[0], ROWS[1]]
    text = "\r\n".join(lines).replace(",", delimiter)
    if code == "cp1258":  # a letter with its shape, then its tone
        text = "".join(as_1258(letter) for letter in unicodedata.normalize("NFC", text))
    report = await post.loaded(text.encode(code))
    assert (report["filed"], report["bad"]) == (2, [])
    assert {one["name"] for one in await post.details()} == {"Nguyễn Thị Bình", "Trần Văn An"}


async def test_a_workbook_is_read_as_it_is_and_nothing_in_it_is_evaluated(post: Post) -> None:
    data = book(
        [
            ["STT", "name", "phone", "category", "description", "commune", "received", "lat", "lon"],
            [1, "Bình", 912345678, "vneid_login", "x", 4, datetime(2026, 3, 2), None, None],  # noqa: DTZ001 - as a spreadsheet has it
            [2, "An", "0987654321", "equipment", 12345, None, date(2026, 3, 1), 21.0285, 105.8542],
            [3, "Cúc", "0912000111", "equipment", "=1+1", None, None, None, None],
            [],
            [4, "Dung", 912000112.0, "equipment", "y", None, None, 10.77, 106.7],
        ]
    )
    report = await post.loaded(data, XLSX_TYPE)
    assert (report["rows"], report["filed"], report["unread_columns"]) == (4, 2, ["A"])
    assert {(one["row"], one["column"], one["field"]) for one in report["bad"]} == {(4, "E", "description"), (6, "H", "lat")}
    rows = await post.desk.rows("select commune_code, lat from requests order by commune_code")
    assert [row["commune_code"] for row in rows] == ["00004", "00070"]
    assert {one["description"] for one in await post.details()} == {
        "x\n(Tiếp nhận ngày 02/03/2026)",
        "12345\n(Tiếp nhận ngày 01/03/2026)",
    }


NO_FILES = {
    "nothing": b"",
    "no header": ROWS[0].encode(),
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00",
    "an open quote": f'{HEADER}\n"Bình,1'.encode(),
    "two columns of one meaning": b"name,phone,category,description,ten\n",
    "a bomb": bomb(),
    "entities": declaring(),
    "half a workbook": book([["name"]])[:-200],
    "a zip that is no workbook": bomb("readme.txt")[:0] or b"PK\x05\x06" + b"\0" * 18,
}


@pytest.mark.parametrize("data", NO_FILES.values(), ids=NO_FILES.keys())
async def test_what_is_no_such_file_is_refused_with_advice_and_without_a_word_of_it(post: Post, data: bytes) -> None:
    answer = await post.send(data, XLSX_TYPE if data.startswith(b"PK") else CSV_TYPE)
    assert answer.status_code in {400, 422}, answer.text
    assert len(answer.json()["detail"]) > 10
    assert "Bình" not in answer.text
    assert "912345678" not in answer.text
    assert await post.desk.count("requests") == await post.desk.count("imports") == 0


async def test_a_row_that_claims_to_be_far_away_is_not_counted_up_to(post: Post) -> None:
    answer = await post.send(far_away(), XLSX_TYPE)
    assert answer.status_code == 200
    assert answer.json()["rows"] == 0


async def test_too_large_too_many_another_kind_another_role(post: Post) -> None:
    assert (await post.send(b"x" * (MOST_BYTES + 1))).status_code == 413
    many = "name,phone,category,description\n" + "a,0,b,c\n" * (MOST_ROWS + 1)
    assert (await post.send(many)).status_code == 422
    assert (await post.send(GOOD, "application/json")).status_code == 415
    assert (await post.send(GOOD, role="adapter")).status_code == 403


async def test_a_check_files_nothing(post: Post) -> None:
    report = (await post.send(GOOD + "Bình,12,vneid_login,x,,,,\n", check=True)).json()
    assert (report["status"], report["rows"], report["good"], len(report["bad"])) == ("checked", 4, 3, 1)
    assert await post.desk.count("requests") == await post.desk.count("imports") == 0


async def test_killed_in_the_middle_it_is_said_to_have_stopped_and_goes_on_when_sent_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "TOGETHER", 2)
    rows = [f"Người {n},09120001{n:02d},equipment,việc {n},,00070,," for n in range(7)]
    text = "\n".join((HEADER, *rows)) + "\n"
    filed = 0
    really = post.desk.filer.file

    async def dies_at_the_fifth(filing: Any) -> Any:
        nonlocal filed
        filed += 1
        if filed == 5:
            raise DependencyDown("PostgreSQL")
        return await really(filing)

    monkeypatch.setattr(post.desk.filer, "file", dies_at_the_fifth)
    assert (await post.send(text)).status_code == 503
    monkeypatch.setattr(post.desk.filer, "file", really)
    (kept,) = (await post.get("")).json()["imports"]
    assert (kept["status"], kept["filed"]) == ("running", 4)
    await set_app_clock(post.desk.dsn, 400)
    await post.timers.fire_due()
    (kept,) = (await post.get("")).json()["imports"]
    assert kept["status"] == "stopped"
    report = await post.loaded(text)
    assert report["id"] == kept["id"]
    assert report["filed"] + report["before"] == 7
    assert report["before"] >= 4
    assert await post.desk.count("requests") == 7


async def test_nothing_of_a_row_stands_in_clear_text(post: Post) -> None:
    await post.loaded(GOOD + "Bình,77 ngõ,vneid_login,bí mật,,,,\n")
    for table in ("imports", "audit", "requests", "outbox"):
        for row in await post.desk.rows(f"select * from {table}"):
            for said in ("Bình", "912345678", "mật khẩu", "bí mật", "77 ngõ"):
                assert said not in str(dict(row))


async def test_a_row_that_names_no_kind_of_help_is_read_by_what_it_says(post: Post) -> None:
    report = await post.loaded("name,phone,description\nAn,0912345678,Máy in ở quầy hỏng không in được\n")
    assert (report["filed"], report["bad"]) == (1, [])
    assert [row["category"] for row in await post.desk.rows("select category from requests")] == ["equipment"]
