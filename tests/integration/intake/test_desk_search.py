"""Whose request is it: by number, by name with and without diacritics, by code; in the tables stands nothing of a person."""

from typing import Any

import pytest

from intake.desk.names import kept
from intake.erase import erase
from intake.settings import IntakeSettings, Limit
from shared.postgres.transaction import transaction
from tests.integration.intake.conftest import Desk, form, open_desk


async def found(desk: Desk, query: str) -> list[str]:
    answer = await desk.send("GET", f"/v1/search?{query}")
    assert answer.status_code == 200, answer.text
    return [one["code"] for one in answer.json()["requests"]]


async def three_people(desk: Desk) -> list[str]:
    people = [("Nguyễn Thị Bình", "0912 345 671"), ("Nguyễn Văn Bình", "0912 345 672"), ("Đỗ Đức", "024 3825 1234")]
    return [(await desk.filed(requester={"name": name, "phone": phone}))["code"] for name, phone in people]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("name=Nguyễn Thị Bình", [0]),
        ("name=nguyen thi binh", [0]),
        ("name=binh nguyen", [1, 0]),
        ("name=BÌNH", [1, 0]),
        ("name=do duc", [2]),
        ("name=nguyen van duc", []),
        ("name=bin", []),
        ("name=thi", []),
        ("name=Nguyễn", []),
        ("phone=0912345672", [1]),
        ("phone=%2B84 912 345 672", [1]),
        ("phone=02438251234", [2]),
        ("phone=0912345679", []),
    ],
)
async def test_people_are_found(desk: Desk, query: str, places: list[int]) -> None:
    codes = await three_people(desk)
    assert await found(desk, query) == [codes[place] for place in places]


@pytest.mark.parametrize(
    ("name", "queries", "lost"),
    [
        ("Hoa Nguyễn", ["hoa", "nguyen", "nguyen hoa", "hoa nguyen"], ["nguyen thi hoa"]),
        ("Trần Hoàng", ["hoang", "tran hoang"], ["tran"]),
        ("Chị Hoa bán phở", ["hoa", "chi hoa", "hoa pho"], ["ban hang"]),
        ("Lê Văn Dương", ["van duong", "duong van", "Dương Lê"], ["van le"]),
        ("Một Hai Ba Bốn Năm Sáu Bảy Tám Chín", ["chín", "một chín"], ["tám", "Một Hai Ba Bốn Năm Sáu Bảy Tám Mười"]),
        ("Иван Петров", ["иван", "Петров"], ["ivan"]),
        ("Nguyễn Văn Nguyễn Hòa", ["hoa", "van hoa", "nguyen hoa"], ["van"]),
    ],
)
async def test_a_name_is_led_to_by_what_tells_it_from_others(desk: Desk, name: str, queries: list[str], lost: list[str]) -> None:
    """Half a city is called Nguyễn or Thị: by these alone nobody is found, and beside others they tell apart."""
    code = (await desk.filed(requester={"name": name, "phone": "0912 345 671"}))["code"]
    assert [await found(desk, f"name={query}") for query in queries] == [[code]] * len(queries)
    assert [await found(desk, f"name={query}") for query in lost] == [[]] * len(lost)


async def test_a_code_is_found_as_it_was_heard(desk: Desk) -> None:
    code, *_ = await three_people(desk)
    assert await found(desk, f"code={code.lower().replace('-', '')}") == [code]
    assert await found(desk, "code=TR-0000-0000") == []


@pytest.mark.parametrize("query", ["", "?name=A&code=TR-0000-0000", "?phone=abc", "?name=123", "?name=", "?code=x"])
async def test_a_question_that_is_none_is_refused(desk: Desk, query: str) -> None:
    assert (await desk.send("GET", f"/v1/search{query}")).status_code == 422


async def test_whoever_is_erased_is_found_by_nothing(desk: Desk) -> None:
    code, other, _ = await three_people(desk)
    (row,) = await desk.rows("select contact_point_id from requests where code = $1", code)
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, row["contact_point_id"])
    assert await found(desk, "name=Bình") == [other]
    assert await desk.rows("select 1 from request_names join requests on id = request_id where code = $1", code) == []


async def test_no_name_can_be_read_from_the_tables_and_who_searched_is_noted(desk: Desk) -> None:
    await three_people(desk)
    await found(desk, "name=duc")
    await found(desk, "phone=0912345672")
    told = ""
    for table in ("request_names", "audit", "requests"):
        told += str([dict(row) for row in await desk.rows(f"select * from {table}")])
    assert not any(word in told.lower() for word in ("bình", "binh", "duc", "912345672"))
    notes = await desk.rows("select actor, detail from audit where action = 'searched' order by id")
    assert [(note["actor"], note["detail"]) for note in notes] == [
        ("test operator", {"by": "name", "found": 1}),
        ("test operator", {"by": "phone", "found": 1}),
    ]


