"""A deployment brings its own procedures: all of them or none, who and when stays, and every process soon knows them."""

import asyncio
import json
from pathlib import Path

import pytest

from intake.guidance.counting import count, outcomes
from intake.guidance.importing import import_procedures
from intake.guidance.library import PROCEDURES
from intake.guidance.offering import Outcome
from shared.postgres.transaction import app_now, transaction
from tests.integration.intake.guidance.conftest import Reader
from tests.support.commands import Terminal

HEADER = "national_code,name,group,handled_by\n"
LIST = f"{HEADER}1.001193,Đăng ký khai sinh,ho_tich,commune\n1.990001,Cấp phép chèo thuyền trên hồ,nong_nghiep,commune\n".encode()


def many(count: int) -> bytes:
    return (HEADER + "".join(f"1.{number:06},Thủ tục số {number},ho_tich,commune\n" for number in range(count))).encode()


async def test_a_new_list_takes_the_place_of_the_sample_and_is_found(reader: Reader) -> None:
    assert await reader.finds("chèo thuyền") == []
    done = await import_procedures(reader.pool, LIST, "list.csv", by="cli:an")
    assert (done.version, done.procedures, done.new) == (1, 2, True)
    await reader.shelf.look()
    entry = (await reader.finds("cap phep cheo thuyen"))[0]
    assert (entry["id"], entry["kind"], entry["category"], entry["steps"]) == ("1.990001", "procedure", None, [])
    assert (await reader.client.get("/v1/guidance/1.001776")).status_code == 404  # of the sample, and not on their list
    assert (await reader.client.get("/v1/guidance/vneid-nfc")).status_code == 200  # how-to steps stay


async def test_who_brought_it_and_when_stays_and_the_same_again_changes_nothing(reader: Reader) -> None:
    await import_procedures(reader.pool, LIST, "list.csv", by="cli:an")
    again = await import_procedures(reader.pool, LIST, "list.csv", by="cli:binh")
    assert (again.version, again.new) == (1, False)
    other = await import_procedures(reader.pool, many(559), "list.csv", by="cli:binh")
    assert (other.version, other.new) == (2, True)
    versions = await reader.pool.fetch("select version, imported_by, procedures, at from guidance_versions order by version")
    assert [tuple(row)[:3] for row in versions] == [(1, "cli:an", 2), (2, "cli:binh", 559)]
    notes = await reader.pool.fetch("select actor, action, detail from audit order by at")
    assert [(row["actor"], row["action"], row["detail"]["version"]) for row in notes] == [
        ("cli:an", "procedures_imported", 1),
        ("cli:binh", "procedures_imported", 2),
    ]
    assert await reader.pool.fetchval("select count(*) from procedures where version = 1") == 2


async def test_one_bad_row_and_nothing_is_stored(reader: Reader) -> None:
    done = await import_procedures(reader.pool, LIST + b"9,,x,nobody\n", "list.csv", by="cli:an")
    assert ([bad.line for bad in done.bad_rows], done.version) == ([4], None)
    assert await reader.pool.fetchval("select count(*) from procedures") == 0
    assert await reader.pool.fetchval("select count(*) from guidance_versions") == 0


async def test_two_who_import_at_once_make_two_versions_and_no_mixture(reader: Reader) -> None:
    lists = [many(number) for number in range(20, 28)]
    done = await asyncio.gather(*(import_procedures(reader.pool, one, "list.csv", by="cli:an") for one in lists))
    assert sorted(one.version or 0 for one in done) == list(range(1, 9))
    rows = await reader.pool.fetch(
        "select v.procedures, count(*) as stored from guidance_versions v join procedures p using (version) group by v.version"
    )
    assert {row["procedures"] - row["stored"] for row in rows} == {0}


async def test_what_became_of_offers_is_counted_by_entry_and_day(reader: Reader) -> None:
    for entry, outcome in [
        ("vneid-nfc", Outcome.OFFERED),
        ("vneid-nfc", Outcome.HELPED),
        ("vneid-nfc", Outcome.OFFERED),
        ("vneid-nfc", Outcome.PERSON),
        ("printer", Outcome.OFFERED),
    ]:
        async with transaction(reader.pool, "intake.change") as connection:
            await count(connection, entry, outcome, await app_now(connection))
    async with reader.pool.acquire() as connection:
        told = await outcomes(connection, 30)
    assert [(one["entry_id"], one["offered"], one["helped"], one["person"], one["helped_share"]) for one in told] == [
        ("vneid-nfc", 2, 1, 1, 0.5),
        ("printer", 1, 0, 0, None),
    ]


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch, dsn: str) -> None:
    monkeypatch.setenv("TECHRESCUE_POSTGRES_DSN", dsn)


@pytest.mark.usefixtures("at_home")
def test_the_command_checks_imports_and_finds(terminal: Terminal, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(LIST)
    bad.write_bytes(LIST + b"9,Ho,x,nobody\n1.001193,L\xe1\xba\xa7n n\xe1\xbb\xafa,ho_tich,commune\n")
    status, told = terminal.types("guidance", "import", str(bad), "--check")
    assert (status, "line 4: national_code" in told, "line 5: national_code: is the one of line 2" in told) == (1, True, True)
    status, told = terminal.types("guidance", "import", str(bad))
    assert (status, "nothing is stored" in told) == (1, True)
    assert terminal.types("guidance", "import", str(good), "--check") == (0, "2 procedures, all good\n")
    assert terminal.types("guidance", "find", "cheo thuyen", "--json")[0] == 1
    assert terminal.types("guidance", "import", str(good)) == (0, "version 1: 2 procedures\n")
    assert terminal.types("guidance", "import", str(good)) == (0, "version 1: 2 procedures, as before\n")
    status, told = terminal.types("guidance", "find", "cheo thuyen", "--json")
    assert (status, json.loads(told)["entries"][0]["id"]) == (0, "1.990001")
    status, told = terminal.types("guidance", "find", "quen mk vneid", "--language", "en")
    assert (status, "Get back your VNeID password" in told, "Never read an OTP" in told) == (0, True, True)
    assert terminal.types("guidance", "outcomes") == (0, "nothing was offered\n")
    assert "must be vi or en" in terminal.is_told("guidance", "find", "a", "--language", "fr")
    assert "must be one of vneid_login" in terminal.is_told("guidance", "find", "a", "--category", "no")
    assert "no workbook" in terminal.is_told("guidance", "import", str(_written(tmp_path / "x.xlsx", b"PK")), "--check")


def test_without_a_database_it_finds_what_comes_with_the_repository(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TECHRESCUE_POSTGRES_DSN", raising=False)
    monkeypatch.setenv("TECHRESCUE_HOME", str(tmp_path))
    assert "Lấy lại mật khẩu VNeID" in terminal.types("guidance", "find", "quen mat khau vneid")[1]
    assert PROCEDURES.exists()


def _written(file: Path, data: bytes) -> Path:
    file.write_bytes(data)
    return file
