"""Service points are data of a deployment: loaded line by line, read by anybody."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from intake.counter import points
from tests.support.hall import Hall, open_hall


@pytest.fixture
async def hall(dsn: str) -> AsyncIterator[Hall]:
    async with open_hall(dsn) as opened:
        yield opened


async def test_points_are_loaded_line_by_line_and_the_same_file_changes_nothing(hall: Hall) -> None:
    headers = {"authorization": f"Bearer {hall.desk.tokens['ops']}", "content-type": "text/csv"}
    text = (
        "\ufeffid,name,commune_code,opens,closes\nhoan-kiem,Điểm Hoàn Kiếm mới,00070,08:00,17:00\n"
        "x y,Điểm,00070,08:00,17:00\nz,Điểm,99999,25:00,17:00\nw,Điểm,00070,17:00,08:00\n"
    )
    report = (await hall.client.post("/v1/points/import", content=text.encode(), headers=headers)).json()
    assert (report["added"], report["changed"], report["unchanged"]) == (0, 1, 0)
    assert [bad["line"] for bad in report["bad_rows"]] == [3, 4, 5]
    assert "commune_code: the five-digit code" in report["bad_rows"][1]["advice"]
    again = (await hall.client.post("/v1/points/import", content=text.encode(), headers=headers)).json()
    assert again["unchanged"] == 1
    noted = await hall.desk.rows("select actor, detail from audit where action = 'points_loaded' order by at")
    assert [(row["actor"], row["detail"]) for row in noted[1:]] == [("test ops", {"added": 0, "changed": 1})]
    listed = (await hall.client.get("/v1/points")).json()["points"]
    assert [point["id"] for point in listed] == ["ba-dinh", "hoan-kiem"]
    none = await hall.client.post("/v1/points/import", content=b"PK\x03\x04", headers=headers)
    assert none.status_code == 422


async def test_however_many_ask_where_the_points_are_the_database_is_asked_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    really = points.point_views

    async def counted(*asked: Any) -> Any:
        nonlocal looks
        looks += 1
        return await really(*asked)

    monkeypatch.setattr(points, "point_views", counted)
    answers = await asyncio.gather(*(hall.client.get("/v1/points") for _ in range(50)))
    assert {len(answer.json()["points"]) for answer in answers} == {2}
    assert looks == 1
    headers = {"authorization": f"Bearer {hall.desk.tokens['ops']}", "content-type": "text/csv"}
    text = "id,name,commune_code\nnew,Điểm mới,00004\n"
    await hall.client.post("/v1/points/import", content=text.encode(), headers=headers)
    assert len((await hall.client.get("/v1/points")).json()["points"]) == 3, "what was loaded is seen at once"