async def test_a_token_that_searches_like_a_machine_is_stopped(dsn: str) -> None:
    async with open_desk(dsn, IntakeSettings(searches_per_token=Limit(most=2, seconds=3600))) as desk:
        answers = [(await desk.send("GET", "/v1/search?code=TR-0000-0000")).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


async def test_the_hashes_are_keyed_and_bounded(desk: Desk) -> None:
    fingerprint = desk.vault.fingerprint
    assert kept("Nguyễn Thị Bình", fingerprint) == kept("  nguyen   THI bình ", fingerprint)
    assert kept("Nguyễn Thị Bình", fingerprint) != kept("Nguyễn Thị Bình", lambda value: value.ljust(32, b"."))
    assert kept("4111 1111 1111 1111", fingerprint) is None
    long = kept(" ".join(f"{chr(97 + place)}a" for place in range(26)), fingerprint)
    assert long is not None
    assert len(long.split(",")) == 9  # the whole, and eight words


async def life(desk: Desk, code: str) -> list[Any]:
    answer = await desk.send("GET", f"/v1/requests/{code}/life")
    assert answer.status_code == 200, answer.text
    return [(entry["from"], entry["what"]) for entry in answer.json()["entries"]]


async def test_a_long_life_is_told_in_pages_that_lose_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.desk.life.MOST", 3)
    code = (await desk.filed())["code"]
    for reason in ("call_back",) * 6:
        await desk.post(f"/v1/requests/{code}/reveal", {"reason": reason})
    told: list[Any] = []
    for after in range(0, 12, 3):
        answer = (await desk.send("GET", f"/v1/requests/{code}/life?after={after}")).json()
        assert len(answer["entries"]) <= 3
        told += answer["entries"]
        if answer["next"] is None:
            break
        assert answer["next"] == after + 3
    monkeypatch.undo()
    whole = (await desk.send("GET", f"/v1/requests/{code}/life")).json()
    assert (told, whole["next"]) == (whole["entries"], None)
    assert len([one for one in told if one["what"] == "revealed"]) == 6
    assert [one["what"] for one in told if one["from"] == "audit"] == [
        row["action"] for row in await desk.rows("select action from audit where subject is not null order by id")
    ]


async def test_a_number_and_an_address_are_shown_for_a_reason_and_noted(desk: Desk) -> None:
    code = (await desk.filed(address="12 Hàng Bông", requester={"name": "Nguyễn Thị Bình", "phone": "0912 345 678"}))["code"]
    answer = await desk.post(f"/v1/requests/{code}/reveal", {"reason": "guide_helper", "words": "Chị Lan không tìm thấy nhà"})
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["phone"], shown["name"], shown["address"]) == ("+84912345678", "Nguyễn Thị Bình", "12 Hàng Bông")
    assert "phrase_seed" not in shown
    (kept_row,) = await desk.rows("select * from reveals")
    assert (kept_row["reason"], kept_row["actor"]) == ("guide_helper", "test operator")
    assert "Lan" not in str(dict(kept_row))
    assert ("audit", "revealed") in await life(desk, code)


async def test_a_reason_is_one_of_ours_and_other_needs_words(desk: Desk) -> None:
    code = (await desk.filed())["code"]
    for body in ({"reason": "curious"}, {"reason": "other"}, {"reason": "other", "words": "  "}, {}):
        assert (await desk.post(f"/v1/requests/{code}/reveal", body)).status_code == 422
    assert (await desk.post("/v1/requests/TR-0000-0000/reveal", {"reason": "call_back"})).status_code == 404
    assert (await desk.post(f"/v1/requests/{code}/reveal", {"reason": "call_back"}, role="ops")).status_code == 403
    assert await desk.count("reveals") == 0


async def test_reveals_are_limited_for_each_token(dsn: str) -> None:
    async with open_desk(dsn, IntakeSettings(reveals_per_token=Limit(most=2, seconds=3600))) as desk:
        code = (await desk.file(form())).json()["code"]
        answers = [(await desk.post(f"/v1/requests/{code}/reveal", {"reason": "call_back"})).status_code for _ in range(3)]
        assert answers == [200, 200, 429]
        assert await desk.count("reveals") == 2


async def test_of_an_erased_person_nothing_is_shown_and_no_words_are_left(desk: Desk) -> None:
    code = (await desk.filed())["code"]
    await desk.post(f"/v1/requests/{code}/reveal", {"reason": "other", "words": "Bà Bình nhờ gọi lại"})
    (row,) = await desk.rows("select contact_point_id from requests")
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, row["contact_point_id"])
    assert (await desk.post(f"/v1/requests/{code}/reveal", {"reason": "call_back"})).status_code == 409
    assert [row["words_box"] for row in await desk.rows("select words_box from reveals")] == [None]


async def test_a_life_is_told_in_order(desk: Desk) -> None:
    code = (await desk.filed(location=None))["code"]
    await desk.send("PUT", f"/v1/requests/{code}/location", {"commune_code": "00004"})
    await desk.post(f"/v1/requests/{code}/cancel")
    told = await life(desk, code)
    assert told[0] == ("audit", "filed")
    assert [what for where, what in told if where == "status"] == ["filed", "cancelled"]
    assert [what for where, what in told if where == "audit"] == ["filed", "locate", "cancel"]
