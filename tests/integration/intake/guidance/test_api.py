"""`GET /v1/guidance`: anybody may ask, the answer quotes its entry, and nothing found is said, with a person to turn to."""

import pytest

from intake.settings import IntakeSettings, Limit
from tests.integration.intake.guidance.conftest import Reader, open_reader
from tests.support.databases import set_app_clock


async def test_somebody_asks_without_marks_and_gets_steps_with_their_source(reader: Reader) -> None:
    answer = (await reader.asks("em quen mat khau vneid")).json()
    entry = answer["entries"][0]
    assert (entry["id"], entry["title"], entry["reviewed"]) == ("vneid-password", "Lấy lại mật khẩu VNeID", "2026-11-27")
    assert entry["owner_name"] == "Công an phường, xã"
    assert entry["steps"][0] == "Mở VNeID, ở màn hình đăng nhập chọn “Quên mật khẩu”."
    assert entry["never"][0] == "Không đọc mã OTP cho bất kỳ ai."
    assert not entry["rephrased"]
    assert answer["told"] is None
    assert "1022" in answer["person"]


async def test_english_is_asked_for_by_its_code(reader: Reader) -> None:
    entry = (await reader.finds("forgot my vneid password", language="en"))[0]
    assert (entry["title"], entry["language"]) == ("Get back your VNeID password", "en")


async def test_nothing_found_says_so_and_names_a_person(reader: Reader) -> None:
    answer = (await reader.asks("giá vàng hôm nay bao nhiêu")).json()
    assert answer["entries"] == []
    assert answer["told"] == "Chưa có hướng dẫn cho việc này. Gọi 1022, hoặc gửi yêu cầu: có người giúp."
    assert "1022" in answer["person"]


async def test_one_entry_is_shown_by_its_id(reader: Reader) -> None:
    shown = await reader.client.get("/v1/guidance/vneid-nfc", params={"language": "en"})
    assert (shown.status_code, shown.json()["title"]) == (200, "NFC does not read the ID card")
    missing = await reader.client.get("/v1/guidance/no-such-entry")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "query",
    ["", "q=", f"q={'x' * 301}", "q=a&language=fr", "q=a&category=A-B", "q=a&limit=0", "q=a&limit=11", "q=a&limit=many", "q=%00"],
)
async def test_a_question_that_is_none_is_refused_with_advice(reader: Reader, query: str) -> None:
    answer = await reader.client.get(f"/v1/guidance?{query}")
    assert answer.status_code in {400, 422}
    assert len(answer.json()["detail"]) > 10


async def test_whoever_asks_without_end_is_told_to_wait_and_staff_is_not_counted(dsn: str) -> None:
    async with open_reader(dsn, IntakeSettings(searches_per_address=Limit(most=3, seconds=60))) as reader:
        assert [(await reader.asks("vneid")).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = await reader.client.get("/v1/guidance/vneid-nfc")
        assert refused.status_code == 429
        assert "1022" in refused.json()["advice"]
        assert {(await reader.asks("vneid", role="operator")).status_code for _ in range(5)} == {200}
        await set_app_clock(dsn, 61)
        assert (await reader.asks("vneid")).status_code == 200


async def test_what_was_asked_is_kept_nowhere(reader: Reader) -> None:
    await reader.asks("Kanarienvogel quen mat khau vneid 0912345678")
    tables = await reader.pool.fetch("select tablename from pg_tables where schemaname = 'intake'")
    for table in tables:
        rows = await reader.pool.fetch(f"select t::text as line from intake.{table['tablename']} t")
        assert not [row for row in rows if "anarienvogel" in row["line"] or "0912345678" in row["line"]]
