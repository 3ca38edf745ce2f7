"""A deployment's list of procedures: each bad row is named by its line, and a file that is none says what to do."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from intake.guidance.library import PROCEDURES
from intake.guidance.procedures import Procedure, read_procedures
from intake.tables.row import BadRow
from shared.errors import Invalid

HEADER = "national_code,name,group,handled_by"


def rows(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *lines)).encode()


def workbook(*rows: tuple[object, ...], header: str = HEADER) -> bytes:
    book, file = Workbook(), io.BytesIO()
    book.active.append(header.split(","))
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_the_sample_is_read_whole() -> None:
    read = read_procedures(PROCEDURES.read_bytes(), "procedures.csv")
    assert (len(read.procedures), read.bad_rows) == (49, ())
    by_code = {one.code: one for one in read.procedures}
    assert by_code["1.000656"].category == "death"
    assert by_code["1.004873"].category == "marriage"
    assert by_code["1.014028"].category == "death"  # help with a funeral, though it stands among the benefits
    assert by_code["1.001776"].category == "social_benefit"


def test_every_bad_row_is_named_by_its_line_with_what_to_write() -> None:
    read = read_procedures(
        rows(
            "1.001193,Đăng ký khai sinh,ho_tich,commune",
            "2.00088,Chứng thực chữ ký,chung_thuc,commune",
            "",
            "1.000894,,ho_tich,commune",
            "1.004746,Đăng ký lại kết hôn,Hộ tịch,commune",
            "1.004747,Đăng ký lại kết hôn,ho_tich,somebody",
            "1.001193,Lần nữa,ho_tich,commune",
            "1.004748,Nuôi con nuôi, trong nước,ho_tich,commune",
            '1.004749,"Đăng ký\x07 khai tử",ho_tich,commune',
        ),
        "x.csv",
    )
    assert [one.code for one in read.procedures] == ["1.001193"]
    told = {bad.line: bad.advice for bad in read.bad_rows}
    assert told[3].startswith("national_code: must read like 1.001193")
    assert told[5].startswith("name:")
    assert told[6].startswith("group:")
    assert told[7].startswith("handled_by: must be one of commune, commune_police")
    assert told[8] == "national_code: is the one of line 2; each stands once"
    assert told[9].startswith("row: has more cells")
    assert told[10].startswith("name: holds a control character")
    assert len(told) == 7


def test_a_workbook_is_read_like_a_csv_and_a_number_gets_its_zeros_back() -> None:
    read = read_procedures(workbook((2.00088, "Chứng thực chữ ký", "chung_thuc", "commune"), (None, None, None, None)), "a.xlsx")
    assert read.procedures == (
        Procedure(code="2.000880", name="Chứng thực chữ ký", group="chung_thuc", owner="commune", category="certification"),
    )
    assert read_procedures(workbook(("x", "y", "z", "w")), "a.xlsx").bad_rows[0].line == 2


def test_steps_and_a_category_may_stand_beside_it() -> None:
    header = f"{HEADER},category,steps"
    steps = '"Mang giấy chứng sinh.\nĐiền tờ khai. | Nộp."'
    read = read_procedures(rows(f"1.001193,Đăng ký khai sinh,ho_tich,commune,birth,{steps}", header=header), "x.csv")
    assert read.procedures[0].steps == ("Mang giấy chứng sinh.", "Điền tờ khai.", "Nộp.")
    wrong = read_procedures(rows("1.001193,Khai sinh,ho_tich,commune,births,", header=header), "x.csv")
    assert wrong.bad_rows == (BadRow(2, "category: must be the key of one of the categories, or empty"),)


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 60_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "advice"),
    [
        (b"", "x.csv", "has no column national_code, name, group, handled_by"),
        (rows(), "x.csv", "holds no rows"),
        (rows("a", header="national_code,name,group"), "x.csv", "has no column handled_by"),
        (rows("a", header=f"{HEADER},secret"), "x.csv", "has a column that is not known"),
        (rows("a", header=f"{HEADER},name"), "x.csv", "names a column twice"),
        ("Mã,Tên".encode("utf-16"), "x.csv", "is not UTF-8"),
        (rows('1.001193,"Khai sinh,ho_tich,commune'), "x.csv", "is no CSV"),
        (rows(*["1.001193,Khai sinh,ho_tich,commune"] * 5_001), "x.csv", "too many rows"),
        (b"x" * 5_000_001, "x.csv", "too long"),
        (b"PK\x03\x04 half a workbook", "x.xlsx", "no workbook"),
        (b"not even packed", "x.xlsx", "no workbook"),
        (bomb(), "x.xlsx", "far larger inside"),
    ],
    ids=["empty", "no rows", "column", "strange", "twice", "utf-16", "quote", "rows", "bytes", "half", "text", "bomb"],
)
def test_a_file_that_is_none_is_refused_with_what_to_do(data: bytes, name: str, advice: str) -> None:
    with pytest.raises(Invalid, match=advice):
        read_procedures(data, name)
